package mlp

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/layers"
	"github.com/gomlx/gomlx/ml/layers/activation"
	"github.com/gomlx/gomlx/ml/model"
)

// Model returns a model function in GoMLX: dense layers of the given sizes with
// ReLU between them and logits at the end. It takes x of shape [batch, ...],
// whose other axes multiply to sizes[0], and returns logits of shape
// [batch, sizes[last]].
//
// Layer i keeps its variables in the scope "layer_i" (from 1): weights of shape
// [in, out] and biases of shape [out]. A model function written on a notebook
// page with the same scope names trains a run that this one can open.
//
// Sizes that describe no network, or an x that does not fit, are reported when
// the graph is built, as GoMLX reports every shape error.
func Model(sizes ...int) func(scope *model.Scope, x *graph.Node) *graph.Node {
	return func(scope *model.Scope, x *graph.Node) *graph.Node {
		if err := checkSizes(sizes); err != nil {
			panic(err) // graph-building functions report by panic; train and predict turn it into an error
		}
		batch := x.Shape().Dimensions[0]
		if x.Shape().Size() != batch*sizes[0] {
			panic(fmt.Errorf("layer_1 takes %d inputs an example, but the input has shape %v; the first layer size must be the product of its axes after the batch",
				sizes[0], x.Shape().Dimensions))
		}
		x = graph.Reshape(x, batch, sizes[0]) // [batch, inputs]
		last := len(sizes) - 1
		for i := 1; i <= last; i++ {
			x = layers.Dense(scope.In("layer_%d", i), x, true, sizes[i]) // [batch, sizes[i]]
			if i < last {
				x = activation.Relu(x)
			}
		}
		return x
	}
}

// weightsPath and biasesPath name the variables of layer i (from 1) in a store.
func weightsPath(i int) string { return fmt.Sprintf("/layer_%d/dense/weights", i) }
func biasesPath(i int) string  { return fmt.Sprintf("/layer_%d/dense/biases", i) }

// SizesOf reads the layer sizes of a network out of the variables that [Model]
// would have made in store. It returns an error when they are not there or do
// not form a chain, so that a store of another kind of model is not mistaken
// for an MLP.
func SizesOf(store *model.Store) ([]int, error) {
	var sizes []int
	for i := 1; ; i++ {
		w := store.GetVariable(weightsPath(i))
		if w == nil {
			break
		}
		dims := w.Shape().Dimensions
		b := store.GetVariable(biasesPath(i))
		if len(dims) != 2 || b == nil || b.Shape().Size() != dims[1] {
			return nil, fmt.Errorf("layer_%d is not a dense layer with biases, so this is no network of mlp.Model", i)
		}
		if i == 1 {
			sizes = append(sizes, dims[0])
		} else if sizes[i-1] != dims[0] {
			return nil, fmt.Errorf("layer_%d takes %d inputs but layer_%d gives %d, so this is no network of mlp.Model", i, dims[0], i-1, sizes[i-1])
		}
		sizes = append(sizes, dims[1])
	}
	if len(sizes) == 0 {
		return nil, fmt.Errorf("there is no variable %s, so this is no network of mlp.Model", weightsPath(1))
	}
	return sizes, nil
}

// FromStore copies the weights that [Model] left in store into a [Network].
func FromStore(store *model.Store) (*Network, error) {
	sizes, err := SizesOf(store)
	if err != nil {
		return nil, err
	}
	n := &Network{Sizes: sizes}
	for i := 1; i < len(sizes); i++ {
		l := Layer{In: sizes[i-1], Out: sizes[i]}
		if l.W, err = floats(store, weightsPath(i)); err != nil {
			return nil, err
		}
		if l.B, err = floats(store, biasesPath(i)); err != nil {
			return nil, err
		}
		n.Layers = append(n.Layers, l)
	}
	return n, nil
}

// floats copies a float32 variable out of store.
func floats(store *model.Store, path string) ([]float64, error) {
	v := store.GetVariable(path)
	t, err := v.Value()
	if err != nil {
		return nil, fmt.Errorf("the variable %s has no value: %w", path, err)
	}
	flat, err := tensors.CopyFlatData[float32](t)
	if err != nil {
		return nil, fmt.Errorf("the variable %s cannot be read as float32: %w", path, err)
	}
	out := make([]float64, len(flat))
	for i, x := range flat {
		out[i] = float64(x)
	}
	return out, nil
}

// Store puts the weights of n into a new GoMLX store, as float32, under the
// names that [Model] uses, so that Model computes with them.
func (n *Network) Store() (*model.Store, error) {
	store := model.NewStore()
	for i, l := range n.Layers {
		for _, v := range []struct {
			path   string
			values []float64
			shape  shapes.Shape
		}{
			{weightsPath(i + 1), l.W, shapes.Make(dtypes.Float32, l.In, l.Out)},
			{biasesPath(i + 1), l.B, shapes.Make(dtypes.Float32, l.Out)},
		} {
			flat := make([]float32, len(v.values))
			for j, x := range v.values {
				flat[j] = float32(x)
			}
			t := tensors.FromFlatDataAndDimensions(flat, v.shape.Dimensions...)
			if _, err := store.CreateVariable(v.path, t); err != nil {
				return nil, fmt.Errorf("the variable %s cannot be made: %w", v.path, err)
			}
		}
	}
	return store, nil
}
