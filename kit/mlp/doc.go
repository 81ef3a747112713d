// Package mlp is the multi-layer perceptron twice: in GoMLX, as [Model], and by
// hand in plain Go, as [Network], where every sum is a loop that can be read.
// Given the same weights the two give the same logits and the same gradients;
// the tests hold them to it.
//
// A network of sizes 784, 256, 128, 10 takes 784 numbers (an image of 28×28
// pixels, laid out row by row), passes them through two hidden layers of 256 and
// 128 neurons with the ReLU activation, and gives 10 logits, one a class. The
// class with the largest logit is the prediction; softmax turns the logits into
// probabilities. It has 235,146 parameters.
package mlp

import "fmt"

// SeedSizes are the layer sizes of the network that the course trains.
var SeedSizes = []int{784, 256, 128, 10}

// checkSizes returns an error unless sizes describe at least an input and an
// output layer, each with at least one unit.
func checkSizes(sizes []int) error {
	if len(sizes) < 2 {
		return fmt.Errorf("a network needs at least two layer sizes, the inputs and the outputs (such as 784, 10); got %v", sizes)
	}
	for i, n := range sizes {
		if n < 1 {
			return fmt.Errorf("layer size %d of %v is %d; every layer needs at least one unit", i+1, sizes, n)
		}
	}
	return nil
}
