package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/gofrs/flock"
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/gomlx/gomlx/ml/train/metric"
	"github.com/gomlx/gomlx/support/exceptions"

	"github.com/gradus-ml/gradus/kit/data"
	"github.com/gradus-ml/gradus/kit/device"
	"github.com/gradus-ml/gradus/kit/mlp"
)

// ErrInterrupted is in the error of a [Fit] that was stopped: by its context, by
// Ctrl-C or by the notebook's stop button. The run was saved first.
var ErrInterrupted = errors.New("training was interrupted")

// Fit trains the model function f on set and returns its run. It blocks until
// the last epoch is done, the loss stops being finite, or it is interrupted; in
// the last case the error is [ErrInterrupted] and says where the run was saved.
func Fit(ctx context.Context, f ModelFunc, set *data.Set, o Options) (*Run, error) {
	backend, err := device.Open()
	if err != nil {
		return nil, err
	}
	return fitOn(ctx, backend, f, set, o)
}

// fitOn is Fit on a given backend.
func fitOn(ctx context.Context, backend compute.Backend, f ModelFunc, set *data.Set, o Options) (*Run, error) {
	if f == nil {
		return nil, fmt.Errorf("there is no model function; give one, such as mlp.Model(784, 256, 128, 10)")
	}
	o, err := o.withDefaults(set)
	if err != nil {
		return nil, err
	}
	// A notebook's stop button arrives as this signal.
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()

	dir := filepath.Join(RunsDir(), o.Run)
	if err := os.MkdirAll(RunsDir(), 0o755); err != nil {
		return nil, fmt.Errorf("the folder of the runs cannot be made: %w", err)
	}
	lock := flock.New(filepath.Join(RunsDir(), "."+o.Run+".lock"))
	if ok, err := lock.TryLock(); err != nil || !ok {
		if err == nil {
			err = fmt.Errorf("the run %q is being trained by another program (or cell); wait for it, stop it, or choose another name", o.Run)
		}
		return nil, err
	}
	defer func() { _ = lock.Unlock() }() // the file stays: removing it would race with another program's lock

	fit := &fit{ctx: ctx, backend: backend, model: f, set: set, o: o, tell: observers(o.Observers)}
	if err := fit.open(dir); err != nil {
		return nil, err
	}
	err = fit.run()
	err = errors.Join(err, fit.last.close())
	if fit.best != nil {
		err = errors.Join(err, fit.best.close())
	}
	fit.tell.End(err)
	return fit.result, err
}

// fit is one call of Fit.
type fit struct {
	ctx     context.Context
	backend compute.Backend
	model   ModelFunc
	set     *data.Set
	o       Options
	tell    observers

	result  *Run
	p       *progress
	store   *model.Store
	trainer *train.Trainer
	loop    *train.Loop
	forward *Forward
	last    *saver
	best    *saver // with Patience

	batches    int // a whole epoch's
	batchSizes []int
	epochStart time.Time
	saved      time.Time
}

// open makes the run folder, or takes up the one that is there, and sets GoMLX up.
func (t *fit) open(dir string) error {
	t.batches = (t.set.Len() + t.o.Batch - 1) / t.o.Batch
	t.p = &progress{BestLoss: math.MaxFloat64}
	resumed := false
	if t.o.Resume {
		var err error
		if resumed, err = t.resume(); err != nil {
			return err
		}
	}
	if !resumed {
		if err := setAside(dir); err != nil {
			return err
		}
		t.result = &Run{Name: t.o.Run, Dir: dir, Info: t.newInfo()}
		t.store = model.NewStore()
		t.store.SetParam("/"+model.ParamInitialSeed, t.o.Seed)
	}
	t.result.Info.Epochs, t.result.Info.Patience = t.o.Epochs, t.o.Patience
	t.result.Info.Status, t.result.Info.Problem = StatusRunning, ""
	if t.o.Patience == 0 {
		t.result.Info.BestEpoch = 0
	}
	var err error
	if t.last, err = newSaver(t.store, filepath.Join(dir, checkpointDir)); err != nil {
		return err
	}
	if t.o.Patience > 0 {
		if t.best, err = newSaver(t.store, filepath.Join(dir, bestDir)); err != nil {
			return err
		}
	}
	if err := t.prepare(); err != nil {
		return err
	}
	return t.result.save()
}

