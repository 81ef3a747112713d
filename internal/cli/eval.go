package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gradus-ml/gradus/kit/data"
	"github.com/gradus-ml/gradus/kit/eval"
	"github.com/gradus-ml/gradus/kit/train"
)

// evalResult is the JSON that `eval --json` prints: the test set's report, and
// the training set's under "train".
type evalResult struct {
	Run  string `json:"run"`
	Data string `json:"data"`
	*eval.Report
	Train *eval.Report `json:"train"`
}

func newEvalCommand() *cobra.Command {
	var name string
	var asJSON bool
	c := &cobra.Command{
		Use:   "eval",
		Short: "Evaluate a trained run on the training and the test set",
		Example: `  go run . eval --run mlp
  go run . eval --run mlp --json`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if done, err := runFast(c.Context()); done {
				return err
			}
			ctx := c.Context()
			run, err := train.Open(name)
			if err != nil {
				return err
			}
			trainSet, testSet, err := data.Load(ctx, run.Info.Data.Name)
			if err != nil {
				return fmt.Errorf("the run %q was trained on data of its own: %w", name, err)
			}
			if n := run.Info.Data.Normalization; n != nil {
				trainSet, testSet = trainSet.Normalize(*n), testSet.Normalize(*n)
			}
			r := evalResult{Run: name, Data: run.Info.Data.Name}
			if r.Report, err = eval.Evaluate(ctx, run, nil, testSet); err != nil {
				return err
			}
			if r.Train, err = eval.Evaluate(ctx, run, nil, trainSet); err != nil {
				return err
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), r)
			}
			fmt.Fprintf(c.OutOrStdout(), "run %s on the test set of %s:\n%s\non the training set: accuracy %.4f (%d of %d)\n",
				name, r.Data, r.Report, r.Train.Accuracy, r.Train.Correct, r.Train.Examples)
			return nil
		},
	}
	c.Flags().StringVar(&name, "run", "mlp", "name of the run")
	c.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON, and nothing else")
	return c
}
