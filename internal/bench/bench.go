// Package bench measures the kit beside PyTorch: both sides take turns in one
// run, so that a noisy machine is noisy for both.
//
// # What limits training on the pure-Go backend
//
// A profile of an epoch (go test ./kit/train -run - -bench Epoch -cpuprofile F)
// shows three walls, all inside GoMLX's backend: 19 % of the time transposes
// matrices element by element for the gradients; about 30 % are passes of multiply,
// add, divide and square root over the weights, which have no SIMD, for Adam;
// 25 % is the matrix product itself. Writing the gradient of a product as a
// product with a transposed matrix (through graph.VJPRegistration) did not pay:
// four runs in turn gave 3.1 s to 3.3 s an epoch with it and 3.1 s to 3.5 s
// without.
package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/gradus-ml/gradus/kit/data"
)

// Row is one thing that was measured.
type Row struct {
	Name   string   `json:"name"`
	Kit    float64  `json:"kit"`              // median
	Peer   *float64 `json:"peer"`             // median; nil where there is no peer
	Ratio  *float64 `json:"ratio"`            // Kit / Peer; nil where there is no peer
	Unit   string   `json:"unit"`             // of Kit and Peer
	Runs   int      `json:"runs"`             // how many measurements the medians are of
	Spread float64  `json:"spread"`           // of Kit: (largest - smallest) / median
	Void   string   `json:"void,omitempty"`   // why the row does not count
	Missed string   `json:"missed,omitempty"` // why there is no peer
}

// Options says what to measure.
type Options struct {
	Parts  []string // of [Parts]; empty means all
	Runs   int      // turns that each side takes
	Epochs int      // of a training run
	Python string   // the interpreter that has PyTorch
	Log    io.Writer
}

// Parts are the names of the parts, in order.
var Parts = []string{"train", "predict"}

// Check refuses options that make no sense.
func (o Options) Check() error {
	for _, p := range o.Parts {
		if !slices.Contains(Parts, p) {
			return fmt.Errorf("there is no part %q to measure; choose from %v", p, Parts)
		}
	}
	if o.Runs < 1 || o.Epochs < 1 {
		return fmt.Errorf("runs is %d and epochs is %d; both must be at least 1", o.Runs, o.Epochs)
	}
	return nil
}

// Run measures, on MNIST.
func Run(ctx context.Context, o Options) ([]Row, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	training, test, err := data.MNIST(ctx)
	if err != nil {
		return nil, err
	}
	return measure(ctx, o, training, test)
}

// measure is Run on given sets.
func measure(ctx context.Context, o Options, training, test *data.Set) ([]Row, error) {
	if len(o.Parts) == 0 {
		o.Parts = Parts
	}
	dir, err := os.MkdirTemp("", "gradus-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a folder left in the temporary ones does no harm
	if err := os.Setenv("GRADUS_RUNS", dir); err != nil {
		return nil, err
	}
	peer, missed := startPeer(ctx, o.Python)
	if missed != nil {
		fmt.Fprintln(o.Log, "PyTorch is skipped:", missed)
	} else {
		defer peer.stop()
		fmt.Fprintln(o.Log, "PyTorch", peer.version)
	}
	m := &measurer{o: o, training: training, test: test, peer: peer, missed: missed}
	// Prediction needs a trained network on both sides.
	if err := m.train(ctx); err != nil {
		return nil, err
	}
	if slices.Contains(o.Parts, "predict") {
		if err := m.predict(ctx); err != nil {
			return nil, err
		}
	}
	return m.rows, nil
}

// row makes a row of the measurements of both sides.
func row(name, unit string, kit, peer []float64, missed error) Row {
	r := Row{Name: name, Unit: unit, Runs: len(kit), Kit: Median(kit)}
	r.Spread = (slices.Max(kit) - slices.Min(kit)) / r.Kit
	if len(peer) > 0 {
		p := Median(peer)
		ratio := r.Kit / p
		r.Peer, r.Ratio = &p, &ratio
	} else if missed != nil {
		r.Missed = missed.Error()
	}
	return r
}

// Median returns the middle value, or the mean of the middle two.
func Median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	if len(v) == 0 {
		return 0
	}
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// Table writes the rows for people.
func Table(w io.Writer, rows []Row) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "what\tkit\tpeer\tratio\tunit\truns\tspread\t")
	for _, r := range rows {
		peer, ratio := "-", "-"
		if r.Peer != nil {
			peer, ratio = fmt.Sprintf("%.4g", *r.Peer), fmt.Sprintf("%.2f", *r.Ratio)
		}
		fmt.Fprintf(t, "%s\t%.4g\t%s\t%s\t%s\t%d\t%.0f %%\t\n", r.Name, r.Kit, peer, ratio, r.Unit, r.Runs, 100*r.Spread)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, r := range rows {
		if r.Void != "" {
			fmt.Fprintf(w, "%s does not count: %s\n", r.Name, r.Void)
		}
	}
	return nil
}
