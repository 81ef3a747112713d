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
	add("1.3", "Count a transformer", "The tables have (vocabulary + context)·width numbers, each block 12·width² + 13·width, and the last norm 2·width.",
		func(f func(layers, width, vocabulary, context int) int) error {
			for _, c := range [][5]int{
				{12, 768, 50257, 1024, 124439808}, // GPT-2 small
				{1, 2, 3, 4, 14 + 74 + 4},         // (3+4)·2, 12·4 + 13·2, 2·2
			} {
				if got := f(c[0], c[1], c[2], c[3]); got != c[4] {
					return expected(sprint("%d layers of width %d, a vocabulary of %d and a context of %d", c[0], c[1], c[2], c[3]), c[4], got)
				}
			}
			return nil
		})
	add("1.4", "Memory to train with Adam", "In float32, a weight takes 4 bytes, and so do its gradient and each of Adam's two moments.",
		func(f func(parameters float64) float64) error {
			for _, n := range []float64{235146, 7e9} {
				if got := f(n); !near(got, 16*n) {
					return expected(sprint("%g parameters", n), 16*n, got)
				}
			}
			return nil
		})
	add("1.5", "Days to train", "6·N·D operations, divided by the operations that the machine really does in a second, gives seconds; a day has 86,400.",
		func(f func(parameters, tokens, operationsPerSecond, utilisation float64) float64) error {
			for _, c := range [][4]float64{{1e9, 20e9, 1e15, 0.4}, {175e9, 300e9, 1e18, 0.3}} {
				want := 6 * c[0] * c[1] / (c[2] * c[3]) / 86400
				if got := f(c[0], c[1], c[2], c[3]); !near(got, want) {
					return expected(sprint("%g parameters, %g tokens, %g operations a second, utilisation %g", c[0], c[1], c[2], c[3]), want, got)
				}
			}
			return nil
		})
	add("1.6", "The best model for a budget", "Put D = 20·N into C = 6·N·D: that leaves one equation for N. Then D follows.",
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
	add("1.7", "Plan a training run", "Dollars divided by the price of an hour gives hours; hours · 3,600 · operations a second · utilisation gives the budget C; the rest is your answer to 1.6.",
		func(f func(dollars, dollarsPerHour, operationsPerSecond, utilisation float64) (parameters, tokens, hours float64)) error {
			for _, c := range [][4]float64{{1000, 2, 1e15, 0.4}, {1e6, 3e4, 1e19, 0.3}} {
				hours := c[0] / c[1]
				n := math.Sqrt(hours * 3600 * c[2] * c[3] / 120)
				gotN, gotD, gotHours := f(c[0], c[1], c[2], c[3])
				call := sprint("%g dollars at %g an hour, %g operations a second, utilisation %g", c[0], c[1], c[2], c[3])
				if !near(gotHours/hours, 1) {
					return expected("the hours for "+call, hours, gotHours)
				}
				if !near(gotN/n, 1) {
					return expected("the parameters for "+call, n, gotN)
				}
				if !near(gotD/(20*n), 1) {
					return expected("the tokens for "+call, 20*n, gotD)
				}
			}
			return nil
		})
}
