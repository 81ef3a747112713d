package show

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/plotter"
)

// surface is a function on a grid, as gonum wants it.
type surface struct {
	x, y []float64
	z    [][]float64 // z[j][i] is the height at x[i], y[j]
}

// Dims, Z, X and Y implement plotter.GridXYZ.
func (s surface) Dims() (columns, rows int) { return len(s.x), len(s.y) }
func (s surface) Z(i, j int) float64        { return s.z[j][i] }
func (s surface) X(i int) float64           { return s.x[i] }
func (s surface) Y(j int) float64           { return s.y[j] }

// Contour draws the height lines of a surface, z[j][i] at x[i], y[j], darker
// where it is low, with paths on it: how a descent went, for instance. Lines lie
// at quantiles of the height, so that the flat parts show too.
func Contour(title, xLabel, yLabel, alt string, x, y []float64, z [][]float64, paths ...Line) *Picture {
	p := newPlot(title, xLabel, yLabel)
	err := checkSurface(x, y, z)
	if err == nil && len(paths) > 0 {
		err = checkLines(paths)
	}
	if err == nil {
		p.Add(plotter.NewContour(surface{x, y, z}, levels(z, 14), contourColours{}))
	}
	for i := 0; err == nil && i < len(paths); i++ {
		paths[i].Points = true
		err = addLine(p, i+1, paths[i]) // the first colour is that of the height lines
	}
	if err == nil {
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = x[0], x[len(x)-1], y[0], y[len(y)-1]
		placeLegend(p, paths)
		if named(paths) {
			p.Add(legendCard{})
		}
	}
	return plotPicture(title, alt, plotWidth, plotHeight+30, p, err)
}

// named tells whether a line has a place in the legend.
func named(lines []Line) bool {
	return slices.ContainsFunc(lines, func(l Line) bool { return l.Name != "" })
}

func checkSurface(x, y []float64, z [][]float64) error {
	if len(x) < 2 || len(y) < 2 {
		return errors.New("a surface needs at least two places each way")
	}
	if !slices.IsSorted(x) || !slices.IsSorted(y) {
		return errors.New("the places of a surface must ascend")
	}
	if len(z) != len(y) {
		return fmt.Errorf("there are %d rows of heights for %d y values; one each is needed", len(z), len(y))
	}
	for j, row := range z {
		if len(row) != len(x) {
			return fmt.Errorf("row %d has %d heights for %d x values; one each is needed", j+1, len(row), len(x))
		}
		if err := checkFinite("height", row); err != nil {
			return fmt.Errorf("row %d: %w", j+1, err)
		}
	}
	return errors.Join(checkFinite("x value", x), checkFinite("y value", y))
}

// levels are heights that divide the surface's into n equal groups.
func levels(z [][]float64, n int) []float64 {
	var all []float64
	for _, row := range z {
		all = append(all, row...)
	}
	slices.Sort(all)
	var out []float64
	for k := range n {
		// More lines near the bottom, where a descent ends.
		q := math.Pow(float64(k+1)/float64(n+1), 1.5)
		out = append(out, all[int(q*float64(len(all)-1))])
	}
	return slices.Compact(out)
}

// contourColours go from dark blue, low, to light blue.
type contourColours struct{}

// Colors implements palette.Palette.
func (contourColours) Colors() []color.Color {
	var out []color.Color
	for k := range 14 {
		out = append(out, mix(blues, 0.9-0.6*float64(k)/13))
	}
	return out
}

var _ palette.Palette = contourColours{}
