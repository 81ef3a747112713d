package bench

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/gradus-ml/gradus/kit/data"
)

// data measures MNIST from its compressed files, and from the decoded copy that
// the first loading leaves, up to the tensors that training and testing take.
func (m *measurer) data(ctx context.Context) error {
	cache, err := data.CacheDir()
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(cache, "mnist", "*.gz"))
	if err != nil || len(files) == 0 {
		m.skip("data", "MNIST's own files are not in "+cache)
		return nil
	}
	old, wasSet := os.LookupEnv("GRADUS_DATA")
	defer func() {
		if wasSet {
			_ = os.Setenv("GRADUS_DATA", old) // it was set before
		} else {
			_ = os.Unsetenv("GRADUS_DATA")
		}
	}()
	kit, peer := map[string][]float64{}, map[string][]float64{}
	for range max(m.o.Runs, 3) {
		dir, err := copyMNIST(files)
		if err != nil {
			return err
		}
		if err := os.Setenv("GRADUS_DATA", dir); err != nil {
			return err
		}
		for _, how := range []string{"cold", "cached"} { // the first leaves the decoded copy for the second
			start := time.Now()
			if err := loadTensors(ctx); err != nil {
				return err
			}
			kit[how] = append(kit[how], time.Since(start).Seconds())
			if m.peer != nil {
				var a result
				if err := m.peer.do(map[string]any{"do": "data", "how": how, "folder": dir}, &a); err != nil {
					return err
				}
				peer[how] = append(peer[how], a.Seconds...)
			}
		}
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	m.add(row("data_cold/torch", "s", kit["cold"], peer["cold"], m.missed))
	m.add(row("data_cached/torch", "s", kit["cached"], peer["cached"], m.missed))
	return nil
}

// copyMNIST makes a data cache that has the compressed files only.
func copyMNIST(files []string) (string, error) {
	dir, err := os.MkdirTemp("", "gradus-bench-data-")
	if err != nil {
		return "", err
	}
	if err := os.Mkdir(filepath.Join(dir, "mnist"), 0o755); err != nil {
		return "", err
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(dir, "mnist", filepath.Base(f)), b, 0o644); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// loadTensors loads MNIST as far as tensors of bytes and class numbers, from
// which both sides gather their batches.
func loadTensors(ctx context.Context) error {
	training, test, err := data.MNIST(ctx)
	if err != nil {
		return err
	}
	for _, set := range []*data.Set{training, test} {
		images := tensors.FromShape(shapes.Make(dtypes.Uint8, set.Len(), 28, 28))
		labels := tensors.FromShape(shapes.Make(dtypes.Int32, set.Len(), 1))
		if err := tensors.MutableFlatData(images, func(x []uint8) {
			for i := range set.Len() {
				copy(x[i*set.Size():], set.Pixels(i))
			}
		}); err != nil {
			return err
		}
		if err := tensors.MutableFlatData(labels, func(y []int32) {
			for i := range y {
				y[i] = int32(set.Label(i))
			}
		}); err != nil {
			return err
		}
	}
	return nil
}
