// Package cli is the gradus command: one file a verb.
package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

// New makes the command with all its verbs.
func New() *cobra.Command {
	root := &cobra.Command{
		Use:   "gradus",
		Short: "Learn and teach deep learning in Go",
		Long: `Gradus is a course in deep learning in Go: notebooks in JupyterLab on a Go
kernel, and a Go package, kit, built on GoMLX.

In a checkout of the project, run it with "go run .":

  go run . lab     set everything up, then open JupyterLab on chapter 0
  go run . test    set up what is needed, then prove that everything works`,
		SilenceUsage:  true, // an error is one sentence, not a page of flags
		SilenceErrors: true, // main prints it
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w; `%s --help` lists the flags", err, c.CommandPath())
	})
	root.AddCommand(
		newSetupCommand(), newLabCommand(), newDoctorCommand(), newRunCommand(), newTestCommand(), newTrainCommand(), newEvalCommand(), newPredictCommand(), newServeCommand(), newBenchCommand(),
	)
	for _, newCommand := range extraCommands {
		root.AddCommand(newCommand())
	}
	return root
}

// extraCommands are verbs that only some builds have.
var extraCommands []func() *cobra.Command

// errReported ends the command with status 1 when the reason has been printed.
var errReported = errors.New("see above")

// noArgs refuses arguments in one clear sentence.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("`%s` takes no arguments, but got %q", c.CommandPath(), args)
	}
	return nil
}
