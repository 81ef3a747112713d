package train

import (
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/gradus-ml/gradus/kit/device"
)

// TestProductGradientIsGoMLXs compares the gradients of a product of every kind
// of shape with those of GoMLX's own rule.
func TestProductGradientIsGoMLXs(t *testing.T) {
	backend, err := device.Open()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		x, w    []int
		a, b    int // summed over axis a of x and b of w
		ba, bb  []int
		ourRule bool
	}{
		{"a layer", []int{64, 784}, []int{784, 256}, 1, 0, nil, nil, true},
		{"a small layer", []int{3, 5}, []int{5, 2}, 1, 0, nil, nil, true},
		{"a batch of one", []int{1, 7}, []int{7, 4}, 1, 0, nil, nil, true},
		{"one output", []int{6, 7}, []int{7, 1}, 1, 0, nil, nil, true},
		{"a square layer", []int{6, 5}, []int{5, 5}, 1, 0, nil, nil, false},
		{"a batch as large as the input", []int{5, 5}, []int{5, 3}, 1, 0, nil, nil, false},
		{"all axes equal", []int{4, 4}, []int{4, 4}, 1, 0, nil, nil, false},
		{"the weights turned round", []int{6, 5}, []int{4, 5}, 1, 1, nil, nil, false},
		{"the input turned round", []int{5, 6}, []int{5, 4}, 0, 0, nil, nil, false},
		{"both turned round", []int{5, 6}, []int{4, 5}, 0, 1, nil, nil, false},
		{"square weights turned round", []int{6, 5}, []int{5, 5}, 1, 1, nil, nil, false},
		{"a stack of products", []int{2, 3, 5}, []int{2, 5, 4}, 2, 1, []int{0}, []int{0}, false},
		{"three axes", []int{2, 3, 5}, []int{5, 4}, 2, 0, nil, nil, false},
		{"a vector", []int{5}, []int{5, 4}, 0, 0, nil, nil, false},
		{"two vectors", []int{5}, []int{5}, 0, 0, nil, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ours := 0
			gradients := func(rule graph.VJP) [][]float32 {
				old := graph.VJPRegistration[graph.NodeTypeDotGeneral]
				defer func() { graph.VJPRegistration[graph.NodeTypeDotGeneral] = old }()
				graph.VJPRegistration[graph.NodeTypeDotGeneral] = rule
				exec, err := graph.NewExec(backend, func(x, w *graph.Node) []*graph.Node {
					y := graph.DotGeneral(x, []int{c.a}, c.ba, w, []int{c.b}, c.bb)
					if isPlainProduct(x.Shape(), w.Shape(), y.Shape()) {
						ours++
					}
					// A loss whose derivative by y is different for each number of y.
					loss := graph.ReduceAllSum(graph.Mul(y, graph.Sin(graph.AddScalar(graph.IotaFull(y.Graph(), y.Shape()), 1))))
					return graph.Gradient(loss, x, w)
				})
				if err != nil {
					t.Fatal(err)
				}
				out, err := exec.Call(numbers(c.x, 0.7), numbers(c.w, 1.3))
				if err != nil {
					t.Fatal(err)
				}
				return flat(out)
			}
			want, got := gradients(standardProductVJP), gradients(productVJP)
			for k := range want {
				for i, v := range want[k] {
					if math.Abs(float64(v-got[k][i])) > 1e-4*math.Max(1, math.Abs(float64(v))) {
						t.Fatalf("gradient %d, number %d: %v by our rule, %v by GoMLX's", k, i, got[k][i], v)
					}
				}
			}
			if (ours > 0) != c.ourRule {
				t.Errorf("the plain rule was used: %v; want %v", ours > 0, c.ourRule)
			}
		})
	}
}

// flat copies the numbers out of tensors.
func flat(all []*tensors.Tensor) (out [][]float32) {
	for _, t := range all {
		out = append(out, tensors.MustCopyFlatData[float32](t))
	}
	return out
}

// numbers is a tensor of some numbers between -1 and 1.
func numbers(dims []int, scale float64) *tensors.Tensor {
	x := make([]float32, shapes.Make(dtypes.Float32, dims...).Size())
	for i := range x {
		x[i] = float32(math.Sin(scale * float64(i)))
	}
	return tensors.FromFlatDataAndDimensions(x, dims...)
}
