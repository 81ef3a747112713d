package data

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gradus-ml/gradus/datasets"
)

// Table is a table of numbers with named columns. A missing value is NaN.
type Table struct {
	Columns []string
	Rows    [][]float64
}

// What can be wrong with a CSV file; errors of [ReadCSV] wrap one of these.
var (
	ErrNoHeader  = errors.New("the first line must name the columns")
	ErrColumns   = errors.New("every row needs one value for each column")
	ErrNotNumber = errors.New("every value must be a number, or empty where it is missing")
)

// ReadCSV reads a table: names of the columns in the first line, then a row of
// numbers a line, empty where a value is missing. Errors name the line.
func ReadCSV(r io.Reader) (*Table, error) {
	c := csv.NewReader(r)
	c.FieldsPerRecord = -1 // told apart below, with a clearer error
	header, err := c.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the table is empty: %w", ErrNoHeader)
	}
	if err != nil {
		return nil, fmt.Errorf("the table cannot be read: %w", err)
	}
	for i, name := range header {
		if strings.TrimSpace(name) == "" || slices.Contains(header[:i], name) {
			return nil, fmt.Errorf("column %d is called %q, which is empty or taken: %w", i+1, name, ErrNoHeader)
		}
	}
	t := &Table{Columns: header}
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the table cannot be read: %w", err)
		}
		line, _ := c.FieldPos(0)
		if len(record) != len(header) {
			return nil, fmt.Errorf("line %d has %d values for %d columns: %w", line, len(record), len(header), ErrColumns)
		}
		row := make([]float64, len(record))
		for i, cell := range record {
			if cell = strings.TrimSpace(cell); cell == "" {
				row[i] = math.NaN()
				continue
			}
			row[i], err = strconv.ParseFloat(cell, 64)
			if err != nil || math.IsNaN(row[i]) || math.IsInf(row[i], 0) {
				return nil, fmt.Errorf("line %d has %q under %q: %w", line, cell, header[i], ErrNotNumber)
			}
		}
		t.Rows = append(t.Rows, row)
	}
}

// Column returns a column's values; unknown names give an error that lists the
// columns.
func (t *Table) Column(name string) ([]float64, error) {
	i := slices.Index(t.Columns, name)
	if i < 0 {
		return nil, fmt.Errorf("there is no column %q; there is: %s", name, strings.Join(t.Columns, ", "))
	}
	out := make([]float64, len(t.Rows))
	for k, row := range t.Rows {
		out[k] = row[i]
	}
	return out, nil
}

// Missing counts the missing values of each column.
func (t *Table) Missing() []int {
	out := make([]int, len(t.Columns))
	for _, row := range t.Rows {
		for i, v := range row {
			if math.IsNaN(v) {
				out[i]++
			}
		}
	}
	return out
}

// Duplicates returns the numbers of rows that repeat an earlier row, value for
// value; missing values count as equal.
func (t *Table) Duplicates() []int {
	seen := map[string]bool{}
	var out []int
	for k, row := range t.Rows {
		key := fmt.Sprint(row)
		if seen[key] {
			out = append(out, k)
		}
		seen[key] = true
	}
	return out
}

// Without returns the table less the given rows.
func (t *Table) Without(rows []int) *Table {
	out := &Table{Columns: t.Columns}
	for k, row := range t.Rows {
		if !slices.Contains(rows, k) {
			out.Rows = append(out.Rows, slices.Clone(row))
		}
	}
	return out
}

// DropMissing returns only the rows that are complete.
func (t *Table) DropMissing() *Table {
	var incomplete []int
	for k, row := range t.Rows {
		if slices.ContainsFunc(row, math.IsNaN) {
			incomplete = append(incomplete, k)
		}
	}
	return t.Without(incomplete)
}

// FillMean returns the table with missing values replaced by their column's
// mean. A column without any value is an error.
func (t *Table) FillMean() (*Table, error) {
	return t.fill(func(known []float64) float64 {
		var sum float64
		for _, v := range known {
			sum += v
		}
		return sum / float64(len(known))
	})
}