// resume takes up the run that is there, if one is.
func (t *fit) resume() (bool, error) {
	r, err := Open(t.o.Run)
	if err != nil {
		if _, statErr := os.Stat(filepath.Join(RunsDir(), t.o.Run, infoFile)); errors.Is(statErr, os.ErrNotExist) {
			return false, nil
		}
		return false, err
	}
	if !hasCheckpoint(filepath.Join(r.Dir, checkpointDir)) {
		return false, nil // it was stopped before its first checkpoint
	}
	if err := t.sameAs(r.Info); err != nil {
		return false, err
	}
	store, p, err := load(filepath.Join(r.Dir, checkpointDir))
	if err != nil {
		return false, err
	}
	if t.o.CustomOptimizer == nil && t.o.Optimizer == Adam && p.Epoch+p.Step > 0 && store.GetVariable("/"+adamScope+"/step") == nil {
		return false, fmt.Errorf("the run %q was started with another Adam (a CustomOptimizer, or that of an earlier version) and cannot go on with this one; train it again", t.o.Run)
	}
	t.result, t.store, t.p = r, store, p
	r.History, r.Info.EpochSeconds = p.History, p.EpochSeconds
	return true, nil
}

// sameAs refuses to resume a run with other options than it was started with.
func (t *fit) sameAs(was Info) error {
	now := t.newInfo()
	for _, c := range []struct {
		what     string
		was, now any
	}{
		{"batch", was.Batch, now.Batch},
		{"learning rate", was.LearningRate, now.LearningRate},
		{"optimizer", was.Optimizer, now.Optimizer},
		{"loss", was.Loss, now.Loss},
		{"seed", was.Seed, now.Seed},
		{"data (SHA-256)", was.Data.SHA256, now.Data.SHA256},
	} {
		if c.was != c.now {
			return fmt.Errorf("the run %q was started with %s %v and cannot go on with %v; resume it with the same, or choose another name", t.o.Run, c.what, c.was, c.now)
		}
	}
	return nil
}

// setAside keeps an old run of the same name as NAME.previous.
func setAside(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		previous := dir + ".previous"
		if err := errors.Join(os.RemoveAll(previous), os.Rename(dir, previous)); err != nil {
			return fmt.Errorf("the old run cannot be set aside: %w", err)
		}
	}
	return os.MkdirAll(dir, 0o755)
}

// prepare builds GoMLX's trainer and loop, and checks the model on one example.
func (t *fit) prepare() error {
	var err error
	if t.forward, err = newForward(t.backend, t.store, t.model, t.set.Dims); err != nil {
		return err
	}
	probe, err := t.forward.probe() // also makes the variables, in the model's order
	if err != nil {
		return err
	}
	if t.p.Probe != nil {
		if err := t.forward.checkProbe(t.p.Probe); err != nil {
			return err
		}
	}
	if classes := len(t.set.Classes); !t.set.IsRegression() && len(probe) < classes {
		return fmt.Errorf("the model gives %d outputs an example, but the set has %d classes; the last layer needs one output a class", len(probe), classes)
	}
	t.result.Info.Parameters = trainable(t.store)
	if sizes, err := mlp.SizesOf(t.store); err == nil {
		t.result.Info.Sizes = sizes
	}
	var trainMetrics, evalMetrics []metric.Interface
	if !t.set.IsRegression() {
		trainMetrics = []metric.Interface{metric.NewBaseMetric("Batch Accuracy", "acc", metric.AccuracyMetricType, metric.SparseCategoricalAccuracyGraph, nil)}
		evalMetrics = []metric.Interface{metric.NewSparseCategoricalAccuracy("Accuracy", "acc")}
	}
	return exceptions.TryCatch[error](func() {
		t.trainer = train.NewTrainer(t.backend, t.store, t.model, t.o.lossFunc(), t.o.newOptimizer(), trainMetrics, evalMetrics)
		t.loop = train.NewLoop(t.trainer)
		t.loop.OnStep("gradus", 0, t.onStep)
	})
}

// trainable counts the numbers that training may change.
func trainable(store *model.Store) int {
	n := 0
	for v := range store.IterVariables() {
		if v.Trainable {
			n += v.Shape().Size()
		}
	}
	return n
}

// run trains epoch after epoch.
func (t *fit) run() error {
	t.tell.Begin(Plan{
		Run: t.o.Run, Dir: t.result.Dir, Epochs: t.o.Epochs, FirstEpoch: t.p.Epoch + 1, FirstStep: t.p.Step,
		StepsPerEpoch: t.batches, Examples: t.set.Len(), Validation: t.o.Validation != nil, Classes: !t.set.IsRegression(), Loss: t.o.Loss,
		History: t.p.History,
	})
	t.saved = time.Now()
	for t.p.Epoch < t.o.Epochs {
		if t.o.Patience > 0 && t.p.Epoch-t.p.BestEpoch >= t.o.Patience && t.p.BestEpoch > 0 {
			return t.finish(StatusStopped)
		}
		if err := t.epoch(); err != nil {
			return err
		}
	}
	return t.finish(StatusFinished)
}

