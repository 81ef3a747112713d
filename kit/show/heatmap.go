package show

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// HeatOptions says how a [HeatMap] is drawn; the zero value is fine.
type HeatOptions struct {
	RowNames, ColumnNames []string // at the left and below; nil leaves them out
	// Cell writes the text of a cell; nil leaves cells empty.
	Cell func(row, column int) string
	// Shade gives how dark a cell is, 0 to 1; nil spreads the values from the
	// smallest to the largest.
	Shade func(row, column int) float64
	// Counts chooses the colours for counts, white for none, in place of the map
	// from dark violet to yellow.
	Counts bool
}

// HeatMap shows a table of numbers as coloured cells, the first row on top.
func HeatMap(title, xLabel, yLabel, alt string, values [][]float64, o HeatOptions) *Picture {
	err := checkHeat(values, o)
	if err != nil {
		return newPicture(title, alt, plotWidth, plotHeight, err, nil)
	}
	rows, columns := len(values), len(values[0])
	cell := vg.Length(max(3, min(38, 400/float64(max(rows, columns)))))
	left, below := vg.Length(44), vg.Length(44)
	if o.RowNames != nil {
		left += 14
	}
	if o.ColumnNames != nil {
		below += 14
	}
	const head, right = 36, 22
	width := max(left+vg.Length(columns)*cell+right, textWidth(title)+28)
	height := below + vg.Length(rows)*cell + head
	shade := o.Shade
	if shade == nil {
		shade = spread(values)
	}
	colours := viridis
	if o.Counts {
		colours = blues
	}
	p := newPicture(title, alt, width, height, nil, func(c draw.Canvas) {
		h := heat{Canvas: c, left: left, top: height - head, cell: cell}
		c.FillText(textStyle(14, true), vg.Point{X: width / 2, Y: height - 18}, title)
		h.cells(rows, columns, func(i, j int) color.RGBA { return mix(colours, shade(i, j)) })
		for i := range rows {
			for j := range columns {
				if o.Cell != nil {
					style := textStyle(max(6, min(11, cell*0.32)), false)
					style.Color = on(mix(colours, shade(i, j)))
					c.FillText(style, h.centre(i, j), o.Cell(i, j))
				}
			}
		}
		h.frame(rows, columns)
		h.names(o, rows, columns)
		c.FillText(textStyle(12, false), vg.Point{X: left + vg.Length(columns)*cell/2, Y: 16}, xLabel)
		style := textStyle(12, false)
		style.Rotation = math.Pi / 2
		c.FillText(style, vg.Point{X: 16, Y: h.top - vg.Length(rows)*cell/2}, yLabel)
	})
	p.raster = rows*columns > rasterCells
	return p
}

// heat places cells on a canvas.
type heat struct {
	draw.Canvas
	left, top, cell vg.Length
}

func (h heat) centre(i, j int) vg.Point {
	return vg.Point{X: h.left + (vg.Length(j)+0.5)*h.cell, Y: h.top - (vg.Length(i)+0.5)*h.cell}
}

// cells paints all cells: as one image where they are many, which leaves no
// seams between them, else one by one, which stays sharp at every size.
func (h heat) cells(rows, columns int, colour func(i, j int) color.RGBA) {
	if rows*columns > rasterCells {
		img := image.NewRGBA(image.Rect(0, 0, columns*cellPixels, rows*cellPixels))
		for y := range rows * cellPixels {
			for x := range columns * cellPixels {
				img.SetRGBA(x, y, colour(y/cellPixels, x/cellPixels))
			}
		}
		h.DrawImage(h.rectangle(0, 0, rows, columns), img)
		return
	}
	for i := range rows {
		for j := range columns {
			h.SetColor(colour(i, j))
			h.Fill(h.rectangle(i, j, 1, 1).Path())
		}
	}
}

// A heat map of more cells than this is drawn as pixels, each cell that many
// pixels wide and high.
const (
	rasterCells = 400
	cellPixels  = 8
)

// rectangle covers some rows and columns from cell i, j on.
func (h heat) rectangle(i, j, rows, columns int) vg.Rectangle {
	x, y := h.left+vg.Length(j)*h.cell, h.top-vg.Length(i+rows)*h.cell
	return vg.Rectangle{Min: vg.Point{X: x, Y: y}, Max: vg.Point{X: x + vg.Length(columns)*h.cell, Y: y + vg.Length(rows)*h.cell}}
}

func (h heat) frame(rows, columns int) {
	h.SetColor(middle)
	h.SetLineWidth(0.8)
	h.Stroke(h.rectangle(0, 0, rows, columns).Path())
}

func (h heat) names(o HeatOptions, rows, columns int) {
	for i := range len(o.RowNames) {
		style := textStyle(10.5, false)
		style.XAlign = draw.XRight
		h.FillText(style, vg.Point{X: h.left - 6, Y: h.centre(i, 0).Y}, o.RowNames[i])
	}
	for j := range len(o.ColumnNames) {
		h.FillText(textStyle(10.5, false), vg.Point{X: h.centre(0, j).X, Y: h.top - vg.Length(rows)*h.cell - 11}, o.ColumnNames[j])
	}
}

func checkHeat(values [][]float64, o HeatOptions) error {
	if len(values) == 0 || len(values[0]) == 0 {
		return errors.New("there is nothing to draw; give at least one row of one number")
	}
	for i, row := range values {
		if len(row) != len(values[0]) {
			return fmt.Errorf("row %d has %d numbers and row 1 has %d; every row needs as many", i+1, len(row), len(values[0]))
		}
		if err := checkFinite("number", row); err != nil {
			return fmt.Errorf("row %d: %w", i+1, err)
		}
	}
	if o.RowNames != nil && len(o.RowNames) != len(values) || o.ColumnNames != nil && len(o.ColumnNames) != len(values[0]) {
		return fmt.Errorf("there are %d names for %d rows and %d names for %d columns; one each is needed", len(o.RowNames), len(values), len(o.ColumnNames), len(values[0]))
	}
	return nil
}

// spread shades from the smallest value, 0, to the largest, 1.
func spread(values [][]float64) func(i, j int) float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, row := range values {
		for _, v := range row {
			low, high = min(low, v), max(high, v)
		}
	}
	return func(i, j int) float64 {
		if high == low {
			return 0.5
		}
		return (values[i][j] - low) / (high - low)
	}
}

// Confusion shows a confusion matrix: row i, column j counts the examples of
// class i that were called class j. A cell is the darker, the larger its part of
// its row; the scale is a square root, so that rare errors still show.
func Confusion(counts [][]int, classes []string, title, alt string) *Picture {
	values := make([][]float64, len(counts))
	totals := make([]int, len(counts))
	for i, row := range counts {
		values[i] = make([]float64, len(row))
		for j, n := range row {
			values[i][j] = float64(n)
			totals[i] += n
		}
	}
	return HeatMap(title, "predicted class", "true class", alt, values, HeatOptions{
		RowNames: classes, ColumnNames: classes, Counts: true,
		Cell: func(i, j int) string {
			if counts[i][j] == 0 {
				return ""
			}
			return strconv.Itoa(counts[i][j])
		},
		Shade: func(i, j int) float64 {
			if totals[i] == 0 {
				return 0
			}
			return math.Sqrt(float64(counts[i][j]) / float64(totals[i]))
		},
	})
}
