// Package train fits a model function to a data set and keeps what came of it in
// a run folder.
//
// [Fit] takes a model function in GoMLX's own terms, a [data.Set] and [Options],
// and wraps GoMLX's trainer, loop and checkpoint packages. It leaves
// runs/NAME/ with
//
//	checkpoint/    the weights, the optimizer's state and where training stands
//	history.json   one entry an epoch: losses and accuracies
//	run.json       options, seed, data digest, versions, backend, times
//
// A run is opened by name with [Open] in any later program or notebook cell. It
// survives interruption: a checkpoint is written aside, synced and renamed, and
// with Options.Resume training goes on from the last one to the same result, to
// the last digit on the pure-Go backend, that it would have had uninterrupted.
// The number of cores makes no difference either; a build without SIMD, or
// another kind of processor, rounds differently.
package train

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// ModelFunc builds a model's computation: x has shape [batch, ...], one example a
// row; the result has shape [batch, outputs] (logits, for classification).
// Variables are made in scope.
type ModelFunc = func(scope *model.Scope, x *graph.Node) *graph.Node
