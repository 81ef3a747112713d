package kit

import (
	"fmt"
	"os"
)

// exit is replaced in tests.
var exit = os.Exit

// Must ends the cell (or program) with one readable line when err is not nil.
// The line goes to stdout, where a notebook shows it under the cell, and the
// exit status is 1, so that a runner or a grader sees the failure.
func Must(err error) {
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stdout, "error:", err)
	exit(1)
}

// Must1 returns v, or ends the cell as [Must] does when err is not nil:
//
//	train, err := data.Digits()          // in a program
//	train := kit.Must1(data.Digits())    // in a cell, for a function of one result
func Must1[T any](v T, err error) T {
	Must(err)
	return v
}

// Must2 is [Must1] for a function of two results, such as data.MNIST.
func Must2[T, U any](v T, u U, err error) (T, U) {
	Must(err)
	return v, u
}
