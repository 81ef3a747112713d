package train

import (
	"fmt"
	"math"
	"regexp"
	"time"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/train/loss"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"github.com/gradus-ml/gradus/kit/data"
)

// Options says how to train. The zero value is a sensible run: ten epochs of
// batches of 64 with Adam at 0.001, cross-entropy (mean squared error where the
// set has target values instead of classes), seed 1, kept in the run "run".
type Options struct {
	// Run names the run folder. Empty means "run". A run of that name that is
	// already there is kept as NAME.previous.
	Run string
	// Epochs is how often training goes through the set; 0 means 10.
	Epochs int
	// Batch is the number of examples a step; 0 means 64. The last batch of an
	// epoch may be smaller.
	Batch int
	// LearningRate scales the steps; 0 means 0.001 for Adam and 0.1 for SGD.
	LearningRate float64
	// Optimizer is "adam" (the default) or "sgd", plain gradient descent with a
	// constant learning rate.
	Optimizer string
	// Loss is "cross-entropy" (the default for classes; the model gives logits)
	// or "mse" (the default for target values). With classes, "mse" compares the
	// model's outputs with the one-hot label.
	Loss string
	// Seed decides the first weights, the order of the examples and everything
	// else that is random; 0 means 1.
	Seed int64
	// Validation, if given, is measured after each epoch and never trained on.
	Validation *data.Set
	// Patience stops training early when the loss (on Validation, if given, else
	// in training) has not improved for that many epochs; the run then keeps the
	// weights of its best epoch. 0 means never.
	Patience int
	// Resume goes on from the run's last checkpoint. The other options must be
	// those it was started with, except Epochs, Patience and Observers. With no
	// such run, training starts afresh.
	Resume bool
	// Observers are told what happens. Nil means [Progress]; an empty slice means
	// nobody.
	Observers []Observer
	// SaveEvery is the longest time between two checkpoints within an epoch; 0
	// means 30 s. There is one at the end of every epoch in any case.
	SaveEvery time.Duration

	// CustomOptimizer replaces Optimizer by any of GoMLX's; name it in Optimizer,
	// so that run.json tells.
	CustomOptimizer optimizer.Interface
	// CustomLoss replaces Loss by any loss of GoMLX's form. The labels it gets
	// are class numbers, int32 of shape [batch, 1], or target values, float32 of
	// that shape. Name it in Loss, so that run.json tells.
	CustomLoss loss.LossFn
}

// The names of the built-in optimizers and losses.
const (
	Adam         = "adam"
	SGD          = "sgd"
	CrossEntropy = "cross-entropy"
	MSE          = "mse"
)

var runName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// checkName refuses a run name that is no plain folder name.
func checkName(name string) error {
	if !runName.MatchString(name) {
		return fmt.Errorf("%q cannot name a run: use up to 64 letters, digits, dots, dashes and underscores, beginning with a letter or a digit", name)
	}
	return nil
}

// withDefaults fills in what was left out and refuses what makes no sense.
func (o Options) withDefaults(set *data.Set) (Options, error) {
	if set == nil || set.Len() == 0 {
		return o, fmt.Errorf("there are no examples to train on; give a set with at least one")
	}
	if o.Run == "" {
		o.Run = "run"
	}
	if err := checkName(o.Run); err != nil {
		return o, err
	}
	defaultTo(&o.Epochs, 10)
	defaultTo(&o.Batch, 64)
	defaultTo(&o.Seed, 1)
	defaultTo(&o.SaveEvery, 30*time.Second)
	defaultTo(&o.Optimizer, Adam)
	if set.IsRegression() {
		defaultTo(&o.Loss, MSE)
	} else {
		defaultTo(&o.Loss, CrossEntropy)
	}
	defaultTo(&o.LearningRate, defaultRate(o.Optimizer))
	switch {
	case o.Epochs < 1:
		return o, fmt.Errorf("epochs is %d; it must be at least 1", o.Epochs)
	case o.Batch < 1:
		return o, fmt.Errorf("batch is %d; it must be at least 1", o.Batch)
	case !(o.LearningRate > 0) || math.IsInf(o.LearningRate, 0):
		return o, fmt.Errorf("the learning rate is %v; it must be a positive number such as 0.001", o.LearningRate)
	case o.Patience < 0:
		return o, fmt.Errorf("patience is %d; it must be 0 (never stop early) or a number of epochs", o.Patience)
	case o.CustomOptimizer == nil && o.Optimizer != Adam && o.Optimizer != SGD:
		return o, fmt.Errorf("there is no optimizer %q; choose %q or %q, or give CustomOptimizer", o.Optimizer, Adam, SGD)
	case o.CustomLoss == nil && o.Loss != CrossEntropy && o.Loss != MSE:
		return o, fmt.Errorf("there is no loss %q; choose %q or %q, or give CustomLoss", o.Loss, CrossEntropy, MSE)
	case o.CustomLoss == nil && o.Loss == CrossEntropy && set.IsRegression():
		return o, fmt.Errorf("the loss %q needs classes, but this set has target values; choose %q", CrossEntropy, MSE)
	}
	if v := o.Validation; v != nil && (v.Size() != set.Size() || v.IsRegression() != set.IsRegression()) {
		return o, fmt.Errorf("the validation set's examples (%v) are not like the training set's (%v); split one set in two", v.Dims, set.Dims)
	}
	if o.Observers == nil {
		o.Observers = []Observer{Progress(nil)}
	}
	return o, nil
}

// defaultRate is the learning rate of those who do not choose one.
func defaultRate(optimizer string) float64 {
	if optimizer == SGD {
		return 0.1
	}
	return 0.001
}

// defaultTo sets *v to d when it is the zero value.
func defaultTo[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

// newOptimizer makes the GoMLX optimizer that o names.
func (o Options) newOptimizer() optimizer.Interface {
	switch {
	case o.CustomOptimizer != nil:
		return o.CustomOptimizer
	case o.Optimizer == SGD:
		// GoMLX divides SGD's rate by the square root of the step unless told not to.
		return optimizer.StochasticGradientDescent().WithLearningRate(o.LearningRate).WithDecay(false).Done()
	default:
		return newAdam(o.LearningRate)
	}
}

// lossFunc returns the GoMLX loss that o names.
func (o Options) lossFunc() loss.LossFn {
	switch {
	case o.CustomLoss != nil:
		return o.CustomLoss
	case o.Loss == MSE:
		return meanSquaredError
	default:
		return loss.SparseCategoricalCrossEntropyLogits
	}
}

// meanSquaredError is GoMLX's, with class numbers turned into one-hot rows first.
func meanSquaredError(labels, predictions []*graph.Node) *graph.Node {
	y, p := labels[0], predictions[0]
	if y.DType().IsInt() {
		batch, classes := y.Shape().Dimensions[0], p.Shape().Dimensions[1]
		y = graph.OneHot(graph.Reshape(y, batch), classes, p.DType()) // [batch, classes]
	}
	return graph.ReduceAllMean(loss.MeanSquaredError([]*graph.Node{y}, []*graph.Node{p}))
}
