package bench

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/gradus-ml/gradus/kit/data"
	"github.com/gradus-ml/gradus/kit/eval"
	"github.com/gradus-ml/gradus/kit/mlp"
	"github.com/gradus-ml/gradus/kit/predict"
	"github.com/gradus-ml/gradus/kit/train"
)

// measurer gathers rows.
type measurer struct {
	o              Options
	training, test *data.Set
	peer           *peer // nil when there is none
	missed         error // why
	rows           []Row
}

// answer is what the peer says.
type answer struct {
	Seconds      []float64 `json:"seconds"`
	TestAccuracy float64   `json:"test_accuracy"`
}

const runName = "bench"

// train measures epochs of 784-256-128-10, batch 64, Adam at 0.001.
func (m *measurer) train(ctx context.Context) error {
	epochs, runs := m.o.Epochs, m.o.Runs
	if !slices.Contains(m.o.Parts, "train") {
		epochs, runs = 1, 1 // enough to have a network
	}
	var kit []float64
	peers := map[string][]float64{}
	accuracies := map[string]float64{}
	for i := range runs {
		run, err := train.Fit(ctx, mlp.Model(784, 256, 128, 10), m.training, train.Options{Run: runName, Epochs: epochs, Observers: []train.Observer{}})
		if err != nil {
			return err
		}
		report, err := eval.Evaluate(ctx, run, nil, m.test)
		if err != nil {
			return err
		}
		kit = append(kit, run.Info.EpochSeconds...)
		accuracies["kit"] = report.Accuracy
		fmt.Fprintf(m.o.Log, "turn %d/%d: kit %.2f s an epoch, test accuracy %.4f\n", i+1, runs, Median(run.Info.EpochSeconds), report.Accuracy)
		if m.peer == nil {
			continue
		}
		for _, how := range ways {
			var a answer
			if err := m.peer.do(map[string]any{"do": "train", "how": how, "batch": 64, "width": 256, "seed": i + 1, "epochs": epochs}, &a); err != nil {
				return err
			}
			peers[how] = append(peers[how], a.Seconds...)
			accuracies[how] = a.TestAccuracy
			fmt.Fprintf(m.o.Log, "turn %d/%d: torch %s %.2f s an epoch, test accuracy %.4f\n", i+1, runs, how, Median(a.Seconds), a.TestAccuracy)
		}
	}
	if !slices.Contains(m.o.Parts, "train") {
		return nil
	}
	for _, how := range ways {
		r := row("train_epoch/torch_"+how, "s", kit, peers[how], m.missed)
		r.Void = voidBecause(accuracies["kit"], accuracies[how], m.peer != nil)
		m.rows = append(m.rows, r)
	}
	return nil
}

// ways are how PyTorch trains: a tight loop over tensors, or a data set that
// gives one example at a time, as most programs have it.
var ways = []string{"tight", "dataloader"}

// sameAccuracy is how far apart two runs of the same program may end.
const sameAccuracy = 0.015

// voidBecause says why a comparison of two trainings does not count.
func voidBecause(kit, peer float64, havePeer bool) string {
	if havePeer && math.Abs(kit-peer) > sameAccuracy {
		return fmt.Sprintf("the kit's test accuracy is %.4f, PyTorch's %.4f; they must be within %.3f of each other", kit, peer, sameAccuracy)
	}
	return ""
}

// predict measures one image at a time, and the whole test set at once.
func (m *measurer) predict(ctx context.Context) error {
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
			var a answer
			if err := m.peer.do(map[string]any{"do": "predict", "how": c.how}, &a); err != nil {
				return err
			}
			for _, s := range a.Seconds {
				other = append(other, c.scale*s)
			}
		}
		m.rows = append(m.rows, row("predict_"+c.how+"/torch", c.unit, kit, other, m.missed))
	}
	return nil
}
