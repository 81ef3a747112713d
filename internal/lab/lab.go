// Package lab sets up and runs the place where notebooks live: the folder .lab
// of the checkout, with the Go kernel, the tools it calls, a Python environment
// with JupyterLab, and the kernel specs. Nothing outside the checkout is
// changed, except Go's own caches and the data cache.
package lab

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/gradus-ml/gradus/internal/checkout"
)

// Lab is the .lab folder of a checkout.
type Lab struct {
	Root string // the checkout
	Dir  string // Root/.lab
	Out  io.Writer
}

// Find returns the lab of the checkout that the working folder is in.
func Find(out io.Writer) (*Lab, error) {
	root, err := checkout.Find()
	if err != nil {
		return nil, err
	}
	return &Lab{Root: root, Dir: filepath.Join(root, ".lab"), Out: out}, nil
}

func (l *Lab) path(elements ...string) string {
	return filepath.Join(append([]string{l.Dir}, elements...)...)
}

// Bin is the path of a program in .lab/bin.
func (l *Lab) Bin(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return l.path("bin", name)
}

// Env is the environment for everything that runs under the lab: Jupyter keeps
// all its files in .lab, and finds our kernels and no others of the user's.
func (l *Lab) Env() []string {
	return append(os.Environ(),
		"JUPYTER_PATH="+l.path("share", "jupyter"),
		"JUPYTER_DATA_DIR="+l.path("share", "jupyter"),
		"JUPYTER_CONFIG_DIR="+l.path("config", "jupyter"),
		"JUPYTER_RUNTIME_DIR="+l.path("runtime"),
		"JUPYTERLAB_SETTINGS_DIR="+l.path("config", "lab", "user-settings"),
		"JUPYTERLAB_WORKSPACES_DIR="+l.path("config", "lab", "workspaces"),
		"IPYTHONDIR="+l.path("ipython"),
		"PYTHONDONTWRITEBYTECODE=", // bytecode makes the second start faster
		"PYTHONNOUSERSITE=1",
		"GRADUS_RUNS="+l.RunsDir(),
		"PATH="+l.path("bin")+string(os.PathListSeparator)+os.Getenv("PATH"),
	)
}

// RunsDir is where notebooks keep their runs, and the command too when it is
// started under the lab.
func (l *Lab) RunsDir() string {
	if dir := os.Getenv("GRADUS_RUNS"); dir != "" {
		return dir
	}
	return filepath.Join(l.Root, "runs")
}

// command prepares a program to run in the checkout.
func (l *Lab) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = l.Root
	cmd.Env = l.Env()
	return cmd
}

// run runs a program and, if it fails, returns what it printed last.
func run(cmd *exec.Cmd) error {
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	return fmt.Errorf("`%s` failed: %w%s", strings.Join(cmd.Args, " "), err, tail(out))
}

// tail is the end of a program's output, indented.
func tail(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) == 1 && lines[0] == "" {
		return ""
	}
	return "\n    " + strings.Join(lines[max(0, len(lines)-12):], "\n    ")
}

// step runs one part of the set-up, with a line that says what it did and how
// long it took. f returns a note for the line; ready means that there was
// nothing to do.
func (l *Lab) step(name string, f func() (note string, ready bool, err error)) error {
	start := time.Now()
	note, ready, err := f()
	took := time.Since(start).Seconds()
	switch {
	case err != nil:
		fmt.Fprintf(l.Out, "  ✗ %-14s %s\n", name, "failed")
		return fmt.Errorf("%s: %w", name, err)
	case ready:
		fmt.Fprintf(l.Out, "  ✓ %-14s ready  %s\n", name, note)
	default:
		fmt.Fprintf(l.Out, "  ✓ %-14s %5.1f s  %s\n", name, took, note)
	}
	return nil
}
