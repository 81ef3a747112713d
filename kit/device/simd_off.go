//go:build !(goexperiment.simd && amd64)

package device

// simd says whether GoMLX's Go backend was built with its vector kernels.
const simd = false
