package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/gomlx/compute"
	"github.com/spf13/cobra"

	"github.com/gradus-ml/gradus/internal/bench"
	"github.com/gradus-ml/gradus/internal/lab"
	"github.com/gradus-ml/gradus/kit/device"
)

// benchResult is the JSON that `bench --json` prints.
type benchResult struct {
	Machine  map[string]any    `json:"machine"`
	Versions map[string]string `json:"versions"`
	Rows     []bench.Row       `json:"rows"`
}

func newBenchCommand() *cobra.Command {
	var o benchOptions
	var asJSON bool
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure the kit beside PyTorch",
		Long: `Bench measures the kit beside PyTorch, in turns: training of the course's network
on MNIST (on the pure-Go backend and, where its plugin is, on XLA), prediction,
loading the data, cells on the notebook kernel, memory, and how training grows
with the batch, the width and the cores. It prints medians, their ratio and how
far the measurements spread. What cannot be measured is named and skipped:
without PyTorch the kit is measured alone.`,
		Example: `  go run . bench
  go run . bench --only train --epochs 10 --runs 3 --json
  go run . bench --only scale --picture scale.png
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
			if d.Name != "go" {
				return fmt.Errorf("bench measures the pure-Go backend here and starts XLA by itself; unset %s", compute.ConfigEnvVar)
			}
			o.prepare(c.Context())
			result, err := bench.Run(c.Context(), o.Options)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), benchResult{
					Machine:  map[string]any{"os": runtime.GOOS, "arch": runtime.GOARCH, "cpu": device.CPU(), "cores": runtime.NumCPU(), "backend": d.Name, "simd": d.SIMD},
					Versions: versions(result.Peer), Rows: result.Rows,
				})
			}
			fmt.Fprintf(c.OutOrStdout(), "\n%s, %d cores; Go backend with SIMD: %v\n", device.CPU(), runtime.NumCPU(), d.SIMD)
			return bench.Table(c.OutOrStdout(), result.Rows)
		},
	}
	f := c.Flags()
	f.StringSliceVar(&o.Parts, "only", nil, fmt.Sprintf("parts to measure, of %v (default all)", bench.Parts))
	f.IntVar(&o.Runs, "runs", 3, "turns that each side takes")
	f.IntVar(&o.Epochs, "epochs", 10, "epochs of a training run")
	f.StringVar(&o.Python, "python", "python3", "the interpreter that has PyTorch")
	f.StringVar(&o.Picture, "picture", "", "file for a picture of how training scales (.png or .svg)")
	f.BoolVar(&asJSON, "json", false, "print the result as one line of JSON")
	return c
}

// benchOptions are those of a bench, and how they come about.
type benchOptions struct{ bench.Options }

// prepare finds the lab and builds the program that has XLA, if there is a plugin.
func (o *benchOptions) prepare(ctx context.Context) {
	if program, err := os.Executable(); err == nil {
		o.Program = program
	}
	l, err := lab.Find(io.Discard)
	if err != nil {
		o.NoXLA = "it is built in a checkout of the project only"
		return
	}
	o.Lab = l
	plugins := l.Plugins()
	if len(plugins) == 0 {
		o.NoXLA = "there is no plugin; `go run . setup --xla` installs the CPU's"
		return
	}
	bin, err := buildXLA(ctx, l)
	if err != nil {
		o.NoXLA = err.Error()
		return
	}
	o.XLA = bin
	o.XLAEnv = []string{compute.ConfigEnvVar + "=xla", "PJRT_PLUGIN_LIBRARY_PATH=" + l.PluginPath()}
	o.CUDA = slices.ContainsFunc(plugins, func(p string) bool { return strings.Contains(filepath.Base(p), "cuda") })
}

// versions are those of Go, of the modules that compute, and of the peer.
func versions(peer string) map[string]string {
	v := map[string]string{"go": runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if strings.HasPrefix(m.Path, "github.com/gomlx/") {
				v[m.Path] = m.Version
			}
		}
	}
	if peer != "" {
		v["torch"] = peer
	}
	return v
}
