// Package bench measures the kit beside PyTorch: both sides take turns in one
// run, so that a noisy machine is noisy for both.
//
// # Where an epoch goes on the pure-Go backend
//
// A profile (GOEXPERIMENT=simd go test ./kit/train -run - -bench Epoch -cpuprofile F,
// two cores with AVX-512) of 784-256-128-10 with batches of 64, in parts of the
// processor's time, before and after what kit/train does about it:
//
//	                                             before   after
//	passes over the weights (Adam)                  30 %    31 %
//	products of matrices                            27 %    33 %
//	moving matrices element by element              24 %     7 %
//	signs, for the gradient of ReLU                  3 %     6 %
//	sums for the biases, softmax, the rest          16 %    23 %
//	processor seconds an epoch                       5.5     3.7
//
// What paid: the gradient of x·W as a product with the input turned round
// (kit/train/gradient.go), which moves a fifth of the numbers that GoMLX's own
// moves; Adam in ten passes instead of fourteen (kit/train/adam.go); batches
// gathered ahead, into the backend's own memory (kit/train/dataset.go).
//
// What did not: another order of execution (ops_sequential is slower,
// creation_order the same), more or fewer workers, less frequent garbage
// collection (GOGC=400 and off are slower), larger stacks for goroutines
// (adaptivestackstart), and a gradient of ReLU without signs, which saves four
// hundredths of the processor's time and none of the wall clock's.
//
// The wall is in the backend: its element-wise operations (multiply, add, divide,
// square root) have no SIMD and pass over memory one at a time, each on one core,
// and its transposition computes an index for every element. Neither can be
// replaced from outside, since the backend's registry of operations is internal.
// XLA, which fuses such passes, takes half the time: go run . setup --xla.
//
// # Where a cell goes
//
// A cell is a program: half of its time compiles and links it, which the kernel's
// settings keep short (no debugging tables, no cgo, no look-ups on the network).
// What a kernel keeps in memory is gopls, which completes what a student types.
// That was cut from 1.4 GB to less than 0.2 GB by three things in internal/lab: a
// workspace that only requires the kit (workspace.go), a cache of what gopls knows
// of the packages (completion.go), and a limit for its heap (goplsScript).
package bench
