//go:build goexperiment.simd && amd64

package device

// SIMD says whether GoMLX's Go backend was built with its vector kernels.
const SIMD = true
