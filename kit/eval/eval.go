// Package eval measures what a classifier is worth: accuracy, precision, recall
// and F1 of each class and on average, the confusion matrix, confidence
// intervals, and the examples that it got most wrong.
//
// [Evaluate] runs a trained model on a set; [New] computes the same [Report]
// from predictions made anywhere. All rates are fractions from 0 to 1.
package eval

import (
	"context"
	"fmt"
	"math"
	"strings"
	"text/tabwriter"

	"github.com/gradus-ml/gradus/kit/data"
	"github.com/gradus-ml/gradus/kit/mlp"
	"github.com/gradus-ml/gradus/kit/train"
)

// Class is what a report says of one class.
//
// With TP true positives, FP false positives and FN false negatives, precision
// is TP/(TP+FP), recall TP/(TP+FN), and F1 their harmonic mean,
// 2·TP/(2·TP+FP+FN). A quotient whose denominator is zero counts as 0, as in
// scikit-learn.
type Class struct {
	Name      string  `json:"name"`
	Precision float64 `json:"precision"` // of those called this class, the part that is
	Recall    float64 `json:"recall"`    // of those that are this class, the part that was found
	F1        float64 `json:"f1"`
	Support   int     `json:"support"` // how many are this class
}

// Report is the evaluation of a classifier on one set.
type Report struct {
	Examples int     `json:"examples"`
	Correct  int     `json:"correct"`
	Accuracy float64 `json:"accuracy"` // Correct / Examples
	// AccuracyLow and AccuracyHigh bound the accuracy that the model would have
	// on any number of such examples, with 95 % confidence; see [Wilson].
	AccuracyLow  float64 `json:"accuracy_low"`
	AccuracyHigh float64 `json:"accuracy_high"`
	// Macro means weigh every class alike, weighted means by its support.
	MacroPrecision    float64 `json:"macro_precision"`
	MacroRecall       float64 `json:"macro_recall"`
	MacroF1           float64 `json:"macro_f1"`
	WeightedPrecision float64 `json:"weighted_precision"`
	WeightedRecall    float64 `json:"weighted_recall"`
	WeightedF1        float64 `json:"weighted_f1"`
	// Loss is the mean cross-entropy in nats, where probabilities are known.
	Loss     float64 `json:"loss,omitempty"`
	PerClass []Class `json:"per_class"`
	// Confusion[i][j] counts the examples of class i that were called class j.
	Confusion [][]int `json:"confusion"`

	// Errors are the examples that were called wrong, the most confident first.
	// They are known only where probabilities are.
	Errors []Error `json:"-"`
}

// Error is one wrong prediction.
type Error struct {
	Row         int // of the set
	Truth       int // class
	Predicted   int
	Probability float64 // that the model gave the wrong class
}

// New computes a report from true and predicted class numbers.
func New(truths, predictions []int, classes []string) (*Report, error) {
	if len(truths) != len(predictions) {
		return nil, fmt.Errorf("there are %d true classes and %d predictions; one of each is needed for every example", len(truths), len(predictions))
	}
	if len(truths) == 0 {
		return nil, fmt.Errorf("there are no examples; an evaluation needs at least one")
	}
	r := &Report{Examples: len(truths), Confusion: make([][]int, len(classes))}
	for i := range r.Confusion {
		r.Confusion[i] = make([]int, len(classes))
	}
	for i := range truths {
		for _, c := range []int{truths[i], predictions[i]} {
			if c < 0 || c >= len(classes) {
				return nil, fmt.Errorf("example %d has class %d; classes go from 0 to %d", i, c, len(classes)-1)
			}
		}
		r.Confusion[truths[i]][predictions[i]]++
	}
	r.summarize(classes)
	return r, nil
}

