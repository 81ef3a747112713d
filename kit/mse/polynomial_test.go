package mse

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func TestFitByHand(t *testing.T) {
	for _, c := range []struct {
		x, y   []float64
		degree int
		want   Polynomial
	}{
		{[]float64{0, 1, 2}, []float64{1, 3, 8}, 0, Polynomial{4}}, // the mean
		// Slope Σ(x−1)(y−4)/Σ(x−1)² = (3+0+4)/2 = 3.5, intercept 4 − 3.5 = 0.5.
		{[]float64{0, 1, 2}, []float64{1, 3, 8}, 1, Polynomial{0.5, 3.5}},
		// Through three points: 1 + x/2 + 3x²/2.
		{[]float64{0, 1, 2}, []float64{1, 3, 8}, 2, Polynomial{1, 0.5, 1.5}},
	} {
		got, err := Fit(c.x, c.y, c.degree)
		if err != nil {
			t.Fatal(err)
		}
		for k := range c.want {
			if math.Abs(got[k]-c.want[k]) > 1e-12 {
				t.Errorf("degree %d: %v; want %v", c.degree, got, c.want)
				break
			}
		}
	}
}

func TestFitLeavesNoGradient(t *testing.T) {
	// At the smallest error every derivative Σ (ŷ−y)·x^k is zero.
	rng := rand.New(rand.NewPCG(1, 1))
	x, y := make([]float64, 30), make([]float64, 30)
	for i := range x {
		x[i], y[i] = 6*rng.Float64(), rng.NormFloat64()
	}
	for degree := range 10 {
		c, err := Fit(x, y, degree)
		if err != nil {
			t.Fatal(err)
		}
		for k := range degree + 1 {
			var sum, size float64
			for i := range x {
				p := math.Pow(x[i], float64(k))
				sum += (c.At(x[i]) - y[i]) * p
				size += p
			}
			if math.Abs(sum) > 1e-7*size {
				t.Errorf("degree %d: the derivative by coefficient %d is %g", degree, k, sum)
			}
		}
	}
}

func TestFitRefusesWhatHasNoAnswer(t *testing.T) {
	for _, c := range []struct {
		x, y   []float64
		degree int
	}{
		{nil, nil, 0}, {[]float64{1}, []float64{1, 2}, 0}, {[]float64{1, 2}, []float64{1, 2}, 2},
		{[]float64{1, 1, 1}, []float64{1, 2, 3}, 1}, {[]float64{1, 2}, []float64{1, math.NaN()}, 1}, {[]float64{1}, []float64{1}, -1},
	} {
		if got, err := Fit(c.x, c.y, c.degree); err == nil {
			t.Errorf("Fit(%v, %v, %d) = %v without an error", c.x, c.y, c.degree, got)
		}
	}
}

func ExampleFit() {
	line, err := Fit([]float64{0, 1, 2}, []float64{1, 3, 5}, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f + %.1f x, at 10: %.1f\n", line[0], line[1], line.At(10))
	// Output: 1.0 + 2.0 x, at 10: 21.0
}
