package exercise

import "math"

func init() {
	add("1.1", "Count a dense layer", "Each of the outputs has a weight for every input and one bias.",
		func(f func(in, out int) int) error {
			for _, c := range [][3]int{{784, 256, 200960}, {1, 1, 2}, {3, 4, 16}} {
				if got := f(c[0], c[1]); got != c[2] {
					return expected(sprint("%d inputs and %d outputs", c[0], c[1]), c[2], got)
				}
			}
			return nil
		})
	add("1.2", "Count a network", "Add up the layers: sizes[0] to sizes[1], sizes[1] to sizes[2], and so on. Your answer to 1.1 helps.",
		func(f func(sizes []int) int) error {
			for _, c := range []struct {
				sizes []int
				want  int
			}{{[]int{784, 256, 128, 10}, 235146}, {[]int{2, 3, 1}, 13}, {[]int{5, 2}, 12}} {
				if got := f(append([]int(nil), c.sizes...)); got != c.want {
					return expected(sprint("sizes %v", c.sizes), c.want, got)
				}
			}
			return nil
		})
	add("1.3", "Memory to train with Adam", "In float32, a weight takes 4 bytes, and so do its gradient and each of Adam's two moments.",
		func(f func(parameters float64) float64) error {
			for _, n := range []float64{235146, 7e9} {
				if got := f(n); !near(got, 16*n) {
					return expected(sprint("%g parameters", n), 16*n, got)
				}
			}
			return nil
		})
	add("1.4", "Days to train", "6·N·D operations, divided by the operations that the machine really does in a second, gives seconds; a day has 86,400.",
		func(f func(parameters, tokens, operationsPerSecond, utilisation float64) float64) error {
			for _, c := range [][4]float64{{1e9, 20e9, 1e15, 0.4}, {175e9, 300e9, 1e18, 0.3}} {
				want := 6 * c[0] * c[1] / (c[2] * c[3]) / 86400
				if got := f(c[0], c[1], c[2], c[3]); !near(got, want) {
					return expected(sprint("%g parameters, %g tokens, %g operations a second, utilisation %g", c[0], c[1], c[2], c[3]), want, got)
				}
			}
			return nil
		})
	add("1.5", "The best model for a budget", "Put D = 20·N into C = 6·N·D: that leaves one equation for N. Then D follows.",
		func(f func(operations float64) (parameters, tokens float64)) error {
			for _, c := range []float64{1.2e20, 5.88e23} {
				n := math.Sqrt(c / 120)
				gotN, gotD := f(c)
				if !near(gotN/n, 1) {
					return expected(sprint("the parameters for %g operations", c), n, gotN)
				}
				if !near(gotD/(20*n), 1) {
					return expected(sprint("the tokens for %g operations", c), 20*n, gotD)
				}
			}
			return nil
		})
}