// finish records the end of a run that went well.
func (t *fit) finish(status string) error {
	t.result.Info.Status = status
	return t.result.save()
}

// epoch trains one pass, or what is left of it.
func (t *fit) epoch() error {
	rows := data.Permutation(t.set.Len(), t.o.Seed, t.p.Epoch)[min(t.p.Step*t.o.Batch, t.set.Len()):]
	pass := &epochData{backend: t.backend, set: t.set, rows: rows, batch: t.o.Batch}
	t.epochStart = time.Now().Add(-time.Duration(t.p.Seconds * float64(time.Second)))
	var err error
	if t.p.Step < t.batches {
		tryErr := exceptions.TryCatch[error](func() { _, err = t.loop.RunSteps(pass, t.batches-t.p.Step) })
		err = errors.Join(tryErr, err)
	}
	if err == nil && t.ctx.Err() != nil {
		err = ErrInterrupted
	}
	if err != nil {
		return t.stopped(err)
	}
	return t.endEpoch()
}

// onStep is GoMLX's hook after each step; metrics are the batch's loss, its
// moving average, and the batch's accuracy where there are classes.
func (t *fit) onStep(_ *train.Loop, metrics []*tensors.Tensor) error {
	n := min(t.o.Batch, t.set.Len()-t.p.Step*t.o.Batch) // size of this batch
	batchLoss := shapes.ConvertTo[float64](metrics[0].Value())
	if math.IsNaN(batchLoss) || math.IsInf(batchLoss, 0) {
		return t.diverged(batchLoss)
	}
	t.p.Step++
	t.p.Examples += n
	t.p.LossSum += batchLoss * float64(n)
	if len(metrics) > 2 {
		// The accuracy is a float32 fraction of n; as a count it is exact.
		t.p.Correct += math.Round(shapes.ConvertTo[float64](metrics[2].Value()) * float64(n))
	}
	t.p.Seconds = time.Since(t.epochStart).Seconds()
	seen := float64(t.p.Examples)
	t.tell.Step(Step{Epoch: t.p.Epoch + 1, Step: t.p.Step, Loss: batchLoss, MeanLoss: t.p.LossSum / seen, MeanAccuracy: t.p.Correct / seen})
	if t.ctx.Err() != nil {
		return ErrInterrupted
	}
	if time.Since(t.saved) >= t.o.SaveEvery {
		return t.checkpoint(t.last)
	}
	return nil
}

// endEpoch validates, keeps the books and saves.
func (t *fit) endEpoch() error {
	seen := float64(t.p.Examples)
	e := Epoch{Epoch: t.p.Epoch + 1, TrainLoss: t.p.LossSum / seen, TrainAccuracy: t.p.Correct / seen}
	watched := e.TrainLoss
	if v := t.o.Validation; v != nil {
		var results []*tensors.Tensor
		var err error
		tryErr := exceptions.TryCatch[error](func() {
			results, err = t.trainer.Eval(&epochData{backend: t.backend, set: v, rows: inOrder(v.Len()), batch: forwardBatch})
		})
		if err = errors.Join(tryErr, err); err != nil {
			return modelError(err)
		}
		e.ValidationLoss = shapes.ConvertTo[float64](results[0].Value())
		if len(results) > 1 {
			e.ValidationAccuracy = shapes.ConvertTo[float64](results[1].Value())
		}
		watched = e.ValidationLoss
	}
	seconds := time.Since(t.epochStart).Seconds()
	t.p.Epoch++
	t.p.Step, t.p.Examples, t.p.LossSum, t.p.Correct, t.p.Seconds = 0, 0, 0, 0, 0
	t.p.History = append(t.p.History, e)
	t.p.EpochSeconds = append(t.p.EpochSeconds, seconds)
	if watched < t.p.BestLoss {
		t.p.BestLoss, t.p.BestEpoch = watched, t.p.Epoch
		if t.best != nil {
			if err := t.checkpoint(t.best); err != nil {
				return err
			}
			t.result.Info.BestEpoch = t.p.Epoch
		}
	}
	t.result.History, t.result.Info.EpochSeconds = t.p.History, t.p.EpochSeconds
	t.result.Info.EpochsDone = t.p.Epoch
	if err := errors.Join(t.checkpoint(t.last), t.result.save()); err != nil {
		return err
	}
	t.tell.EpochEnd(e, seconds)
	return nil
}

// checkpoint saves weights and progress.
func (t *fit) checkpoint(s *saver) error {
	var err error
	if t.p.Probe, err = t.forward.probe(); err != nil {
		return err
	}
	t.saved = time.Now()
	return s.save(t.p.Epoch*t.batches+t.p.Step, t.p)
}
