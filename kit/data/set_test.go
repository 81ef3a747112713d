package data

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

// toy is six images of two pixels in two classes.
func toy(t testing.TB) *Set {
	t.Helper()
	s, err := NewImages("toy", "train", []int{1, 2}, []uint8{0, 255, 51, 102, 0, 0, 255, 255, 102, 51, 1, 2}, []uint8{0, 1, 0, 1, 0, 1}, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestImagesAreScaledToOne(t *testing.T) {
	s := toy(t)
	x := make([]float32, 2)
	s.Features(1, x)
	if x[0] != 0.2 || x[1] != 0.4 { // 51/255, 102/255
		t.Errorf("features of example 1 = %v; want 0.2, 0.4", x)
	}
	if s.Len() != 6 || s.Size() != 2 || s.Label(3) != 1 || s.IsRegression() {
		t.Errorf("Len %d, Size %d, Label(3) %d", s.Len(), s.Size(), s.Label(3))
	}
	if c := s.ClassCounts(); !slices.Equal(c, []int{3, 3}) {
		t.Errorf("ClassCounts = %v", c)
	}
}

func TestStatsByHand(t *testing.T) {
	s, err := NewImages("two", "train", []int{2}, []uint8{0, 255}, []uint8{0}, []string{"x"})
	if err != nil {
		t.Fatal(err)
	}
	// Values 0 and 1: mean 1/2, variance ((1/2)²+(1/2)²)/2 = 1/4.
	if st := s.Stats(); st != (Stats{Mean: 0.5, Std: 0.5, Min: 0, Max: 1}) {
		t.Errorf("Stats = %+v", st)
	}
	n := s.Normalize(s.Stats())
	x := make([]float32, 2)
	n.Features(0, x)
	if x[0] != -1 || x[1] != 1 {
		t.Errorf("normalised = %v; want -1, 1", x)
	}
	table, err := NewRegression("table", "train", []int{2}, []float32{1, 2, float32(math.NaN()), 3}, []float32{10, 20})
	if err != nil {
		t.Fatal(err)
	}
	if st := table.Stats(); st.Mean != 2 || st.Min != 1 || st.Max != 3 {
		t.Errorf("Stats with a NaN = %+v; want it left out", st)
	}
}

func TestImageStatsAgreeWithAddingUpEveryPixel(t *testing.T) {
	s := toy(t)
	var a accumulator
	x := make([]float32, 2)
	for i := range s.Len() {
		s.Features(i, x)
		a.add(float64(x[0]), 1)
		a.add(float64(x[1]), 1)
	}
	slow, fast := a.stats(), s.Stats()
	if math.Abs(slow.Mean-fast.Mean) > 1e-12 || math.Abs(slow.Std-fast.Std) > 1e-12 {
		t.Errorf("counting bytes gives %+v, adding up %+v", fast, slow)
	}
}

func TestSplitIsStratifiedDisjointAndRepeatable(t *testing.T) {
	train, _, err := Digits()
	if err != nil {
		t.Fatal(err)
	}
	rest, part, err := train.Split(0.1, 7)
	if err != nil {
		t.Fatal(err)
	}
	if rest.Len() != 9000 || part.Len() != 1000 || part.Part != "validation" {
		t.Fatalf("sizes %d and %d, part %q", rest.Len(), part.Len(), part.Part)
	}
	for c, n := range part.ClassCounts() {
		if n != 100 {
			t.Errorf("class %d has %d examples in the part; want 100", c, n)
		}
	}
	seen := map[int32]bool{}
	for _, r := range append(slices.Clone(rest.rows), part.rows...) {
		if seen[r] {
			t.Fatalf("example %d is on both sides", r)
		}
		seen[r] = true
	}
	if len(seen) != train.Len() {
		t.Errorf("%d examples in both together; want %d", len(seen), train.Len())
	}
	_, again, _ := train.Split(0.1, 7)
	_, other, _ := train.Split(0.1, 8)
	if again.Digest() != part.Digest() {
		t.Error("the same seed split differently")
	}
	if other.Digest() == part.Digest() {
		t.Error("another seed split alike")
	}
}

func TestSplitRefusesWhatLeavesASideEmpty(t *testing.T) {
	for _, fraction := range []float64{0, 1, -0.1, math.NaN(), 0.01} {
		if _, _, err := toy(t).Split(fraction, 1); err == nil {
			t.Errorf("Split(%v) of six examples succeeded", fraction)
		}
	}
}

func TestBatchesVisitEveryExampleOnce(t *testing.T) {
	s := toy(t)
	var rows []int
	var sizes []int
	for b := range s.Batches(4, 3) {
		rows = append(rows, b.Rows...)
		sizes = append(sizes, len(b.Labels))
		for k, row := range b.Rows {
			if int(b.Labels[k]) != s.Label(row) {
				t.Errorf("label of row %d is %d", row, b.Labels[k])
			}
		}
	}
	if !slices.Equal(sizes, []int{4, 2}) {
		t.Errorf("batch sizes %v; want 4 and 2", sizes)
	}
	slices.Sort(rows)
	if !slices.Equal(rows, []int{0, 1, 2, 3, 4, 5}) {
		t.Errorf("rows %v", rows)
	}
}

func TestPermutationIsFixedForEver(t *testing.T) {
	// A run that is resumed with a newer kit must see the same order.
	if got, want := Permutation(8, 1, 0), []int{3, 6, 2, 1, 4, 5, 7, 0}; !slices.Equal(got, want) {
		t.Errorf("Permutation(8, 1, 0) = %v; want %v", got, want)
	}
	if slices.Equal(Permutation(100, 1, 0), Permutation(100, 1, 1)) || slices.Equal(Permutation(100, 1, 0), Permutation(100, 2, 0)) {
		t.Error("another epoch or seed gives the same order")
	}
}

func TestDigestSeesWhatTrainingSees(t *testing.T) {
	s := toy(t)
	if s.Digest() != toy(t).Digest() {
		t.Error("equal sets have different digests")
	}
	sub, err := s.Subset([]int{1, 0, 2, 3, 4, 5})
	if err != nil {
		t.Fatal(err)
	}
	for name, other := range map[string]*Set{"order": sub, "length": s.First(5), "normalisation": s.Normalize(s.Stats())} {
		if other.Digest() == s.Digest() {
			t.Errorf("the digest does not see the %s", name)
		}
	}
}

func TestBadSetsAreRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
	}{
		{"too few pixels", second(NewImages("x", "train", []int{2}, []uint8{1}, []uint8{0}, []string{"a"}))},
		{"no shape", second(NewImages("x", "train", nil, []uint8{1}, []uint8{0}, []string{"a"}))},
		{"empty axis", second(NewImages("x", "train", []int{0}, nil, nil, []string{"a"}))},
		{"no classes", second(NewImages("x", "train", []int{1}, []uint8{1}, []uint8{0}, nil))},
		{"too few targets", second(NewRegression("x", "train", []int{1}, []float32{1, 2}, []float32{1}))},
	} {
		if c.err == nil {
			t.Errorf("%s: accepted", c.name)
		}
	}
	_, err := NewTable("x", "train", []int{1}, []float32{1}, []int32{3}, []string{"a"})
	if !errors.Is(err, ErrLabel) || !strings.Contains(err.Error(), "0 to 0") {
		t.Errorf("label 3 of one class: %v", err)
	}
	if _, err := toy(t).Subset([]int{6}); err == nil {
		t.Error("Subset took row 6 of six")
	}
}

