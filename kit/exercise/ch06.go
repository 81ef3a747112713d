package exercise

import (
	"slices"

	"github.com/gradus-ml/gradus/kit/eval"
)

func init() {
	add("6.1", "Accuracy", "Count the places where both lists agree and divide by how many there are; mind that two ints divide to an int.",
		func(f func(truths, predictions []int) float64) error {
			for _, c := range []struct {
				t, p []int
				want float64
			}{{[]int{1, 0, 2, 2}, []int{1, 0, 1, 2}, 0.75}, {[]int{5}, []int{3}, 0}, {[]int{1, 1, 1}, []int{1, 0, 0}, 1.0 / 3}} {
				if got := f(c.t, c.p); !near(got, c.want) {
					return expected(sprint("truths %v and predictions %v", c.t, c.p), c.want, got)
				}
			}
			return nil
		})
	add("6.2", "Confusion matrix", "Start with a table of zeros, classes × classes; for every example add 1 in the row of the truth and the column of the prediction.",
		func(f func(truths, predictions []int, classes int) [][]int) error {
			t, p := []int{0, 0, 1, 1, 2, 2, 2}, []int{0, 1, 1, 1, 0, 2, 2}
			want := [][]int{{1, 1, 0}, {0, 2, 0}, {1, 0, 2}}
			if got := f(t, p, 3); !slices.EqualFunc(got, want, slices.Equal[[]int]) {
				return expected(sprint("truths %v and predictions %v", t, p), want, got)
			}
			return nil
		})
	add("6.3", "Precision and recall", "Precision divides the diagonal by the sum of its column, recall by the sum of its row. Where the sum is 0, answer 0.",
		func(f func(confusion [][]int, class int) (precision, recall float64)) error {
			for _, m := range [][][]int{{{8, 2, 0}, {1, 5, 4}, {1, 1, 0}}, {{3, 0}, {2, 0}}} {
				for c := range m {
					var p, r float64
					column, row := 0, 0
					for k := range m {
						column += m[k][c]
						row += m[c][k]
					}
					if column > 0 {
						p = float64(m[c][c]) / float64(column)
					}
					if row > 0 {
						r = float64(m[c][c]) / float64(row)
					}
					gotP, gotR := f(m, c)
					if !near(gotP, p) {
						return expected(sprint("the precision of class %d in %v", c, m), p, gotP)
					}
					if !near(gotR, r) {
						return expected(sprint("the recall of class %d in %v", c, m), r, gotR)
					}
				}
			}
			return nil
		})
	add("6.4", "F1", "2·p·r/(p + r), and 0 where both are 0.",
		func(f func(precision, recall float64) float64) error {
			for _, c := range [][3]float64{{0.5, 1, 2.0 / 3}, {1, 1, 1}, {0, 0, 0}, {0.8, 0.6, 0.96 / 1.4}} {
				if got := f(c[0], c[1]); !near(got, c[2]) {
					return expected(sprint("precision %g and recall %g", c[0], c[1]), c[2], got)
				}
			}
			return nil
		})
	add("6.5", "Is B better than A?", "Compute Wilson's interval for each (eval.Wilson, or by hand) and see whether B's lower end lies above A's upper end.",
		func(f func(correctA, correctB, examples int) bool) error {
			for _, c := range []struct{ a, b, n int }{{9500, 9600, 10000}, {95, 96, 100}, {9700, 9710, 10000}, {900, 950, 1000}, {9600, 9500, 10000}} {
				_, highA := eval.Wilson(c.a, c.n)
				lowB, _ := eval.Wilson(c.b, c.n)
				if got, want := f(c.a, c.b, c.n), lowB > highA; got != want {
					return expected(sprint("A with %d and B with %d right of %d", c.a, c.b, c.n), want, got)
				}
			}
			return nil
		})
}
