package show

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// pointLabels writes the texts beside the points of all lines, each where it
// covers neither a point nor an earlier text.
type pointLabels []Line

// Plot implements plot.Plotter.
func (lines pointLabels) Plot(c draw.Canvas, p *plot.Plot) {
	const gap, dot = 5, 3
	x, y := p.Transforms(&c)
	room := c.Rectangle
	room.Max.Y += 2 * gap // a text may rise a little above the frame
	var taken []vg.Rectangle
	for _, l := range lines {
		for i := range l.Labels {
			at := vg.Point{X: x(l.X[i]), Y: y(l.Y[i])}
			taken = append(taken, vg.Rectangle{Min: at.Sub(vg.Point{X: dot, Y: dot}), Max: at.Add(vg.Point{X: dot, Y: dot})})
		}
	}
	for _, l := range lines {
		for i, text := range l.Labels {
			style := textStyle(9.5, false)
			style.XAlign, style.YAlign = draw.XLeft, draw.YBottom
			size := vg.Point{X: style.Width(text), Y: style.Height(text)}
			at := vg.Point{X: x(l.X[i]), Y: y(l.Y[i])}
			var best vg.Rectangle
			for k, corner := range []vg.Point{ // the text's lower left corner: right of the point, left, above, below, …
				{X: gap, Y: -size.Y / 2}, {X: -gap - size.X, Y: -size.Y / 2},
				{X: -size.X / 2, Y: gap}, {X: -size.X / 2, Y: -gap - size.Y},
				{X: gap, Y: gap}, {X: -gap - size.X, Y: gap}, {X: gap, Y: -gap - size.Y}, {X: -gap - size.X, Y: -gap - size.Y},
			} {
				place := vg.Rectangle{Min: at.Add(corner), Max: at.Add(corner).Add(size)}
				free := within(place, room) && !overlapsAny(place, taken)
				if k == 0 || free {
					best = place // right of the point where every place is taken
				}
				if free {
					break
				}
			}
			taken = append(taken, best)
			c.FillText(style, best.Min, text)
		}
	}
}

func within(r, outer vg.Rectangle) bool {
	return r.Min.X >= outer.Min.X && r.Max.X <= outer.Max.X && r.Min.Y >= outer.Min.Y && r.Max.Y <= outer.Max.Y
}

func overlapsAny(r vg.Rectangle, others []vg.Rectangle) bool {
	for _, o := range others {
		if r.Min.X < o.Max.X && o.Min.X < r.Max.X && r.Min.Y < o.Max.Y && o.Min.Y < r.Max.Y {
			return true
		}
	}
	return false
}
