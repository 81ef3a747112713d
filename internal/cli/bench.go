package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/gradus-ml/gradus/internal/bench"
	"github.com/gradus-ml/gradus/kit/device"
)

// benchResult is the JSON that `bench --json` prints.
type benchResult struct {
	Machine  map[string]any    `json:"machine"`
	Versions map[string]string `json:"versions"`
	Rows     []bench.Row       `json:"rows"`
}

func newBenchCommand() *cobra.Command {
	var o bench.Options
	var asJSON bool
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure the kit beside PyTorch",
		Long: `Bench measures training and prediction of the course's network on MNIST, and
the same in PyTorch, in turns. It prints medians, their ratio and how far the
measurements spread. Without PyTorch the kit is measured alone.`,
		Example: `  go run . bench
  go run . bench --only train --epochs 10 --runs 3 --json
  go run . bench --python /usr/bin/python3`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.Check(); err != nil {
				return err
			}
			if done, err := runFast(c.Context()); done {
				return err
			}
			o.Log = c.OutOrStdout()
			if asJSON {
				o.Log = c.ErrOrStderr() // standard output is for the JSON alone
			}
			d, err := device.Info()
			if err != nil {
				return err
			}
			rows, err := bench.Run(c.Context(), o)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), benchResult{
					Machine:  map[string]any{"os": runtime.GOOS, "arch": runtime.GOARCH, "cores": runtime.NumCPU(), "backend": d.Name, "simd": d.SIMD},
					Versions: versions(), Rows: rows,
				})
			}
			fmt.Fprintln(c.OutOrStdout())
			return bench.Table(c.OutOrStdout(), rows)
		},
	}
	f := c.Flags()
	f.StringSliceVar(&o.Parts, "only", nil, fmt.Sprintf("parts to measure, of %v (default all)", bench.Parts))
	f.IntVar(&o.Runs, "runs", 3, "turns that each side takes")
	f.IntVar(&o.Epochs, "epochs", 10, "epochs of a training run")
	f.StringVar(&o.Python, "python", "python3", "the interpreter that has PyTorch")
	f.BoolVar(&asJSON, "json", false, "print the result as one line of JSON")
	return c
}

// versions are those of Go and of the modules that compute.
func versions() map[string]string {
	v := map[string]string{"go": runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "github.com/gomlx/gomlx" || m.Path == "github.com/gomlx/compute" {
				v[m.Path] = m.Version
			}
		}
	}
	return v
}
