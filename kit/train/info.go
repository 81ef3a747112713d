package train

import (
	"runtime"
	"runtime/debug"
	"time"

	"github.com/gradus-ml/gradus/kit/data"
	"github.com/gradus-ml/gradus/kit/device"
)

// newInfo describes a run that starts now.
func (t *fit) newInfo() Info {
	d := device.Describe(t.backend)
	i := Info{
		Name: t.o.Run, Status: StatusRunning, Started: time.Now().UTC().Truncate(time.Second),
		Data: describe(t.set), Epochs: t.o.Epochs, Batch: t.o.Batch, LearningRate: t.o.LearningRate,
		Optimizer: t.o.Optimizer, Loss: t.o.Loss, Seed: t.o.Seed, Patience: t.o.Patience,
		Backend: d.Name, SIMD: d.SIMD, EpochSeconds: []float64{}, Versions: versions(),
	}
	if t.o.Validation != nil {
		v := describe(t.o.Validation)
		i.Validation = &v
	}
	return i
}

func describe(s *data.Set) DataInfo {
	return DataInfo{Name: s.Name, Part: s.Part, Examples: s.Len(), Dims: s.Dims, SHA256: s.Digest(), Normalization: s.Normalization()}
}

// versions reads the module versions that this program was built with.
func versions() Versions {
	v := Versions{Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	const module = "github.com/gradus-ml/gradus"
	if info.Main.Path == module {
		v.Gradus = info.Main.Version
	}
	for _, m := range info.Deps {
		switch m.Path {
		case "github.com/gomlx/gomlx":
			v.GoMLX = m.Version
		case module:
			v.Gradus = m.Version
		}
	}
	return v
}
