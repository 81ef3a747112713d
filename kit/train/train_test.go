package train

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/gradus-ml/gradus/kit/data"
	"github.com/gradus-ml/gradus/kit/mlp"
)

// inTempRuns gives a test a folder of runs of its own.
func inTempRuns(t testing.TB) {
	t.Helper()
	t.Setenv("GRADUS_RUNS", t.TempDir())
}

// someDigits is the first n digits that ship.
func someDigits(t testing.TB, n int) *data.Set {
	t.Helper()
	set, _, err := data.Digits()
	if err != nil {
		t.Fatal(err)
	}
	return set.First(n)
}

var small = mlp.Model(784, 16, 10)

// quiet are options for tests: no observers, and a run named after the test.
func quiet(o Options) Options {
	if o.Observers == nil {
		o.Observers = []Observer{}
	}
	if o.Run == "" {
		o.Run = "r"
	}
	return o
}

func mustFit(t testing.TB, f ModelFunc, set *data.Set, o Options) *Run {
	t.Helper()
	run, err := Fit(context.Background(), f, set, quiet(o))
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestFitLearnsAndLeavesARun(t *testing.T) {
	inTempRuns(t)
	set := someDigits(t, 1000)
	rest, validation, err := set.Split(0.2, 1)
	if err != nil {
		t.Fatal(err)
	}
	mustFit(t, small, rest, Options{Epochs: 4, Batch: 32, LearningRate: 0.01, Validation: validation})
	run, err := Open("r")
	if err != nil {
		t.Fatal(err)
	}
	first, last := run.History[0], run.History[3]
	if len(run.History) != 4 || last.TrainLoss >= first.TrainLoss || last.TrainAccuracy < 0.85 || last.ValidationAccuracy < 0.7 {
		t.Errorf("history %+v", run.History)
	}
	i := run.Info
	if i.Status != StatusFinished || i.EpochsDone != 4 || i.Parameters != mlp.Parameters(784, 16, 10) || !slices.Equal(i.Sizes, []int{784, 16, 10}) ||
		i.Data.Examples != 800 || i.Validation.Examples != 200 || i.Backend != "go" || len(i.EpochSeconds) != 4 {
		t.Errorf("run.json has %+v", i)
	}
	if names, err := List(); err != nil || !slices.Equal(names, []string{"r"}) {
		t.Errorf("List() = %v, %v", names, err)
	}
	// The folder holds what the package comment says, and nothing half-written.
	var files []string
	entries, _ := os.ReadDir(run.Dir)
	for _, e := range entries {
		files = append(files, e.Name())
	}
	if !slices.Equal(files, []string{"checkpoint", "history.json", "run.json"}) {
		t.Errorf("the run folder holds %v", files)
	}
}

// historyOf is the content of history.json: it must not depend on time or chance.
func historyOf(t testing.TB, run *Run) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(run.Dir, historyFile))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSameSeedGivesTheSameHistoryOnOneCoreOrMany(t *testing.T) {
	inTempRuns(t)
	set := someDigits(t, 1000) // fifteen batches of 64 and one of 40
	want := historyOf(t, mustFit(t, small, set, Options{Epochs: 2}))
	if again := historyOf(t, mustFit(t, small, set, Options{Epochs: 2})); again != want {
		t.Errorf("a second run gave\n%s, the first\n%s", again, want)
	}
	one, err := compute.NewWithConfig("go:parallelism=1,ops_sequential")
	if err != nil {
		t.Fatal(err)
	}
	run, err := fitOn(context.Background(), one, small, set, quiet(Options{Epochs: 2}))
	if err != nil {
		t.Fatal(err)
	}
	if got := historyOf(t, run); got != want {
		t.Errorf("one core gave\n%s, many\n%s", got, want)
	}
	if other := historyOf(t, mustFit(t, small, set, Options{Epochs: 2, Seed: 2})); other == want {
		t.Error("another seed gave the same history")
	}
}

func TestEarlyStoppingKeepsTheBestEpoch(t *testing.T) {
	inTempRuns(t)
	set := someDigits(t, 100)
	_, test, err := data.Digits()
	if err != nil {
		t.Fatal(err)
	}
	// So few examples and so large a rate that validation soon gets worse.
	run := mustFit(t, mlp.Model(784, 64, 10), set, Options{Epochs: 60, LearningRate: 0.02, Validation: test.First(500), Patience: 2})
	if run.Info.Status != StatusStopped || len(run.History) >= 60 {
		t.Fatalf("status %q after %d epochs", run.Info.Status, len(run.History))
	}
	best := run.History[run.Info.BestEpoch-1].ValidationLoss
	for _, e := range run.History {
		if e.ValidationLoss < best {
			t.Errorf("epoch %d has a lower validation loss than the best epoch %d", e.Epoch, run.Info.BestEpoch)
		}
	}
	if len(run.History)-run.Info.BestEpoch != 2 {
		t.Errorf("stopped %d epochs after the best one; want 2", len(run.History)-run.Info.BestEpoch)
	}
	_, p, err := run.restore()
	if err != nil || p.Epoch != run.Info.BestEpoch {
		t.Errorf("restored epoch %d (%v); want %d", p.Epoch, err, run.Info.BestEpoch)
	}
}

