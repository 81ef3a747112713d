package show

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Bars draws a bar for each value, with the value above it.
func Bars(title, xLabel, yLabel, alt string, names []string, values []float64) *Picture {
	p := newPlot(title, xLabel, yLabel)
	err := checkFinite("value", values)
	switch {
	case len(names) != len(values):
		err = fmt.Errorf("there are %d names and %d values; one of each is needed for every bar", len(names), len(values))
	case len(values) == 0:
		err = errors.New("there is nothing to draw; give at least one value")
	}
	if err == nil {
		err = addBars(p, names, values)
	}
	return plotPicture(title, alt, plotWidth, plotHeight, p, err)
}

func addBars(p *plot.Plot, names []string, values []float64) error {
	g := plotter.NewGrid()
	g.Vertical.Color, g.Horizontal.Color, g.Horizontal.Width = nil, faint, 0.7
	p.Add(g)
	width := min(46, 0.72*(plotWidth-90)/vg.Length(len(values)))
	bars, err := plotter.NewBarChart(plotter.Values(values), width)
	if err != nil {
		return err
	}
	bars.Color = lineColours[0]
	bars.LineStyle.Width = 0
	p.Add(bars)
	p.NominalX(names...)
	p.X.Min, p.X.Max = -0.5, float64(len(values))-0.5 // the axis runs under all bars
	p.X.LineStyle.Width, p.X.Tick.LineStyle.Width = 0.8, 0
	p.X.LineStyle.Color = middle
	low, high := min(0, slices.Min(values)), max(0, slices.Max(values))
	span := high - low
	if span == 0 {
		span = 1
	}
	p.Y.Min, p.Y.Max = low, high+0.1*span
	labels := plotter.XYLabels{XYs: make(plotter.XYs, len(values)), Labels: make([]string, len(values))}
	for i, v := range values {
		labels.XYs[i] = plotter.XY{X: float64(i), Y: max(v, 0) + 0.015*span}
		labels.Labels[i] = beside(v, max(high, -low))
	}
	l, err := plotter.NewLabels(labels)
	if err != nil {
		return err
	}
	for i := range l.TextStyle {
		l.TextStyle[i] = textStyle(10, false)
		l.TextStyle[i].YAlign = draw.YBottom
	}
	p.Add(l)
	return nil
}

// beside writes a number to a precision of a thousandth of the largest: what is
// next to nothing beside it reads as 0.
func beside(v, largest float64) string {
	if v == math.Trunc(v) || largest == 0 {
		return short(v)
	}
	digits := max(0, 3-int(math.Ceil(math.Log10(largest))))
	s := strconv.FormatFloat(v, 'f', digits, 64)
	if n, err := strconv.ParseFloat(s, 64); err == nil && n == 0 {
		return "0"
	}
	return s
}

// short writes a number in about four digits.
func short(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e7 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// Histogram counts values in bins of equal width.
func Histogram(title, xLabel, yLabel, alt string, values []float64, bins int) *Picture {
	p := newPlot(title, xLabel, yLabel)
	addGrid(p)
	err := checkFinite("value", values)
	switch {
	case err != nil:
	case len(values) == 0:
		err = errors.New("there is nothing to draw; give at least one value")
	case bins < 1 || bins > 500:
		err = fmt.Errorf("%d bins cannot be drawn; use 1 to 500", bins)
	default:
		var h *plotter.Histogram
		if h, err = plotter.NewHist(plotter.Values(values), bins); err == nil {
			h.FillColor = lineColours[0]
			h.LineStyle.Color, h.LineStyle.Width = paper, 0.6
			p.Add(h)
		}
	}
	return plotPicture(title, alt, plotWidth, plotHeight, p, err)
}
