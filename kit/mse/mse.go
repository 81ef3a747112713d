// Package mse is mean squared error, step by step: its value, its gradient and
// the worked table that a lesson puts on the board.
//
// For predictions ŷ and true values y, each of n numbers,
//
//	MSE = (1/n) Σ (ŷ_i − y_i)²
//
// and its derivative by one prediction is (2/n)(ŷ_i − y_i). Some books halve the
// sum, (1/(2n)) Σ (ŷ_i − y_i)², so that the 2 cancels; [Half] is that one, and
// its value is half of this one on the same numbers.
package mse

import (
	"fmt"
	"math"
	"strings"
	"text/tabwriter"
)

// check refuses what has no mean squared error.
func check(predictions, truths []float64) error {
	if len(predictions) != len(truths) {
		return fmt.Errorf("there are %d predictions and %d true values; mean squared error needs one of each", len(predictions), len(truths))
	}
	if len(predictions) == 0 {
		return fmt.Errorf("there are no predictions; mean squared error needs at least one")
	}
	for i := range predictions {
		for _, v := range []struct {
			name  string
			value float64
		}{{"prediction", predictions[i]}, {"true value", truths[i]}} {
			if math.IsNaN(v.value) || math.IsInf(v.value, 0) {
				return fmt.Errorf("%s %d is %v; mean squared error needs finite numbers", v.name, i+1, v.value)
			}
		}
	}
	return nil
}

// Value returns the mean squared error, (1/n) Σ (ŷ−y)². Its unit is the square
// of the values' unit.
func Value(predictions, truths []float64) (float64, error) {
	if err := check(predictions, truths); err != nil {
		return 0, err
	}
	var sum float64
	for i := range predictions {
		r := predictions[i] - truths[i]
		sum += r * r
	}
	return sum / float64(len(predictions)), nil
}

// Half returns the other convention, (1/(2n)) Σ (ŷ−y)².
func Half(predictions, truths []float64) (float64, error) {
	v, err := Value(predictions, truths)
	return v / 2, err
}

// Gradient returns the derivative of [Value] by each prediction, (2/n)(ŷ_i−y_i).
func Gradient(predictions, truths []float64) ([]float64, error) {
	if err := check(predictions, truths); err != nil {
		return nil, err
	}
	g := make([]float64, len(predictions))
	for i := range g {
		g[i] = 2 * (predictions[i] - truths[i]) / float64(len(g))
	}
	return g, nil
}

// NumericalGradient estimates [Gradient] by central differences: each prediction
// is moved up and down by h (a small positive number such as 1e-5) and the
// difference of the two values is divided by 2h.
func NumericalGradient(predictions, truths []float64, h float64) ([]float64, error) {
	if err := check(predictions, truths); err != nil {
		return nil, err
	}
	if !(h > 0) || math.IsInf(h, 0) {
		return nil, fmt.Errorf("the step h is %v; it must be a small positive number such as 1e-5", h)
	}
	p := append([]float64(nil), predictions...)
	g := make([]float64, len(p))
	for i, old := range p {
		p[i] = old + h
		up, err := Value(p, truths)
		if err != nil {
			return nil, err
		}
		p[i] = old - h
		down, err := Value(p, truths)
		if err != nil {
			return nil, err
		}
		p[i] = old
		g[i] = (up - down) / (2 * h)
	}
	return g, nil
}

// Row is one line of the worked table.
type Row struct {
	Prediction, Truth float64
	Residual          float64 // ŷ − y
	Square            float64 // (ŷ − y)²
}

// Table is the computation of a mean squared error, written out.
type Table struct {
	Rows []Row
	Sum  float64 // Σ (ŷ−y)²
	MSE  float64 // Sum / n
}

// Work fills in the table.
func Work(predictions, truths []float64) (*Table, error) {
	v, err := Value(predictions, truths)
	if err != nil {
		return nil, err
	}
	t := &Table{MSE: v}
	for i := range predictions {
		r := predictions[i] - truths[i]
		t.Rows = append(t.Rows, Row{predictions[i], truths[i], r, r * r})
		t.Sum += r * r
	}
	return t, nil
}

// String lays the table out in columns, with the sum and the mean below.
func (t *Table) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "i\tŷ\ty\tŷ − y\t(ŷ − y)²\t")
	for i, r := range t.Rows {
		fmt.Fprintf(w, "%d\t%g\t%g\t%g\t%g\t\n", i+1, r.Prediction, r.Truth, r.Residual, r.Square)
	}
	fmt.Fprintf(w, "\t\t\tsum\t%g\t\n", t.Sum)
	fmt.Fprintf(w, "\t\t\tMSE = sum / %d\t%g\t\n", len(t.Rows), t.MSE)
	w.Flush() // a strings.Builder takes every write
	return b.String()
}
