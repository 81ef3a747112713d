package eval

import (
	"fmt"
	"math"
	"slices"
)

// Bin is one group of a calibration plot: predictions of similar probability.
type Bin struct {
	Low, High float64 // probabilities from Low on, below High (the last bin includes its High)
	Count     int     // predictions in it
	Promised  float64 // the mean probability that the model gave its predictions
	Right     float64 // the part of them, 0 to 1, that was right
}

// Calibration compares what a model promises with what comes true. probability[i]
// is what the model gave the class that it predicted for example i, right[i]
// whether that class was the true one. Predictions are sorted into groups between
// the ascending edges, which must cover all of them; groups that stay empty are
// left out. A calibrated model has Promised near Right in every group (A. H.
// Murphy and R. L. Winkler, 1977, on weather forecasts; C. Guo and others, 2017,
// arXiv:1706.04599, on neural networks).
func Calibration(probability []float64, right []bool, edges ...float64) ([]Bin, error) {
	if len(probability) == 0 || len(probability) != len(right) {
		return nil, fmt.Errorf("there are %d probabilities and %d verdicts; one of each is needed for every prediction", len(probability), len(right))
	}
	if len(edges) < 2 || !slices.IsSorted(edges) || len(slices.Compact(slices.Clone(edges))) != len(edges) {
		return nil, fmt.Errorf("the edges are %v; at least two are needed, each larger than the one before", edges)
	}
	bins := make([]Bin, len(edges)-1)
	for i := range bins {
		bins[i].Low, bins[i].High = edges[i], edges[i+1]
	}
	for i, p := range probability {
		if math.IsNaN(p) || p < edges[0] || p > edges[len(edges)-1] {
			return nil, fmt.Errorf("prediction %d has probability %v, outside the edges %v to %v", i, p, edges[0], edges[len(edges)-1])
		}
		at, found := slices.BinarySearch(edges, p) // the first edge that is not below p
		if !found {
			at--
		}
		b := &bins[min(at, len(bins)-1)]
		b.Count++
		b.Promised += p
		if right[i] {
			b.Right++
		}
	}
	for i := range bins {
		n := float64(max(1, bins[i].Count))
		bins[i].Promised, bins[i].Right = bins[i].Promised/n, bins[i].Right/n
	}
	return slices.DeleteFunc(bins, func(b Bin) bool { return b.Count == 0 }), nil
}

// CalibrationError is the expected calibration error: the mean of |Promised −
// Right| over all predictions, 0 for a calibrated model (Guo and others, 2017).
func CalibrationError(bins []Bin) float64 {
	var sum, n float64
	for _, b := range bins {
		sum += float64(b.Count) * math.Abs(b.Promised-b.Right)
		n += float64(b.Count)
	}
	if n == 0 {
		return 0
	}
	return sum / n
}
