// Package kit is the root of what a Gradus notebook imports. It holds three
// small functions, [Must], [Must1] and [Must2], that turn an error into one
// readable line and end the cell; the work is in the packages below it.
//
// # The map
//
// Imports point down only, so each package can be read knowing the ones under it:
//
//	    exercise                     checks a student's answer
//	eval      predict                what a trained network is worth, and what it says
//	      train                      fit a model function; runs, history, checkpoints
//	  mse    mlp    scale            the loss and the network, by hand and in GoMLX; sizes and costs
//	show    device    data           pictures; the backend that computes; data sets
//
// # The way of the data
//
// A [data.Set] and a model function written in GoMLX's own terms go into
// train.Fit, which leaves a run folder: a checkpoint of the weights, the history
// of every epoch, and a record of how it came about. A run is opened by name in
// any later cell, because a cell is a process of its own and its variables end
// with it. Packages eval and predict read a run; package show draws what they
// find.
//
// [data.Set]: https://pkg.go.dev/github.com/gradus-ml/gradus/kit/data#Set
package kit
