package exercise

import (
	"math"
	"slices"
)

func init() {
	add("7.1", "The best three", "Sort the class numbers by falling probability (sort.Slice or slices.SortFunc on a list 0, 1, 2, …) and return the first k.",
		func(f func(probabilities []float64, k int) []int) error {
			for _, c := range []struct {
				p    []float64
				k    int
				want []int
			}{{[]float64{0.1, 0.6, 0.3}, 2, []int{1, 2}}, {[]float64{0.2, 0.1, 0.4, 0.3}, 3, []int{2, 3, 0}}, {[]float64{1}, 1, []int{0}}} {
				if got := f(slices.Clone(c.p), c.k); !slices.Equal(got, c.want) {
					return expected(sprint("probabilities %v and k = %d", c.p, c.k), c.want, got)
				}
			}
			return nil
		})
	add("7.2", "Answer, or say that you do not know", "Find the largest probability; if it is below the threshold, return -1, else its class.",
		func(f func(probabilities []float64, threshold float64) int) error {
			for _, c := range []struct {
				p         []float64
				threshold float64
				want      int
			}{{[]float64{0.1, 0.9}, 0.8, 1}, {[]float64{0.4, 0.6}, 0.8, -1}, {[]float64{0.8, 0.2}, 0.8, 0}} {
				if got := f(slices.Clone(c.p), c.threshold); got != c.want {
					return expected(sprint("probabilities %v and threshold %g", c.p, c.threshold), c.want, got)
				}
			}
			return nil
		})
	add("7.3", "The centre of mass", "Weigh each pixel's column and row by its brightness, add up, divide by the sum of all brightness.",
		func(f func(pixels []uint8, width int) (x, y float64)) error {
			for _, c := range []struct {
				p     []uint8
				width int
				x, y  float64
			}{{[]uint8{0, 0, 0, 0, 0, 9}, 3, 2, 1}, {[]uint8{10, 0, 0, 30}, 2, 0.75, 0.75}, {[]uint8{1, 1, 1, 1}, 4, 1.5, 0}} {
				x, y := f(slices.Clone(c.p), c.width)
				if !near(x, c.x) || !near(y, c.y) {
					return expected(sprint("pixels %v in rows of %d", c.p, c.width), sprint("(%g, %g)", c.x, c.y), sprint("(%.4g, %.4g)", x, y))
				}
			}
			return nil
		})
	add("7.4", "The slowest twentieth", "Sort a copy; the 95th percentile of n values is the one at position ⌈0.95·n⌉, counted from 1.",
		func(f func(seconds []float64) float64) error {
			var hundred []float64
			for i := range 100 {
				hundred = append(hundred, float64((i*37)%100)+1) // 1 to 100, shuffled
			}
			for _, c := range []struct {
				v    []float64
				want float64
			}{{hundred, 95}, {[]float64{3, 1, 2}, 3}, {[]float64{7}, 7}} {
				v := slices.Clone(c.v)
				got := f(v)
				if !slices.Equal(v, c.v) {
					return errChanged
				}
				if !near(got, c.want) {
					return expected(sprint("%d values", len(c.v)), c.want, got)
				}
			}
			return nil
		})
	add("7.5", "How many machines?", "A machine answers 1/seconds requests a second; it should be busy only the given part of the time. Divide, and round up (math.Ceil).",
		func(f func(requestsPerSecond, secondsEach, utilisation float64) int) error {
			for _, c := range [][3]float64{{1000, 0.002, 0.5}, {10, 0.01, 0.8}, {7000, 0.001, 0.7}} {
				want := int(math.Ceil(c[0]*c[1]/c[2] - 1e-9))
				if got := f(c[0], c[1], c[2]); got != want {
					return expected(sprint("%g requests a second of %g s each at a utilisation of %g", c[0], c[1], c[2]), want, got)
				}
			}
			return nil
		})
}
