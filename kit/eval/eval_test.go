package eval

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gradus-ml/gradus/kit/data"
)

// The example that scikit-learn 1.9.1 was given, with what it answered:
//
//	y, p = the slices below
//	confusion_matrix(y, p)
//	precision_recall_fscore_support(y, p, average=…, zero_division=0)
var (
	truths      = []int{0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3}
	predictions = []int{0, 0, 1, 2, 1, 1, 0, 2, 2, 2, 1, 2, 2, 2}
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-12 }

func TestReportAgreesWithScikitLearn(t *testing.T) {
	r, err := New(truths, predictions, []string{"a", "b", "c", "d"})
	if err != nil {
		t.Fatal(err)
	}
	confusion := [][]int{{2, 1, 1, 0}, {1, 2, 0, 0}, {0, 1, 4, 0}, {0, 0, 2, 0}}
	if !slices.EqualFunc(r.Confusion, confusion, slices.Equal[[]int]) {
		t.Errorf("confusion %v; scikit-learn %v", r.Confusion, confusion)
	}
	precision := []float64{0.6666666666666666, 0.5, 0.5714285714285714, 0}
	recall := []float64{0.5, 0.6666666666666666, 0.8, 0}
	f1 := []float64{0.5714285714285714, 0.5714285714285714, 0.6666666666666666, 0}
	support := []int{4, 3, 5, 2}
	for i, c := range r.PerClass {
		if !near(c.Precision, precision[i]) || !near(c.Recall, recall[i]) || !near(c.F1, f1[i]) || c.Support != support[i] {
			t.Errorf("class %s: %+v; scikit-learn %v %v %v %v", c.Name, c, precision[i], recall[i], f1[i], support[i])
		}
	}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"accuracy", r.Accuracy, 0.5714285714285714},
		{"macro precision", r.MacroPrecision, 0.4345238095238095},
		{"macro recall", r.MacroRecall, 0.49166666666666664},
		{"macro F1", r.MacroF1, 0.45238095238095233},
		{"weighted precision", r.WeightedPrecision, 0.5017006802721088},
		{"weighted recall", r.WeightedRecall, 0.5714285714285714},
		{"weighted F1", r.WeightedF1, 0.5238095238095238},
	} {
		if !near(c.got, c.want) {
			t.Errorf("%s = %v; scikit-learn %v", c.name, c.got, c.want)
		}
	}
}

func TestReportByHand(t *testing.T) {
	// Two classes; one "b" called "a". Precision of a: 1/2, recall 1, F1 2/3;
	// precision of b: 1, recall 1/2, F1 2/3. Accuracy 2/3.
	r, err := New([]int{0, 1, 1}, []int{0, 0, 1}, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	a, b := r.PerClass[0], r.PerClass[1]
	if a.Precision != 0.5 || a.Recall != 1 || b.Precision != 1 || b.Recall != 0.5 || !near(a.F1, 2.0/3) || !near(b.F1, 2.0/3) || !near(r.Accuracy, 2.0/3) {
		t.Errorf("report %+v", r)
	}
	for _, want := range []string{"precision", "macro mean", "accuracy 0.6667: 2 of 3"} {
		if !strings.Contains(r.String(), want) {
			t.Errorf("the table does not show %q:\n%s", want, r)
		}
	}
}

func TestWilsonAgreesWithPublishedIntervals(t *testing.T) {
	// R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{
		{81, 263, 0.2553, 0.3662},
		{15, 148, 0.0624, 0.1605},
		{0, 20, 0, 0.1611},
		{1, 29, 0.0061, 0.1718},
	} {
		low, high := Wilson(c.k, c.n)
		if math.Abs(low-c.low) > 5e-5 || math.Abs(high-c.high) > 5e-5 {
			t.Errorf("Wilson(%d, %d) = %.4f, %.4f; Newcombe has %.4f, %.4f", c.k, c.n, low, high, c.low, c.high)
		}
	}
	if low, high := Wilson(0, 0); low != 0 || high != 1 {
		t.Errorf("Wilson(0, 0) = %v, %v; nothing is known", low, high)
	}
	if _, high := Wilson(20, 20); high != 1 {
		t.Errorf("Wilson(20, 20) ends at %v; want 1", high)
	}
}

func TestFromLogitsRanksErrorsByConfidence(t *testing.T) {
	set, err := data.NewImages("toy", "test", []int{1}, []uint8{0, 0, 0}, []uint8{0, 1, 1}, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	// Right; wrong with p = 1/(1+e⁻¹); wrong with p = 1/(1+e⁻³).
	r, err := FromLogits(set, [][]float32{{2, 0}, {1, 0}, {3, 0}})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Errors) != 2 || r.Errors[0].Row != 2 || r.Errors[1].Row != 1 || r.Errors[0].Truth != 1 || r.Errors[0].Predicted != 0 {
		t.Errorf("errors %+v; want row 2, then row 1", r.Errors)
	}
	if want := 1 / (1 + math.Exp(-3)); !near(r.Errors[0].Probability, want) {
		t.Errorf("confidence %v; want %v", r.Errors[0].Probability, want)
	}
	// Loss: ln(1+e⁻²), then 1 + ln(1+e⁻¹), then 3 + ln(1+e⁻³), over 3.
	if want := (math.Log1p(math.Exp(-2)) + 1 + math.Log1p(math.Exp(-1)) + 3 + math.Log1p(math.Exp(-3))) / 3; !near(r.Loss, want) {
		t.Errorf("loss %v; want %v", r.Loss, want)
	}
}

func TestBadInputIsRefused(t *testing.T) {
	set, err := data.NewImages("toy", "test", []int{1}, []uint8{0}, []uint8{0}, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	_, e1 := New([]int{0}, []int{0, 1}, []string{"a", "b"})
	_, e2 := New(nil, nil, []string{"a"})
	_, e3 := New([]int{2}, []int{0}, []string{"a", "b"})
	_, e4 := FromLogits(set, nil)
	_, e5 := FromLogits(set, [][]float32{{1, 2, 3}})
	for i, err := range []error{e1, e2, e3, e4, e5} {
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("case %d: error is %v; want one sentence", i+1, err)
		}
	}
}