// FillMedian returns the table with missing values replaced by their column's
// median, which a few wild values do not move.
func (t *Table) FillMedian() (*Table, error) {
	return t.fill(func(known []float64) float64 {
		slices.Sort(known)
		n := len(known)
		return (known[(n-1)/2] + known[n/2]) / 2
	})
}

func (t *Table) fill(value func(known []float64) float64) (*Table, error) {
	out := t.Without(nil)
	for i, name := range t.Columns {
		known := t.known(i)
		if len(known) == 0 && len(t.Rows) > 0 {
			return nil, fmt.Errorf("the column %q has no values at all, so nothing can be filled in; leave it out", name)
		}
		if len(known) == len(t.Rows) {
			continue
		}
		v := value(known)
		for _, row := range out.Rows {
			if math.IsNaN(row[i]) {
				row[i] = v
			}
		}
	}
	return out, nil
}

func (t *Table) known(column int) []float64 {
	var out []float64
	for _, row := range t.Rows {
		if !math.IsNaN(row[column]) {
			out = append(out, row[column])
		}
	}
	return out
}

// FillNearest returns the table with missing values replaced by the mean of
// those of the k most similar rows: nearest in the columns that both have, each
// measured in standard deviations (O. Troyanskaya et al., Bioinformatics 17,
// 2001).
func (t *Table) FillNearest(k int) (*Table, error) {
	if k < 1 {
		return nil, fmt.Errorf("k is %d; at least 1 similar row is needed", k)
	}
	scale := make([]float64, len(t.Columns))
	for i := range scale {
		var a accumulator
		for _, v := range t.known(i) {
			a.add(v, 1)
		}
		scale[i] = max(a.stats().Std, 1e-12)
	}
	out := t.Without(nil)
	for r, row := range t.Rows {
		for i, v := range row {
			if !math.IsNaN(v) {
				continue
			}
			filled, ok := t.nearest(r, i, k, scale)
			if !ok {
				return nil, fmt.Errorf("row %d has no similar row with a value for %q; fill it in another way", r+1, t.Columns[i])
			}
			out.Rows[r][i] = filled
		}
	}
	return out, nil
}

// nearest is the mean of column i over the k rows most similar to row r.
func (t *Table) nearest(r, i, k int, scale []float64) (float64, bool) {
	type candidate struct{ distance, value float64 }
	var all []candidate
	for other, row := range t.Rows {
		if other == r || math.IsNaN(row[i]) {
			continue
		}
		var sum, n float64
		for c, v := range row {
			if d := (v - t.Rows[r][c]) / scale[c]; c != i && !math.IsNaN(d) {
				sum += d * d
				n++
			}
		}
		if n > 0 {
			all = append(all, candidate{sum / n, row[i]})
		}
	}
	if len(all) == 0 {
		return 0, false
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		switch {
		case a.distance < b.distance:
			return -1
		case a.distance > b.distance:
			return 1
		}
		return 0
	})
	var sum float64
	all = all[:min(k, len(all))]
	for _, c := range all {
		sum += c.value
	}
	return sum / float64(len(all)), true
}

// Startups returns a small table about companies that ships with the kit, with
// what real tables have: missing values, rows that come twice, a slip of the
// pen. It is synthetic: datasets/gen draws it. The second table holds the same
// rows as they were before anything went missing.
func Startups() (table, complete *Table, err error) {
	if table, err = ReadCSV(bytes.NewReader(datasets.StartupsCSV)); err != nil {
		return nil, nil, err
	}
	complete, err = ReadCSV(bytes.NewReader(datasets.StartupsCompleteCSV))
	return table, complete, err
}

// MNISTFile returns one of MNIST's four files as its authors published it,
// gzip-compressed and checked: "train-images-idx3-ubyte.gz",
// "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz" or
// "t10k-labels-idx1-ubyte.gz".
func MNISTFile(ctx context.Context, name string) ([]byte, error) {
	entry, err := datasets.Get("mnist")
	if err != nil {
		return nil, err
	}
	dir, err := CacheDir()
	if err != nil {
		return nil, err
	}
	return finder{entry: entry, dir: filepath.Join(dir, "mnist")}.find(ctx, name)
}
