package train

import (
	"iter"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/train"

	"github.com/gradus-ml/gradus/kit/data"
)

// epochData feeds rows of a data.Set to GoMLX, a batch at a time, as one pass.
// It implements GoMLX's train.Dataset.
type epochData struct {
	backend compute.Backend
	set     *data.Set
	rows    []int // the order of this pass
	batch   int
}

func (d *epochData) Name() string { return d.set.Name }

// Iter yields the batches: inputs [batch, dims...], labels [batch, 1]. Each is
// gathered while the one before it is computed with.
func (d *epochData) Iter() iter.Seq2[train.Batch, error] {
	type gathered struct {
		batch train.Batch
		err   error
	}
	return func(yield func(train.Batch, error) bool) {
		ahead, stop := make(chan gathered, 1), make(chan struct{})
		defer close(stop)
		go func() {
			defer close(ahead)
			for rows := range slices.Chunk(d.rows, d.batch) {
				b, err := d.gather(rows)
				select {
				case ahead <- gathered{b, err}:
				case <-stop:
					return
				}
			}
		}()
		for g := range ahead {
			if !yield(g.batch, g.err) {
				return
			}
		}
	}
}

// gather puts rows of the set into tensors, which share the backend's memory
// where it has one to share.
func (d *epochData) gather(rows []int) (b train.Batch, err error) {
	labelType := dtypes.Int32
	if d.set.IsRegression() {
		labelType = dtypes.Float32
	}
	inputs, err := tensors.FromShapeForBackend(d.backend, 0, shapes.Make(dtypes.Float32, append([]int{len(rows)}, d.set.Dims...)...))
	if err != nil {
		return b, err
	}
	labels, err := tensors.FromShapeForBackend(d.backend, 0, shapes.Make(labelType, len(rows), 1))
	if err != nil {
		return b, err
	}
	var fillErr error
	err = tensors.MutableFlatData(inputs, func(x []float32) {
		if d.set.IsRegression() {
			d.set.Fill(rows, x, nil)
			fillErr = tensors.MutableFlatData(labels, func(y []float32) { d.set.FillTargets(rows, y) })
		} else {
			fillErr = tensors.MutableFlatData(labels, func(y []int32) { d.set.Fill(rows, x, y) })
		}
	})
	if err == nil {
		err = fillErr
	}
	return train.Batch{Inputs: []*tensors.Tensor{inputs}, Labels: []*tensors.Tensor{labels}}, err
}

// inOrder returns the rows 0 … n-1.
func inOrder(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	return rows
}
