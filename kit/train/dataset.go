package train

import (
	"iter"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/train"

	"github.com/gradus-ml/gradus/kit/data"
)

// epochData feeds rows of a data.Set to GoMLX, a batch at a time, as one pass.
// It implements GoMLX's train.Dataset.
type epochData struct {
	set   *data.Set
	rows  []int // the order of this pass
	batch int
}

func (d *epochData) Name() string { return d.set.Name }

// Iter yields the batches: inputs [batch, dims...], labels [batch, 1].
func (d *epochData) Iter() iter.Seq2[train.Batch, error] {
	return func(yield func(train.Batch, error) bool) {
		for rest := d.rows; len(rest) > 0; {
			n := min(d.batch, len(rest))
			if !yield(makeBatch(d.set, rest[:n]), nil) {
				return
			}
			rest = rest[n:]
		}
	}
}

// makeBatch gathers rows of set into tensors.
func makeBatch(set *data.Set, rows []int) train.Batch {
	x := make([]float32, len(rows)*set.Size())
	dims := append([]int{len(rows)}, set.Dims...)
	var labels *tensors.Tensor
	if set.IsRegression() {
		y := make([]float32, len(rows))
		set.Fill(rows, x, nil)
		set.FillTargets(rows, y)
		labels = tensors.FromFlatDataAndDimensions(y, len(rows), 1)
	} else {
		y := make([]int32, len(rows))
		set.Fill(rows, x, y)
		labels = tensors.FromFlatDataAndDimensions(y, len(rows), 1)
	}
	return train.Batch{
		Inputs: []*tensors.Tensor{tensors.FromFlatDataAndDimensions(x, dims...)},
		Labels: []*tensors.Tensor{labels},
	}
}

// inOrder returns the rows 0 … n-1.
func inOrder(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	return rows
}
