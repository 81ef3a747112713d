package exercise

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

func sprint(format string, a ...any) string { return fmt.Sprintf(format, a...) }

// pairs are predictions and true values to try answers on; the first is the
// lesson's table.
var pairs = [][2][]float64{
	{{2, 3}, {1, 2}},
	{{0, 4, -1}, {0, 1, 1}},
	{{5}, {2}},
	{{1, 1, 1, 1}, {1, 1, 1, 1}},
}

// tryPairs calls f with copies of each pair and compares.
func tryPairs(f, want func(p, y []float64) float64) error {
	for _, c := range pairs {
		p, y := slices.Clone(c[0]), slices.Clone(c[1])
		got := f(p, y)
		if !slices.Equal(p, c[0]) || !slices.Equal(y, c[1]) {
			return errChanged
		}
		if w := want(c[0], c[1]); !near(got, w) {
			return expected(sprint("predictions %v and true values %v", c[0], c[1]), w, got)
		}
	}
	return nil
}

func mean(p, y []float64, of func(residual float64) float64) float64 {
	var sum float64
	for i := range p {
		sum += of(p[i] - y[i])
	}
	return sum / float64(len(p))
}

func init() {
	square := func(r float64) float64 { return r * r }
	add("2.1", "Mean squared error", "Add up the squares of the residuals, then divide by how many there are: by n, not by 2n.",
		func(f func(predictions, truths []float64) float64) error {
			return tryPairs(f, func(p, y []float64) float64 { return mean(p, y, square) })
		})
	add("2.2", "Its gradient", "The derivative by prediction i is (2/n)·(ŷ_i − y_i): one number for each prediction.",
		func(f func(predictions, truths []float64) []float64) error {
			for _, c := range pairs {
				want := make([]float64, len(c[0]))
				for i := range want {
					want[i] = 2 * (c[0][i] - c[1][i]) / float64(len(want))
				}
				if got := f(slices.Clone(c[0]), slices.Clone(c[1])); !nearAll(got, want) {
					return expected(sprint("predictions %v and true values %v", c[0], c[1]), want, got)
				}
			}
			return nil
		})
	add("2.3", "Mean absolute error", "As mean squared error, with math.Abs in place of the square.",
		func(f func(predictions, truths []float64) float64) error {
			return tryPairs(f, func(p, y []float64) float64 { return mean(p, y, math.Abs) })
		})
	add("2.4", "Negative log-likelihood", "By line 5 it is n·ln(sigma·√(2π)) plus the sum of the squared residuals divided by 2·sigma².",
		func(f func(predictions, truths []float64, sigma float64) float64) error {
			for _, sigma := range []float64{1, 0.5} {
				for _, c := range pairs {
					want := float64(len(c[0])) * (math.Log(sigma*math.Sqrt(2*math.Pi)) + mean(c[0], c[1], square)/(2*sigma*sigma))
					if got := f(slices.Clone(c[0]), slices.Clone(c[1]), sigma); !near(got, want) {
						return expected(sprint("predictions %v, true values %v and sigma %g", c[0], c[1], sigma), want, got)
					}
				}
			}
			return nil
		})
	add("2.5", "A step of gradient descent", "For ŷ = w·x + b the derivatives of the MSE are (2/n)·Σ(ŷ−y)·x by w and (2/n)·Σ(ŷ−y) by b. Both use the old w and b.",
		func(f func(w, b, rate float64, x, y []float64) (newW, newB float64)) error {
			for _, c := range []struct {
				w, b, rate float64
				x, y       []float64
			}{{0, 0, 0.1, []float64{1, 2}, []float64{3, 5}}, {2, -1, 0.05, []float64{0, 1, 4}, []float64{1, 1, 1}}} {
				var dw, db float64
				for i := range c.x {
					r := c.w*c.x[i] + c.b - c.y[i]
					dw += 2 * r * c.x[i] / float64(len(c.x))
					db += 2 * r / float64(len(c.x))
				}
				gotW, gotB := f(c.w, c.b, c.rate, slices.Clone(c.x), slices.Clone(c.y))
				call := sprint("w = %g, b = %g, rate %g, x %v, y %v", c.w, c.b, c.rate, c.x, c.y)
				if want := c.w - c.rate*dw; !near(gotW, want) {
					return expected("the new w of "+call, want, gotW)
				}
				if want := c.b - c.rate*db; !near(gotB, want) {
					return expected("the new b of "+call, want, gotB)
				}
			}
			return nil
		})
	add("2.6", "Fit a line", "Start anywhere and take many steps of exercise 2.5 with a small rate, such as 5,000 steps at 0.05; or solve for the w and b at which both derivatives are zero.",
		func(f func(x, y []float64) (w, b float64)) error {
			rng := rand.New(rand.NewPCG(2, 5))
			for _, c := range [][2]float64{{3, -1}, {-0.5, 2}} {
				x, y := make([]float64, 50), make([]float64, 50)
				for i := range x {
					x[i] = rng.Float64()*4 - 2
					y[i] = c[0]*x[i] + c[1] + 0.1*rng.NormFloat64()
				}
				w, b := leastSquares(x, y)
				gotW, gotB := f(slices.Clone(x), slices.Clone(y))
				if math.Abs(gotW-w) > 1e-3 || math.Abs(gotB-b) > 1e-3 || math.IsNaN(gotW) || math.IsNaN(gotB) {
					return expected(sprint("50 points around y = %g·x %+g, the best line", c[0], c[1]), sprint("w = %.4f, b = %.4f", w, b), sprint("w = %.4f, b = %.4f", gotW, gotB))
				}
			}
			return nil
		})
}

// leastSquares solves for the line with the least squared error.
func leastSquares(x, y []float64) (w, b float64) {
	var mx, my, xx, xy float64
	n := float64(len(x))
	for i := range x {
		mx += x[i] / n
		my += y[i] / n
	}
	for i := range x {
		xx += (x[i] - mx) * (x[i] - mx)
		xy += (x[i] - mx) * (y[i] - my)
	}
	w = xy / xx
	return w, my - w*mx
}
