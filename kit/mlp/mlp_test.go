package mlp

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/loss"
	"github.com/gradus-ml/gradus/kit/device"
)

// tiny is a network small enough to follow with a pencil: 2 inputs, 2 hidden
// neurons, 2 classes.
func tiny() *Network {
	return &Network{Sizes: []int{2, 2, 2}, Layers: []Layer{
		{In: 2, Out: 2, W: []float64{1, -1, 2, 1}, B: []float64{0, 1}},
		{In: 2, Out: 2, W: []float64{1, 0, -1, 2}, B: []float64{0.5, 0}},
	}}
}

func TestForwardByHand(t *testing.T) {
	// x = (1, 2): hidden = (1·1+2·2+0, 1·-1+2·1+1) = (5, 2), ReLU leaves both;
	// logits = (5·1+2·-1+0.5, 5·0+2·2+0) = (3.5, 4).
	// x = (1, -2): hidden = (-3, -2), ReLU gives (0, 0); logits = the biases (0.5, 0).
	tr, err := tiny().Forward([]float64{1, 2, 1, -2}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if want := []float64{5, 2, 0, 0}; !slices.Equal(tr.Outputs[1], want) {
		t.Errorf("hidden = %v; want %v", tr.Outputs[1], want)
	}
	if want := []float64{3.5, 4, 0.5, 0}; !slices.Equal(tr.Logits(), want) {
		t.Errorf("logits = %v; want %v", tr.Logits(), want)
	}
}

func TestCrossEntropyByHand(t *testing.T) {
	// Two equal logits: p = 1/2 each, loss = ln 2, derivative (1/2 - 1, 1/2).
	got, d, err := CrossEntropy([]float64{3, 3}, []int{0})
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(got-math.Ln2) > 1e-12 || d[0] != -0.5 || d[1] != 0.5 {
		t.Errorf("loss %v, derivative %v; want ln 2 and (-0.5, 0.5)", got, d)
	}
	// Logits so far apart that p(label) is 0 in float64: the loss is still exact.
	got, _, err = CrossEntropy([]float64{0, 2000}, []int{0})
	if err != nil || got != 2000 {
		t.Errorf("loss %v, %v; want 2000", got, err)
	}
}

func TestBadInputIsRefused(t *testing.T) {
	n := tiny()
	if _, err := n.Forward([]float64{1, 2, 3}, 2); err == nil || !strings.Contains(err.Error(), "needs 4") {
		t.Errorf("Forward of 3 numbers: %v", err)
	}
	if _, _, err := CrossEntropy([]float64{1, 2}, []int{2}); err == nil || !strings.Contains(err.Error(), "0 to 1") {
		t.Errorf("CrossEntropy with label 2: %v", err)
	}
	if _, _, err := CrossEntropy(nil, nil); err == nil {
		t.Error("CrossEntropy of nothing succeeded")
	}
	for _, sizes := range [][]int{nil, {784}, {784, 0, 10}, {-1, 2}} {
		if _, err := New(1, sizes...); err == nil {
			t.Errorf("New(%v) succeeded", sizes)
		}
		if _, err := Summary(sizes...); err == nil {
			t.Errorf("Summary(%v) succeeded", sizes)
		}
		if p := Parameters(sizes...); p != 0 {
			t.Errorf("Parameters(%v) = %d", sizes, p)
		}
	}
}

// lossOf is the loss of n on one batch.
func lossOf(t *testing.T, n *Network, x []float64, labels []int) float64 {
	t.Helper()
	tr, err := n.Forward(x, len(labels))
	if err != nil {
		t.Fatal(err)
	}
	l, _, err := CrossEntropy(tr.Logits(), labels)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// gradients runs forward and backward by hand.
func gradients(t *testing.T, n *Network, x []float64, labels []int) (*Trace, []Gradient) {
	t.Helper()
	tr, err := n.Forward(x, len(labels))
	if err != nil {
		t.Fatal(err)
	}
	_, d, err := CrossEntropy(tr.Logits(), labels)
	if err != nil {
		t.Fatal(err)
	}
	g, err := n.Backward(tr, d)
	if err != nil {
		t.Fatal(err)
	}
	return tr, g
}

// batchFor draws a batch of random inputs and labels.
func batchFor(n *Network, batch int) (x []float64, labels []int) {
	rng := rand.New(rand.NewPCG(7, 7))
	x = make([]float64, batch*n.Sizes[0])
	for i := range x {
		x[i] = rng.Float64()
	}
	for range batch {
		labels = append(labels, rng.IntN(n.Sizes[len(n.Sizes)-1]))
	}
	return x, labels
}

func TestBackwardAgreesWithFiniteDifferences(t *testing.T) {
	n, err := New(3, 5, 4, 6, 3)
	if err != nil {
		t.Fatal(err)
	}
	// Biases off zero: where every input of a neuron is off, a zero bias would sit
	// on the kink of ReLU, where there is no derivative to compare with.
	for _, l := range n.Layers {
		for k := range l.B {
			l.B[k] = 0.1 + 0.01*float64(k)
		}
	}
	x, labels := batchFor(n, 7)
	_, grads := gradients(t, n, x, labels)
	const h = 1e-6
	check := func(layer int, kind string, params, grad []float64) {
		for k := range params {
			old := params[k]
			params[k] = old + h
			up := lossOf(t, n, x, labels)
			params[k] = old - h
			down := lossOf(t, n, x, labels)
			params[k] = old
			if want := (up - down) / (2 * h); math.Abs(grad[k]-want) > 1e-7 {
				t.Errorf("layer %d %s[%d]: by hand %v, by finite differences %v", layer+1, kind, k, grad[k], want)
			}
		}
	}
	for i, l := range n.Layers {
		check(i, "W", l.W, grads[i].W)
		check(i, "B", l.B, grads[i].B)
	}
}

// TestHandMadeNetworkEqualsGoMLX is the promise of the package: the same weights
// give the same logits and, through GoMLX's automatic differentiation, the same
// gradients.
func TestHandMadeNetworkEqualsGoMLX(t *testing.T) {
	n, err := New(5, SeedSizes...)
	if err != nil {
		t.Fatal(err)
	}
	x, labels := batchFor(n, 9)
	tr, grads := gradients(t, n, x, labels)

	store, err := n.Store()
	if err != nil {
		t.Fatal(err)
	}
	backend, err := device.Open()
	if err != nil {
		t.Fatal(err)
	}
	f := Model(SeedSizes...)
	exec, err := model.NewExec(backend, store, func(scope *model.Scope, inputs []*graph.Node) []*graph.Node {
		logits := f(scope, inputs[0])
		l := loss.SparseCategoricalCrossEntropyLogits([]*graph.Node{inputs[1]}, []*graph.Node{logits})
		return append([]*graph.Node{logits}, scope.BuildTrainableVariablesGradientsGraph(l)...)
	})
	if err != nil {
		t.Fatal(err)
	}
	x32, labels32 := make([]float32, len(x)), make([]int32, len(labels))
	for i, v := range x {
		x32[i] = float32(v)
	}
	for i, v := range labels {
		labels32[i] = int32(v)
	}
	out, err := exec.Call(tensors.FromFlatDataAndDimensions(x32, 9, 28, 28), tensors.FromFlatDataAndDimensions(labels32, 9, 1))
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "logits", tr.Logits(), out[0])
	for i, g := range grads {
		compare(t, "dW", g.W, out[1+2*i])
		compare(t, "dB", g.B, out[2+2*i])
	}

	back, err := FromStore(store)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(back.Sizes, SeedSizes) {
		t.Errorf("FromStore found sizes %v", back.Sizes)
	}
}

func compare(t *testing.T, what string, want []float64, got *tensors.Tensor) {
	t.Helper()
	flat, err := tensors.CopyFlatData[float32](got)
	if err != nil {
		t.Fatal(err)
	}
	if len(flat) != len(want) {
		t.Fatalf("%s: GoMLX gave %d numbers, by hand %d", what, len(flat), len(want))
	}
	var worst float64
	for i, v := range flat {
		worst = max(worst, math.Abs(float64(v)-want[i]))
	}
	if worst > 1e-4 {
		t.Errorf("%s differ by up to %g; want at most 1e-4", what, worst)
	}
}

func TestSizesOfRefusesAnotherModel(t *testing.T) {
	store := model.NewStore()
	if _, err := SizesOf(store); err == nil || !strings.Contains(err.Error(), "/layer_1/dense/weights") {
		t.Errorf("SizesOf of an empty store: %v", err)
	}
	if _, err := store.CreateVariable(weightsPath(1), tensors.FromFlatDataAndDimensions(make([]float32, 6), 2, 3)); err != nil {
		t.Fatal(err)
	}
	if _, err := SizesOf(store); err == nil || !strings.Contains(err.Error(), "layer_1") {
		t.Errorf("SizesOf without biases: %v", err)
	}
}

func TestStepReducesTheLoss(t *testing.T) {
	n := tiny()
	x, labels := []float64{1, 2, 0.5, -1}, []int{0, 1}
	before := lossOf(t, n, x, labels)
	_, g := gradients(t, n, x, labels)
	n.Step(g, 0.05)
	if after := lossOf(t, n, x, labels); after >= before {
		t.Errorf("loss went from %v to %v", before, after)
	}
}

func TestSummaryCountsParametersByHand(t *testing.T) {
	// (784+1)·256 + (256+1)·128 + (128+1)·10 = 200,960 + 32,896 + 1,290 = 235,146.
	if p := Parameters(SeedSizes...); p != 235146 {
		t.Errorf("Parameters = %d; want 235146", p)
	}
	rows, err := Summarize(SeedSizes...)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{200960, 32896, 1290} {
		if rows[i].Parameters != want {
			t.Errorf("%s has %d parameters; want %d", rows[i].Name, rows[i].Parameters, want)
		}
	}
	s, err := Summary(SeedSizes...)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"784 × 256", "235,146", "234,752", "ReLU", "none (logits)"} {
		if !strings.Contains(s, want) {
			t.Errorf("the summary does not show %q:\n%s", want, s)
		}
	}
}
