// Package predict turns a trained run into a predictor: it opens the run by
// name, reads images from files of any size, and gives the class and the
// probability of each class.
package predict

import (
	"context"
	"fmt"
	"slices"

	"github.com/gradus-ml/gradus/kit/data"
	"github.com/gradus-ml/gradus/kit/mlp"
	"github.com/gradus-ml/gradus/kit/train"
)

// Prediction is what a model says of one example.
type Prediction struct {
	Class         int       `json:"class"`         // the most probable one
	Probability   float64   `json:"probability"`   // of that class
	Probabilities []float64 `json:"probabilities"` // of every class
}

// Predictor computes predictions with a run's weights.
type Predictor struct {
	Run     *train.Run
	forward *train.Forward
}

// Open opens a run by name. f is the model function that it was trained with;
// nil stands for mlp.Model of the run's own layer sizes.
func Open(name string, f train.ModelFunc) (*Predictor, error) {
	run, err := train.Open(name)
	if err != nil {
		return nil, err
	}
	forward, err := run.Forward(f)
	if err != nil {
		return nil, err
	}
	return &Predictor{Run: run, forward: forward}, nil
}

// Set predicts every example of a set, in order.
func (p *Predictor) Set(ctx context.Context, set *data.Set) ([]Prediction, error) {
	logits, err := p.forward.Set(ctx, set)
	if err != nil {
		return nil, err
	}
	out := make([]Prediction, len(logits))
	for i, z := range logits {
		out[i] = prediction(z)
	}
	return out, nil
}

// Pixels predicts one image of the size that the run was trained on, bytes from
// 0 (background) to 255 (ink), row by row.
func (p *Predictor) Pixels(pixels []uint8) (Prediction, error) {
	x := make([]float32, len(pixels))
	norm := p.Run.Info.Data.Normalization
	for i, b := range pixels {
		x[i] = float32(b) / 255
		if norm != nil {
			x[i] = norm.Apply(x[i])
		}
	}
	return p.Features(x)
}

// Features predicts one example from the numbers that the model takes.
func (p *Predictor) Features(x []float32) (Prediction, error) {
	z, err := p.forward.One(x)
	if err != nil {
		return Prediction{}, err
	}
	return prediction(z), nil
}

// File predicts an image file, PNG or JPEG; see [ReadFile] for how it is made to
// look like the images that the run was trained on.
func (p *Predictor) File(path string) (Prediction, []uint8, error) {
	if dims := p.Run.Info.Data.Dims; !slices.Equal(dims, []int{Side, Side}) {
		return Prediction{}, nil, fmt.Errorf("the run %q was trained on examples of shape %v; image files are for runs on %d×%d images", p.Run.Name, dims, Side, Side)
	}
	pixels, err := ReadFile(path)
	if err != nil {
		return Prediction{}, nil, err
	}
	out, err := p.Pixels(pixels)
	return out, pixels, err
}

func prediction(z []float32) Prediction {
	p := Prediction{Probabilities: mlp.Probabilities(z)}
	for c, v := range p.Probabilities {
		if v > p.Probabilities[p.Class] {
			p.Class = c
		}
	}
	p.Probability = p.Probabilities[p.Class]
	return p
}
