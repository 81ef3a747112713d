package exercise

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// The solutions and stubs of chapters 1 to 3.
func init() {
	answers["1.1"] = struct{ solution, stub any }{
		func(in, out int) int { return in*out + out }, func(in, out int) int { return 0 }}
	answers["1.2"] = struct{ solution, stub any }{
		func(sizes []int) int {
			n := 0
			for i := 1; i < len(sizes); i++ {
				n += (sizes[i-1] + 1) * sizes[i]
			}
			return n
		}, func(sizes []int) int { return 0 }}
	answers["1.3"] = struct{ solution, stub any }{
		func(l, d, v, c int) int { return (v+c)*d + l*(12*d*d+13*d) + 2*d }, func(l, d, v, c int) int { return 0 }}
	answers["1.4"] = struct{ solution, stub any }{
		func(n float64) float64 { return 16 * n }, func(n float64) float64 { return 0 }}
	answers["1.5"] = struct{ solution, stub any }{
		func(n, d, ops, use float64) float64 { return 6 * n * d / (ops * use) / 86400 }, func(n, d, ops, use float64) float64 { return 0 }}
	best := func(c float64) (float64, float64) { n := math.Sqrt(c / 120); return n, 20 * n }
	answers["1.6"] = struct{ solution, stub any }{best, func(c float64) (float64, float64) { return 0, 0 }}
	answers["1.7"] = struct{ solution, stub any }{
		func(dollars, perHour, ops, use float64) (float64, float64, float64) {
			hours := dollars / perHour
			n, d := best(hours * 3600 * ops * use)
			return n, d, hours
		}, func(dollars, perHour, ops, use float64) (float64, float64, float64) { return 0, 0, 0 }}

	mse := func(p, y []float64) float64 {
		var sum float64
		for i := range p {
			sum += (p[i] - y[i]) * (p[i] - y[i])
		}
		return sum / float64(len(p))
	}
	noNumber := func(p, y []float64) float64 { return 0 }
	answers["2.1"] = struct{ solution, stub any }{mse, noNumber}
	answers["2.2"] = struct{ solution, stub any }{
		func(p, y []float64) []float64 {
			g := make([]float64, len(p))
			for i := range p {
				g[i] = 2 * (p[i] - y[i]) / float64(len(p))
			}
			return g
		}, func(p, y []float64) []float64 { return nil }}
	answers["2.3"] = struct{ solution, stub any }{
		func(p, y []float64) float64 {
			var sum float64
			for i := range p {
				sum += math.Abs(p[i] - y[i])
			}
			return sum / float64(len(p))
		}, noNumber}
	answers["2.4"] = struct{ solution, stub any }{
		func(p, y []float64, sigma float64) (sum float64) { // the sum of line 3
			for i := range p {
				e := y[i] - p[i]
				sum -= math.Log(math.Exp(-e*e/(2*sigma*sigma)) / (sigma * math.Sqrt(2*math.Pi)))
			}
			return sum
		}, func(p, y []float64, sigma float64) float64 { return 0 }}
	step := func(w, b, rate float64, x, y []float64) (float64, float64) {
		var dw, db float64
		for i := range x {
			r := w*x[i] + b - y[i]
			dw += 2 * r * x[i] / float64(len(x))
			db += 2 * r / float64(len(x))
		}
		return w - rate*dw, b - rate*db
	}
	answers["2.5"] = struct{ solution, stub any }{step, func(w, b, rate float64, x, y []float64) (float64, float64) { return w, b }}
	answers["2.6"] = struct{ solution, stub any }{
		func(x, y []float64) (w, b float64) { // the way of the hint
			for range 5000 {
				w, b = step(w, b, 0.05, x, y)
			}
			return w, b
		}, func(x, y []float64) (float64, float64) { return 0, 0 }}

	answers["3.1"] = struct{ solution, stub any }{
		func(b []byte) (int, int, int, int) {
			at := func(i int) int { return int(binary.BigEndian.Uint32(b[4*i : 4*i+4])) }
			return at(0), at(1), at(2), at(3)
		}, func(b []byte) (int, int, int, int) { return 0, 0, 0, 0 }}
	moments := func(values []float64) (mean, std float64) {
		for _, v := range values {
			mean += v / float64(len(values))
		}
		for _, v := range values {
			std += (v - mean) * (v - mean) / float64(len(values))
		}
		return mean, math.Sqrt(std)
	}
	answers["3.2"] = struct{ solution, stub any }{moments, func(values []float64) (float64, float64) { return 0, 0 }}
	answers["3.3"] = struct{ solution, stub any }{
		func(training, test []float64) ([]float64, []float64) {
			mean, std := moments(training)
			for _, values := range [][]float64{training, test} {
				for i, v := range values {
					values[i] = (v - mean) / std
				}
			}
			return training, test
		}, func(training, test []float64) ([]float64, []float64) { return training, test }}
	answers["3.4"] = struct{ solution, stub any }{
		func(values []float64) []float64 {
			var known []float64
			for _, v := range values {
				if !math.IsNaN(v) {
					known = append(known, v)
				}
			}
			slices.Sort(known)
			n := len(known)
			for i, v := range values {
				if math.IsNaN(v) {
					values[i] = (known[(n-1)/2] + known[n/2]) / 2
				}
			}
			return values
		}, func(values []float64) []float64 { return values }}
	answers["3.5"] = struct{ solution, stub any }{
		func(rows [][]float64) (repeats []int) {
			seen := map[string]bool{}
			for i, row := range rows {
				key := fmt.Sprint(row)
				if seen[key] {
					repeats = append(repeats, i)
				}
				seen[key] = true
			}
			return repeats
		}, func(rows [][]float64) []int { return nil }}
	answers["3.6"] = struct{ solution, stub any }{
		func(labels []int, fraction float64) (rest, part []int) {
			positions := map[int][]int{}
			for i, l := range labels {
				positions[l] = append(positions[l], i)
			}
			for _, p := range positions {
				n := int(math.Round(fraction * float64(len(p))))
				part, rest = append(part, p[:n]...), append(rest, p[n:]...)
			}
			return rest, part
		}, func(labels []int, fraction float64) (rest, part []int) { return nil, nil }}
}