func second[T any](_ T, err error) error { return err }

func TestDigitsShipWhole(t *testing.T) {
	train, test, err := Digits()
	if err != nil {
		t.Fatal(err)
	}
	if train.Len() != 10000 || test.Len() != 2000 || !slices.Equal(train.Dims, []int{28, 28}) {
		t.Fatalf("%d and %d images of shape %v", train.Len(), test.Len(), train.Dims)
	}
	for c, n := range test.ClassCounts() {
		if n != 200 {
			t.Errorf("class %d has %d test images; want 200", c, n)
		}
	}
	card := train.Card()
	for _, want := range []string{"digits (train): 10000 examples", "Apache-2.0", "0: 1000", "SHA-256"} {
		if !strings.Contains(card, want) {
			t.Errorf("the card does not say %q:\n%s", want, card)
		}
	}
}

func TestMoonsLieOnTheirHalfCircles(t *testing.T) {
	s, err := Moons(100, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, 2)
	for i := range s.Len() {
		s.Features(i, x)
		cx, cy := 0.0, 0.0
		if s.Label(i) == 1 {
			cx, cy = 1, 0.5
		}
		if r := math.Hypot(float64(x[0])-cx, float64(x[1])-cy); math.Abs(r-1) > 1e-6 {
			t.Errorf("point %d is %v away from the middle of its circle; want 1", i, r)
		}
	}
	if c := s.ClassCounts(); c[0] != 50 || c[1] != 50 {
		t.Errorf("class counts %v", c)
	}
	again, _ := Moons(100, 0, 1)
	if again.Digest() != s.Digest() {
		t.Error("the same seed made other points")
	}
}
