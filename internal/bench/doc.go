// Package bench measures the kit beside PyTorch: both sides take turns in one
// run, so that a noisy machine is noisy for both.
package bench
