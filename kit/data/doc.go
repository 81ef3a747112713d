// Package data reads, checks and serves data sets: MNIST, digits drawn by a
// generator of this project, and tables of numbers.
//
// A [Set] holds examples and what is known of each: a class, or a target value.
// It is a cheap view: splitting, shuffling or taking a part of a set copies row
// numbers, not examples.
//
//	train, test, err := data.MNIST(ctx)          // 60,000 and 10,000 images
//	train, validation, err := train.Split(0.1, 1) // a tenth of each class held out
//
// Images stay bytes, 0 (black) to 255 (white), and become float32 a batch at a
// time; see [Set.Fill].
package data
