package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/gomlx/compute"

	"github.com/gradus-ml/gradus/internal/lab"
	"github.com/gradus-ml/gradus/kit/device"
)

// fastEnv tells the program that it is the fast build already.
const fastEnv = "GRADUS_FAST"

// runFast runs this command again in a build that suits the backend, where that
// helps and is possible, and reports whether it did. `go run .` compiles without
// SIMD and without XLA, and no program can change how it was built; the second
// build takes about a second.
//
// GRADUS_FAST=off turns it off.
func runFast(ctx context.Context) (done bool, err error) {
	if done, err := runXLA(ctx); done {
		return done, err
	}
	if runtime.GOARCH != "amd64" || os.Getenv(fastEnv) != "" || os.Getenv(compute.ConfigEnvVar) != "" || device.SIMD {
		return false, nil
	}
	l, err := lab.Find(io.Discard)
	if err != nil {
		return false, nil
	}
	bin := l.Bin("gradus")
	if build(ctx, l, bin, []string{"GOEXPERIMENT=simd", "CGO_ENABLED=0"}) != nil {
		return false, nil // then it goes on as it is, only slower
	}
	return runAgain(bin)
}

// runXLA is runFast for a backend that only a build with the tag xla has.
func runXLA(ctx context.Context) (done bool, err error) {
	name, _, _ := strings.Cut(os.Getenv(compute.ConfigEnvVar), ":")
	if os.Getenv(fastEnv) != "" || !slices.Contains(device.XLANames, name) || slices.Contains(compute.List(), name) {
		return false, nil
	}
	l, err := lab.Find(io.Discard)
	if err != nil {
		return false, nil // opening the backend says what this program has
	}
	bin, err := buildXLA(ctx, l)
	if err != nil {
		return true, err
	}
	return runAgain(bin, l.PluginEnv())
}

// buildXLA builds this command with XLA and returns the program's path.
func buildXLA(ctx context.Context, l *lab.Lab) (string, error) {
	bin := l.Bin("gradus-xla")
	if err := build(ctx, l, bin, []string{"CGO_ENABLED=1"}, "-tags=xla"); err != nil {
		return "", fmt.Errorf("XLA cannot be linked, which needs a C compiler (on Debian: apt-get install gcc libc6-dev); unset %s to go on without: %w", compute.ConfigEnvVar, err)
	}
	return bin, nil
}

// build compiles this command into bin.
func build(ctx context.Context, l *lab.Lab, bin string, env []string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"build"}, args...), "-o", bin, ".")...)
	cmd.Dir = l.Root
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return fmt.Errorf("%w: %s", err, lines[len(lines)-1])
	}
	return nil
}

// runAgain runs the program with this one's arguments, terminal and signals.
func runAgain(bin string, env ...string) (done bool, err error) {
	// The second program gets the terminal's Ctrl-C itself, and saves; so it is
	// not killed when ours arrives.
	again := exec.Command(bin, os.Args[1:]...)
	again.Env = append(append(os.Environ(), fastEnv+"=1"), env...)
	again.Stdin, again.Stdout, again.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := again.Start(); err != nil {
		return false, nil
	}
	stopForwarding := forwardSignals(again.Process)
	defer stopForwarding()
	err = again.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 {
		os.Exit(exit.ExitCode()) // it has said why
	}
	if err != nil {
		return true, fmt.Errorf("%s ended: %w", filepath.Base(bin), err)
	}
	return true, nil
}
