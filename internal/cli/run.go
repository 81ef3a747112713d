package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/gradus-ml/gradus/internal/lab"
	"github.com/gradus-ml/gradus/internal/notebook"
)

func newRunCommand() *cobra.Command {
	var o notebook.Options
	var jobs int
	c := &cobra.Command{
		Use:   "run [NOTEBOOK...]",
		Short: "Execute notebooks without a browser",
		Long: `Run executes notebooks on the Go kernel, each from a fresh one: those given, or
all chapters. The first cell that fails stops its notebook.`,
		Example: `  go run . run
  go run . run notebooks/00-start-here.ipynb --write
  go run . run --html pages --jobs 2`,
		RunE: func(c *cobra.Command, args []string) error {
			l, err := lab.Find(c.OutOrStdout())
			if err != nil {
				return err
			}
			if len(args) == 0 {
				if args, err = chapters(l); err != nil {
					return err
				}
			}
			if jobs < 1 {
				return fmt.Errorf("jobs is %d; it must be at least 1", jobs)
			}
			if o.HTML != "" {
				if err := os.MkdirAll(o.HTML, 0o755); err != nil {
					return fmt.Errorf("the folder for pages cannot be made: %w", err)
				}
			}
			r, err := l.Runner(c.Context())
			if err != nil {
				return err
			}
			failed := runNotebooks(c.Context(), r, c.OutOrStdout(), args, o, jobs)
			if len(failed) == 0 {
				return nil
			}
			if len(args) == 1 {
				return failed[0]
			}
			for _, err := range failed {
				fmt.Fprintln(c.ErrOrStderr(), "gradus:", err)
			}
			return fmt.Errorf("%d of %d notebooks failed", len(failed), len(args))
		},
	}
	f := c.Flags()
	f.BoolVar(&o.Write, "write", false, "save the outputs in the notebooks")
	f.StringVar(&o.HTML, "html", "", "write a web page of each notebook into this folder")
	f.DurationVar(&o.Timeout, "timeout", 10*time.Minute, "longest time for a cell")
	f.IntVar(&jobs, "jobs", 1, "how many notebooks to execute at once")
	f.StringVar(&o.Kernel, "kernel", "", "kernel to use instead of the one that a notebook names (gradus or gradus-xla)")
	return c
}

// chapters lists the notebooks of the course, in order.
func chapters(l *lab.Lab) ([]string, error) {
	list, err := filepath.Glob(filepath.Join(l.Root, "notebooks", "[0-9]*.ipynb"))
	if err != nil || len(list) == 0 {
		return nil, errors.Join(fmt.Errorf("there are no notebooks in %s", filepath.Join(l.Root, "notebooks")), err)
	}
	if wd, err := os.Getwd(); err == nil {
		for i, path := range list {
			if rel, err := filepath.Rel(wd, path); err == nil {
				list[i] = rel
			}
		}
	}
	slices.Sort(list)
	return list, nil
}

// runNotebooks executes notebooks, jobs at a time, with a line for each cell,
// and returns the errors of those that failed.
func runNotebooks(ctx context.Context, r notebook.Runner, out io.Writer, paths []string, o notebook.Options, jobs int) []error {
	var mu sync.Mutex // of out and failed
	var failed []error
	slots := make(chan struct{}, jobs)
	var all sync.WaitGroup
	for _, path := range paths {
		slots <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		all.Go(func() {
			defer func() { <-slots }()
			start := time.Now()
			err := r.Run(ctx, path, o, func(c notebook.Cell, cells int) {
				mu.Lock()
				defer mu.Unlock()
				mark := "✓"
				if !c.OK {
					mark = "✗"
				}
				fmt.Fprintf(out, "  %s %s  %2d/%d  %5.1f s  %.70s\n", mark, filepath.Base(path), c.Number, cells, c.Seconds, c.First)
			})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = append(failed, err)
				return
			}
			fmt.Fprintf(out, "%s: passed in %.1f s\n", path, time.Since(start).Seconds())
		})
	}
	all.Wait()
	return failed
}
