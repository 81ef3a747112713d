package train

import (
	"math"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/initializer"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"github.com/gradus-ml/gradus/kit/device"
	"github.com/gradus-ml/gradus/kit/mlp"
)

// TestAdamByHand follows one weight, which starts at 0, down the loss (w-3)² for
// two steps with rate 0.1.
//
//	step 1: g = 2·(0-3) = -6, m̂ = g, v̂ = g²: w = 0 - 0.1·(-6)/6 = 0.1
//	step 2: g = -5.8, m = 0.9·(-0.6) + 0.1·(-5.8) = -1.12, m̂ = m/0.19 = -5.894737
//	        v = 0.999·0.036 + 0.001·33.64 = 0.069604, v̂ = v/0.001999 = 34.81941
//	        w = 0.1 + 0.1·5.894737/5.900797 = 0.199897
func TestAdamByHand(t *testing.T) {
	backend, err := device.Open()
	if err != nil {
		t.Fatal(err)
	}
	store := model.NewStore()
	step, err := model.NewExec(backend, store, func(scope *model.Scope, goal *graph.Node) *graph.Node {
		w := scope.WithInitializer(initializer.Zero).VariableWithShape("w", shapes.Make(dtypes.Float32))
		loss := graph.Square(graph.Sub(w.NodeValue(goal), goal))
		newAdam(0.1).UpdateGraph(scope, goal.Graph(), loss)
		return loss
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{0.1, 0.1998973} {
		if _, err := step.Call(float32(3)); err != nil {
			t.Fatal(err)
		}
		if got := tensors.ToScalar[float32](store.GetVariable("/w").MustValue()); math.Abs(float64(got)-want) > 1e-6 {
			t.Errorf("after step %d, w = %v; want %v", i+1, got, want)
		}
	}
}

func TestAdamFollowsGoMLXsAdam(t *testing.T) {
	inTempRuns(t)
	set := someDigits(t, 640)
	f := mlp.Model(784, 32, 10)
	ours := mustFit(t, f, set, Options{Run: "ours", Epochs: 5, Batch: 16})
	theirs := mustFit(t, f, set, Options{Run: "theirs", Epochs: 5, Batch: 16, CustomOptimizer: optimizer.Adam().LearningRate(0.001).Done()})
	for i, want := range theirs.History {
		if got := ours.History[i]; math.Abs(got.TrainLoss-want.TrainLoss) > 1e-4*want.TrainLoss {
			t.Errorf("epoch %d: loss %v, with GoMLX's Adam %v", i+1, got.TrainLoss, want.TrainLoss)
		}
	}
	a, b := weights(t, ours), weights(t, theirs)
	var worst float64
	for i, want := range b {
		worst = math.Max(worst, math.Abs(float64(a[i]-want)))
	}
	// 200 steps of 0.001 move a weight by up to 0.2.
	if worst > 1e-5 {
		t.Errorf("after 200 steps, weights differ by up to %g", worst)
	}
	t.Logf("after 200 steps, weights differ by up to %.2g", worst)
}

// weights are those of a run's first layer.
func weights(t *testing.T, r *Run) []float32 {
	t.Helper()
	store, err := r.Restore()
	if err != nil {
		t.Fatal(err)
	}
	return tensors.MustCopyFlatData[float32](store.GetVariable("/layer_1/dense/weights").MustValue())
}

// TestAdamDoesNotResumeAnother: without the sums of its own, Adam would begin
// anew in the middle of a run.
func TestAdamDoesNotResumeAnother(t *testing.T) {
	inTempRuns(t)
	set := someDigits(t, 64)
	mustFit(t, small, set, Options{Epochs: 1, CustomOptimizer: optimizer.Adam().Done()})
	_, err := Fit(t.Context(), small, set, quiet(Options{Epochs: 2, Resume: true}))
	if err == nil || !strings.Contains(err.Error(), "another Adam") {
		t.Errorf("error %v", err)
	}
}