func TestRegressionAndMSE(t *testing.T) {
	inTempRuns(t)
	// y = 3x - 1, exactly: gradient descent finds weight 3 and bias -1.
	x, y := make([]float32, 64), make([]float32, 64)
	for i := range x {
		x[i] = float32(i)/32 - 1
		y[i] = 3*x[i] - 1
	}
	set, err := data.NewRegression("line", "train", []int{1}, x, y)
	if err != nil {
		t.Fatal(err)
	}
	run := mustFit(t, mlp.Model(1, 1), set, Options{Epochs: 200, Batch: 16, Optimizer: SGD, LearningRate: 0.1})
	if run.Info.Loss != MSE || run.History[199].TrainLoss > 1e-6 {
		t.Errorf("loss %q ended at %g", run.Info.Loss, run.History[199].TrainLoss)
	}
	store, err := run.Restore()
	if err != nil {
		t.Fatal(err)
	}
	n, err := mlp.FromStore(store)
	if err != nil {
		t.Fatal(err)
	}
	if l := n.Layers[0]; math.Abs(l.W[0]-3) > 1e-3 || math.Abs(l.B[0]+1) > 1e-3 {
		t.Errorf("found y = %v·x + %v; want 3·x − 1", l.W[0], l.B[0])
	}
	classes := mustFit(t, small, someDigits(t, 500), Options{Epochs: 3, Loss: MSE, Run: "classes"})
	if h := classes.History; h[2].TrainLoss >= h[0].TrainLoss || h[2].TrainAccuracy < 0.3 {
		t.Errorf("MSE on classes: %+v", h)
	}
}

// TestOneStepByHand compares a step of Fit with the network by hand: the first
// loss, and the weights after one step of gradient descent.
func TestOneStepByHand(t *testing.T) {
	inTempRuns(t)
	set := someDigits(t, 32)
	var initial, after *mlp.Network
	var err error
	for _, c := range []struct {
		rate float64
		to   **mlp.Network
	}{{1e-30, &initial}, {0.5, &after}} { // a rate of next to nothing leaves the first weights
		run := mustFit(t, small, set, Options{Epochs: 1, Batch: 32, Optimizer: SGD, LearningRate: c.rate})
		store, restoreErr := run.Restore()
		if restoreErr != nil {
			t.Fatal(restoreErr)
		}
		if *c.to, err = mlp.FromStore(store); err != nil {
			t.Fatal(err)
		}
	}
	x, labels := make([]float64, 32*784), make([]int, 32)
	row := make([]float32, 784)
	for i := range 32 {
		set.Features(i, row)
		for k, v := range row {
			x[i*784+k] = float64(v)
		}
		labels[i] = set.Label(i)
	}
	trace, err := initial.Forward(x, 32)
	if err != nil {
		t.Fatal(err)
	}
	loss, dLogits, err := mlp.CrossEntropy(trace.Logits(), labels)
	if err != nil {
		t.Fatal(err)
	}
	run, err := Open("r")
	if err != nil {
		t.Fatal(err)
	}
	if got := run.History[0].TrainLoss; math.Abs(got-loss) > 1e-5 {
		t.Errorf("first loss %v; by hand %v", got, loss)
	}
	grads, err := initial.Backward(trace, dLogits)
	if err != nil {
		t.Fatal(err)
	}
	initial.Step(grads, 0.5)
	for i, l := range after.Layers {
		for k := range l.W {
			if math.Abs(l.W[k]-initial.Layers[i].W[k]) > 1e-5 {
				t.Fatalf("layer %d, weight %d after a step: %v; by hand %v", i+1, k, l.W[k], initial.Layers[i].W[k])
			}
		}
	}
}

