package exercise

import (
	"encoding/binary"
	"math"
	"slices"
)

func init() {
	add("3.1", "Read a header", "Four numbers of four bytes each, the most significant byte first: binary.BigEndian.Uint32(b[0:4]), then b[4:8], and so on.",
		func(f func(b []byte) (magic, images, rows, columns int)) error {
			for _, want := range [][4]int{{2051, 60000, 28, 28}, {2051, 3, 300, 70000}} {
				var b []byte
				for _, v := range want {
					b = binary.BigEndian.AppendUint32(b, uint32(v))
				}
				m, n, r, c := f(append(b, 1, 2, 3))
				if got := [4]int{m, n, r, c}; got != want {
					return expected(sprint("the bytes % x", b), want, got)
				}
			}
			return nil
		})
	add("3.2", "Mean and standard deviation", "The standard deviation is the root of the mean of the squared distances from the mean; divide by n.",
		func(f func(values []float64) (mean, std float64)) error {
			for _, c := range []struct {
				v         []float64
				mean, std float64
			}{{[]float64{0, 1}, 0.5, 0.5}, {[]float64{2, 4, 4, 4, 5, 5, 7, 9}, 5, 2}, {[]float64{3}, 3, 0}} {
				mean, std := f(slices.Clone(c.v))
				if !near(mean, c.mean) {
					return expected(sprint("the mean of %v", c.v), c.mean, mean)
				}
				if !near(std, c.std) {
					return expected(sprint("the standard deviation of %v", c.v), c.std, std)
				}
			}
			return nil
		})
	add("3.3", "Normalise two sets", "Measure mean and standard deviation on the training values only, and use these two numbers for both sets: (v − mean) / std.",
		func(f func(training, test []float64) (newTraining, newTest []float64)) error {
			training, test := []float64{2, 4, 4, 4, 5, 5, 7, 9}, []float64{5, 11}
			wantTraining := []float64{-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2}
			gotTraining, gotTest := f(slices.Clone(training), slices.Clone(test))
			if !nearAll(gotTraining, wantTraining) {
				return expected(sprint("the training values %v", training), wantTraining, gotTraining)
			}
			if want := []float64{0, 3}; !nearAll(gotTest, want) {
				return expected(sprint("the test values %v", test), want, gotTest)
			}
			return nil
		})
	add("3.4", "Fill gaps with the median", "Collect the values that are no NaN (math.IsNaN), sort them, take the middle one, or the mean of the two in the middle.",
		func(f func(values []float64) []float64) error {
			nan := math.NaN()
			for _, c := range [][2][]float64{{{1, nan, 3, 100}, {1, 3, 3, 100}}, {{nan, 2, 4, nan}, {3, 2, 4, 3}}, {{5}, {5}}} {
				if got := f(slices.Clone(c[0])); !nearAll(got, c[1]) {
					return expected(sprint("the values %v", c[0]), c[1], got)
				}
			}
			return nil
		})
	add("3.5", "Find duplicates", "Turn each row into text with fmt.Sprint and keep the texts that you have seen in a map; NaN is written the same each time.",
		func(f func(rows [][]float64) []int) error {
			nan := math.NaN()
			for _, c := range []struct {
				rows [][]float64
				want []int
			}{
				{[][]float64{{1, 2}, {3, 4}, {1, 2}, {1, 2}}, []int{2, 3}},
				{[][]float64{{1, nan}, {nan, 1}, {1, nan}}, []int{2}},
				{[][]float64{{12, 3}, {1, 23}, {1, 2.3}}, nil},
			} {
				if got := f(c.rows); !slices.Equal(got, c.want) {
					return expected(sprint("the rows %v", c.rows), c.want, got)
				}
			}
			return nil
		})
	add("3.6", "A stratified split", "Collect the positions of each class; of each class, put round(fraction·count) into the part and the others into the rest.",
		func(f func(labels []int, fraction float64) (rest, part []int)) error {
			labels := make([]int, 100)
			for i := range labels {
				labels[i] = i % 3 // 34, 33 and 33 of each
			}
			rest, part := f(slices.Clone(labels), 0.3)
			all := append(slices.Clone(rest), part...)
			slices.Sort(all)
			if len(all) != 100 || len(slices.Compact(all)) != 100 || len(all) > 0 && (all[0] != 0 || all[len(all)-1] != 99) {
				return expected("100 labels", "every position from 0 to 99 once, in the rest or in the part", sprint("%d and %d positions", len(rest), len(part)))
			}
			counts := [3]int{}
			for _, i := range part {
				counts[labels[i]]++
			}
			for c, n := range counts {
				if n != 10 {
					return expected(sprint("a fraction of 0.3 of class %d, which has 33 or 34 examples", c), 10, n)
				}
			}
			return nil
		})
}
