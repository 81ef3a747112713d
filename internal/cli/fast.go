package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/gradus-ml/gradus/internal/checkout"
	"github.com/gradus-ml/gradus/kit/device"
)

// fastEnv tells the program that it is the fast build already.
const fastEnv = "GRADUS_FAST"

// runFast runs this command again in a build with SIMD, where that helps and is
// possible, and reports whether it did. `go run .` compiles without it, and no
// program can change how it was built; the second build takes about a second
// and makes training on the pure-Go backend about four times as fast.
//
// GRADUS_FAST=off turns it off.
func runFast(ctx context.Context) (done bool, err error) {
	if runtime.GOARCH != "amd64" || os.Getenv(fastEnv) != "" || os.Getenv("GOMLX_BACKEND") != "" {
		return false, nil
	}
	if d, err := device.Info(); err != nil || d.SIMD || d.Name != "go" {
		return false, nil
	}
	dir, err := checkout.Find()
	if err != nil {
		return false, nil
	}
	bin := filepath.Join(dir, ".lab", "bin", "gradus")
	build := exec.CommandContext(ctx, "go", "build", "-o", bin, ".")
	build.Dir = dir
	build.Env = append(os.Environ(), "GOEXPERIMENT=simd", "CGO_ENABLED=0")
	if build.Run() != nil {
		return false, nil // then it goes on as it is, only slower
	}
	// The second program gets the terminal's Ctrl-C itself, and saves; so it is
	// not killed when ours arrives.
	again := exec.Command(bin, os.Args[1:]...)
	again.Env = append(os.Environ(), fastEnv+"=1")
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
		return true, fmt.Errorf("%s ended: %w", bin, err)
	}
	return true, nil
}
