//go:build xla

package train

import (
	"context"
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/go-xla/compute/xla"
)

// TestXLAAgreesWithGo trains the same network on both backends. XLA sums in
// another order, so the last digits differ; docs/xla.md states the tolerance.
func TestXLAAgreesWithGo(t *testing.T) {
	xla.EnableAutoInstall(false)
	if len(xla.GetAvailablePlugins()) == 0 {
		t.Skip("skipped: no plugin")
	}
	other, err := compute.NewWithConfig("xla")
	if err != nil {
		t.Skip("skipped: no plugin that starts:", err)
	}
	pure, err := compute.NewWithConfig("go")
	if err != nil {
		t.Fatal(err)
	}
	inTempRuns(t)
	set := someDigits(t, 2000)
	var runs []*Run
	for _, b := range []compute.Backend{pure, other} {
		run, err := fitOn(context.Background(), b, small, set, quiet(Options{Epochs: 2}))
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, run)
	}
	for i, want := range runs[0].History {
		got := runs[1].History[i]
		if math.Abs(got.TrainLoss-want.TrainLoss) > 0.01*want.TrainLoss || math.Abs(got.TrainAccuracy-want.TrainAccuracy) > 0.01 {
			t.Errorf("epoch %d: XLA %+v, pure Go %+v", i+1, got, want)
		}
	}
}
