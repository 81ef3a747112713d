package mse

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/train/loss"
	"github.com/gradus-ml/gradus/kit/device"
)

func TestValueByHand(t *testing.T) {
	for _, c := range []struct {
		name               string
		predictions, truth []float64
		want, half         float64
	}{
		{"the lesson's table: (1² + 1²)/2", []float64{2, 3}, []float64{1, 2}, 1, 0.5},
		{"perfect", []float64{4, -1}, []float64{4, -1}, 0, 0},
		{"one number: 3²", []float64{5}, []float64{2}, 9, 4.5},
		{"signs do not cancel: (2² + 2²)/2", []float64{2, -2}, []float64{0, 0}, 4, 2},
	} {
		got, err := Value(c.predictions, c.truth)
		if err != nil || got != c.want {
			t.Errorf("%s: Value = %v, %v; want %v", c.name, got, err, c.want)
		}
		half, err := Half(c.predictions, c.truth)
		if err != nil || half != c.half {
			t.Errorf("%s: Half = %v, %v; want %v", c.name, half, err, c.half)
		}
	}
}

func TestGradientThreeWays(t *testing.T) {
	p, y := []float64{2, 3, -0.5, 10}, []float64{1, 2, 4, 10}
	byHand, err := Gradient(p, y)
	if err != nil {
		t.Fatal(err)
	}
	if want := []float64{0.5, 0.5, -2.25, 0}; !slices.Equal(byHand, want) { // (2/4)(ŷ−y)
		t.Errorf("Gradient = %v; want %v", byHand, want)
	}
	numerical, err := NumericalGradient(p, y, 1e-5)
	if err != nil {
		t.Fatal(err)
	}
	backend, err := device.Open()
	if err != nil {
		t.Fatal(err)
	}
	exec, err := graph.NewExec(backend, func(p, y *graph.Node) *graph.Node {
		l := graph.ReduceAllMean(loss.MeanSquaredError([]*graph.Node{y}, []*graph.Node{p}))
		return graph.Gradient(l, p)[0]
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Call(p, y)
	if err != nil {
		t.Fatal(err)
	}
	automatic := out[0].Value().([]float64)
	for i := range byHand {
		if math.Abs(byHand[i]-numerical[i]) > 1e-8 || math.Abs(byHand[i]-automatic[i]) > 1e-12 {
			t.Errorf("derivative %d: by hand %v, numerical %v, GoMLX %v", i, byHand[i], numerical[i], automatic[i])
		}
	}
}

func TestBadInputIsRefusedInOneSentence(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		predictions, truths []float64
		want                string
	}{
		{[]float64{1, 2}, []float64{1}, "2 predictions and 1 true values"},
		{nil, nil, "no predictions"},
		{[]float64{1, nan}, []float64{1, 2}, "prediction 2 is NaN"},
		{[]float64{1}, []float64{inf}, "true value 1 is +Inf"},
	} {
		_, e1 := Value(c.predictions, c.truths)
		_, e2 := Gradient(c.predictions, c.truths)
		_, e3 := Work(c.predictions, c.truths)
		_, e4 := NumericalGradient(c.predictions, c.truths, 1e-5)
		for _, err := range []error{e1, e2, e3, e4} {
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error is %v; want one sentence with %q", err, c.want)
			}
		}
	}
	for _, h := range []float64{0, -1, nan, inf} {
		if _, err := NumericalGradient([]float64{1}, []float64{1}, h); err == nil {
			t.Errorf("step h = %v was accepted", h)
		}
	}
}

func ExampleWork() {
	table, err := Work([]float64{2, 3}, []float64{1, 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("sum %g, MSE %g\n", table.Sum, table.MSE)
	// Output: sum 2, MSE 1
}

func TestTableShowsEveryStep(t *testing.T) {
	table, err := Work([]float64{2, 3}, []float64{1, 2})
	if err != nil {
		t.Fatal(err)
	}
	s := table.String()
	for _, want := range []string{"ŷ − y", "(ŷ − y)²", "sum", "MSE = sum / 2"} {
		if !strings.Contains(s, want) {
			t.Errorf("the table does not show %q:\n%s", want, s)
		}
	}
}