// summarize computes everything that follows from the confusion matrix.
func (r *Report) summarize(classes []string) {
	n := float64(len(classes))
	for c, name := range classes {
		tp := r.Confusion[c][c]
		actual, called := 0, 0
		for other := range classes {
			actual += r.Confusion[c][other]
			called += r.Confusion[other][c]
		}
		k := Class{Name: name, Support: actual, Precision: ratio(tp, called), Recall: ratio(tp, actual), F1: ratio(2*tp, actual+called)}
		r.PerClass = append(r.PerClass, k)
		r.Correct += tp
		weight := float64(actual) / float64(r.Examples)
		r.MacroPrecision += k.Precision / n
		r.MacroRecall += k.Recall / n
		r.MacroF1 += k.F1 / n
		r.WeightedPrecision += k.Precision * weight
		r.WeightedRecall += k.Recall * weight
		r.WeightedF1 += k.F1 * weight
	}
	r.Accuracy = ratio(r.Correct, r.Examples)
	r.AccuracyLow, r.AccuracyHigh = Wilson(r.Correct, r.Examples)
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// Wilson returns the 95 % confidence interval for a rate of which k of n were
// observed, after E. B. Wilson (1927). It never leaves [0,1] and holds for rates
// near 0 and 1, where the textbook's ±1.96·√(p(1−p)/n) does not. With n = 0
// nothing is known: 0 to 1.
func Wilson(k, n int) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	const z = 1.959963984540054 // the normal distribution has 2.5 % beyond it
	p, m := float64(k)/float64(n), float64(n)
	centre := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, centre-half), min(1, centre+half)
}

// FromLogits computes a report, with loss and errors, from the model's outputs:
// one row of logits for each example of set.
func FromLogits(set *data.Set, logits [][]float32) (*Report, error) {
	if set.IsRegression() {
		return nil, fmt.Errorf("the set has target values, and this evaluation is for classes; use kit/mse")
	}
	if len(logits) != set.Len() {
		return nil, fmt.Errorf("there are %d rows of logits for %d examples; one row each is needed", len(logits), set.Len())
	}
	truths, predictions := make([]int, set.Len()), make([]int, set.Len())
	var errs []Error
	var loss float64
	for i, z := range logits {
		if len(z) != len(set.Classes) {
			return nil, fmt.Errorf("the model gives %d outputs for %d classes; one each is needed", len(z), len(set.Classes))
		}
		p := mlp.Probabilities(z)
		truths[i], predictions[i] = set.Label(i), argmax(z)
		loss -= logProbability(z, truths[i])
		if truths[i] != predictions[i] {
			errs = append(errs, Error{Row: i, Truth: truths[i], Predicted: predictions[i], Probability: p[predictions[i]]})
		}
	}
	r, err := New(truths, predictions, set.Classes)
	if err != nil {
		return nil, err
	}
	r.Loss = loss / float64(set.Len())
	r.Errors = errs
	sortErrors(r.Errors)
	return r, nil
}

// Evaluate runs a trained model on set. f is the model function that the run was
// trained with; nil stands for mlp.Model of the run's own sizes.
func Evaluate(ctx context.Context, run *train.Run, f train.ModelFunc, set *data.Set) (*Report, error) {
	forward, err := run.Forward(f)
	if err != nil {
		return nil, err
	}
	logits, err := forward.Set(ctx, set)
	if err != nil {
		return nil, err
	}
	return FromLogits(set, logits)
}

// String lays the report out as a table.
func (r *Report) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "class\tprecision\trecall\tF1\texamples\t")
	for _, c := range r.PerClass {
		fmt.Fprintf(w, "%s\t%.4f\t%.4f\t%.4f\t%d\t\n", c.Name, c.Precision, c.Recall, c.F1, c.Support)
	}
	fmt.Fprintf(w, "macro mean\t%.4f\t%.4f\t%.4f\t%d\t\n", r.MacroPrecision, r.MacroRecall, r.MacroF1, r.Examples)
	fmt.Fprintf(w, "weighted mean\t%.4f\t%.4f\t%.4f\t%d\t\n", r.WeightedPrecision, r.WeightedRecall, r.WeightedF1, r.Examples)
	w.Flush() // a strings.Builder takes every write
	fmt.Fprintf(&b, "accuracy %.4f: %d of %d (95 %% interval %.4f to %.4f)\n", r.Accuracy, r.Correct, r.Examples, r.AccuracyLow, r.AccuracyHigh)
	return b.String()
}
