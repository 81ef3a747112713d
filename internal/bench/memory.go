package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gradus-ml/gradus/internal/notebook"
	"github.com/gradus-ml/gradus/internal/processes"
)

// memory measures the peak of training, and kernels that wait for a student.
func (m *measurer) memory(ctx context.Context) error {
	if m.o.Program == "" {
		m.skip("memory_train", "there is no program to start")
	} else {
		p := course
		p.epochs = 1
		var peaks []float64
		for turn := range m.o.Runs {
			_, peak, err := m.command(ctx, m.o.Program, nil, m.training.Name, p, turn+1)
			if err != nil {
				return err
			}
			peaks = append(peaks, peak)
		}
		m.add(row("memory_train", "MB", peaks, nil, errNoPeer))
	}
	r, err := m.runner(ctx)
	if err != nil {
		m.skip("memory_kernel", err.Error())
		return nil
	}
	for _, kernels := range []int{1, 8} {
		var sums []float64
		for range m.o.Runs {
			mb, err := m.idleKernels(ctx, r, kernels)
			if err != nil {
				return err
			}
			sums = append(sums, mb)
		}
		m.add(row(fmt.Sprintf("memory_%d_idle_kernels", kernels), "MB", sums, nil, errNoPeer))
	}
	return nil
}

// settle is how long kernels are left in peace before they are measured: gopls
// waits some ten seconds before it reads the packages.
const settle = 25 * time.Second

// waitCell keeps its kernel busy with nothing until a file appears.
const waitCell = `import (
	"os"
	"time"
)
%%%%
for {
	if _, err := os.Stat(%q); err == nil {
		break
	}
	time.Sleep(100 * time.Millisecond)
}`

// idleKernels starts kernels, lets each run a cell that draws, and returns the
// memory of the kernels and all that they started, less the cell that waits, in
// megabytes, when they have become quiet.
func (m *measurer) idleKernels(ctx context.Context, r notebook.Runner, n int) (float64, error) {
	dir, err := os.MkdirTemp("", "gradus-bench-wait-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a folder left in the temporary ones does no harm
	enough := filepath.Join(dir, "enough")
	var ready, done sync.WaitGroup
	errs := make([]error, n)
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			arrived := sync.OnceFunc(ready.Done)
			defer arrived() // a kernel that fails must not keep the others waiting
			sources := []string{declarations + "\n" + fmt.Sprintf(drawCell, i), fmt.Sprintf(waitCell, enough)}
			errs[i] = m.runCells(ctx, r, sources, func(notebook.Cell) { arrived() })
		})
	}
	ready.Wait()
	time.Sleep(settle)
	var kb int64
	for _, p := range processes.Descendants(os.Getpid()) {
		if slices.Contains([]string{"gonb", "gopls"}, p.Name) {
			kb += proportional(p.PID)
		}
	}
	errs = append(errs, os.WriteFile(enough, nil, 0o644))
	done.Wait()
	return float64(kb) / 1024, errors.Join(errs...)
}

// proportional is a process's memory in kB, what it shares counted by its share
// (PSS), or 0 where the system does not tell.
func proportional(pid int) int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb
		}
	}
	return 0
}
