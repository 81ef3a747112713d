package show

import (
	"errors"
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Line is a named series of points.
type Line struct {
	Name   string    // in the legend; empty leaves it out
	X, Y   []float64 // of the same length
	Points bool      // mark the points too
	Dashed bool      // draw dashes whatever the place in the series
	Labels []string  // text beside the points; nil leaves it out
	// Segments draws a line of its own between the first and the second point,
	// the third and the fourth, and so on.
	Segments bool
	// Pieces draws a line of its own through that many points at a time: many
	// lines of one kind, such as fits to many data sets. 0 draws one line.
	Pieces int
	Faint  bool // thin and pale, for what should stay in the background
	Dots   bool // points alone, no line between them
}

// Frame is what surrounds the data of a plot. [Curve] and [Scatter] are short
// for a Frame with linear axes.
type Frame struct {
	Title, XLabel, YLabel, Alt string
	LogX, LogY                 bool // axes in powers of ten
	Width, Height              int  // in pixels of a screen; 0 means 620 and 380
}

// Size of a plot, in points: 620×380 pixels.
const (
	plotWidth  = 465
	plotHeight = 285
)

// maxPoints is how many points a line keeps: more cannot be told apart.
const maxPoints = 1200

// Curve draws lines through points.
func Curve(title, xLabel, yLabel, alt string, lines ...Line) *Picture {
	return Frame{Title: title, XLabel: xLabel, YLabel: yLabel, Alt: alt}.Curve(lines...)
}

// Scatter draws points without lines, a colour and a shape for each group.
func Scatter(title, xLabel, yLabel, alt string, groups ...Line) *Picture {
	return Frame{Title: title, XLabel: xLabel, YLabel: yLabel, Alt: alt}.Scatter(groups...)
}

// Curve draws lines through points.
func (f Frame) Curve(lines ...Line) *Picture { return f.draw(lines, addLine) }

// Scatter draws points without lines, a colour and a shape for each group.
func (f Frame) Scatter(groups ...Line) *Picture {
	return f.draw(groups, addDots)
}

// addDots draws points alone.
func addDots(p *plot.Plot, i int, l Line) error {
	if l.Name != "" {
		if err := legend(p, i, l.Name); err != nil {
			return err
		}
	}
	return addPoints(p, i, l, 2.8)
}

// draw adds each line with add.
func (f Frame) draw(lines []Line, add func(*plot.Plot, int, Line) error) *Picture {
	p := newPlot(f.Title, f.XLabel, f.YLabel)
	addGrid(p)
	err := checkLines(lines)
	if err == nil {
		err = f.scale(p, lines)
	}
	for i := 0; err == nil && i < len(lines); i++ {
		err = add(p, i, lines[i])
	}
	if err == nil {
		p.Add(pointLabels(lines))
		f.pad(p)
		if placeLegend(p, lines) > 0 && named(lines) {
			p.Add(legendCard{})
		}
	}
	picture := f.picture(p, err)
	if f.Width != 0 || f.Height != 0 {
		return picture.Sized(f.Width, f.Height)
	}
	return picture
}

func checkLines(lines []Line) error {
	if len(lines) == 0 {
		return errors.New("there is nothing to draw; give at least one line")
	}
	for i, l := range lines {
		name := l.Name
		if name == "" {
			name = fmt.Sprint(i + 1)
		}
		if len(l.X) != len(l.Y) {
			return fmt.Errorf("line %s has %d x values and %d y values; one y is needed for each x", name, len(l.X), len(l.Y))
		}
		if l.Labels != nil && len(l.Labels) != len(l.X) {
			return fmt.Errorf("line %s has %d labels for %d points; one each is needed", name, len(l.Labels), len(l.X))
		}
		if len(l.X) == 0 {
			return fmt.Errorf("line %s has no points", name)
		}
		if n := l.piece(); n < 0 || n == 1 || n > 0 && len(l.X)%n != 0 {
			return fmt.Errorf("line %s has %d points, which do not make pieces of %d; every piece needs as many, and two at least", name, len(l.X), n)
		}
		if err := errors.Join(checkFinite("x value", l.X), checkFinite("y value", l.Y)); err != nil {
			return fmt.Errorf("line %s: %w", name, err)
		}
	}
	return nil
}

// piece is how many points each piece of the line has; 0 where it is one line.
func (l Line) piece() int {
	if l.Segments {
		return 2
	}
	return l.Pieces
}

func addLine(p *plot.Plot, i int, l Line) error {
	if l.Dots {
		return addDots(p, i, l)
	}
	parts := []plotter.XYs{thin(l)}
	if n := l.piece(); n > 0 {
		parts = slices.Collect(slices.Chunk(points(l.X, l.Y), n))
	}
	var line *plotter.Line
	for _, part := range parts {
		var err error
		if line, err = plotter.NewLine(part); err != nil {
			return err
		}
		line.Color, line.Dashes = series(i)
		line.Width = 1.9
		if l.Dashed {
			line.Dashes = []vg.Length{5, 4}
		}
		if l.Faint {
			line.Width, line.Color, line.Dashes = 0.8, pale(line.Color), nil
		}
		p.Add(line)
	}
	if l.Points || len(l.X) == 1 {
		radius := vg.Length(3)
		if len(l.X) > 30 {
			radius = 1.8 // so many would run into one another
		}
		if err := addPoints(p, i, l, radius); err != nil {
			return err
		}
	}
	if l.Name != "" {
		p.Legend.Add(l.Name, line)
	}
	return nil
}

// glyphs tell groups apart without colour. All are filled: the thin strokes of
// gonum's crosses are lost beside them.
var glyphs = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.PyramidGlyph{}, draw.BoxGlyph{}, polygon{{X: 0, Y: 1.3}, {X: 1.3, Y: 0}, {X: 0, Y: -1.3}, {X: -1.3, Y: 0}},
	polygon{{X: -1.2, Y: 0.9}, {X: 1.2, Y: 0.9}, {X: 0, Y: -1.2}}, polygon{{X: -0.6, Y: 1.3}, {X: 0.6, Y: 1.3}, {X: 0.6, Y: -1.3}, {X: -0.6, Y: -1.3}}}

