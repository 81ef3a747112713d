package train

import (
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// standardProductVJP is GoMLX's own gradient of a product of matrices.
var standardProductVJP = graph.VJPRegistration[graph.NodeTypeDotGeneral]

// The pure-Go backend multiplies matrices fast when the left one is summed over
// its last axis. GoMLX's gradient of x·W by W sums over the first axes of both and
// turns the result round, for which the backend moves three matrices element by
// element, the largest of them as large as W. Written as xᵀ·v it is the same sum,
// and only x is moved. That takes a quarter off an epoch; internal/bench has the
// profile. Other backends choose their own layouts and keep GoMLX's gradient.
func init() { graph.VJPRegistration[graph.NodeTypeDotGeneral] = productVJP }

// productVJP is the gradient of a product y = x·W by its factors, given v, the
// derivative of the loss by y. It is a graph.VJP: where y is not that plain a
// product, or may be another one for all that its shapes tell, it is GoMLX's own.
func productVJP(y *graph.Node, vs []*graph.Node, output shapes.Shape) []*graph.Node {
	x, w := y.Inputs()[0], y.Inputs()[1]
	if y.Graph().Backend().String() != "go" || !isPlainProduct(x.Shape(), w.Shape(), y.Shape()) {
		return standardProductVJP(y, vs, output)
	}
	v := vs[0]                                                 // [batch, out]
	dx := graph.DotGeneral(v, []int{1}, nil, w, []int{1}, nil) // v·Wᵀ, [batch, in]
	dw := graph.DotProduct(graph.Transpose(x, 0, 1), v)        // xᵀ·v, [in, out]
	return []*graph.Node{dx, dw}
}

// isPlainProduct tells whether y can only be the product of the matrices x and w,
// the last axis of x summed over with the first of w. GoMLX does not say over
// which axes a product sums, but unless some of the axes are equally long, the
// shapes do.
func isPlainProduct(x, w, y shapes.Shape) bool {
	if x.Rank() != 2 || w.Rank() != 2 || y.Rank() != 2 || x.DType != w.DType || x.DType != y.DType || x.DType.IsHalfPrecision() {
		return false
	}
	possible := func(a, b int) bool { // summed over axis a of x and b of w
		return x.Dimensions[a] == w.Dimensions[b] && y.Dimensions[0] == x.Dimensions[1-a] && y.Dimensions[1] == w.Dimensions[1-b]
	}
	return possible(1, 0) && !possible(0, 0) && !possible(0, 1) && !possible(1, 1)
}
