package main

import (
	"bytes"
	"testing"

	"github.com/gradus-ml/gradus/datasets"
	"github.com/gradus-ml/gradus/kit/data"
)

// TestShippedDigitsAreTheGenerators draws some images anew and compares them,
// byte for byte, with those that ship.
func TestShippedDigitsAreTheGenerators(t *testing.T) {
	s, err := newShapes()
	if err != nil {
		t.Fatal(err)
	}
	train, test, err := data.Digits()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{0, 1, 17, 4321, trainCount - 1, trainCount, trainCount + 1999} {
		set, row := train, i
		if i >= trainCount {
			set, row = test, i-trainCount
		}
		pixels, label := draw(s, i)
		if !bytes.Equal(pixels, set.Pixels(row)) || int(label) != set.Label(row) {
			t.Errorf("image %d is not the one that ships; run `go run ./datasets/gen` and commit what changed", i)
		}
	}
}

func TestDigitsAreFramedAsMNISTWas(t *testing.T) {
	train, _, err := data.Digits()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 500 {
		var mass, mx, my float64
		for k, p := range train.Pixels(i) {
			mass += float64(p)
			mx += float64(p) * float64(k%side)
			my += float64(p) * float64(k/side)
		}
		if mass < 20*255 {
			t.Errorf("image %d has next to no ink", i)
		}
		if x, y := mx/mass, my/mass; x < 12 || x > 15 || y < 12 || y > 15 {
			t.Errorf("image %d has its centre of mass at %.1f, %.1f; want about 13.5, 13.5", i, x, y)
		}
	}
}

func TestShippedTableIsTheGenerators(t *testing.T) {
	spoilt, complete := startups()
	if spoilt != string(datasets.StartupsCSV) || complete != string(datasets.StartupsCompleteCSV) {
		t.Error("the table of start-ups is not the generator's; run `go run ./datasets/gen` and commit what changed")
	}
}
