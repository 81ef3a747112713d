//go:build xla

package train

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/go-xla/compute/xla"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/loss"

	"github.com/gradus-ml/gradus/kit/device"
)

// bothBackends opens the pure-Go backend and XLA: the one that GOMLX_BACKEND
// names, if it names one, else the first plugin that is found.
func bothBackends(t *testing.T) (pure, other compute.Backend) {
	t.Helper()
	xla.EnableAutoInstall(false)
	pure, err := compute.NewWithConfig("go")
	if err != nil {
		t.Fatal(err)
	}
	other, err = device.Open()
	if err != nil {
		t.Skip("skipped: no plugin (", err, ")")
	}
	d := device.Describe(other)
	if d.Name == "go" {
		t.Skip("skipped: no plugin is asked for; GOMLX_BACKEND is go")
	}
	t.Log(d.Description)
	return pure, other
}

// sameStart is a model whose first weights do not depend on the backend: GoMLX's
// own random numbers do.
func sameStart(f ModelFunc) ModelFunc {
	return func(scope *model.Scope, x *graph.Node) *graph.Node {
		rng := rand.New(rand.NewPCG(1, 2))
		return f(scope.WithInitializer(func(g *graph.Graph, shape shapes.Shape) *graph.Node {
			w := make([]float32, shape.Size())
			for i := range w {
				w[i] = float32(0.05 * rng.NormFloat64())
			}
			return graph.Const(g, tensors.FromFlatDataAndDimensions(w, shape.Dimensions...))
		}), x)
	}
}

// TestXLAGradientsAgreeWithGo compares logits, loss and gradients of one batch:
// within 1e-4 on a CPU, and 1e-2 on a GPU, whose products round to 10 bits (TF32).
func TestXLAGradientsAgreeWithGo(t *testing.T) {
	pure, other := bothBackends(t)
	set := someDigits(t, 64)
	f := sameStart(small)
	compute := func(b compute.Backend) [][]float32 {
		exec, err := model.NewExec(b, model.NewStore(), func(scope *model.Scope, inputs []*graph.Node) []*graph.Node {
			logits := f(scope, inputs[0])
			l := loss.SparseCategoricalCrossEntropyLogits([]*graph.Node{inputs[1]}, []*graph.Node{logits})
			return append([]*graph.Node{logits, l}, scope.BuildTrainableVariablesGradientsGraph(graph.ReduceAllMean(l))...)
		})
		if err != nil {
			t.Fatal(err)
		}
		batch, err := (&epochData{backend: b, set: set}).gather(inOrder(set.Len()))
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.Call(batch.Inputs[0], batch.Labels[0])
		if err != nil {
			t.Fatal(err)
		}
		return flat(out)
	}
	tolerance := 1e-4
	if device.Describe(other).GPU {
		tolerance = 1e-2
	}
	want, got := compute(pure), compute(other)
	var worst float64
	for k := range want {
		for i, v := range want[k] {
			worst = max(worst, math.Abs(float64(v-got[k][i])))
		}
	}
	t.Logf("logits, loss and gradients differ by up to %.2g", worst)
	if worst > tolerance || len(got) != len(want) {
		t.Errorf("logits, loss and gradients differ by up to %g; want at most %g", worst, tolerance)
	}
}

// TestXLATrainingAgreesWithGo trains the same network from the same weights on
// both: the losses of each epoch agree within a thousandth on a CPU, the
// accuracies within 0.001; on a GPU, within ten times that.
func TestXLATrainingAgreesWithGo(t *testing.T) {
	pure, other := bothBackends(t)
	inTempRuns(t)
	set := someDigits(t, 2000)
	tolerance := 1e-3
	if device.Describe(other).GPU {
		tolerance = 1e-2
	}
	var runs []*Run
	for _, b := range []compute.Backend{pure, other} {
		run, err := fitOn(context.Background(), b, sameStart(small), set, quiet(Options{Epochs: 3}))
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, run)
	}
	for i, want := range runs[0].History {
		got := runs[1].History[i]
		t.Logf("epoch %d: loss %.6f and %.6f, accuracy %.4f and %.4f", i+1, want.TrainLoss, got.TrainLoss, want.TrainAccuracy, got.TrainAccuracy)
		if math.Abs(got.TrainLoss-want.TrainLoss) > tolerance*want.TrainLoss || math.Abs(got.TrainAccuracy-want.TrainAccuracy) > tolerance {
			t.Errorf("epoch %d: XLA %+v, pure Go %+v", i+1, got, want)
		}
	}
}

// TestXLARunsAreReproducible trains twice with the same seed.
func TestXLARunsAreReproducible(t *testing.T) {
	_, other := bothBackends(t)
	inTempRuns(t)
	set := someDigits(t, 1000)
	var losses []float64
	for range 2 {
		run, err := fitOn(context.Background(), other, small, set, quiet(Options{Epochs: 2}))
		if err != nil {
			t.Fatal(err)
		}
		losses = append(losses, run.History[1].TrainLoss)
	}
	if math.Abs(losses[0]-losses[1]) > 0.01*losses[0] {
		t.Errorf("the same seed gave losses %v", losses)
	}
	t.Logf("the same seed gave losses %v", losses)
}

// TestAnXLARunIsGoodOnGo evaluates on pure Go what XLA trained.
func TestAnXLARunIsGoodOnGo(t *testing.T) {
	pure, other := bothBackends(t)
	inTempRuns(t)
	set := someDigits(t, 500)
	run, err := fitOn(context.Background(), other, small, set, quiet(Options{Epochs: 1}))
	if err != nil {
		t.Fatal(err)
	}
	var outputs [][][]float32
	for _, b := range []compute.Backend{pure, other} {
		store, err := run.Restore()
		if err != nil {
			t.Fatal(err)
		}
		f, err := newForward(b, store, small, set.Dims)
		if err != nil {
			t.Fatal(err)
		}
		out, err := f.Set(context.Background(), set)
		if err != nil {
			t.Fatal(err)
		}
		outputs = append(outputs, out)
	}
	for i := range set.Len() {
		for k, v := range outputs[0][i] {
			if math.Abs(float64(v-outputs[1][i][k])) > 1e-2 {
				t.Fatalf("example %d, output %d: %v on pure Go, %v on XLA", i, k, v, outputs[1][i][k])
			}
		}
	}
}
