package data

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
)

// generator returns the random numbers of a seed and a stream: PCG, whose
// sequence Go promises not to change.
func generator(seed, stream int64) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(seed), uint64(stream)))
}

// Permutation is the order in which training with the given seed visits n
// examples in the given epoch (from 0): 0 … n−1, shuffled.
func Permutation(n int, seed int64, epoch int) []int {
	return generator(seed, int64(epoch)+1).Perm(n)
}

// Shuffle is s in a random order that seed decides.
func (s *Set) Shuffle(seed int64) *Set {
	rows := slices.Clone(s.rows)
	generator(seed, -1).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return s.view(s.Part, rows, s.norm)
}

// Split divides s in two without overlap: part gets the given fraction (between
// 0 and 1) of each class, picked at random by seed, and is named "validation";
// rest keeps the others. Both keep the order of s.
func (s *Set) Split(fraction float64, seed int64) (rest, part *Set, err error) {
	if !(fraction > 0 && fraction < 1) {
		return nil, nil, fmt.Errorf("the fraction to split off is %v; it must be between 0 and 1, such as 0.1", fraction)
	}
	groups := make([][]int, max(1, len(s.Classes))) // positions of each class
	for i := range s.Len() {
		c := max(0, s.Label(i))
		groups[c] = append(groups[c], i)
	}
	rng := generator(seed, -2)
	chosen := make([]bool, s.Len())
	for _, g := range groups {
		take := int(math.Round(fraction * float64(len(g))))
		for _, k := range rng.Perm(len(g))[:take] {
			chosen[g[k]] = true
		}
	}
	var in, out []int32
	for i, row := range s.rows {
		if chosen[i] {
			in = append(in, row)
		} else {
			out = append(out, row)
		}
	}
	if len(in) == 0 || len(out) == 0 {
		return nil, nil, fmt.Errorf("splitting %v off %d examples leaves one side empty; use more examples or another fraction", fraction, s.Len())
	}
	return s.view(s.Part, out, s.norm), s.view("validation", in, s.norm), nil
}

// Batch is a few examples at once.
type Batch struct {
	X       []float32 // features, shape [len(Rows), Size]
	Labels  []int32   // classes; nil for target values
	Targets []float32 // target values; nil for classes
	Rows    []int     // which examples of the set
}

// Batches goes through the set once, size examples at a time (the last batch may
// be smaller), in an order that seed decides, or in the set's own if seed is
// negative. Each batch has its own memory.
func (s *Set) Batches(size int, seed int64) iter.Seq[Batch] {
	return func(yield func(Batch) bool) {
		var rows []int
		if seed < 0 {
			for i := range s.Len() {
				rows = append(rows, i)
			}
		} else {
			rows = Permutation(s.Len(), seed, 0)
		}
		for chunk := range slices.Chunk(rows, max(1, size)) {
			b := Batch{X: make([]float32, len(chunk)*s.Size()), Rows: chunk}
			if s.IsRegression() {
				b.Targets = make([]float32, len(chunk))
				s.Fill(chunk, b.X, nil)
				s.FillTargets(chunk, b.Targets)
			} else {
				b.Labels = make([]int32, len(chunk))
				s.Fill(chunk, b.X, b.Labels)
			}
			if !yield(b) {
				return
			}
		}
	}
}
