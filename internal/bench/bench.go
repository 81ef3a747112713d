package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/gradus-ml/gradus/internal/lab"
	"github.com/gradus-ml/gradus/kit/data"
)

// Row is one thing that was measured.
type Row struct {
	Name   string   `json:"name"`
	Kit    float64  `json:"kit"`              // median
	Peer   *float64 `json:"peer"`             // median; nil where there is no peer
	Ratio  *float64 `json:"ratio"`            // Kit / Peer; nil where there is no peer
	Unit   string   `json:"unit"`             // of Kit and Peer
	Runs   int      `json:"runs"`             // how many measurements the kit's median is of
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

	// Program is this command, built for speed: what needs a process of its own
	// runs in it.
	Program string
	// XLA is this command built with XLA, and XLAEnv its environment; empty where
	// there is no plugin, with NoXLA saying why.
	XLA    string
	XLAEnv []string
	NoXLA  string
	// CUDA tells that XLA computes on a GPU, which its peer should then do too.
	CUDA bool
	// Lab has the kernel whose cells are measured; nil leaves cells and idle
	// kernels out.
	Lab *lab.Lab
	// Picture is a file for the picture of how training scales; empty for none.
	Picture string
}

// Parts are the names of the parts, in order.
var Parts = []string{"train", "predict", "data", "cells", "memory", "scale"}

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

// Result is all that was measured, and the peer's version; empty without a peer.
type Result struct {
	Rows []Row
	Peer string
}

// Run measures, on MNIST.
func Run(ctx context.Context, o Options) (Result, error) {
	if err := o.Check(); err != nil {
		return Result{}, err
	}
	training, test, err := data.MNIST(ctx)
	if err != nil {
		return Result{}, err
	}
	return measure(ctx, o, training, test)
}

// measurer gathers rows.
type measurer struct {
	o              Options
	training, test *data.Set
	peer           *peer // nil when there is none
	missed         error // why
	rows           []Row
	trained        bool // both sides have a network to predict with
}

// measure is Run on given sets.
func measure(ctx context.Context, o Options, training, test *data.Set) (Result, error) {
	if len(o.Parts) == 0 {
		o.Parts = Parts
	}
	dir, err := os.MkdirTemp("", "gradus-bench-")
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a folder left in the temporary ones does no harm
	if err := os.Setenv("GRADUS_RUNS", dir); err != nil {
		return Result{}, err
	}
	m := &measurer{o: o, training: training, test: test}
	m.peer, m.missed = startPeer(ctx, o.Python)
	if m.missed != nil {
		fmt.Fprintln(o.Log, "PyTorch is skipped:", m.missed)
	} else {
		defer m.peer.stop()
		fmt.Fprintln(o.Log, "PyTorch", m.peer.version)
	}
	for _, part := range []struct {
		name string
		f    func(context.Context) error
	}{{"train", m.train}, {"predict", m.predict}, {"data", m.data}, {"cells", m.cells}, {"memory", m.memory}, {"scale", m.scale}} {
		if slices.Contains(o.Parts, part.name) {
			if err := part.f(ctx); err != nil {
				return Result{}, err
			}
		}
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
	}
	r := Result{Rows: m.rows}
	if m.peer != nil {
		r.Peer = m.peer.version
	}
	return r, nil
}

// skip says that something is not measured, and why.
func (m *measurer) skip(what, why string) { fmt.Fprintf(m.o.Log, "%s: skipped: %s\n", what, why) }

// add keeps a row and says that it is there.
func (m *measurer) add(r Row) {
	m.rows = append(m.rows, r)
	peer := "no peer"
	if r.Peer != nil {
		peer = fmt.Sprintf("peer %.4g", *r.Peer)
	}
	fmt.Fprintf(m.o.Log, "%s: kit %.4g, %s %s\n", r.Name, r.Kit, peer, r.Unit)
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
