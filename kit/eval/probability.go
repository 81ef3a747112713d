package eval

import (
	"math"
	"slices"
)

// logProbability is ln softmax(z)[class], exact even where the probability
// itself rounds to 0.
func logProbability(z []float32, class int) float64 {
	largest := float64(slices.Max(z))
	var sum float64
	for _, v := range z {
		sum += math.Exp(float64(v) - largest)
	}
	return float64(z[class]) - largest - math.Log(sum)
}

// argmax is the first class with the largest logit.
func argmax(z []float32) int {
	best := 0
	for i, v := range z {
		if v > z[best] {
			best = i
		}
	}
	return best
}

// sortErrors puts the most confident errors first, and equals by row.
func sortErrors(errs []Error) {
	slices.SortFunc(errs, func(a, b Error) int {
		switch {
		case a.Probability > b.Probability:
			return -1
		case a.Probability < b.Probability:
			return 1
		default:
			return a.Row - b.Row
		}
	})
}
