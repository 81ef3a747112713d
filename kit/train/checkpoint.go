package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/checkpoint"
	"github.com/gomlx/gomlx/ml/train/metric"
	"github.com/gomlx/gomlx/support/exceptions"
)

// progress is where training stands. It travels inside the checkpoint, so that
// weights and bookkeeping can never disagree.
type progress struct {
	Epoch int `json:"epoch"` // epochs finished
	Step  int `json:"step"`  // steps done of the next one
	// Sums over the examples of the unfinished epoch, for its means.
	LossSum  float64 `json:"loss_sum"`
	Correct  float64 `json:"correct"`
	Examples int     `json:"examples"`

	History      []Epoch   `json:"history"`
	EpochSeconds []float64 `json:"epoch_seconds"`
	Seconds      float64   `json:"seconds"` // spent on the unfinished epoch

	BestLoss  float64 `json:"best_loss"`
	BestEpoch int     `json:"best_epoch"`

	// Frozen names the variables that training does not change by gradient: the
	// optimizer's, the random state. GoMLX loads every variable as trainable.
	Frozen []string `json:"frozen"`

	// Probe is the model's output for a fixed input: a fingerprint that tells
	// whether a model function is the one that these weights belong to.
	Probe []float32 `json:"probe"`
}

// progressParam is the store's parameter that carries progress as JSON.
const progressParam = "/gradus_progress"

// saver writes checkpoints of a store.
type saver struct {
	store   *model.Store
	dir     string // what is complete lives here
	handler *checkpoint.Handler
}

// keepCheckpoints is how many checkpoints stay: the last, and one before it for
// the case that the disk damages the last.
const keepCheckpoints = 2

// newSaver makes a saver into dir. GoMLX writes to a folder aside; what is
// complete there is moved in.
func newSaver(store *model.Store, dir string) (*saver, error) {
	aside := dir + ".saving"
	if err := errors.Join(os.RemoveAll(aside), os.MkdirAll(aside, 0o755), os.MkdirAll(dir, 0o755)); err != nil {
		return nil, fmt.Errorf("the checkpoint folder cannot be made: %w", err)
	}
	// Uncompressed: weights hardly compress, and saving must not slow training.
	h, err := checkpoint.Build(store).Dir(aside).Keep(-1).WithCompression(checkpoint.BinUncompressed).Done()
	if err != nil {
		return nil, fmt.Errorf("the checkpoint cannot be set up: %w", err)
	}
	return &saver{store: store, dir: dir, handler: h}, nil
}

// save writes a checkpoint named after step, the number of steps in all.
func (s *saver) save(step int, p *progress) error {
	p.Frozen = nil
	for v := range s.store.IterVariables() {
		if !v.Trainable {
			p.Frozen = append(p.Frozen, v.Path())
		}
	}
	state, err := json.Marshal(p)
	if err != nil {
		return err
	}
	s.store.SetParam(progressParam, string(state))
	// GoMLX names the variables of its moving averages after a random number:
	// they are of no use to another process, and would pile up.
	for v := range s.store.IterVariables() {
		if strings.HasPrefix(v.Path(), "/"+metric.Scope+"/") {
			s.handler.ExcludeVarsFromSaving(v)
		}
	}
	err = exceptions.TryCatch[error](func() {
		if err := s.handler.Save(); err != nil {
			panic(err)
		}
	})
	if err == nil {
		err = s.publish(fmt.Sprintf("checkpoint-n%08d", step))
	}
	if err != nil {
		return fmt.Errorf("the checkpoint cannot be saved in %s (the one before it is still there): %w", s.dir, err)
	}
	return nil
}

// publish moves what GoMLX wrote aside into the folder under the given name.
// The .json goes last: GoMLX takes a checkpoint for one when its .json is there.
func (s *saver) publish(name string) error {
	written, err := s.handler.ListCheckpoints()
	if err != nil || len(written) == 0 {
		return errors.Join(errors.New("nothing was written"), err)
	}
	from := filepath.Join(s.handler.Dir(), written[len(written)-1])
	for _, ext := range []string{checkpoint.BinDataSuffix, checkpoint.JsonNameSuffix} {
		if err := syncFile(from + ext); err != nil {
			return err
		}
		if err := os.Rename(from+ext, filepath.Join(s.dir, name+ext)); err != nil {
			return err
		}
	}
	if err := syncFile(s.dir); err != nil {
		return err
	}
	names, err := listCheckpoints(s.dir)
	if err != nil {
		return err
	}
	for len(names) > keepCheckpoints {
		// First the .json, so that a checkpoint without data is never seen.
		for _, ext := range []string{checkpoint.JsonNameSuffix, checkpoint.BinDataSuffix} {
			if err := os.Remove(filepath.Join(s.dir, names[0]+ext)); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
		names = names[1:]
	}
	return nil
}

// close removes the folder aside.
func (s *saver) close() error { return os.RemoveAll(s.handler.Dir()) }

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// listCheckpoints returns the names of the checkpoints in dir, oldest first.
func listCheckpoints(dir string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(escapeGlob(dir), "checkpoint-*"+checkpoint.JsonNameSuffix))
	if err != nil {
		return nil, err
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), checkpoint.JsonNameSuffix)
	}
	slices.Sort(files)
	return files, nil
}

// escapeGlob protects a path's own special characters.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

func hasCheckpoint(dir string) bool {
	names, err := listCheckpoints(dir)
	return err == nil && len(names) > 0
}

// load reads the newest checkpoint of dir that can be read. One that is damaged
// is moved aside as *.bad and the one before it is tried.
func load(dir string) (*model.Store, *progress, error) {
	var problem error
	for {
		names, err := listCheckpoints(dir)
		if err != nil {
			return nil, nil, err
		}
		if len(names) == 0 {
			if problem != nil {
				return nil, nil, fmt.Errorf("no checkpoint in %s can be read; train the run again: %w", dir, problem)
			}
			return nil, nil, fmt.Errorf("there is no checkpoint in %s yet; train for longer, or train the run again", dir)
		}
		store, p, err := loadNewest(dir)
		if err == nil {
			return store, p, nil
		}
		problem = fmt.Errorf("%s: %s", names[len(names)-1], firstLine(err))
		bad := filepath.Join(dir, names[len(names)-1]+checkpoint.JsonNameSuffix)
		if err := os.Rename(bad, bad+".bad"); err != nil {
			return nil, nil, fmt.Errorf("the checkpoint %s is damaged (%w) and cannot be moved aside: %w", bad, problem, err)
		}
	}
}

func loadNewest(dir string) (store *model.Store, p *progress, err error) {
	tryErr := exceptions.TryCatch[error](func() {
		store = model.NewStore()
		_, err = checkpoint.Load(store).Dir(dir).Immediate().Done()
	})
	if err = errors.Join(tryErr, err); err != nil {
		return nil, nil, err
	}
	state, found := store.GetParam(progressParam)
	text, ok := state.(string)
	if !found || !ok {
		return nil, nil, errors.New("it was not written by Gradus")
	}
	p = &progress{}
	if err := json.Unmarshal([]byte(text), p); err != nil {
		return nil, nil, err
	}
	for _, path := range p.Frozen {
		if v := store.GetVariable(path); v != nil {
			v.SetTrainable(false)
		}
	}
	return store, p, nil
}

func firstLine(err error) string {
	s, _, _ := strings.Cut(err.Error(), "\n")
	return s
}
