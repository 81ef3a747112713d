package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/gradus-ml/gradus/internal/atomicfile"
	"github.com/gradus-ml/gradus/kit/data"
)

// SetupOptions says how far a set-up goes.
type SetupOptions struct {
	User bool // also install the kernels for the user's other editors
	XLA  bool // also install XLA's plugin for the CPU
}

// Setup makes or completes the lab. What is there already is left alone.
func (l *Lab) Setup(ctx context.Context, o SetupOptions) error {
	start := time.Now()
	fmt.Fprintf(l.Out, "Setting up %s\n", l.Dir)
	if runtime.GOOS == "windows" {
		return errors.New("the notebook kernel does not run on Windows itself; use WSL or the Docker image")
	}
	for _, s := range []struct {
		name string
		f    func(context.Context) (string, bool, error)
	}{
		{"go", l.checkGo}, {"kernel", l.buildKernel}, {"tools", l.buildTools}, {"python", l.setUpPython},
		{"kernel specs", l.writeKernels}, {"modules", l.fetchModules}, {"mnist", fetchMNIST}, {"warm-up", l.warm}, {"completion", l.warmCompletion},
	} {
		if err := l.step(s.name, func() (string, bool, error) { return s.f(ctx) }); err != nil {
			if ctx.Err() != nil {
				return errors.New("the set-up was interrupted; run it again to go on")
			}
			return err
		}
	}
	if o.XLA {
		if err := l.step("xla", func() (string, bool, error) { return l.setUpXLA(ctx) }); err != nil {
			return err
		}
		if err := l.step("xla warm-up", func() (string, bool, error) { return l.warmXLA(ctx) }); err != nil {
			return err
		}
	}
	if o.User {
		if err := l.step("user kernels", func() (string, bool, error) { return l.installForUser() }); err != nil {
			return err
		}
	}
	fmt.Fprintf(l.Out, "Set up in %.1f s\n", time.Since(start).Seconds())
	return nil
}

// checkGo makes sure that a go command is there: `go run` is one, but the built
// program may run without.
func (l *Lab) checkGo(ctx context.Context) (string, bool, error) {
	out, err := l.command(ctx, "go", "version").Output()
	if err != nil {
		return "", false, errors.New("there is no go command on PATH; install Go 1.26 or newer")
	}
	return strings.TrimPrefix(strings.TrimSpace(string(out)), "go version "), true, nil
}

// goVersion identifies the compiler for digests.
func (l *Lab) goVersion(ctx context.Context) string {
	out, _ := l.command(ctx, "go", "env", "GOVERSION", "GOOS", "GOARCH").Output()
	return string(out)
}

// buildEnv is the environment for building tools: the module proxy of the user,
// none of the kernel's settings.
func (l *Lab) buildEnv() []string { return append(l.Env(), "GOWORK=off", "CGO_ENABLED=0") }

// buildKernel builds GoNB at the version in go.mod. `go install MODULE@VERSION`
// would ask for the module's list of versions, which some proxies refuse.
func (l *Lab) buildKernel(ctx context.Context) (string, bool, error) {
	d := digest(l.contentOf("go.sum"), l.goVersion(ctx))
	if l.stamped("kernel", d) && exists(l.Bin("gonb")) {
		return "GoNB", true, nil
	}
	cmd := l.command(ctx, "go", "build", "-ldflags=-w", "-o", l.Bin("gonb"), "github.com/janpfeifer/gonb")
	cmd.Env = l.buildEnv()
	if err := run(cmd); err != nil {
		return "", false, err
	}
	return "GoNB", false, l.stamp("kernel", d)
}

// goplsScript starts gopls with less memory than it would take: a class shares a
// server, and gopls lets its heap grow to a gigabyte when it reads packages for
// the first time. Cells do not get these limits, so they cannot be in the kernel's
// environment. The program goes by its own name, which is how it is found and
// ended. Where its cache cannot be made, as in a lab that belongs to somebody else,
// gopls would end; then it takes the one in the user's home.
const goplsScript = `#!/bin/sh
[ -d "$GOPLSCACHE" ] || mkdir -p "$GOPLSCACHE" 2>/dev/null || unset GOPLSCACHE
GOMEMLIMIT=192MiB GOGC=50 exec "$(dirname "$0")/real/gopls" "$@"
`

