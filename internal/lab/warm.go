package lab

import (
	"context"
	_ "embed"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/gradus-ml/gradus/internal/atomicfile"
	"github.com/gradus-ml/gradus/internal/notebook"
)

// warmNotebook has a cell for each kind that a chapter has: what it links gets
// compiled into Go's build cache, with the kernel's own settings.
//
//go:embed warm.ipynb
var warmNotebook string

// warm executes a small notebook on the real kernel, so that a student's first
// cell does not wait for the compiler.
func (l *Lab) warm(ctx context.Context) (string, bool, error) { return l.warmKernel(ctx, false) }

// warmXLA is warm for the kernel that has XLA.
func (l *Lab) warmXLA(ctx context.Context) (string, bool, error) {
	if look("cc") == "" {
		return "", false, errors.New("cells with XLA need a C compiler (on Debian: apt-get install gcc libc6-dev)")
	}
	return l.warmKernel(ctx, true)
}

func (l *Lab) warmKernel(ctx context.Context, xla bool) (string, bool, error) {
	const note = "the build cache has what cells link"
	name, kernel := "warm", kernels[0].name
	if xla {
		name, kernel = "warm-xla", kernels[1].name
	}
	parts := []string{l.contentOf("go.sum"), l.goVersion(ctx), warmNotebook}
	for k, v := range l.kernelEnv(ctx, xla) {
		if (strings.HasPrefix(k, "GO") || strings.HasPrefix(k, "CGO")) && k != "GOPLSCACHE" {
			parts = append(parts, k+"="+v)
		}
	}
	slices.Sort(parts[3:])
	d := digest(parts...)
	if l.stamped(name, d) {
		return note, true, nil
	}
	file := l.path("warm", "warm.ipynb")
	if err := atomicfile.Write(file, []byte(warmNotebook)); err != nil {
		return "", false, err
	}
	r, err := l.Runner(ctx)
	if err != nil {
		return "", false, err
	}
	if err := r.Run(ctx, file, notebook.Options{Kernel: kernel, Timeout: 10 * time.Minute}, func(notebook.Cell, int) {}); err != nil {
		return "", false, err
	}
	return note, false, l.stamp(name, d)
}

// Runner runs notebooks on the lab's kernels.
func (l *Lab) Runner(ctx context.Context) (notebook.Runner, error) {
	j, err := l.Jupyter(ctx)
	if err != nil {
		return notebook.Runner{}, err
	}
	return notebook.Runner{Python: j.Python, Env: l.Env()}, nil
}
