package train

import (
	"context"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/support/exceptions"

	"github.com/gradus-ml/gradus/kit/data"
	"github.com/gradus-ml/gradus/kit/device"
	"github.com/gradus-ml/gradus/kit/mlp"
)

// Forward computes the outputs of a trained model.
type Forward struct {
	Dims    []int // of one example
	Outputs int   // numbers a model gives for an example
	exec    *model.Exec
}

// forwardBatch is how many examples are computed at once.
const forwardBatch = 1000

// newForward prepares f with the weights in store.
func newForward(backend compute.Backend, store *model.Store, f ModelFunc, dims []int) (*Forward, error) {
	exec, err := model.NewExec(backend, store, func(scope *model.Scope, x *graph.Node) *graph.Node {
		scope.Store().SetTraining(x.Graph(), false) // dropout and its like are off
		return f(scope, x)
	})
	if err != nil {
		return nil, fmt.Errorf("the model cannot be set up: %s", firstLine(err))
	}
	return &Forward{Dims: dims, exec: exec}, nil
}

// call computes a batch: x has shape [n, Dims...]; the result is flat, [n, Outputs].
func (f *Forward) call(x []float32, n int) (out []float32, err error) {
	t := tensors.FromFlatDataAndDimensions(x, append([]int{n}, f.Dims...)...)
	var results []*tensors.Tensor
	tryErr := exceptions.TryCatch[error](func() { results, err = f.exec.Call(t) })
	if tryErr != nil {
		err = tryErr
	}
	if err != nil {
		return nil, modelError(err)
	}
	y := results[0]
	if dims := y.Shape().Dimensions; len(dims) != 2 || dims[0] != n {
		return nil, fmt.Errorf("the model gives shape %v for a batch of %d examples; it must give [%d, outputs]", dims, n, n)
	}
	f.Outputs = y.Shape().Dimensions[1]
	out, err = tensors.CopyFlatData[float32](y)
	if err != nil {
		return nil, fmt.Errorf("the model's outputs cannot be read as float32: %s", firstLine(err))
	}
	return out, y.FinalizeAll()
}

// modelError puts a failure of the model function in one line.
func modelError(err error) error {
	return fmt.Errorf("the model function does not fit these examples: %s", firstLine(err))
}

// Set computes the outputs for every example of set, in order: one row each.
func (f *Forward) Set(ctx context.Context, set *data.Set) ([][]float32, error) {
	if set.Size() != product(f.Dims) {
		return nil, fmt.Errorf("the examples have shape %v; the run was trained on %v", set.Dims, f.Dims)
	}
	out := make([][]float32, 0, set.Len())
	rows := inOrder(set.Len())
	for len(rows) > 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n := min(forwardBatch, len(rows))
		x := make([]float32, n*set.Size())
		for i, row := range rows[:n] {
			set.Features(row, x[i*set.Size():(i+1)*set.Size()])
		}
		y, err := f.call(x, n)
		if err != nil {
			return nil, err
		}
		for i := range n {
			out = append(out, y[i*f.Outputs:(i+1)*f.Outputs:(i+1)*f.Outputs])
		}
		rows = rows[n:]
	}
	return out, nil
}

// One computes the outputs for one example, product(Dims) numbers.
func (f *Forward) One(x []float32) ([]float32, error) {
	if len(x) != product(f.Dims) {
		return nil, fmt.Errorf("the example has %d numbers; the run was trained on %v", len(x), f.Dims)
	}
	return f.call(x, 1)
}

func product(dims []int) int {
	p := 1
	for _, d := range dims {
		p *= d
	}
	return p
}

// probe computes the model's fingerprint: its outputs for a fixed input that
// covers [0,1) evenly (multiples of the golden ratio, without their whole parts).
func (f *Forward) probe() ([]float32, error) {
	x := make([]float32, product(f.Dims))
	phase := 0.0
	for i := range x {
		phase += 0.6180339887498949
		if phase >= 1 {
			phase--
		}
		x[i] = float32(phase)
	}
	return f.One(x)
}

// checkProbe tells whether f computes what the model that was trained computes.
func (f *Forward) checkProbe(want []float32) error {
	if len(want) == 0 {
		return nil // saved before the first step
	}
	got, err := f.probe()
	if err != nil {
		return err
	}
	same := len(got) == len(want)
	for i := 0; same && i < len(got); i++ {
		// Backends differ in the last digits; another model differs in the first.
		diff, scale := got[i]-want[i], max(1, want[i], -want[i])
		same = diff < 0.05*scale && diff > -0.05*scale
	}
	if !same {
		return fmt.Errorf("the model function is not the one that this run was trained with: for the same input it gives %.3v, the trained one gave %.3v; use the same layers, names and activations", got, want)
	}
	return nil
}

// Forward prepares the run's model for computing outputs. f must be the model
// function that the run was trained with, and this is checked; nil stands for
// mlp.Model of the run's own layer sizes.
func (r *Run) Forward(f ModelFunc) (*Forward, error) {
	backend, err := device.Open()
	if err != nil {
		return nil, err
	}
	store, p, err := r.restore()
	if err != nil {
		return nil, err
	}
	if f == nil {
		sizes, err := mlp.SizesOf(store)
		if err != nil {
			return nil, fmt.Errorf("the run %q was trained with a model of its own (%w); give its model function", r.Name, err)
		}
		f = mlp.Model(sizes...)
	}
	variables := store.NumVariables()
	fw, err := newForward(backend, store, f, r.Info.Data.Dims)
	if err != nil {
		return nil, err
	}
	err = fw.checkProbe(p.Probe)
	if err == nil && store.NumVariables() != variables {
		err = fmt.Errorf("the model function has variables that the run %q has not; use the one that it was trained with", r.Name)
	}
	return fw, err
}
