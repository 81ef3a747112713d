package data

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"strings"
	"sync"

	"github.com/gradus-ml/gradus/datasets"
)

// Set is a set of examples, each of shape Dims, with a class or a target value.
// It does not change; methods that change something return a new Set that shares
// the examples.
type Set struct {
	Name    string   // "mnist"
	Part    string   // "train", "validation" or "test"
	Dims    []int    // shape of one example: 28, 28
	Classes []string // names of the classes; nil where there are target values

	store *storage
	rows  []int32 // which examples, in which order
	norm  *Stats  // nil: images are scaled to [0,1], tables taken as they are
	// lookup[b] is the feature that byte b of an image becomes.
	lookup *[256]float32

	digest *struct {
		once sync.Once
		hex  string
	}
}

// storage is what views share.
type storage struct {
	size    int       // numbers an example
	pixels  []uint8   // images, or
	values  []float32 // tables
	labels  []int32   // classes, or
	targets []float32 // target values
}

// NewImages makes a set of images from their bytes (n·product(dims) of them,
// image after image) and their class numbers (n). Both are kept, not copied.
func NewImages(name, part string, dims []int, pixels []uint8, labels []uint8, classes []string) (*Set, error) {
	l := make([]int32, len(labels))
	for i, c := range labels {
		l[i] = int32(c)
	}
	return newSet(name, part, dims, &storage{pixels: pixels, labels: l}, len(pixels), classes)
}

// NewTable makes a set of rows of numbers with class numbers. Values are kept,
// not copied.
func NewTable(name, part string, dims []int, values []float32, labels []int32, classes []string) (*Set, error) {
	return newSet(name, part, dims, &storage{values: values, labels: labels}, len(values), classes)
}

// NewRegression makes a set of rows of numbers with one target value each. Both
// are kept, not copied.
func NewRegression(name, part string, dims []int, values, targets []float32) (*Set, error) {
	return newSet(name, part, dims, &storage{values: values, targets: targets}, len(values), nil)
}

func newSet(name, part string, dims []int, s *storage, numbers int, classes []string) (*Set, error) {
	s.size = 1
	for _, d := range dims {
		if d < 1 || s.size > math.MaxInt32/d {
			return nil, fmt.Errorf("an example of %s cannot have shape %v; every axis must be at least 1", name, dims)
		}
		s.size *= d
	}
	n := max(len(s.labels), len(s.targets))
	if len(dims) == 0 || numbers != n*s.size {
		return nil, fmt.Errorf("%s has %d numbers and %d labels; examples of shape %v need %d numbers for each label", name, numbers, n, dims, s.size)
	}
	if s.targets == nil && len(classes) == 0 {
		return nil, fmt.Errorf("%s has labels but no names of classes; give one for each class", name)
	}
	for i, l := range s.labels {
		if l < 0 || int(l) >= len(classes) {
			return nil, fmt.Errorf("%s: label %d of example %d is not a class; classes go from 0 to %d: %w", name, l, i, len(classes)-1, ErrLabel)
		}
	}
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	set := &Set{Name: name, Part: part, Dims: dims, Classes: classes, store: s}
	return set.view(part, rows, nil), nil
}

// view returns a set of the same examples with other rows or normalisation.
func (s *Set) view(part string, rows []int32, norm *Stats) *Set {
	v := *s
	v.Part, v.rows, v.norm = part, rows, norm
	v.digest = &struct {
		once sync.Once
		hex  string
	}{}
	v.lookup = nil
	if s.store.pixels != nil {
		v.lookup = new([256]float32)
		for b := range v.lookup {
			v.lookup[b] = float32(b) / 255
			if norm != nil {
				v.lookup[b] = norm.Apply(v.lookup[b])
			}
		}
	}
	return &v
}

// Len is the number of examples.
func (s *Set) Len() int { return len(s.rows) }

// Size is the number of numbers in an example, the product of Dims.
func (s *Set) Size() int { return s.store.size }

// IsRegression tells whether examples have target values instead of classes.
func (s *Set) IsRegression() bool { return s.store.targets != nil }

// Label is the class number of example i, or -1 where there are target values.
func (s *Set) Label(i int) int {
	if s.IsRegression() {
		return -1
	}
	return int(s.store.labels[s.rows[i]])
}

// Target is the target value of example i; for classes, the class number.
func (s *Set) Target(i int) float32 {
	if s.IsRegression() {
		return s.store.targets[s.rows[i]]
	}
	return float32(s.Label(i))
}

// Pixels are the bytes of image i, which must not be changed; nil for tables.
func (s *Set) Pixels(i int) []uint8 {
	if s.store.pixels == nil {
		return nil
	}
	at := int(s.rows[i]) * s.store.size
	return s.store.pixels[at : at+s.store.size : at+s.store.size]
}

// Features writes the features of example i into dst, which must hold Size
// numbers: an image's bytes divided by 255, a table's values, and in either case
// normalised if the set is.
func (s *Set) Features(i int, dst []float32) {
	if p := s.Pixels(i); p != nil {
		for k, b := range p {
			dst[k] = s.lookup[b]
		}
		return
	}
	at := int(s.rows[i]) * s.store.size
	copy(dst, s.store.values[at:at+s.store.size])
	if s.norm != nil {
		for k, v := range dst[:s.store.size] {
			dst[k] = s.norm.Apply(v)
		}
	}
}

// Fill gathers a batch: the features of the given rows into x, which must hold
// len(rows)·Size numbers, and their classes into labels unless it is nil.
func (s *Set) Fill(rows []int, x []float32, labels []int32) {
	for k, row := range rows {
		s.Features(row, x[k*s.store.size:(k+1)*s.store.size])
	}
	if labels != nil {
		for k, row := range rows {
			labels[k] = s.store.labels[s.rows[row]]
		}
	}
}

