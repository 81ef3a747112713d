package train

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/layers"
	"github.com/gomlx/gomlx/ml/layers/activation"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/gradus-ml/gradus/kit/data"
	"github.com/gradus-ml/gradus/kit/mlp"
)

// stopper interrupts training at a step, as Ctrl-C does.
type stopper struct {
	epoch, step int
	cancel      context.CancelFunc
}

func (s *stopper) Begin(Plan)              {}
func (s *stopper) EpochEnd(Epoch, float64) {}
func (s *stopper) End(error)               {}
func (s *stopper) Step(now Step) {
	if now.Epoch == s.epoch && now.Step == s.step {
		s.cancel()
	}
}

// dropout is a model with random numbers of its own: resuming must restore them.
func dropout(scope *model.Scope, x *graph.Node) *graph.Node {
	x = graph.Reshape(x, -1, 784)
	x = activation.Relu(layers.Dense(scope.In("layer_1"), x, true, 16))
	x = layers.DropoutStatic(scope.In("dropout"), x, 0.2)
	return layers.Dense(scope.In("layer_2"), x, true, 10)
}

func TestInterruptedAndResumedEqualsUninterrupted(t *testing.T) {
	for name, f := range map[string]ModelFunc{"mlp": small, "dropout": dropout} {
		t.Run(name, func(t *testing.T) {
			inTempRuns(t)
			set := someDigits(t, 500) // eight steps an epoch
			validation := someDigits(t, 700)
			o := Options{Epochs: 3, Run: "whole", Validation: validation}
			want := historyOf(t, mustFit(t, f, set, o))
			for _, at := range []stopper{{epoch: 1, step: 3}, {epoch: 2, step: 8}, {epoch: 3, step: 1}} {
				ctx, cancel := context.WithCancel(context.Background())
				at.cancel = cancel
				o := Options{Epochs: 3, Run: "parts", Validation: validation, Observers: []Observer{&at}}
				run, err := Fit(ctx, f, set, o)
				if !errors.Is(err, ErrInterrupted) || !strings.Contains(err.Error(), run.Dir) {
					t.Fatalf("stopped at %d/%d: error %v", at.epoch, at.step, err)
				}
				if run.Info.Status != StatusInterrupted {
					t.Errorf("status %q", run.Info.Status)
				}
				o.Observers, o.Resume = []Observer{}, true
				run = mustFit(t, f, set, o)
				if got := historyOf(t, run); got != want {
					t.Errorf("stopped at %d/%d and resumed gave\n%s, uninterrupted\n%s", at.epoch, at.step, got, want)
				}
				if run.Info.Status != StatusFinished {
					t.Errorf("status %q", run.Info.Status)
				}
			}
		})
	}
}

// TestStopButtonSavesTheRun sends the signal that a notebook's stop button and a
// terminal's Ctrl-C send.
func TestStopButtonSavesTheRun(t *testing.T) {
	inTempRuns(t)
	set := someDigits(t, 500)
	stop := onStep(func() {
		if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
			t.Error(err)
		}
		time.Sleep(50 * time.Millisecond)
	})
	_, err := Fit(context.Background(), small, set, Options{Run: "r", Epochs: 5, Observers: []Observer{stop}})
	if !errors.Is(err, ErrInterrupted) {
		t.Fatalf("error %v", err)
	}
	run := mustFit(t, small, set, Options{Epochs: 5, Resume: true})
	if len(run.History) != 5 {
		t.Errorf("after resuming, the history has %d epochs; want 5", len(run.History))
	}
}

