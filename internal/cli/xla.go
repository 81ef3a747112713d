//go:build xla

package cli

import (
	"fmt"
	"strings"

	"github.com/gomlx/go-xla/compute/xla"
	"github.com/spf13/cobra"
)

// The verb is there in programs built with the tag xla: others do not link XLA.
func init() { extraCommands = append(extraCommands, newXLACommand) }

func newXLACommand() *cobra.Command {
	var install bool
	c := &cobra.Command{
		Use:   "xla",
		Short: "List the PJRT plugins of XLA, or install them",
		Example: `  go run -tags xla . xla
  go run -tags xla . xla --install`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			xla.EnableAutoInstall(false)
			if install {
				if err := xla.AutoInstall(); err != nil {
					first, _, _ := strings.Cut(err.Error(), "\n")
					return fmt.Errorf("the plugins could not be installed (%s); connect to the network, or give a plugin by its path: GOMLX_BACKEND=xla:/path/plugin.so", first)
				}
			}
			plugins := xla.GetAvailablePlugins()
			if len(plugins) == 0 {
				return fmt.Errorf("there is no PJRT plugin on this machine; `%s --install` installs those that fit it", c.CommandPath())
			}
			for _, p := range plugins {
				fmt.Fprintln(c.OutOrStdout(), p)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&install, "install", false, "install the plugins that fit this machine")
	return c
}
