package exercise

import (
	"math"
	"slices"

	"github.com/gradus-ml/gradus/kit/mlp"
)

func init() {
	add("4.1", "One neuron", "Add up x_i·w_i over all i, then b; if the sum is negative, the answer is 0 (ReLU).",
		func(f func(x, w []float64, b float64) float64) error {
			for _, c := range []struct {
				x, w []float64
				b    float64
				want float64
			}{{[]float64{1, 2}, []float64{3, -1}, 0.5, 1.5}, {[]float64{1, 2}, []float64{-3, 1}, 0.5, 0}, {[]float64{4}, []float64{0.25}, -1, 0}, {nil, nil, 2, 2}} {
				if got := f(slices.Clone(c.x), slices.Clone(c.w), c.b); !near(got, c.want) {
					return expected(sprint("x = %v, w = %v, b = %g", c.x, c.w, c.b), c.want, got)
				}
			}
			return nil
		})
	add("4.2", "A layer for a batch", "y[e][j] is the sum over i of x[e][i]·w[i][j], plus b[j]; below zero it becomes 0. Make a new row for each example.",
		func(f func(x, w [][]float64, b []float64) [][]float64) error {
			for _, c := range []struct {
				x, w [][]float64
				b    []float64
				want [][]float64
			}{
				{[][]float64{{1, 2}, {1, -2}}, [][]float64{{1, -1}, {2, 1}}, []float64{0, 1}, [][]float64{{5, 2}, {0, 0}}},
				{[][]float64{{2}}, [][]float64{{1, 2, 3}}, []float64{0.5, 0, -6}, [][]float64{{2.5, 4, 0}}},
			} {
				b := slices.Clone(c.b)
				got := f(c.x, c.w, b)
				if !slices.Equal(b, c.b) {
					return errChanged
				}
				if !slices.EqualFunc(got, c.want, nearAll) {
					return expected(sprint("x = %v, w = %v, b = %v", c.x, c.w, c.b), c.want, got)
				}
			}
			return nil
		})
	add("4.3", "Softmax", "Take exp of every logit and divide by their sum. Subtract the largest logit first: the result is the same, and exp(1000) is infinite.",
		func(f func(logits []float64) []float64) error {
			for _, z := range [][]float64{{0, 0}, {1, 2, 3}, {-5}, {1000, 1001}} {
				want := mlp.Softmax(z)
				if got := f(slices.Clone(z)); !nearAll(got, want) {
					return expected(sprint("logits %v", z), want, got)
				}
			}
			return nil
		})
	add("4.4", "Cross-entropy", "The negative natural logarithm (math.Log) of the probability of the true class.",
		func(f func(probabilities []float64, label int) float64) error {
			for _, c := range []struct {
				p     []float64
				label int
			}{{[]float64{0.5, 0.5}, 0}, {[]float64{0.1, 0.2, 0.7}, 2}, {[]float64{0.1, 0.2, 0.7}, 0}} {
				if got, want := f(c.p, c.label), -math.Log(c.p[c.label]); !near(got, want) {
					return expected(sprint("probabilities %v and true class %d", c.p, c.label), want, got)
				}
			}
			return nil
		})
	add("4.5", "Back through a layer", "dw[i][j] = x[i]·dy[j]: an input gets blame in proportion to what it was. dx[i] is the sum over j of dy[j]·w[i][j]: an input is to blame for all outputs that it feeds.",
		func(f func(x []float64, w [][]float64, dy []float64) (dw [][]float64, dx []float64)) error {
			for _, c := range []struct {
				x      []float64
				w      [][]float64
				dy     []float64
				wantDW [][]float64
				wantDX []float64
			}{
				{[]float64{5, 2}, [][]float64{{1, 0}, {-1, 2}}, []float64{-0.5, 0.5}, [][]float64{{-2.5, 2.5}, {-1, 1}}, []float64{-0.5, 1.5}},
				{[]float64{3}, [][]float64{{2, 4, 6}}, []float64{1, 0, -1}, [][]float64{{3, 0, -3}}, []float64{-4}},
			} {
				dw, dx := f(slices.Clone(c.x), c.w, slices.Clone(c.dy))
				call := sprint("x = %v, w = %v, dy = %v", c.x, c.w, c.dy)
				if !slices.EqualFunc(dw, c.wantDW, nearAll) {
					return expected("dw of "+call, c.wantDW, dw)
				}
				if !nearAll(dx, c.wantDX) {
					return expected("dx of "+call, c.wantDX, dx)
				}
			}
			return nil
		})
	add("4.6", "XOR", "Let one hidden neuron compute ReLU(x₁ + x₂) and the other ReLU(x₁ + x₂ − 1); then combine them so that (1, 1) comes out as 0.",
		func(f func() (w1 [2][2]float64, b1 [2]float64, w2 [2]float64, b2 float64)) error {
			w1, b1, w2, b2 := f()
			for _, x := range [][3]float64{{0, 0, 0}, {0, 1, 1}, {1, 0, 1}, {1, 1, 0}} {
				out := b2
				for j := range 2 {
					out += w2[j] * max(0, x[0]*w1[0][j]+x[1]*w1[1][j]+b1[j])
				}
				if math.Abs(out-x[2]) > 0.1 {
					return expected(sprint("the input (%g, %g)", x[0], x[1]), x[2], out)
				}
			}
			return nil
		})
}
