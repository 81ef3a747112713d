package show

import (
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot/plotter"
)

// regionColours are pale, so that points stand out on them: the colours of the
// first two series, mixed with white.
var regionColours = []color.RGBA{{0xbf, 0xdc, 0xec, 0xff}, {0xff, 0xff, 0xff, 0xff}, {0xf5, 0xd6, 0xbf, 0xff}}

// Regions shows how a model divides the plane: z[j][i], from 0 to 1, is how much
// it is for the second group at x[i], y[j]. Places for the first group are pale
// blue, for the second pale orange, undecided ones white; the groups' points lie
// on top.
func Regions(title, xLabel, yLabel, alt string, x, y []float64, z [][]float64, groups ...Line) *Picture {
	p := newPlot(title, xLabel, yLabel)
	err := checkSurface(x, y, z)
	if err == nil {
		err = checkLines(groups)
	}
	if err == nil {
		img := image.NewRGBA(image.Rect(0, 0, len(x), len(y)))
		for j := range y {
			for i := range x {
				img.SetRGBA(i, len(y)-1-j, mix(regionColours, sharpen(z[j][i])))
			}
		}
		p.Add(plotter.NewImage(img, x[0], y[0], x[len(x)-1], y[len(y)-1]))
	}
	for i := 0; err == nil && i < len(groups); i++ {
		err = addDots(p, i, groups[i])
	}
	if err == nil {
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = x[0], x[len(x)-1], y[0], y[len(y)-1]
		placeLegend(p, groups)
		if named(groups) {
			p.Add(legendCard{})
		}
	}
	return plotPicture(title, alt, plotWidth, plotHeight, p, err)
}

// sharpen moves shares away from a half, so that the boundary shows as a line.
func sharpen(share float64) float64 {
	return 1 / (1 + math.Exp(-10*(max(0, min(1, share))-0.5)))
}
