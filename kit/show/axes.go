package show

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
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

// pad widens the ranges a little, so that no point sits on the frame.
func pad(p *plot.Plot) {
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		extra := 0.03 * (a.Max - a.Min)
		if extra == 0 {
			extra = max(0.5, 0.05*math.Abs(a.Max))
		}
		a.Min, a.Max = a.Min-extra, a.Max+extra
	}
}

// placeLegend moves the legend to the corner with the fewest points.
func placeLegend(p *plot.Plot, lines []Line) {
	best := math.MaxInt
	for _, corner := range []struct{ top, left bool }{{true, false}, {false, false}, {true, true}, {false, true}} {
		n := 0
		for _, l := range lines {
			for i := range l.X {
				x := (l.X[i] - p.X.Min) / (p.X.Max - p.X.Min)
				y := (l.Y[i] - p.Y.Min) / (p.Y.Max - p.Y.Min)
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
}
