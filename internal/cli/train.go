package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/gradus-ml/gradus/internal/bench"
	"github.com/gradus-ml/gradus/kit/data"
	_ "github.com/gradus-ml/gradus/kit/data/fetch" // the command may download
	"github.com/gradus-ml/gradus/kit/device"
	"github.com/gradus-ml/gradus/kit/eval"
	"github.com/gradus-ml/gradus/kit/mlp"
	"github.com/gradus-ml/gradus/kit/train"
)

// trainResult is the JSON that `train --json` prints.
type trainResult struct {
	Run             string  `json:"run"`
	Backend         string  `json:"backend"`
	SIMD            bool    `json:"simd"`
	Data            string  `json:"data"`
	Epochs          int     `json:"epochs"`
	Batch           int     `json:"batch"`
	Seed            int64   `json:"seed"`
	Parameters      int     `json:"parameters"`
	TrainLoss       float64 `json:"train_loss"`
	TrainAccuracy   float64 `json:"train_accuracy"`
	TestAccuracy    float64 `json:"test_accuracy"`
	Seconds         float64 `json:"seconds"`
	SecondsPerEpoch float64 `json:"seconds_per_epoch"` // median
	PeakRSSMB       float64 `json:"peak_rss_mb"`
}

func newTrainCommand() *cobra.Command {
	var o train.Options
	var dataName string
	var hidden []int
	var validation float64
	var asJSON bool
	c := &cobra.Command{
		Use:   "train",
		Short: "Train a multi-layer perceptron and keep the run",
		Long: `Train trains a multi-layer perceptron on a data set, measures it on the whole
training set and on the test set, and keeps it under runs/NAME. Ctrl-C saves
where training stands; --resume goes on from there to the same result.`,
		Example: `  go run . train --epochs 10 --batch 64 --lr 0.001 --optimizer adam --seed 1 --data mnist --run mlp
  go run . train --data digits --epochs 3 --run quick --json
  go run . train --run mlp --resume`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if done, err := runFast(c.Context()); done {
				return err
			}
			start := time.Now()
			ctx := c.Context()
			trainSet, testSet, err := data.Load(ctx, dataName)
			if err != nil {
				return err
			}
			fitSet := trainSet
			if validation != 0 {
				if fitSet, o.Validation, err = trainSet.Split(validation, o.Seed); err != nil {
					return err
				}
			}
			if asJSON {
				o.Observers = []train.Observer{} // standard output is for the JSON alone
			}
			sizes := append(append([]int{trainSet.Size()}, hidden...), len(trainSet.Classes))
			if _, err := mlp.Summarize(sizes...); err != nil {
				return err
			}
			run, err := train.Fit(ctx, mlp.Model(sizes...), fitSet, o)
			if errors.Is(err, train.ErrInterrupted) {
				return fmt.Errorf("%w; go on with --resume", err)
			}
			if err != nil {
				return err
			}
			onTrain, err := eval.Evaluate(ctx, run, nil, trainSet)
			if err != nil {
				return err
			}
			onTest, err := eval.Evaluate(ctx, run, nil, testSet)
			if err != nil {
				return err
			}
			r := trainResult{
				Run: run.Name, Backend: run.Info.Backend, SIMD: run.Info.SIMD, Data: dataName, Epochs: run.Info.EpochsDone, Batch: run.Info.Batch,
				Seed: run.Info.Seed, Parameters: run.Info.Parameters, TrainLoss: onTrain.Loss, TrainAccuracy: onTrain.Accuracy, TestAccuracy: onTest.Accuracy,
				Seconds: time.Since(start).Seconds(), SecondsPerEpoch: bench.Median(run.Info.EpochSeconds), PeakRSSMB: float64(device.PeakMemory()) / (1 << 20),
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), r)
			}
			fmt.Fprintf(c.OutOrStdout(), "run %s (%d parameters, %s, SIMD %v): accuracy %.4f on the training set, %.4f on the test set; %.1f s, %.1f s an epoch; saved in %s\n",
				r.Run, r.Parameters, r.Backend, r.SIMD, r.TrainAccuracy, r.TestAccuracy, r.Seconds, r.SecondsPerEpoch, run.Dir)
			return nil
		},
	}
	f := c.Flags()
	f.IntVar(&o.Epochs, "epochs", 10, "passes through the training set")
	f.IntVar(&o.Batch, "batch", 64, "examples a step")
	f.Float64Var(&o.LearningRate, "lr", 0, "learning rate (default 0.001 for adam, 0.1 for sgd)")
	f.StringVar(&o.Optimizer, "optimizer", train.Adam, "adam or sgd")
	f.StringVar(&o.Loss, "loss", train.CrossEntropy, "cross-entropy or mse")
	f.Int64Var(&o.Seed, "seed", 1, "decides everything random")
	f.StringVar(&dataName, "data", "mnist", "data set: mnist or digits")
	f.StringVar(&o.Run, "run", "mlp", "name of the run")
	f.IntSliceVar(&hidden, "hidden", []int{256, 128}, "sizes of the hidden layers")
	f.Float64Var(&validation, "validation", 0, "fraction of the training set to hold out and measure after each epoch")
	f.IntVar(&o.Patience, "patience", 0, "stop after so many epochs without improvement (0: never)")
	f.BoolVar(&o.Resume, "resume", false, "go on from the run's last checkpoint")
	f.BoolVar(&asJSON, "json", false, "print the result as JSON, and nothing else")
	return c
}

// printJSON prints v on one line, so that a program can read it line by line.
func printJSON(w io.Writer, v any) error {
	if w == nil {
		w = os.Stdout
	}
	return json.NewEncoder(w).Encode(v)
}
