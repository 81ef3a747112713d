package train

import (
	"context"
	"testing"

	"github.com/gradus-ml/gradus/kit/data"
	"github.com/gradus-ml/gradus/kit/mlp"
)

// BenchmarkEpoch is one epoch of the course's network on MNIST.
func BenchmarkEpoch(b *testing.B) {
	ctx := context.Background()
	training, _, err := data.MNIST(ctx)
	if err != nil {
		b.Skip(err)
	}
	b.Setenv("GRADUS_RUNS", b.TempDir())
	for b.Loop() {
		if _, err := Fit(ctx, mlp.Model(784, 256, 128, 10), training, Options{Epochs: 1, Observers: []Observer{}}); err != nil {
			b.Fatal(err)
		}
	}
}
