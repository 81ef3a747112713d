// Package live draws a training run while it runs: a curve under the notebook's
// cell that grows, and stays when training ends.
package live

import (
	"fmt"

	"github.com/gradus-ml/gradus/kit/show"
	"github.com/gradus-ml/gradus/kit/train"
)

// Curve returns an observer that draws the training loss, averaged over a few
// batches a point, and the validation loss after each epoch. Outside a notebook
// it draws once, at the end.
//
//	train.Options{Observers: []train.Observer{train.Progress(nil), live.Curve()}}
func Curve() train.Observer { return &curve{slot: show.NewSlot()} }

type curve struct {
	slot *show.Slot
	plan train.Plan

	x, loss          []float64 // a point every so many steps
	valX, validation []float64
	sum              float64 // of the batches since the last point
	count, every     int
}

// pointsPerEpoch is how finely the loss is drawn.
const pointsPerEpoch = 40

func (c *curve) Begin(p train.Plan) {
	c.plan = p
	c.every = max(1, p.StepsPerEpoch/pointsPerEpoch)
	for _, e := range p.History { // of a run that is resumed
		c.x = append(c.x, float64(e.Epoch))
		c.loss = append(c.loss, e.TrainLoss)
		c.addValidation(e)
	}
}

func (c *curve) Step(s train.Step) {
	c.sum += s.Loss
	c.count++
	if c.count < c.every {
		return
	}
	c.x = append(c.x, float64(s.Epoch-1)+float64(s.Step)/float64(c.plan.StepsPerEpoch))
	c.loss = append(c.loss, c.sum/float64(c.count))
	c.sum, c.count = 0, 0
	_ = c.slot.Update(c.picture) // a picture that cannot be drawn must not stop training
}

func (c *curve) EpochEnd(e train.Epoch, _ float64) {
	c.addValidation(e)
	_ = c.slot.Update(c.picture)
}

func (c *curve) End(error) {
	if len(c.x) > 0 {
		_ = c.slot.Final(c.picture())
	}
}

func (c *curve) addValidation(e train.Epoch) {
	if c.plan.Validation {
		c.valX = append(c.valX, float64(e.Epoch))
		c.validation = append(c.validation, e.ValidationLoss)
	}
}

func (c *curve) picture() *show.Picture {
	first, last := c.loss[0], c.loss[len(c.loss)-1]
	alt := fmt.Sprintf("Line chart of the training loss of run %s: %.3f at the start, %.3f at epoch %.1f.", c.plan.Run, first, last, c.x[len(c.x)-1])
	lines := []show.Line{{Name: "training", X: c.x, Y: c.loss}}
	if n := len(c.validation); n > 0 {
		lines = append(lines, show.Line{Name: "validation", X: c.valX, Y: c.validation, Points: true})
		alt += fmt.Sprintf(" The validation loss is %.3f.", c.validation[n-1])
	}
	unit := "loss"
	if c.plan.Loss == train.CrossEntropy {
		unit = "loss (nats)"
	}
	return show.Curve("Loss of run "+c.plan.Run, "epoch", unit, alt, lines...)
}
