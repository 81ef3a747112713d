// Package exercise checks a student's answer in the notebook.
//
// An answer is a Go function that the student writes in a cell; [Check] calls it
// with examples and says whether it is right, or what was expected, what came,
// and a hint:
//
//	%%
//	exercise.Check("2.1", MeanSquaredError)
//
// A wrong answer does not end the cell: a notebook with exercises that are still
// open runs from top to bottom. [Grade] gives the same verdict to programs.
package exercise

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"time"
)

// Exercise is a task that checks itself.
type Exercise struct {
	ID    string // chapter and number: "2.1"
	Title string
	Hint  string
	// Signature is the Go type that the answer must have.
	Signature string
	check     func(answer any) error
}

// Result is the verdict on an answer.
type Result struct {
	ID     string
	Passed bool
	// Problem says what was expected and what came; empty if passed.
	Problem string
	Hint    string
}

// String is the verdict as a student reads it.
func (r Result) String() string {
	title := r.ID
	if e, ok := exercises[r.ID]; ok {
		title += " " + e.Title
	}
	if r.Passed {
		return "✓ " + title + ": correct"
	}
	return fmt.Sprintf("✗ %s: not yet. %s\n  Hint: %s", title, r.Problem, r.Hint)
}

var exercises = map[string]Exercise{}

// add registers an exercise whose answer is a function of type F.
func add[F any](id, title, hint string, check func(f F) error) {
	var f F
	exercises[id] = Exercise{ID: id, Title: title, Hint: hint, Signature: fmt.Sprintf("%T", f), check: func(answer any) error {
		g, ok := answer.(F)
		if !ok {
			return fmt.Errorf("The answer must be a %T; this is a %T.", f, answer)
		}
		return check(g)
	}}
}

// List returns the exercises of a chapter, in order.
func List(chapter int) []Exercise {
	var out []Exercise
	for id, e := range exercises {
		if strings.HasPrefix(id, fmt.Sprintf("%d.", chapter)) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b Exercise) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// limit is how long an answer may take.
const limit = 20 * time.Second

// Grade checks an answer and returns the verdict.
func Grade(id string, answer any) Result {
	e, ok := exercises[id]
	if !ok {
		return Result{ID: id, Problem: fmt.Sprintf("There is no exercise %q.", id), Hint: "Copy the number from the text above."}
	}
	done := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- fmt.Errorf("The function panicked: %v.", p)
			}
		}()
		done <- e.check(answer)
	}()
	var err error
	select {
	case err = <-done:
	case <-time.After(limit):
		err = fmt.Errorf("The function has not answered after %v; is there a loop that does not end?", limit)
	}
	if err != nil {
		return Result{ID: id, Problem: err.Error(), Hint: e.Hint}
	}
	return Result{ID: id, Passed: true}
}

// Check checks an answer and prints the verdict.
func Check(id string, answer any) {
	fmt.Fprintln(os.Stdout, Grade(id, answer))
}

// expected is the error for an answer that differs.
func expected(call string, want, got any) error {
	return fmt.Errorf("For %s, expected %v, got %v.", call, show(want), show(got))
}

// show writes numbers so that people can compare them.
func show(v any) string {
	if f, ok := v.(float64); ok {
		return fmt.Sprintf("%.6g", f)
	}
	return fmt.Sprint(v)
}

// near tells whether two numbers agree to nine digits.
func near(a, b float64) bool {
	return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b))
}

// nearAll is near for lists.
func nearAll(a, b []float64) bool {
	return slices.EqualFunc(a, b, near)
}

// errChanged is for answers that change what they were given.
var errChanged = errors.New("The function changed the numbers that it was given; work on a copy.")
