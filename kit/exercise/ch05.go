package exercise

import (
	"math"
	"slices"

	"github.com/gradus-ml/gradus/kit/mlp"
)

func init() {
	add("5.1", "A step of gradient descent", "Each weight moves against its derivative: w[i] − rate·g[i]. Return a new slice.",
		func(f func(w, g []float64, rate float64) []float64) error {
			for _, c := range []struct {
				w, g []float64
				rate float64
			}{{[]float64{1, -2}, []float64{0.5, -4}, 0.1}, {[]float64{0}, []float64{3}, 1}} {
				want := make([]float64, len(c.w))
				for i := range want {
					want[i] = c.w[i] - c.rate*c.g[i]
				}
				w := slices.Clone(c.w)
				got := f(w, slices.Clone(c.g), c.rate)
				if !slices.Equal(w, c.w) {
					return errChanged
				}
				if !nearAll(got, want) {
					return expected(sprint("w = %v, g = %v, rate %g", c.w, c.g, c.rate), want, got)
				}
			}
			return nil
		})
	add("5.2", "Momentum", "The new velocity is beta·velocity + g; the weight moves by the new velocity: w − rate·newVelocity.",
		func(f func(w, velocity, g, rate, beta float64) (newW, newVelocity float64)) error {
			for _, c := range [][5]float64{{1, 0, 2, 0.1, 0.9}, {1, 3, -1, 0.01, 0.5}} {
				v := c[4]*c[1] + c[2]
				w := c[0] - c[3]*v
				gotW, gotV := f(c[0], c[1], c[2], c[3], c[4])
				call := sprint("w = %g, velocity %g, g = %g, rate %g, beta %g", c[0], c[1], c[2], c[3], c[4])
				if !near(gotV, v) {
					return expected("the new velocity of "+call, v, gotV)
				}
				if !near(gotW, w) {
					return expected("the new w of "+call, w, gotW)
				}
			}
			return nil
		})
	add("5.3", "Adam", "m = 0.9·m + 0.1·g; v = 0.999·v + 0.001·g²; then both are divided by 1 − 0.9^t and 1 − 0.999^t, and w moves by rate·m̂/(√v̂ + 1e-7).",
		func(f func(w, m, v, g, rate float64, t int) (newW, newM, newV float64)) error {
			w, m, v := 1.0, 0.0, 0.0
			for t, g := range []float64{2, -1, 0.5} {
				wantM, wantV := 0.9*m+0.1*g, 0.999*v+0.001*g*g
				mHat, vHat := wantM/(1-math.Pow(0.9, float64(t+1))), wantV/(1-math.Pow(0.999, float64(t+1)))
				wantW := w - 0.01*mHat/(math.Sqrt(vHat)+1e-7)
				gotW, gotM, gotV := f(w, m, v, g, 0.01, t+1)
				call := sprint("w = %.6g, m = %.6g, v = %.6g, g = %g, rate 0.01, t = %d", w, m, v, g, t+1)
				for _, c := range []struct {
					name      string
					got, want float64
				}{{"m", gotM, wantM}, {"v", gotV, wantV}, {"w", gotW, wantW}} {
					if !near(c.got, c.want) {
						return expected("the new "+c.name+" of "+call, c.want, c.got)
					}
				}
				w, m, v = wantW, wantM, wantV
			}
			return nil
		})
	add("5.4", "How many steps?", "The last batch of an epoch may be smaller, but it is a step too: round up, then multiply by the epochs.",
		func(f func(examples, batch, epochs int) int) error {
			for _, c := range [][4]int{{60000, 64, 10, 9380}, {100, 100, 3, 3}, {101, 100, 3, 6}, {5, 8, 2, 2}} {
				if got := f(c[0], c[1], c[2]); got != c[3] {
					return expected(sprint("%d examples, batches of %d, %d epochs", c[0], c[1], c[2]), c[3], got)
				}
			}
			return nil
		})
	add("5.5", "The gradient of cross-entropy", "First softmax (exp of each logit, largest subtracted, divided by the sum), then subtract 1 at the true class.",
		func(f func(logits []float64, label int) []float64) error {
			for _, c := range []struct {
				z     []float64
				label int
			}{{[]float64{0, 0}, 0}, {[]float64{2, 0, -1}, 0}, {[]float64{2, 0, -1}, 2}, {[]float64{1000, 1001}, 1}} {
				_, want, err := mlp.CrossEntropy(c.z, []int{c.label})
				if err != nil {
					return err
				}
				if got := f(slices.Clone(c.z), c.label); !nearAll(got, want) {
					return expected(sprint("logits %v and true class %d", c.z, c.label), want, got)
				}
			}
			return nil
		})
	add("5.6", "A schedule for the learning rate", "Half a wave of the cosine: rate = peak·(1 + cos(π·step/total))/2 is peak at step 0, half of it half-way, 0 at the end.",
		func(f func(step, total int, peak float64) float64) error {
			for _, c := range []struct {
				step, total int
				peak        float64
			}{{0, 100, 0.1}, {50, 100, 0.1}, {100, 100, 0.1}, {25, 200, 2}} {
				want := c.peak * (1 + math.Cos(math.Pi*float64(c.step)/float64(c.total))) / 2
				if got := f(c.step, c.total, c.peak); math.Abs(got-want) > 1e-9 || math.IsNaN(got) {
					return expected(sprint("step %d of %d with peak %g", c.step, c.total, c.peak), want, got)
				}
			}
			return nil
		})
}