// FillTargets gathers the target values of the given rows into y.
func (s *Set) FillTargets(rows []int, y []float32) {
	for k, row := range rows {
		y[k] = s.Target(row)
	}
}

// Subset is the given rows of s, in that order.
func (s *Set) Subset(rows []int) (*Set, error) {
	out := make([]int32, len(rows))
	for k, row := range rows {
		if row < 0 || row >= s.Len() {
			return nil, fmt.Errorf("there is no example %d in %s; they go from 0 to %d", row, s.Name, s.Len()-1)
		}
		out[k] = s.rows[row]
	}
	return s.view(s.Part, out, s.norm), nil
}

// First is the first n examples, or all if there are fewer.
func (s *Set) First(n int) *Set {
	return s.view(s.Part, s.rows[:max(0, min(n, s.Len()))], s.norm)
}

// ClassCounts is the number of examples of each class; nil for target values.
func (s *Set) ClassCounts() []int {
	if s.IsRegression() {
		return nil
	}
	counts := make([]int, len(s.Classes))
	for _, row := range s.rows {
		counts[s.store.labels[row]]++
	}
	return counts
}

// Digest is the SHA-256, in hex, of everything that training sees of the set:
// shape, features and labels in order. Two sets of the same digest train alike.
func (s *Set) Digest() string {
	s.digest.once.Do(func() {
		h := sha256.New()
		fmt.Fprintf(h, "%s %v %v %d\n", s.Name, s.Dims, s.norm, s.Len())
		for i := range s.Len() {
			s.digestExample(h, i)
		}
		s.digest.hex = hex.EncodeToString(h.Sum(nil))
	})
	return s.digest.hex
}

func (s *Set) digestExample(h hash.Hash, i int) {
	row := int(s.rows[i])
	size := s.store.size
	if s.store.pixels != nil {
		h.Write(s.store.pixels[row*size : (row+1)*size])
	} else {
		buf := make([]byte, 4*size)
		for k, v := range s.store.values[row*size : (row+1)*size] {
			binary.LittleEndian.PutUint32(buf[4*k:], math.Float32bits(v))
		}
		h.Write(buf)
	}
	var label [4]byte
	binary.LittleEndian.PutUint32(label[:], math.Float32bits(s.Target(i)))
	h.Write(label[:])
}

// Stats describes the features of a set.
type Stats struct {
	Mean float64 `json:"mean"` // over all numbers of all examples
	Std  float64 `json:"std"`
	Min  float64 `json:"min"`
	Max  float64 `json:"max"`
}

// Apply centres and scales one feature: (v − Mean) / Std.
func (st *Stats) Apply(v float32) float32 {
	std := st.Std
	if std == 0 {
		std = 1 // every feature is the same: centring is all that can be done
	}
	return float32((float64(v) - st.Mean) / std)
}

// Stats measures the features as they are now: images in [0,1] unless
// normalised. NaNs are left out.
func (s *Set) Stats() Stats {
	if s.store.pixels != nil {
		return s.imageStats()
	}
	x := make([]float32, s.Size())
	var a accumulator
	for i := range s.Len() {
		s.Features(i, x)
		for _, v := range x {
			a.add(float64(v), 1)
		}
	}
	return a.stats()
}

// imageStats counts the bytes first: there are only 256 of them.
func (s *Set) imageStats() Stats {
	var counts [256]int
	for i := range s.Len() {
		for _, b := range s.Pixels(i) {
			counts[b]++
		}
	}
	var a accumulator
	for b, n := range counts {
		if n > 0 {
			a.add(float64(s.lookup[b]), float64(n))
		}
	}
	return a.stats()
}

// accumulator is Welford's running mean and variance, with weights (West, 1979).
type accumulator struct {
	n, mean, m2, min, max float64
}

func (a *accumulator) add(v, weight float64) {
	if math.IsNaN(v) {
		return
	}
	if a.n == 0 {
		a.min, a.max = v, v
	}
	a.min, a.max = min(a.min, v), max(a.max, v)
	a.n += weight
	d := v - a.mean
	a.mean += d * weight / a.n
	a.m2 += weight * d * (v - a.mean)
}

func (a *accumulator) stats() Stats {
	if a.n == 0 {
		return Stats{}
	}
	return Stats{Mean: a.mean, Std: math.Sqrt(a.m2 / a.n), Min: a.min, Max: a.max}
}

// Normalize centres and scales the features: (x − mean) / std. Give the
// statistics of the training set for every part; the test set's own would leak
// knowledge of it into the model.
func (s *Set) Normalize(training Stats) *Set {
	return s.view(s.Part, s.rows, &training)
}

// Normalization returns what the set was normalised with, or nil.
func (s *Set) Normalization() *Stats { return s.norm }

// Card is a short description of the set to print: what it is, where it comes
// from, how many of what.
func (s *Set) Card() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %d examples of shape %v\n", s.Name, s.Part, s.Len(), s.Dims)
	if about, err := datasets.Get(s.Name); err == nil {
		fmt.Fprintf(&b, "source:   %s\nlicence:  %s\n", about.Source, about.Licence)
	}
	st := s.Stats()
	fmt.Fprintf(&b, "features: mean %.4f, standard deviation %.4f, from %g to %g\n", st.Mean, st.Std, st.Min, st.Max)
	if !s.IsRegression() {
		b.WriteString("classes: ")
		for i, n := range s.ClassCounts() {
			fmt.Fprintf(&b, " %s: %d", s.Classes[i], n)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "SHA-256:  %s…\n", s.Digest()[:16])
	return b.String()
}
