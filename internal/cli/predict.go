package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gradus-ml/gradus/kit/predict"
)

// predictResult is a line of the JSON that `predict --json` prints.
type predictResult struct {
	File string `json:"file"`
	predict.Prediction
}

func newPredictCommand() *cobra.Command {
	var name string
	var asJSON bool
	c := &cobra.Command{
		Use:   "predict FILE...",
		Short: "Tell which digit is in PNG or JPEG files",
		Example: `  go run . predict --run mlp digit.png
  go run . predict --run mlp --json scans/*.jpg`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("`%s` needs at least one image file, PNG or JPEG", c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, files []string) error {
			if done, err := runXLA(c.Context()); done {
				return err
			}
			p, err := predict.Open(name, nil)
			if err != nil {
				return err
			}
			for _, file := range files {
				prediction, _, err := p.File(file)
				if err != nil {
					return err
				}
				if asJSON {
					if err := printJSON(c.OutOrStdout(), predictResult{file, prediction}); err != nil {
						return err
					}
					continue
				}
				fmt.Fprintf(c.OutOrStdout(), "%s: %d (%.1f %%)\n", file, prediction.Class, 100*prediction.Probability)
			}
			return nil
		},
	}
	c.Flags().StringVar(&name, "run", "mlp", "name of the run")
	c.Flags().BoolVar(&asJSON, "json", false, "print a line of JSON a file, and nothing else")
	return c
}
