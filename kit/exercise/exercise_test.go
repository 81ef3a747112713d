package exercise

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gradus-ml/gradus/kit/eval"
)

// answers holds, for each exercise, a solution and the stub that the chapter
// gives. Every exercise must be here: see TestEveryExercise.
var answers = map[string]struct{ solution, stub any }{}

func TestEveryExerciseAcceptsItsSolutionAndRefusesItsStub(t *testing.T) {
	for id, e := range exercises {
		a, ok := answers[id]
		if !ok {
			t.Errorf("%s %s has no solution in the tests", id, e.Title)
			continue
		}
		if r := Grade(id, a.solution); !r.Passed {
			t.Errorf("the solution of %s fails: %s", id, r.Problem)
		}
		r := Grade(id, a.stub)
		if r.Passed {
			t.Errorf("the unsolved stub of %s passes", id)
		}
		if strings.HasPrefix(r.Problem, "The answer must be") {
			t.Errorf("the stub of %s has another type than the exercise: %s", id, r.Problem)
		}
		if e.Hint == "" || e.Title == "" {
			t.Errorf("%s has no title or no hint", id)
		}
	}
	for id := range answers {
		if _, ok := exercises[id]; !ok {
			t.Errorf("there is a solution for %s, which is no exercise", id)
		}
	}
}

func TestEveryChapterHasFourToEightExercises(t *testing.T) {
	for _, chapter := range chapters {
		if n := len(List(chapter)); n < 4 || n > 8 {
			t.Errorf("chapter %d has %d exercises", chapter, n)
		}
	}
}

// chapters are those that have exercises so far.
var chapters = []int{1, 2, 3, 4, 5, 6, 7}

func TestVerdictsAreReadable(t *testing.T) {
	mse := func(p, y []float64) float64 { return 0.5 }
	for _, c := range []struct {
		id     string
		answer any
		want   []string
	}{
		{"2.1", mse, []string{"✗ 2.1 Mean squared error: not yet.", "predictions [2 3] and true values [1 2], expected 1, got 0.5", "Hint: Add up"}},
		{"2.1", answers["2.1"].solution, []string{"✓ 2.1 Mean squared error: correct"}},
		{"2.1", func(x float64) float64 { return x }, []string{"The answer must be a func([]float64, []float64) float64; this is a func(float64) float64."}},
		{"2.1", nil, []string{"this is a <nil>"}},
		{"2.1", func(p, y []float64) float64 { return p[7] }, []string{"The function panicked: runtime error: index out of range"}},
		{"2.1", func(p, y []float64) float64 { p[0] = 9; return 1 }, []string{"work on a copy"}},
		{"9.9", mse, []string{"There is no exercise \"9.9\""}},
	} {
		got := Grade(c.id, c.answer).String()
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("the verdict %q does not say %q", got, want)
			}
		}
	}
}

