package data

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func mustCSV(t *testing.T, text string) *Table {
	t.Helper()
	table, err := ReadCSV(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestReadCSV(t *testing.T) {
	table := mustCSV(t, "a, b\n1,2.5\n,-3e2\n")
	if !slices.Equal(table.Columns, []string{"a", " b"}) && !slices.Equal(table.Columns, []string{"a", "b"}) {
		t.Errorf("columns %q", table.Columns)
	}
	if len(table.Rows) != 2 || table.Rows[0][1] != 2.5 || !math.IsNaN(table.Rows[1][0]) || table.Rows[1][1] != -300 {
		t.Errorf("rows %v", table.Rows)
	}
	for text, want := range map[string]error{
		"": ErrNoHeader, "a,a\n": ErrNoHeader, "a,\n": ErrNoHeader,
		"a,b\n1\n": ErrColumns, "a\nx\n": ErrNotNumber, "a\nNaN\n": ErrNotNumber, "a\n1e999\n": ErrNotNumber,
	} {
		if _, err := ReadCSV(strings.NewReader(text)); !errors.Is(err, want) {
			t.Errorf("%q: error %v; want %v", text, err, want)
		}
	}
	if _, err := ReadCSV(strings.NewReader("a,b\n1,2\n3,x\n")); err == nil || !strings.Contains(err.Error(), "line 3") || !strings.Contains(err.Error(), `"b"`) {
		t.Errorf("error %v; want the line and the column", err)
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add("a,b\n1,2\n,3\n")
	f.Add("\"x\n")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := ReadCSV(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, row := range table.Rows {
			if len(row) != len(table.Columns) {
				t.Errorf("a row of %d values for %d columns", len(row), len(table.Columns))
			}
		}
	})
}

func TestFillingByHand(t *testing.T) {
	table := mustCSV(t, "x,y\n1,10\n2,20\n3,\n10,100\n")
	mean, err := table.FillMean()
	if err != nil || math.Abs(mean.Rows[2][1]-130.0/3) > 1e-12 {
		t.Errorf("mean %v, %v; want (10+20+100)/3", mean.Rows[2][1], err)
	}
	median, err := table.FillMedian()
	if err != nil || median.Rows[2][1] != 20 {
		t.Errorf("median %v, %v; want 20", median.Rows[2][1], err)
	}
	nearest, err := table.FillNearest(2) // x = 2 and x = 1 are nearest to 3
	if err != nil || nearest.Rows[2][1] != 15 {
		t.Errorf("nearest %v, %v; want (20+10)/2", nearest.Rows[2][1], err)
	}
	if !math.IsNaN(table.Rows[2][1]) {
		t.Error("filling changed the table itself")
	}
	if got := len(table.DropMissing().Rows); got != 3 {
		t.Errorf("DropMissing left %d rows; want 3", got)
	}
	if _, err := mustCSV(t, "a,b\n,1\n").FillMean(); err == nil || !strings.Contains(err.Error(), `"a"`) {
		t.Errorf("a column without values: %v", err)
	}
	if _, err := table.FillNearest(0); err == nil {
		t.Error("FillNearest(0) succeeded")
	}
	if _, err := table.Column("z"); err == nil || !strings.Contains(err.Error(), "x, y") {
		t.Errorf("Column(z): %v", err)
	}
}

func TestStartupsHaveWhatTheCardSays(t *testing.T) {
	table, complete, err := Startups()
	if err != nil {
		t.Fatal(err)
	}
	if len(table.Rows) != 123 || len(complete.Rows) != 120 || len(table.Columns) != 5 {
		t.Fatalf("%d and %d rows, columns %v", len(table.Rows), len(complete.Rows), table.Columns)
	}
	if d := table.Duplicates(); !slices.Equal(d, []int{120, 121, 122}) {
		t.Errorf("duplicates %v", d)
	}
	missing := 0
	for _, n := range table.Missing() {
		missing += n
	}
	if missing < 20 || missing > 60 || table.Missing()[4] != 0 {
		t.Errorf("missing values %v", table.Missing())
	}
	for k, row := range complete.Rows {
		for i, v := range table.Rows[k] {
			if !math.IsNaN(v) && v != row[i] && !(k == 57 && i == 4) {
				t.Errorf("row %d, column %d is %v; complete %v", k, i, v, row[i])
			}
		}
	}
}

func TestMNISTFileIsTheOriginal(t *testing.T) {
	realMNIST(t)
	b, err := MNISTFile(context.Background(), "t10k-labels-idx1-ubyte.gz")
	if err != nil || len(b) != 4542 {
		t.Errorf("%d bytes, %v; want 4542", len(b), err)
	}
	if _, err := MNISTFile(context.Background(), "x"); err == nil {
		t.Error("MNISTFile(x) succeeded")
	}
}
