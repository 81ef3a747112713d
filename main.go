// Command gradus sets up, runs, tests and serves the Gradus course:
//
//	go run . lab     set everything up, then open JupyterLab on chapter 0
//	go run . test    set up what is needed, then prove that everything works
//
// `go run . help` lists the other verbs.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/gradus-ml/gradus/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := cli.New().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gradus:", err)
		os.Exit(1)
	}
}