func init() {
	answers["4.1"] = struct{ solution, stub any }{
		func(x, w []float64, b float64) float64 {
			for i := range x {
				b += x[i] * w[i]
			}
			return max(0, b)
		}, func(x, w []float64, b float64) float64 { return 0 }}
	answers["4.2"] = struct{ solution, stub any }{
		func(x, w [][]float64, b []float64) [][]float64 {
			var out [][]float64
			for _, row := range x {
				y := slices.Clone(b)
				for j := range y {
					for i := range row {
						y[j] += row[i] * w[i][j]
					}
					y[j] = max(0, y[j])
				}
				out = append(out, y)
			}
			return out
		}, func(x, w [][]float64, b []float64) [][]float64 { return nil }}
	answers["4.3"] = struct{ solution, stub any }{
		func(z []float64) []float64 {
			p := make([]float64, len(z))
			var sum float64
			for i := range z {
				p[i] = math.Exp(z[i] - slices.Max(z))
				sum += p[i]
			}
			for i := range p {
				p[i] /= sum
			}
			return p
		}, func(z []float64) []float64 { return nil }}
	answers["4.4"] = struct{ solution, stub any }{
		func(p []float64, label int) float64 { return -math.Log(p[label]) }, func(p []float64, label int) float64 { return 0 }}
	answers["4.5"] = struct{ solution, stub any }{
		func(x []float64, w [][]float64, dy []float64) (dw [][]float64, dx []float64) {
			for i := range x {
				row, sum := make([]float64, len(dy)), 0.0
				for j := range dy {
					row[j] = x[i] * dy[j]
					sum += dy[j] * w[i][j]
				}
				dw, dx = append(dw, row), append(dx, sum)
			}
			return dw, dx
		}, func(x []float64, w [][]float64, dy []float64) (dw [][]float64, dx []float64) { return nil, nil }}
	answers["4.6"] = struct{ solution, stub any }{
		func() ([2][2]float64, [2]float64, [2]float64, float64) {
			return [2][2]float64{{1, 1}, {1, 1}}, [2]float64{0, -1}, [2]float64{1, -2}, 0
		}, func() (w1 [2][2]float64, b1 [2]float64, w2 [2]float64, b2 float64) { return w1, b1, w2, b2 }}

	answers["5.1"] = struct{ solution, stub any }{
		func(w, g []float64, rate float64) []float64 {
			out := make([]float64, len(w))
			for i := range w {
				out[i] = w[i] - rate*g[i]
			}
			return out
		}, func(w, g []float64, rate float64) []float64 { return nil }}
	answers["5.2"] = struct{ solution, stub any }{
		func(w, velocity, g, rate, beta float64) (float64, float64) {
			v := beta*velocity + g
			return w - rate*v, v
		}, func(w, velocity, g, rate, beta float64) (float64, float64) { return w, velocity }}
	answers["5.3"] = struct{ solution, stub any }{
		func(w, m, v, g, rate float64, t int) (float64, float64, float64) {
			m, v = 0.9*m+0.1*g, 0.999*v+0.001*g*g
			mHat, vHat := m/(1-math.Pow(0.9, float64(t))), v/(1-math.Pow(0.999, float64(t)))
			return w - rate*mHat/(math.Sqrt(vHat)+1e-7), m, v
		}, func(w, m, v, g, rate float64, t int) (float64, float64, float64) { return w, m, v }}
	answers["5.4"] = struct{ solution, stub any }{
		func(examples, batch, epochs int) int { return (examples + batch - 1) / batch * epochs },
		func(examples, batch, epochs int) int { return 0 }}
	answers["5.5"] = struct{ solution, stub any }{
		func(z []float64, label int) []float64 {
			g, sum := make([]float64, len(z)), 0.0
			for k := range z {
				g[k] = math.Exp(z[k] - slices.Max(z))
				sum += g[k]
			}
			for k := range g {
				g[k] /= sum
			}
			g[label]--
			return g
		}, func(z []float64, label int) []float64 { return nil }}
	answers["5.6"] = struct{ solution, stub any }{
		func(step, total int, peak float64) float64 {
			return peak * (1 + math.Cos(math.Pi*float64(step)/float64(total))) / 2
		}, func(step, total int, peak float64) float64 { return peak }}

	answers["6.1"] = struct{ solution, stub any }{
		func(truths, predictions []int) float64 {
			n := 0
			for i := range truths {
				if truths[i] == predictions[i] {
					n++
				}
			}
			return float64(n) / float64(len(truths))
		}, func(truths, predictions []int) float64 { return 0 }}
	answers["6.2"] = struct{ solution, stub any }{
		func(truths, predictions []int, classes int) [][]int {
			m := make([][]int, classes)
			for i := range m {
				m[i] = make([]int, classes)
			}
			for i := range truths {
				m[truths[i]][predictions[i]]++
			}
			return m
		}, func(truths, predictions []int, classes int) [][]int { return nil }}
	answers["6.3"] = struct{ solution, stub any }{
		func(m [][]int, c int) (p, r float64) {
			column, row := 0, 0
			for k := range m {
				column, row = column+m[k][c], row+m[c][k]
			}
			if column > 0 {
				p = float64(m[c][c]) / float64(column)
			}
			if row > 0 {
				r = float64(m[c][c]) / float64(row)
			}
			return p, r
		}, func(m [][]int, c int) (p, r float64) { return 0, 0 }}
	answers["6.4"] = struct{ solution, stub any }{
		func(p, r float64) float64 {
			if p+r == 0 {
				return 0
			}
			return 2 * p * r / (p + r)
		}, func(p, r float64) float64 { return 0 }}
	answers["6.5"] = struct{ solution, stub any }{
		func(a, b, n int) bool {
			_, highA := eval.Wilson(a, n)
			lowB, _ := eval.Wilson(b, n)
			return lowB > highA
		}, func(a, b, n int) bool { return false }}

	answers["7.1"] = struct{ solution, stub any }{
		func(p []float64, k int) []int {
			var classes []int
			for i := range p {
				classes = append(classes, i)
			}
			slices.SortFunc(classes, func(a, b int) int {
				if p[a] > p[b] {
					return -1
				}
				return 1
			})
			return classes[:k]
		}, func(p []float64, k int) []int { return nil }}
	answers["7.2"] = struct{ solution, stub any }{
		func(p []float64, threshold float64) int {
			best := slices.Index(p, slices.Max(p))
			if p[best] < threshold {
				return -1
			}
			return best
		}, func(p []float64, threshold float64) int { return 0 }}
	answers["7.3"] = struct{ solution, stub any }{
		func(pixels []uint8, width int) (x, y float64) {
			var mass float64
			for i, p := range pixels {
				mass += float64(p)
				x += float64(p) * float64(i%width)
				y += float64(p) * float64(i/width)
			}
			return x / mass, y / mass
		}, func(pixels []uint8, width int) (x, y float64) { return 0, 0 }}
	answers["7.4"] = struct{ solution, stub any }{
		func(seconds []float64) float64 {
			s := slices.Sorted(slices.Values(seconds))
			return s[int(math.Ceil(0.95*float64(len(s))))-1]
		}, func(seconds []float64) float64 { return 0 }}
	answers["7.5"] = struct{ solution, stub any }{
		func(requests, seconds, use float64) int { return int(math.Ceil(requests*seconds/use - 1e-9)) },
		func(requests, seconds, use float64) int { return 0 }}
}
