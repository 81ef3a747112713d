package eval

import (
	"math"
	"strings"
	"testing"
)

func TestCalibrationByHand(t *testing.T) {
	// Two promises of 0.6 and 0.8, one of them kept: promised 0.7, right 0.5.
	// An edge belongs to the group above it, the last edge to the last group:
	// 0.9 and 1, both kept: promised 0.95, right 1. The first group is empty.
	bins, err := Calibration([]float64{0.6, 0.8, 0.9, 1}, []bool{true, false, true, true}, 0, 0.5, 0.9, 1)
	if err != nil {
		t.Fatal(err)
	}
	want := []Bin{{0.5, 0.9, 2, 0.7, 0.5}, {0.9, 1, 2, 0.95, 1}}
	if len(bins) != len(want) {
		t.Fatalf("bins %+v; want %+v", bins, want)
	}
	for i, w := range want {
		b := bins[i]
		if b.Low != w.Low || b.High != w.High || b.Count != w.Count || math.Abs(b.Promised-w.Promised) > 1e-12 || math.Abs(b.Right-w.Right) > 1e-12 {
			t.Errorf("bin %d is %+v; want %+v", i, b, w)
		}
	}
	// (2·|0.7 − 0.5| + 2·|0.95 − 1|) / 4 = 0.125.
	if e := CalibrationError(bins); math.Abs(e-0.125) > 1e-12 {
		t.Errorf("calibration error %v; want 0.125", e)
	}
	if e := CalibrationError(nil); e != 0 {
		t.Errorf("calibration error of nothing is %v; want 0", e)
	}
}

func TestCalibrationRefusesWhatMakesNoSense(t *testing.T) {
	for name, c := range map[string]struct {
		p     []float64
		right []bool
		edges []float64
		want  string
	}{
		"nothing":           {nil, nil, []float64{0, 1}, "0 probabilities"},
		"different lengths": {[]float64{0.5}, nil, []float64{0, 1}, "one of each"},
		"one edge":          {[]float64{0.5}, []bool{true}, []float64{0}, "at least two"},
		"descending edges":  {[]float64{0.5}, []bool{true}, []float64{1, 0}, "larger"},
		"equal edges":       {[]float64{0.5}, []bool{true}, []float64{0, 0.5, 0.5, 1}, "larger"},
		"outside":           {[]float64{1.5}, []bool{true}, []float64{0, 1}, "outside the edges"},
		"no number":         {[]float64{math.NaN()}, []bool{true}, []float64{0, 1}, "outside the edges"},
	} {
		if _, err := Calibration(c.p, c.right, c.edges...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v; want one that says %q", name, err, c.want)
		}
	}
}