// polygon is a filled shape; its corners are given in radii from the point.
type polygon []vg.Point

// DrawGlyph implements draw.GlyphDrawer.
func (p polygon) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	var path vg.Path
	for i, corner := range p {
		corner = at.Add(vg.Point{X: corner.X * style.Radius, Y: corner.Y * style.Radius})
		if i == 0 {
			path.Move(corner)
			continue
		}
		path.Line(corner)
	}
	path.Close()
	c.SetColor(style.Color)
	c.Fill(path)
}

func addPoints(p *plot.Plot, i int, l Line, radius vg.Length) error {
	s, err := plotter.NewScatter(points(l.X, l.Y))
	if err != nil {
		return err
	}
	colour, _ := series(i)
	s.GlyphStyle = draw.GlyphStyle{Color: colour, Radius: radius, Shape: glyphs[i%len(glyphs)]}
	p.Add(s)
	return nil
}

// legend adds an entry with the sign of group i.
func legend(p *plot.Plot, i int, name string) error {
	s, err := plotter.NewScatter(plotter.XYs{{}})
	if err != nil {
		return err
	}
	colour, _ := series(i)
	s.GlyphStyle = draw.GlyphStyle{Color: colour, Radius: 3.4, Shape: glyphs[i%len(glyphs)]}
	p.Legend.Add(name, s)
	return nil
}

func points(x, y []float64) plotter.XYs {
	out := make(plotter.XYs, len(x))
	for i := range x {
		out[i] = plotter.XY{X: x[i], Y: y[i]}
	}
	return out
}

// thin leaves out points that are too close to tell apart: of every group of
// neighbours, the lowest and the highest stay, so that no peak is lost.
func thin(l Line) plotter.XYs {
	all := points(l.X, l.Y)
	if len(all) <= maxPoints {
		return all
	}
	group := (len(all) + maxPoints/2 - 1) / (maxPoints / 2)
	out := plotter.XYs{all[0]}
	for start := 0; start < len(all); start += group {
		low, high := start, start
		for i := start; i < min(start+group, len(all)); i++ {
			if all[i].Y < all[low].Y {
				low = i
			}
			if all[i].Y > all[high].Y {
				high = i
			}
		}
		out = append(out, all[min(low, high)], all[max(low, high)])
	}
	return append(out, all[len(all)-1])
}
