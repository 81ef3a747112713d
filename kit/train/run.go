package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gomlx/gomlx/ml/model"

	"github.com/gradus-ml/gradus/internal/atomicfile"
	"github.com/gradus-ml/gradus/kit/data"
)

// Epoch is what one pass through the training set came to. Losses are in the
// unit of the loss function (nats, for cross-entropy); accuracies are fractions,
// and 0 where the set has no classes or there is no validation.
type Epoch struct {
	Epoch int `json:"epoch"` // from 1
	// TrainLoss and TrainAccuracy are means over the epoch's steps, each measured
	// before the step changed the weights.
	TrainLoss     float64 `json:"train_loss"`
	TrainAccuracy float64 `json:"train_accuracy,omitempty"`
	// ValidationLoss and ValidationAccuracy are measured after the epoch.
	ValidationLoss     float64 `json:"validation_loss,omitempty"`
	ValidationAccuracy float64 `json:"validation_accuracy,omitempty"`
}

// The states of a run, in Info.Status.
const (
	StatusRunning     = "running"     // or killed: then it can be resumed
	StatusInterrupted = "interrupted" // can be resumed
	StatusFailed      = "failed"      // the loss was not finite
	StatusStopped     = "stopped early"
	StatusFinished    = "finished"
)

// Info is the content of run.json.
type Info struct {
	Name         string    `json:"name"`
	Status       string    `json:"status"`
	Problem      string    `json:"problem,omitempty"` // why Status is "failed"
	Started      time.Time `json:"started"`
	Data         DataInfo  `json:"data"`
	Validation   *DataInfo `json:"validation,omitempty"`
	Epochs       int       `json:"epochs"`
	EpochsDone   int       `json:"epochs_done"`
	BestEpoch    int       `json:"best_epoch,omitempty"` // with Patience: the epoch whose weights are kept
	Batch        int       `json:"batch"`
	LearningRate float64   `json:"learning_rate"`
	Optimizer    string    `json:"optimizer"`
	Loss         string    `json:"loss"`
	Seed         int64     `json:"seed"`
	Patience     int       `json:"patience,omitempty"`
	Parameters   int       `json:"parameters"`
	Sizes        []int     `json:"sizes,omitempty"` // of an MLP, so that it can be rebuilt by name
	Backend      string    `json:"backend"`
	SIMD         bool      `json:"simd"`
	EpochSeconds []float64 `json:"epoch_seconds"`
	Versions     Versions  `json:"versions"`
}

// DataInfo says which examples a run saw.
type DataInfo struct {
	Name     string `json:"name"`
	Part     string `json:"part"`
	Examples int    `json:"examples"`
	Dims     []int  `json:"dims"`
	SHA256   string `json:"sha256"`
	// Normalization is what the features were normalised with, if they were.
	Normalization *data.Stats `json:"normalization,omitempty"`
}

// Versions says what computed a run.
type Versions struct {
	Go     string `json:"go"`
	GoMLX  string `json:"gomlx,omitempty"`
	Gradus string `json:"gradus,omitempty"`
}

// Run is a run folder.
type Run struct {
	Name    string
	Dir     string
	Info    Info
	History []Epoch
}

const (
	infoFile      = "run.json"
	historyFile   = "history.json"
	checkpointDir = "checkpoint"
	bestDir       = "best"
)

// RunsDir is the folder of all runs: GRADUS_RUNS if it is set, as it is in the
// notebooks, else "runs" in the working folder.
func RunsDir() string {
	if dir := os.Getenv("GRADUS_RUNS"); dir != "" {
		return dir
	}
	return "runs"
}

// Open opens a run by name. One that does not exist gives an error that lists
// those that do.
func Open(name string) (*Run, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	r := &Run{Name: name, Dir: filepath.Join(RunsDir(), name)}
	err := readJSON(filepath.Join(r.Dir, infoFile), &r.Info)
	if errors.Is(err, os.ErrNotExist) {
		names, listErr := List()
		if listErr != nil {
			return nil, listErr
		}
		if len(names) == 0 {
			return nil, fmt.Errorf("there is no run %q in %s, nor any other; train one first", name, RunsDir())
		}
		return nil, fmt.Errorf("there is no run %q in %s; there is: %s", name, RunsDir(), strings.Join(names, ", "))
	}
	if err != nil {
		return nil, err
	}
	// A run that was killed in its first epoch has no history yet.
	err = readJSON(filepath.Join(r.Dir, historyFile), &r.History)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return r, nil
}

// List returns the names of all runs, sorted.
func List() ([]string, error) {
	entries, err := os.ReadDir(RunsDir())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the runs cannot be listed: %w", err)
	}
	var names []string
	for _, e := range entries {
		if _, err := os.Stat(filepath.Join(RunsDir(), e.Name(), infoFile)); err == nil {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// Restore loads the run's weights into a new store: those of the best epoch if
// the run was trained with Patience, else the last ones.
func (r *Run) Restore() (*model.Store, error) {
	store, _, err := r.restore()
	return store, err
}

func (r *Run) restore() (*model.Store, *progress, error) {
	dir := filepath.Join(r.Dir, checkpointDir)
	if best := filepath.Join(r.Dir, bestDir); r.Info.BestEpoch > 0 && hasCheckpoint(best) {
		dir = best
	}
	return load(dir)
}

// save writes run.json and history.json.
func (r *Run) save() error {
	if err := writeJSON(filepath.Join(r.Dir, historyFile), nonNil(r.History)); err != nil {
		return err
	}
	return writeJSON(filepath.Join(r.Dir, infoFile), r.Info)
}

// nonNil makes an empty list [] in JSON rather than null.
func nonNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// readJSON reads v from a file.
func readJSON(path string, v any) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%s is damaged (%w); restore it from a backup, or train the run again", path, err)
	}
	return nil
}

// writeJSON writes v to a file, whole or not at all.
func writeJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.Write(path, append(b, '\n'))
}
