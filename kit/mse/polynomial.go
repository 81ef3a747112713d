package mse

import (
	"fmt"
	"math"
)

// Polynomial is c[0] + c[1]·x + c[2]·x² + …
type Polynomial []float64

// At returns the polynomial's value at x (Horner's rule).
func (c Polynomial) At(x float64) float64 {
	v := 0.0
	for k := len(c) - 1; k >= 0; k-- {
		v = v*x + c[k]
	}
	return v
}

// Fit returns the polynomial of the given degree whose mean squared error on the
// points is the smallest there is: degree 0 is a constant, degree 1 a line. It
// needs more points than the degree, at that many different places.
//
// It solves the least-squares problem with an orthogonal basis (Gram-Schmidt,
// done twice for accuracy), which stays exact where the normal equations lose
// digits; see G. Golub and C. Van Loan, Matrix Computations, section 5.2.
func Fit(x, y []float64, degree int) (Polynomial, error) {
	if len(x) != len(y) {
		return nil, fmt.Errorf("there are %d x values and %d y values; a fit needs one of each for every point", len(x), len(y))
	}
	for i := range x {
		if sum := x[i] + y[i]; math.IsNaN(sum) || math.IsInf(sum, 0) {
			return nil, fmt.Errorf("point %d is (%v, %v); a fit needs finite numbers", i+1, x[i], y[i])
		}
	}
	if degree < 0 || degree > 12 {
		return nil, fmt.Errorf("the degree is %d; it must be 0 to 12", degree)
	}
	if len(x) <= degree {
		return nil, fmt.Errorf("%d points do not decide a polynomial of degree %d; it takes at least %d", len(x), degree, degree+1)
	}
	m := degree + 1
	q := make([][]float64, m) // orthonormal columns
	r := make([][]float64, m) // powers of x = q·r, r upper triangular
	for k := range m {
		column, norm := make([]float64, len(x)), 0.0
		for i := range x {
			column[i] = math.Pow(x[i], float64(k))
			norm += column[i] * column[i]
		}
		r[k] = make([]float64, m)
		for range 2 {
			for j := range k {
				d := dot(q[j], column)
				r[j][k] += d
				for i := range column {
					column[i] -= d * q[j][i]
				}
			}
		}
		r[k][k] = math.Sqrt(dot(column, column))
		if r[k][k] <= 1e-10*math.Sqrt(norm) {
			return nil, fmt.Errorf("the points stand at only %d different places; degree %d needs %d", k, degree, m)
		}
		for i := range column {
			column[i] /= r[k][k]
		}
		q[k] = column
	}
	c := make(Polynomial, m)
	for k := m - 1; k >= 0; k-- { // back substitution: r·c = qᵀ·y
		c[k] = dot(q[k], y)
		for j := k + 1; j < m; j++ {
			c[k] -= r[k][j] * c[j]
		}
		c[k] /= r[k][k]
	}
	return c, nil
}

func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