func TestBadOptionsAreRefusedInOneSentence(t *testing.T) {
	inTempRuns(t)
	set := someDigits(t, 50)
	for what, c := range map[string]struct {
		f   ModelFunc
		set *data.Set
		o   Options
	}{
		"no examples":              {small, nil, Options{}},
		"no model function":        {nil, set, Options{}},
		"cannot name a run":        {small, set, Options{Run: "../x"}},
		"epochs is -1":             {small, set, Options{Epochs: -1}},
		"batch is -4":              {small, set, Options{Batch: -4}},
		"learning rate is NaN":     {small, set, Options{LearningRate: math.NaN()}},
		"no optimizer \"lbfgs\"":   {small, set, Options{Optimizer: "lbfgs"}},
		"no loss \"hinge\"":        {small, set, Options{Loss: "hinge"}},
		"layer_1 takes 100 inputs": {mlp.Model(100, 10), set, Options{}},
		"the set has 10 classes":   {mlp.Model(784, 5), set, Options{}},
		"must give [1, outputs]": {func(_ *model.Scope, x *graph.Node) *graph.Node {
			return graph.ReduceAllSum(x)
		}, set, Options{}},
	} {
		_, err := Fit(context.Background(), c.f, c.set, quiet(c.o))
		if err == nil || !strings.Contains(err.Error(), what) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v", what, err)
		}
	}
}

func TestOpenOfNoRunListsThoseThatExist(t *testing.T) {
	inTempRuns(t)
	if _, err := Open("mlp"); err == nil || !strings.Contains(err.Error(), "nor any other") {
		t.Errorf("error %v", err)
	}
	mustFit(t, small, someDigits(t, 50), Options{Epochs: 1, Run: "a"})
	if _, err := Open("mlp"); err == nil || !strings.Contains(err.Error(), "there is: a") {
		t.Errorf("error %v", err)
	}
	if err := os.WriteFile(filepath.Join(RunsDir(), "a", infoFile), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open("a"); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a damaged run.json: error %v", err)
	}
}

func TestTwoTrainersOfOneRunAreKeptApart(t *testing.T) {
	inTempRuns(t)
	set := someDigits(t, 100)
	second := make(chan error, 1)
	var once bool
	o := quiet(Options{Epochs: 1, Observers: []Observer{onStep(func() {
		if !once {
			once = true
			_, err := Fit(context.Background(), small, set, quiet(Options{Epochs: 1}))
			second <- err
		}
	})}})
	if _, err := Fit(context.Background(), small, set, o); err != nil {
		t.Fatal(err)
	}
	if err := <-second; err == nil || !strings.Contains(err.Error(), "being trained by another") {
		t.Errorf("error %v", err)
	}
}

// onStep is an observer that calls a function at every step.
type onStep func()

func (onStep) Begin(Plan)              {}
func (f onStep) Step(Step)             { f() }
func (onStep) EpochEnd(Epoch, float64) {}
func (onStep) End(error)               {}

func TestPlainProgressPrintsALineAnEpoch(t *testing.T) {
	inTempRuns(t)
	var b strings.Builder
	mustFit(t, small, someDigits(t, 100), Options{Epochs: 2, Observers: []Observer{Progress(&b)}})
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[1], "epoch 2/2  loss ") || !strings.Contains(lines[1], "accuracy") {
		t.Errorf("printed %q", lines)
	}
}

func TestBarClearsItself(t *testing.T) {
	var b strings.Builder
	p := &barProgress{progressBase: progressBase{w: &b}}
	p.Begin(Plan{Epochs: 1, StepsPerEpoch: 2, Classes: true})
	p.Step(Step{Epoch: 1, Step: 1, MeanLoss: 1})
	time.Sleep(110 * time.Millisecond)
	p.Step(Step{Epoch: 1, Step: 2, MeanLoss: 0.5})
	p.EpochEnd(Epoch{Epoch: 1, TrainLoss: 0.5}, 1)
	p.End(nil)
	if out := b.String(); !strings.Contains(out, "epoch 1/1") || !strings.HasSuffix(out, " s\n") {
		t.Errorf("printed %q", out)
	}
}

func ExampleFit() {
	dir, err := os.MkdirTemp("", "runs")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	os.Setenv("GRADUS_RUNS", dir)
	defer os.Unsetenv("GRADUS_RUNS")

	set, _, err := data.Digits()
	if err != nil {
		fmt.Println(err)
		return
	}
	run, err := Fit(context.Background(), mlp.Model(784, 32, 10), set.First(2000), Options{
		Run: "quick", Epochs: 3, Observers: []Observer{Progress(io.Discard)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	last := run.History[len(run.History)-1]
	fmt.Println(run.Info.Status, run.Info.Parameters, last.TrainAccuracy > 0.8)
	// Output: finished 25450 true
}

func TestHistoryIsPlainJSON(t *testing.T) {
	inTempRuns(t)
	run := mustFit(t, small, someDigits(t, 50), Options{Epochs: 1})
	var list []map[string]float64
	if err := json.Unmarshal([]byte(historyOf(t, run)), &list); err != nil {
		t.Fatal(err)
	}
	if _, has := list[0]["validation_loss"]; has || list[0]["epoch"] != 1 || list[0]["train_loss"] <= 0 {
		t.Errorf("history.json has %v", list)
	}
}
