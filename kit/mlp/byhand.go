package mlp

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Layer is one dense layer by hand: out = x·W + B.
type Layer struct {
	In, Out int
	W       []float64 // weights, shape [In, Out], row by row: W[i*Out+j] joins input i to output j
	B       []float64 // biases, shape [Out]
}

// Network is a multi-layer perceptron in plain Go: [Layer] after Layer with ReLU
// between them and logits at the end.
type Network struct {
	Sizes  []int
	Layers []Layer
}

// New makes a network of the given layer sizes. Weights are drawn from a normal
// distribution of variance 2/In, which keeps the size of the signal steady
// through ReLU layers (He, Zhang, Ren and Sun, 2015, arXiv:1502.01852); biases
// start at zero. The same seed gives the same network.
func New(seed int64, sizes ...int) (*Network, error) {
	if err := checkSizes(sizes); err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(uint64(seed), 0x9e3779b97f4a7c15))
	n := &Network{Sizes: append([]int(nil), sizes...)}
	for i := 1; i < len(sizes); i++ {
		l := Layer{In: sizes[i-1], Out: sizes[i]}
		l.W = make([]float64, l.In*l.Out)
		l.B = make([]float64, l.Out)
		std := math.Sqrt(2 / float64(l.In))
		for k := range l.W {
			l.W[k] = rng.NormFloat64() * std
		}
		n.Layers = append(n.Layers, l)
	}
	return n, nil
}

// Trace is what a forward pass leaves behind for the backward pass.
type Trace struct {
	Batch int
	// Outputs[0] is the input, shape [Batch, Sizes[0]]; Outputs[i] is what layer
	// i gives after its activation, shape [Batch, Sizes[i]]. The last one holds
	// the logits, which have no activation.
	Outputs [][]float64
}

// Logits returns the output of the last layer, shape [Batch, classes].
func (t *Trace) Logits() []float64 { return t.Outputs[len(t.Outputs)-1] }

// Forward computes the network's outputs for x of shape [batch, Sizes[0]].
func (n *Network) Forward(x []float64, batch int) (*Trace, error) {
	if batch < 1 || len(x) != batch*n.Sizes[0] {
		return nil, fmt.Errorf("the input has %d numbers; a batch of %d examples of %d inputs needs %d", len(x), batch, n.Sizes[0], batch*n.Sizes[0])
	}
	t := &Trace{Batch: batch, Outputs: [][]float64{x}}
	for i, l := range n.Layers {
		y := l.forward(t.Outputs[i], batch) // [batch, Out]
		if i < len(n.Layers)-1 {
			relu(y)
		}
		t.Outputs = append(t.Outputs, y)
	}
	return t, nil
}

// forward returns x·W + B for x of shape [batch, In].
func (l Layer) forward(x []float64, batch int) []float64 {
	y := make([]float64, batch*l.Out)
	for b := range batch {
		row := y[b*l.Out : (b+1)*l.Out]
		copy(row, l.B)
		for i := range l.In {
			xi := x[b*l.In+i]
			for j := range l.Out {
				row[j] += xi * l.W[i*l.Out+j]
			}
		}
	}
	return y
}

// relu replaces negative numbers by zero, in place.
func relu(y []float64) {
	for i, v := range y {
		y[i] = max(v, 0)
	}
}

// Gradient holds the derivative of the loss by one layer's parameters.
type Gradient struct {
	W []float64 // shape [In, Out]
	B []float64 // shape [Out]
}

// Backward carries dLogits, the derivative of the loss by the logits (shape
// [batch, classes]), back through the layers and returns one [Gradient] a layer.
//
// For a layer y = x·W + B the chain rule gives dW = xᵀ·dy, dB = Σ dy over the
// batch, and dx = dy·Wᵀ, which is handed to the layer below; a ReLU lets the
// derivative through where it was on and stops it where it was off (Rumelhart,
// Hinton and Williams, 1986, Nature 323).
func (n *Network) Backward(t *Trace, dLogits []float64) ([]Gradient, error) {
	if len(dLogits) != len(t.Logits()) {
		return nil, fmt.Errorf("the derivative by the logits has %d numbers; the logits have %d", len(dLogits), len(t.Logits()))
	}
	grads := make([]Gradient, len(n.Layers))
	dy := dLogits
	for i := len(n.Layers) - 1; i >= 0; i-- {
		x := t.Outputs[i]
		var dx []float64
		grads[i], dx = n.Layers[i].backward(x, dy, t.Batch)
		if i > 0 {
			for k, v := range x { // x came out of a ReLU: zero means that it was off
				if v <= 0 {
					dx[k] = 0
				}
			}
		}
		dy = dx
	}
	return grads, nil
}

// backward returns the layer's gradient and the derivative by its input.
func (l Layer) backward(x, dy []float64, batch int) (Gradient, []float64) {
	g := Gradient{W: make([]float64, len(l.W)), B: make([]float64, len(l.B))}
	dx := make([]float64, batch*l.In)
	for b := range batch {
		dyRow := dy[b*l.Out : (b+1)*l.Out]
		for j, d := range dyRow {
			g.B[j] += d
		}
		for i := range l.In {
			xi := x[b*l.In+i]
			var sum float64
			for j, d := range dyRow {
				g.W[i*l.Out+j] += xi * d
				sum += d * l.W[i*l.Out+j]
			}
			dx[b*l.In+i] = sum
		}
	}
	return g, dx
}

// Step moves the parameters against the gradient: W -= rate·dW, B -= rate·dB.
// This is stochastic gradient descent without any refinement.
func (n *Network) Step(grads []Gradient, rate float64) {
	for i := range n.Layers {
		for k, g := range grads[i].W {
			n.Layers[i].W[k] -= rate * g
		}
		for k, g := range grads[i].B {
			n.Layers[i].B[k] -= rate * g
		}
	}
}
