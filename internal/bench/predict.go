package bench

import (
	"context"
	"time"

	"github.com/gradus-ml/gradus/kit/predict"
)

// predict measures one image at a time, and the whole test set at once.
func (m *measurer) predict(ctx context.Context) error {
	if err := m.haveNetwork(ctx); err != nil {
		return err
	}
	p, err := predict.Open(runName, nil)
	if err != nil {
		return err
	}
	for _, c := range []struct {
		how, unit string
		times     int
		scale     float64
		once      func(i int) error
	}{
		{"single", "ms an image", 500, 1e3, func(i int) error { _, err := p.Pixels(m.test.Pixels(i)); return err }},
		{"all", "s for 10,000", 20, 1, func(int) error { _, err := p.Set(ctx, m.test); return err }},
	} {
		if err := c.once(0); err != nil { // compiles the graph
			return err
		}
		var kit, other []float64
		for range m.o.Runs {
			for i := range c.times {
				start := time.Now()
				if err := c.once(i); err != nil {
					return err
				}
				kit = append(kit, c.scale*time.Since(start).Seconds())
			}
			if m.peer == nil {
				continue
			}
			var a result
			if err := m.peer.do(map[string]any{"do": "predict", "how": c.how}, &a); err != nil {
				return err
			}
			for _, s := range a.Seconds {
				other = append(other, c.scale*s)
			}
		}
		m.add(row("predict_"+c.how+"/torch", c.unit, kit, other, m.missed))
	}
	return nil
}

// haveNetwork trains one epoch on each side, unless they trained before.
func (m *measurer) haveNetwork(ctx context.Context) error {
	if m.trained {
		return nil
	}
	p := course
	p.epochs = 1
	if _, err := m.kitTrain(ctx, p, 1); err != nil {
		return err
	}
	if m.peer != nil {
		if _, err := m.peer.train(p, "tight", 1); err != nil {
			return err
		}
	}
	m.trained = true
	return nil
}
