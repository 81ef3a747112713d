package train

import (
	"errors"
	"fmt"
	"math"

	"github.com/gradus-ml/gradus/kit/data"
)

// divergedError says why the loss stopped being a number.
type divergedError struct{ reason string }

func (e *divergedError) Error() string { return e.reason }

// diverged says why the loss stopped being a number, as far as that can be told.
func (t *fit) diverged(loss float64) error {
	rows := data.Permutation(t.set.Len(), t.o.Seed, t.p.Epoch)[t.p.Step*t.o.Batch:]
	cause := fmt.Sprintf("the learning rate %g is probably too large; try %g", t.o.LearningRate, min(t.o.LearningRate/10, defaultRate(t.o.Optimizer)))
	x := make([]float32, t.set.Size())
	for _, row := range rows[:min(t.o.Batch, len(rows))] {
		t.set.Features(row, x)
		for _, v := range x {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				cause = fmt.Sprintf("example %d of the set holds %v; clean or impute the data", row, v)
			}
		}
	}
	return &divergedError{fmt.Sprintf("the loss became %v at step %d of epoch %d, so training stopped; %s", loss, t.p.Step+1, t.p.Epoch+1, cause)}
}

// stopped records why an epoch did not end and saves what can be saved.
func (t *fit) stopped(err error) error {
	var diverged *divergedError
	switch {
	case errors.Is(err, ErrInterrupted):
		t.result.Info.Status = StatusInterrupted
		if saveErr := errors.Join(t.checkpoint(t.last), t.result.save()); saveErr != nil {
			return fmt.Errorf("%w, and it could not be saved: %w", ErrInterrupted, saveErr)
		}
		return fmt.Errorf("%w after step %d of %d in epoch %d of %d; it is saved in %s, and resuming goes on from there",
			ErrInterrupted, t.p.Step, t.batches, t.p.Epoch+1, t.o.Epochs, t.result.Dir)
	case errors.As(err, &diverged): // without the names of the hooks that it came through
		// The weights are spoilt: the last checkpoint stays as it is.
		t.result.Info.Status, t.result.Info.Problem = StatusFailed, diverged.Error()
		if saveErr := t.result.save(); saveErr != nil {
			return fmt.Errorf("%w, and that could not be recorded: %w", diverged, saveErr)
		}
		return diverged
	default:
		return modelError(err)
	}
}