// buildTools builds what the kernel calls, from a module of their own.
func (l *Lab) buildTools(ctx context.Context) (string, bool, error) {
	const note = "goimports, gopls"
	d := digest(l.contentOf("internal/tools/go.sum"), l.goVersion(ctx), goplsScript)
	if l.stamped("tools", d) && exists(l.Bin("gopls")) && exists(l.Bin("goimports")) {
		return note, true, nil
	}
	for dir, tool := range map[string]string{l.path("bin"): "golang.org/x/tools/cmd/goimports", l.path("bin", "real"): "golang.org/x/tools/gopls"} {
		cmd := l.command(ctx, "go", "build", "-ldflags=-w", "-o", dir+string(filepath.Separator), tool)
		cmd.Dir = filepath.Join(l.Root, "internal", "tools")
		cmd.Env = l.buildEnv()
		if err := run(cmd); err != nil {
			return "", false, err
		}
	}
	if err := atomicfile.Write(l.Bin("gopls"), []byte(goplsScript)); err != nil {
		return "", false, err
	}
	if err := os.Chmod(l.Bin("gopls"), 0o755); err != nil {
		return "", false, err
	}
	return note, false, l.stamp("tools", d)
}

// fetchModules makes sure that every module a cell may link is in Go's module
// cache, for both kernels, because cells never go out to the network.
func (l *Lab) fetchModules(ctx context.Context) (string, bool, error) {
	d := digest(l.contentOf("go.sum"), l.goVersion(ctx))
	if l.stamped("modules", d) {
		return "for cells, offline", true, nil
	}
	for _, args := range [][]string{
		{"list", "-deps", "./kit/..."}, {"list", "-deps", "-tags=xla", "./kit/..."},
		// GoNB's `go get` looks at every module of go.mod; one of them carries MNIST.
		{"mod", "download"},
	} {
		cmd := l.command(ctx, "go", args...)
		cmd.Env = append(l.Env(), "GOWORK=off")
		if err := run(cmd); err != nil {
			return "", false, err
		}
	}
	return "for cells, offline", false, l.stamp("modules", d)
}

func fetchMNIST(ctx context.Context) (string, bool, error) {
	dir, err := data.CacheDir()
	if err != nil {
		return "", false, err
	}
	start := time.Now()
	if err := data.FetchMNIST(ctx); err != nil {
		if ctx.Err() != nil {
			return "", false, err
		}
		// The course goes on with the digits that ship; chapters say so.
		return fmt.Sprintf("not to be had: %v", err), false, nil
	}
	return "70,000 images, verified, in " + filepath.Join(dir, "mnist"), time.Since(start) < 100*time.Millisecond, nil
}

// installForUser copies the kernel specs to where the user's own Jupyter, VS
// Code and others look for them.
func (l *Lab) installForUser() (string, bool, error) {
	dir := os.Getenv("JUPYTER_DATA_DIR")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", false, err
		}
		dir = filepath.Join(home, ".local", "share", "jupyter")
		if runtime.GOOS == "darwin" {
			dir = filepath.Join(home, "Library", "Jupyter")
		}
	}
	for _, k := range kernels {
		b, err := os.ReadFile(l.path("share", "jupyter", "kernels", k.name, "kernel.json"))
		if err != nil {
			return "", false, err
		}
		// Other servers do not have the lab's environment.
		b = []byte(strings.ReplaceAll(string(b), inherited, filepath.Join(l.Root, "runs")))
		if err := atomicfile.Write(filepath.Join(dir, "kernels", k.name, "kernel.json"), b); err != nil {
			return "", false, err
		}
	}
	return filepath.Join(dir, "kernels"), false, nil
}

// look finds a program on PATH, or returns an empty string.
func look(name string) string {
	p, err := exec.LookPath(name)
	if err != nil {
		return ""
	}
	return p
}