func TestResumeRefusesOtherOptionsAndAnotherModel(t *testing.T) {
	inTempRuns(t)
	set := someDigits(t, 200)
	mustFit(t, small, set, Options{Epochs: 1})
	for what, o := range map[string]Options{
		"batch":         {Epochs: 2, Batch: 32},
		"learning rate": {Epochs: 2, LearningRate: 0.5},
		"optimizer":     {Epochs: 2, Optimizer: SGD, LearningRate: 0.001},
		"seed":          {Epochs: 2, Seed: 9},
	} {
		o.Resume = true
		if _, err := Fit(context.Background(), small, set, quiet(o)); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("another %s: error %v", what, err)
		}
	}
	_, err := Fit(context.Background(), small, set.First(100), quiet(Options{Epochs: 2, Resume: true}))
	if err == nil || !strings.Contains(err.Error(), "data") {
		t.Errorf("other data: error %v", err)
	}
	tanh := func(scope *model.Scope, x *graph.Node) *graph.Node {
		x = graph.Tanh(layers.Dense(scope.In("layer_1"), graph.Reshape(x, -1, 784), true, 16))
		return layers.Dense(scope.In("layer_2"), x, true, 10)
	}
	_, err = Fit(context.Background(), tanh, set, quiet(Options{Epochs: 2, Resume: true}))
	if err == nil || !strings.Contains(err.Error(), "not the one that this run was trained with") {
		t.Errorf("another activation: error %v", err)
	}
	run, err := Open("r")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.Forward(tanh); err == nil || !strings.Contains(err.Error(), "same layers, names and activations") {
		t.Errorf("Forward with another activation: error %v", err)
	}
	if _, err := run.Forward(mlp.Model(784, 17, 10)); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("Forward with another size: error %v", err)
	}
}

func TestResumeWithoutARunStartsAfresh(t *testing.T) {
	inTempRuns(t)
	run := mustFit(t, small, someDigits(t, 100), Options{Epochs: 1, Resume: true})
	if len(run.History) != 1 {
		t.Errorf("history %+v", run.History)
	}
}

func TestAnOldRunIsKeptAside(t *testing.T) {
	inTempRuns(t)
	set := someDigits(t, 100)
	want := historyOf(t, mustFit(t, small, set, Options{Epochs: 1}))
	mustFit(t, small, set, Options{Epochs: 1, Seed: 2})
	old, err := Open("r.previous")
	if err != nil {
		t.Fatal(err)
	}
	if historyOf(t, old) != want {
		t.Error("r.previous is not the old run")
	}
}

func TestALossThatIsNoNumberStopsWithItsCause(t *testing.T) {
	inTempRuns(t)
	set := someDigits(t, 300)
	run, err := Fit(context.Background(), small, set, quiet(Options{Optimizer: SGD, LearningRate: 1e18}))
	if err == nil || !strings.HasPrefix(err.Error(), "the loss became ") || !strings.Contains(err.Error(), "learning rate 1e+18 is probably too large; try 0.1") || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v", err)
	}
	if run == nil || run.Info.Status != StatusFailed {
		t.Errorf("run %+v", run)
	}
	values := make([]float32, 40)
	values[13] = float32(math.NaN())
	bad, err := data.NewTable("bad", "train", []int{2}, values, make([]int32, 20), []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Fit(context.Background(), mlp.Model(2, 2), bad, quiet(Options{}))
	if err == nil || !strings.Contains(err.Error(), "example 6 of the set holds NaN") {
		t.Errorf("NaN in the data: error %v", err)
	}
}

func TestADamagedCheckpointIsPassedOver(t *testing.T) {
	inTempRuns(t)
	set := someDigits(t, 300)
	run := mustFit(t, small, set, Options{Epochs: 2})
	names, err := listCheckpoints(filepath.Join(run.Dir, checkpointDir))
	if err != nil || len(names) != keepCheckpoints {
		t.Fatalf("checkpoints %v, %v; want %d", names, err, keepCheckpoints)
	}
	last := filepath.Join(run.Dir, checkpointDir, names[1]+".bin")
	if err := os.Truncate(last, 100); err != nil {
		t.Fatal(err)
	}
	if _, err := run.Restore(); err != nil {
		t.Fatalf("the checkpoint before it was not used: %v", err)
	}
	// Training again from the older one comes to the same end.
	again := mustFit(t, small, set, Options{Epochs: 2, Resume: true})
	if again.History[1] != run.History[1] {
		t.Errorf("epoch 2 came to %+v, before the damage %+v", again.History[1], run.History[1])
	}
}
