package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/gradus-ml/gradus/kit/data"
	"github.com/gradus-ml/gradus/kit/eval"
	"github.com/gradus-ml/gradus/kit/mlp"
	"github.com/gradus-ml/gradus/kit/train"
)

// program is a training program that both sides run: input-width-width/2-classes,
// Adam at 0.001.
type program struct {
	width, batch, epochs int
}

var course = program{width: 256, batch: 64}

func (p program) sizes(set *data.Set) []int {
	return []int{set.Size(), p.width, max(p.width/2, 1), len(set.Classes)}
}

// result is what a training run took and came to.
type result struct {
	Seconds      []float64 `json:"seconds"` // of each epoch
	TestAccuracy float64   `json:"test_accuracy"`
}

// ways are how PyTorch trains: a tight loop over tensors, or a data set that
// gives one example at a time, as most programs have it.
var ways = []string{"tight", "dataloader"}

const runName = "bench"

// train measures epochs of the course's program on the pure-Go backend and on
// XLA, where that is, beside PyTorch.
func (m *measurer) train(ctx context.Context) error {
	p := course
	p.epochs = m.o.Epochs
	if err := m.compare(ctx, "train_epoch", p, m.kitTrain, m.peer); err != nil {
		return err
	}
	m.trained = true
	if m.o.XLA == "" {
		m.skip("train_epoch_xla", m.o.NoXLA)
		return nil
	}
	peer := m.peer
	if m.o.CUDA {
		gpu, err := startPeer(ctx, m.o.Python, "GRADUS_CUDA=1")
		if err != nil {
			return err
		}
		defer gpu.stop()
		fmt.Fprintln(m.o.Log, "PyTorch", gpu.version)
		peer = gpu
	}
	if err := m.compare(ctx, "train_epoch_xla", p, m.xlaTrain, peer); err != nil {
		return err
	}
	if !m.o.CUDA {
		return nil
	}
	// Where a GPU pays: larger batches, and a larger network too.
	for _, p := range []program{{width: 256, batch: 1024, epochs: m.o.Epochs}, {width: 1024, batch: 64, epochs: m.o.Epochs}, {width: 1024, batch: 1024, epochs: m.o.Epochs}} {
		if err := m.compare(ctx, fmt.Sprintf("train_epoch_xla_w%d_b%d", p.width, p.batch), p, m.xlaTrain, peer); err != nil {
			return err
		}
	}
	return nil
}

// compare lets both sides run a program in turns, and adds a row for each way of
// PyTorch's.
func (m *measurer) compare(ctx context.Context, name string, p program, kit func(context.Context, program, int) (result, error), peer *peer) error {
	var ours []float64
	theirs, accuracies := map[string][]float64{}, map[string]float64{}
	for turn := range m.o.Runs {
		r, err := kit(ctx, p, turn+1)
		if err != nil {
			return err
		}
		ours = append(ours, r.Seconds...)
		accuracies["kit"] = r.TestAccuracy
		fmt.Fprintf(m.o.Log, "%s, turn %d/%d: kit %.2f s an epoch, test accuracy %.4f\n", name, turn+1, m.o.Runs, Median(r.Seconds), r.TestAccuracy)
		if peer == nil {
			continue
		}
		for _, how := range ways {
			r, err := peer.train(p, how, turn+1)
			if err != nil {
				return err
			}
			theirs[how] = append(theirs[how], r.Seconds...)
			accuracies[how] = r.TestAccuracy
			fmt.Fprintf(m.o.Log, "%s, turn %d/%d: torch %s %.2f s an epoch, test accuracy %.4f\n", name, turn+1, m.o.Runs, how, Median(r.Seconds), r.TestAccuracy)
		}
	}
	for _, how := range ways {
		r := row(name+"/torch_"+how, "s", ours, theirs[how], m.missed)
		r.Void = voidBecause(accuracies["kit"], accuracies[how], peer != nil)
		m.add(r)
	}
	return nil
}

// kitTrain trains in this process, on the pure-Go backend.
func (m *measurer) kitTrain(ctx context.Context, p program, seed int) (result, error) {
	run, err := train.Fit(ctx, mlp.Model(p.sizes(m.training)...), m.training,
		train.Options{Run: runName, Epochs: p.epochs, Batch: p.batch, Seed: int64(seed), Observers: []train.Observer{}})
	if err != nil {
		return result{}, err
	}
	report, err := eval.Evaluate(ctx, run, nil, m.test)
	if err != nil {
		return result{}, err
	}
	return result{run.Info.EpochSeconds, report.Accuracy}, nil
}

// xlaTrain trains in a process that has XLA. Its first epoch, which compiles the
// program, counts like the others.
func (m *measurer) xlaTrain(ctx context.Context, p program, seed int) (result, error) {
	r, _, err := m.command(ctx, m.o.XLA, m.o.XLAEnv, m.training.Name, p, seed)
	return r, err
}

// command trains with a built gradus in a process of its own, and returns its
// peak of memory too, in megabytes.
func (m *measurer) command(ctx context.Context, bin string, env []string, set string, p program, seed int) (result, float64, error) {
	const name = "bench-process"
	cmd := exec.CommandContext(ctx, bin, "train", "--json", "--data", set, "--run", name, "--epochs", strconv.Itoa(p.epochs), "--batch", strconv.Itoa(p.batch),
		"--hidden", fmt.Sprintf("%d,%d", p.width, max(p.width/2, 1)), "--seed", strconv.Itoa(seed))
	cmd.Env = append(append(os.Environ(), "GRADUS_FAST=1"), env...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	var answer struct {
		TestAccuracy float64 `json:"test_accuracy"`
		PeakRSSMB    float64 `json:"peak_rss_mb"`
	}
	if err == nil {
		err = json.Unmarshal(out, &answer)
	}
	if err != nil {
		return result{}, 0, fmt.Errorf("training in a process of its own failed: %w: %s", err, strings.TrimSpace(errs.String()))
	}
	run, err := train.Open(name)
	if err != nil {
		return result{}, 0, err
	}
	return result{run.Info.EpochSeconds, answer.TestAccuracy}, answer.PeakRSSMB, nil
}

// sameAccuracy is how far apart two runs of the same program may end.
const sameAccuracy = 0.015

// voidBecause says why a comparison of two trainings does not count.
func voidBecause(kit, peer float64, havePeer bool) string {
	if havePeer && math.Abs(kit-peer) > sameAccuracy {
		return fmt.Sprintf("the kit's test accuracy is %.4f, PyTorch's %.4f; they must be within %.3f of each other", kit, peer, sameAccuracy)
	}
	return ""
}
