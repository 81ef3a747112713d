package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// startups draws the table of companies: 120 rows whose profit follows from what
// they spend, plus chance. Then it spoils a copy as life would: one value in
// twelve is missing, three rows come twice, and one profit was typed in euros
// instead of thousands.
func startups() (spoilt, complete string) {
	rng := rand.New(rand.NewPCG(seed, 7))
	round := func(v float64) float64 { return math.Round(v*10) / 10 }
	var rows [][]float64
	for range 120 {
		research := round(20 + 140*rng.Float64())
		employees := math.Round(3 + research/8 + 6*rng.Float64())
		marketing := round(10 + 0.4*research*rng.Float64() + 60*rng.Float64())
		age := math.Round(1 + 9*rng.Float64())
		profit := round(15 + 0.8*research + 0.25*marketing + 2*age + 8*rng.NormFloat64())
		rows = append(rows, []float64{research, marketing, employees, age, profit})
	}
	complete = table(rows)
	for k, row := range rows {
		row = append([]float64(nil), row...)
		for i := range 4 { // the profit is always known
			if rng.Float64() < 1.0/12 {
				row[i] = math.NaN()
			}
		}
		rows[k] = row
	}
	rows[57][4] *= 1000
	for _, k := range []int{12, 40, 99} {
		rows = append(rows, rows[k])
	}
	return table(rows), complete
}

func table(rows [][]float64) string {
	var b strings.Builder
	b.WriteString("research,marketing,employees,age,profit\n")
	for _, row := range rows {
		for i, v := range row {
			if i > 0 {
				b.WriteByte(',')
			}
			if !math.IsNaN(v) {
				fmt.Fprintf(&b, "%g", v)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// writeStartups writes both tables beside the manifest.
func writeStartups(dir string) error {
	spoilt, complete := startups()
	for name, content := range map[string]string{"startups.csv": spoilt, "startups-complete.csv": complete} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}
