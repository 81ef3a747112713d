package bench

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/gradus-ml/gradus/kit/data"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 3, 2}, 2.5}} {
		if got := Median(c.values); got != c.want {
			t.Errorf("Median(%v) = %v; want %v", c.values, got, c.want)
		}
	}
}

func TestARowIsTheRatioOfMedians(t *testing.T) {
	r := row("train_epoch/torch_tight", "s", []float64{3, 2, 10}, []float64{2, 1, 1.5, 9}, nil)
	if r.Kit != 3 || *r.Peer != 1.75 || *r.Ratio != 3/1.75 || r.Runs != 3 || r.Spread != 8.0/3 {
		t.Errorf("got %+v with peer %v, ratio %v; want medians 3 and 1.75", r, *r.Peer, *r.Ratio)
	}
	alone := row("x", "s", []float64{1}, nil, errors.New("there is no torch"))
	if alone.Peer != nil || alone.Ratio != nil || alone.Missed != "there is no torch" {
		t.Errorf("without a peer: %+v", alone)
	}
	r.Void = "they differ"
	var out bytes.Buffer
	if err := Table(&out, []Row{r, alone}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1.71", "267 %", "train_epoch/torch_tight does not count: they differ"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, out.String())
		}
	}
}

func TestRunsThatEndApartAreVoid(t *testing.T) {
	if why := voidBecause(0.975, 0.94, true); !strings.Contains(why, "0.9400") {
		t.Errorf("0.975 beside 0.94: %q; want it void", why)
	}
	if why := voidBecause(0.975, 0.972, true) + voidBecause(0.975, 0, false); why != "" {
		t.Errorf("equals, and no peer: %q; want nothing", why)
	}
}

func TestMistakesAreRefused(t *testing.T) {
	for want, o := range map[string]Options{
		`no part "speed"`: {Parts: []string{"speed"}, Runs: 1, Epochs: 1},
		"runs is 0":       {Epochs: 1},
	} {
		if _, err := Run(context.Background(), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v; want %q", o, err, want)
		}
	}
}

// TestTheKitAloneIsMeasured runs where there is no PyTorch.
func TestTheKitAloneIsMeasured(t *testing.T) {
	ctx := context.Background()
	training, test, err := data.Digits()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GRADUS_RUNS", t.TempDir())
	result, err := measure(ctx, Options{Parts: []string{"train", "predict"}, Runs: 1, Epochs: 1, Python: "no-such-python", Log: io.Discard}, training.First(1000), test.First(600))
	if err != nil {
		t.Fatal(err)
	}
	rows := result.Rows
	if len(rows) != 4 {
		t.Fatalf("%d rows, want 4", len(rows))
	}
	for _, r := range rows {
		if r.Kit <= 0 || r.Peer != nil || !strings.Contains(r.Missed, "no-such-python cannot import torch") {
			t.Errorf("%+v: want a time of the kit, and why there is no peer", r)
		}
	}
}

// TestWhatCannotBeMeasuredIsSkippedWithAReason: no program, no lab, no plugin.
func TestWhatCannotBeMeasuredIsSkippedWithAReason(t *testing.T) {
	training, test, err := data.Digits()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GRADUS_RUNS", t.TempDir())
	var log strings.Builder
	o := Options{Parts: []string{"train", "cells", "memory"}, Runs: 1, Epochs: 1, Python: "no-such-python", Log: &log, NoXLA: "there is no plugin"}
	result, err := measure(context.Background(), o, training.First(200), test.First(200))
	if err != nil || len(result.Rows) != 2 || result.Peer != "" {
		t.Fatalf("%+v, %v; want the rows of training", result, err)
	}
	for _, want := range []string{"train_epoch_xla: skipped: there is no plugin", "cells: skipped: there is no lab here", "memory_train: skipped", "memory_kernel: skipped"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, log.String())
		}
	}
}

func TestProportionalMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells")
	}
	if kb := proportional(os.Getpid()); kb < 1000 || kb > 10<<20 {
		t.Errorf("this process has %d kB", kb)
	}
	if kb := proportional(1 << 30); kb != 0 {
		t.Errorf("a process that is not there has %d kB", kb)
	}
}

func TestScalingIsDrawn(t *testing.T) {
	two := 2.0
	rows := []Row{{Name: "train_epoch/torch_tight", Kit: 9}, {Name: "scale_batch_16/torch_tight", Kit: 4, Peer: &two}, {Name: "scale_batch_64/torch_tight", Kit: 1}, {Name: "scale_cores_1/torch_tight", Kit: 1}}
	p := draw(rows)
	if !strings.Contains(p.Alt, "batch 16: 4.00 s, batch 64: 1.00 s, cores 1: 1.00 s") {
		t.Errorf("in words: %q", p.Alt)
	}
	file := filepath.Join(t.TempDir(), "scale.png")
	if err := p.Save(file); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Size() < 1000 {
		t.Errorf("the picture: %v, %v", info, err)
	}
}
