package show

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ticks puts a mark at about six round numbers: multiples of 1, 2 or 5 times a
// power of ten.
type ticks struct{}

// Ticks implements plot.Ticker.
func (ticks) Ticks(low, high float64) []plot.Tick {
	span := high - low
	if !(span > 0) {
		return []plot.Tick{{Value: low, Label: short(low)}}
	}
	step := roundStep(span / 6)
	decimals := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	var out []plot.Tick
	for k := math.Ceil(low/step - 1e-9); k*step <= high+1e-9*span; k++ {
		v := k * step
		label := strconv.FormatFloat(v, 'f', decimals, 64)
		if math.Abs(v) >= 1e6 || step < 1e-5 {
			label = strconv.FormatFloat(v, 'g', 4, 64)
		}
		if k == 0 {
			label = "0"
		}
		out = append(out, plot.Tick{Value: v, Label: label})
	}
	return out
}

// roundStep is the smallest of 1, 2, 5 times a power of ten that is not below v.
func roundStep(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= v*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// logTicks puts a mark at each power of ten, with a label at every second, third
// … where they are many, and at twice and five times them where they are few.
type logTicks struct{}

// Ticks implements plot.Ticker.
func (logTicks) Ticks(low, high float64) []plot.Tick {
	first, last := int(math.Floor(math.Log10(low)+1e-9)), int(math.Ceil(math.Log10(high)-1e-9))
	every := max(1, (last-first+6)/7)
	few := math.Log10(high/low) < 3
	var out []plot.Tick
	for e := first; e <= last; e++ {
		for _, m := range []float64{1, 2, 5} {
			t := plot.Tick{Value: m * math.Pow(10, float64(e))}
			if t.Value < low*(1-1e-9) || t.Value > high*(1+1e-9) || m > 1 && !few {
				continue
			}
			switch {
			case few:
				t.Label = strconv.FormatFloat(t.Value, 'g', 3, 64)
				if t.Value >= 1000 && t.Value < 1e5 { // rather than 1e+03
					t.Label = strconv.FormatFloat(t.Value, 'f', 0, 64)
				}
			case (e-first)%every == 0:
				t.Label = power(e, first < -3 || last > 4)
			}
			out = append(out, t)
		}
	}
	return out
}

// power writes ten to the e: "0.01" or "1000", or, where the axis has numbers whose
// zeros would not be counted, "1e-2" and "1e3".
func power(e int, short bool) string {
	if short && (e < -1 || e > 1) {
		return "1e" + strconv.Itoa(e)
	}
	return strconv.FormatFloat(math.Pow(10, float64(e)), 'f', max(0, -e), 64)
}

// scale makes axes logarithmic, which only positive numbers can be placed on.
func (f Frame) scale(p *plot.Plot, lines []Line) error {
	for _, a := range []struct {
		log  bool
		axis *plot.Axis
		name string
		of   func(Line) []float64
	}{{f.LogX, &p.X, "x", func(l Line) []float64 { return l.X }}, {f.LogY, &p.Y, "y", func(l Line) []float64 { return l.Y }}} {
		if !a.log {
			continue
		}
		for _, l := range lines {
			for i, v := range a.of(l) {
				if v <= 0 {
					return fmt.Errorf("%s value %d is %v; a logarithmic axis needs positive numbers", a.name, i+1, v)
				}
			}
		}
		a.axis.Scale, a.axis.Tick.Marker = plot.LogScale{}, logTicks{}
	}
	return nil
}

// picture makes a picture of the plot. gonum misplaces the names of logarithmic
// axes (it takes the middle of the values, not of the axis), and leaves a gap for
// them; so those are written here.
func (f Frame) picture(p *plot.Plot, err error) *Picture {
	const room = 22 // for a name, in points
	left, below := vg.Length(0), vg.Length(0)
	if f.LogY {
		p.Y.Label.Text, left = "", room
	}
	if f.LogX {
		p.X.Label.Text, below = "", room
	}
	return newPicture(f.Title, f.Alt, plotWidth, plotHeight, err, func(c draw.Canvas) {
		inner := draw.Crop(c, 10+left, -14, 8+below, -10)
		p.Draw(inner)
		data := p.DataCanvas(inner)
		style := textStyle(12, false)
		if f.LogX {
			c.FillText(style, vg.Point{X: data.Center().X, Y: c.Min.Y + 16}, f.XLabel)
		}
		if f.LogY {
			style.Rotation = math.Pi / 2
			c.FillText(style, vg.Point{X: c.Min.X + 16, Y: data.Center().Y}, f.YLabel)
		}
	})
}

// pad widens the ranges a little, so that no point sits on the frame.
func (f Frame) pad(p *plot.Plot) {
	for _, a := range []struct {
		axis *plot.Axis
		log  bool
	}{{&p.X, f.LogX}, {&p.Y, f.LogY}} {
		low, high := a.axis.Min, a.axis.Max
		if a.log {
			extra := math.Pow(high/low, 0.05)
			if extra == 1 {
				extra = 2
			}
			a.axis.Min, a.axis.Max = low/extra, high*extra
			continue
		}
		extra := 0.03 * (high - low)
		if extra == 0 {
			extra = max(0.5, 0.05*math.Abs(high))
		}
		a.axis.Min, a.axis.Max = low-extra, high+extra
	}
}

// legendCard lays a card of paper under the legend, for plots whose whole area is
// drawn on. Add it last: gonum draws the legend after everything that was added.
type legendCard struct{}

// Plot implements plot.Plotter.
func (legendCard) Plot(c draw.Canvas, p *plot.Plot) {
	const margin = 4
	size := p.Legend.Rectangle(c).Size() // gonum gives its place mirrored, so that is worked out here
	r := vg.Rectangle{Min: vg.Point{X: c.Max.X - size.X, Y: c.Min.Y}, Max: vg.Point{X: c.Max.X, Y: c.Min.Y + size.Y}}
	if p.Legend.Left {
		r.Min.X, r.Max.X = c.Min.X, c.Min.X+size.X
	}
	if p.Legend.Top {
		r.Min.Y, r.Max.Y = c.Max.Y-size.Y, c.Max.Y
	}
	shift := vg.Point{X: p.Legend.XOffs, Y: p.Legend.YOffs}
	r.Min, r.Max = r.Min.Add(shift).Sub(vg.Point{X: margin, Y: margin}), r.Max.Add(shift).Add(vg.Point{X: margin, Y: margin})
	c.SetColor(color.NRGBA{0xff, 0xff, 0xff, 0xe0})
	c.Fill(r.Path())
}

// placeLegend moves the legend to the corner with the fewest points, and returns
// how many are there.
func placeLegend(p *plot.Plot, lines []Line) (best int) {
	best = math.MaxInt
	for _, corner := range []struct{ top, left bool }{{true, false}, {false, false}, {true, true}, {false, true}} {
		n := 0
		for _, l := range lines {
			for i := range l.X {
				x, y := p.X.Norm(l.X[i]), p.Y.Norm(l.Y[i])
				if (x < 0.4) == corner.left && (x < 0.4 || x > 0.6) && (corner.top && y > 0.7 || !corner.top && y < 0.3) {
					n++
				}
			}
		}
		if n < best {
			best = n
			p.Legend.Top, p.Legend.Left = corner.top, corner.left
			p.Legend.XOffs, p.Legend.YOffs = -6, -4 // away from the frame
			if corner.left {
				p.Legend.XOffs = 6
			}
			if !corner.top {
				p.Legend.YOffs = 6
			}
		}
	}
	return best
}
