package cli

import (
	"github.com/spf13/cobra"

	"github.com/gradus-ml/gradus/internal/lab"
)

func newLabCommand() *cobra.Command {
	var o lab.ServerOptions
	c := &cobra.Command{
		Use:   "lab",
		Short: "Set everything up, then open JupyterLab on chapter 0",
		Long: `Lab sets up what is missing and starts JupyterLab on this machine, with a token,
opened on chapter 0. Ctrl-C ends the server and every kernel.`,
		Example: `  go run . lab
  go run . lab --port 9000 --no-browser`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			l, err := lab.Find(c.OutOrStdout())
			if err != nil {
				return err
			}
			if err := l.Setup(c.Context(), lab.SetupOptions{}); err != nil {
				return err
			}
			return l.Serve(c.Context(), o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.Host, "host", "127.0.0.1", "address to listen on; 0.0.0.0 lets other machines in")
	f.IntVar(&o.Port, "port", 8888, "port to listen on, or the next one that is free")
	f.BoolVar(&o.NoBrowser, "no-browser", false, "do not open a browser")
	return c
}
