package cli

import (
	"github.com/spf13/cobra"

	"github.com/gradus-ml/gradus/internal/lab"
)

func newSetupCommand() *cobra.Command {
	var o lab.SetupOptions
	c := &cobra.Command{
		Use:   "setup",
		Short: "Make .lab: the Go kernel, its tools, JupyterLab, MNIST, a warm build cache",
		Long: `Setup makes the folder .lab of the checkout, or completes it: the Go kernel and
the tools that it calls, built with the Go that is here; a Python environment
with JupyterLab; the kernel specs; MNIST, checked; and a build cache that is warm,
so that the first cell is fast. Nothing outside the checkout is changed, except
Go's own caches and the data cache. A second run does only what is missing.`,
		Example: `  go run . setup
  go run . setup --user    also make the kernels known to VS Code and other editors
  go run . setup --xla     also install XLA's plugin for the CPU`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			l, err := lab.Find(c.OutOrStdout())
			if err != nil {
				return err
			}
			return l.Setup(c.Context(), o)
		},
	}
	c.Flags().BoolVar(&o.User, "user", false, "also install the kernels for the user's other editors")
	c.Flags().BoolVar(&o.XLA, "xla", false, "also install XLA's plugin for the CPU (Linux on amd64)")
	return c
}
