package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gradus-ml/gradus/internal/lab"
)

func newDoctorCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is there, what is not, and how to mend it",
		Example: `  go run . doctor
  go run . doctor --json`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			l, err := lab.Find(c.OutOrStdout())
			if err != nil {
				return err
			}
			x := l.Examine(c.Context())
			out := c.OutOrStdout()
			if asJSON {
				err = printJSON(out, x)
			} else {
				fmt.Fprintf(out, "system      %s, SIMD in cells: %v, GPU: %s\n", x.System, x.SIMD, x.GPU)
				for _, f := range x.Findings {
					mark := "✓"
					if !f.OK {
						mark = "✗"
						if !f.Needed {
							mark = "-"
						}
					}
					fmt.Fprintf(out, "%s %-26s %s\n", mark, f.Name, f.Note)
					if f.Mend != "" {
						fmt.Fprintf(out, "  %-26s → %s\n", "", f.Mend)
					}
				}
			}
			if err == nil && !x.OK {
				err = errors.New("the lab would not work; what is marked ✗ says how to mend it")
			}
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON, and nothing else")
	return c
}
