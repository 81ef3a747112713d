package show

import (
	"fmt"
	"image/color"
	"math"

	imagefont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The colours of lines, bars and points, from the palette of M. Okabe and K. Ito
// (Color Universal Design, 2008), the darker ones first; yellow is left out,
// being too light on white.
var lineColours = []color.RGBA{
	{0x00, 0x72, 0xb2, 0xff}, // blue
	{0xd5, 0x5e, 0x00, 0xff}, // vermilion
	{0x00, 0x9e, 0x73, 0xff}, // bluish green
	{0xcc, 0x79, 0xa7, 0xff}, // reddish purple
	{0xe6, 0x9f, 0x00, 0xff}, // orange
	{0x56, 0xb4, 0xe9, 0xff}, // sky blue
}

// dashes tell lines apart without colour.
var dashes = [][]vg.Length{nil, {6, 3}, {2, 2}, {8, 3, 2, 3}, {4, 4}, {1, 3}}

var (
	ink    = color.RGBA{0x22, 0x22, 0x22, 0xff} // text
	faint  = color.RGBA{0xe4, 0xe4, 0xe4, 0xff} // grid lines
	middle = color.RGBA{0x8a, 0x8a, 0x8a, 0xff} // axes
	paper  = color.White
	alarm  = lineColours[1] // what is wrong
)

// viridis are anchors of the colour map of that name by N. Smith and S. van der
// Walt (2015, dedicated to the public domain): even steps to the eye, from dark
// to light, in colour and in grey.
var viridis = []color.RGBA{
	{0x44, 0x01, 0x54, 0xff}, {0x47, 0x2d, 0x7b, 0xff}, {0x3b, 0x52, 0x8b, 0xff}, {0x2c, 0x72, 0x8e, 0xff}, {0x21, 0x91, 0x8c, 0xff},
	{0x28, 0xae, 0x80, 0xff}, {0x5e, 0xc9, 0x62, 0xff}, {0xad, 0xdc, 0x30, 0xff}, {0xfd, 0xe7, 0x25, 0xff},
}

// blues go from paper to a dark blue: for counts, where nothing should look like nothing.
var blues = []color.RGBA{
	{0xff, 0xff, 0xff, 0xff}, {0xd6, 0xe6, 0xf2, 0xff}, {0x9c, 0xc5, 0xe0, 0xff}, {0x4d, 0x99, 0xc7, 0xff}, {0x00, 0x72, 0xb2, 0xff}, {0x00, 0x44, 0x78, 0xff},
}

// mix returns the colour at share (0 to 1) of a colour map.
func mix(colours []color.RGBA, share float64) color.RGBA {
	share = max(0, min(1, share))
	at := share * float64(len(colours)-1)
	i := min(int(at), len(colours)-2)
	f := at - float64(i)
	part := func(a, b uint8) uint8 { return uint8(math.Round(float64(a)*(1-f) + float64(b)*f)) }
	a, b := colours[i], colours[i+1]
	return color.RGBA{part(a.R, b.R), part(a.G, b.G), part(a.B, b.B), 0xff}
}

// pale is a colour mixed with as much paper.
func pale(c color.Color) color.RGBA {
	full := color.RGBAModel.Convert(c).(color.RGBA)
	return mix([]color.RGBA{full, {0xff, 0xff, 0xff, 0xff}}, 0.5)
}

// on is black or white, whichever reads better on c (relative luminance, WCAG 2).
func on(c color.RGBA) color.Color {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	if 0.2126*linear(c.R)+0.7152*linear(c.G)+0.0722*linear(c.B) > 0.19 {
		return ink
	}
	return color.White
}

// sans is the typeface of all text.
func sans(size vg.Length, bold bool) font.Font {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
	if bold {
		f.Weight = imagefont.WeightBold
	}
	return f
}

func textStyle(size vg.Length, bold bool) text.Style {
	return text.Style{Color: ink, Font: sans(size, bold), Handler: plot.DefaultTextHandler, XAlign: draw.XCenter, YAlign: draw.YCenter}
}

// newPlot is a plot in the house's style.
func newPlot(title, xLabel, yLabel string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = color.Transparent
	p.Title.Text = title
	p.Title.Padding = 8
	p.Title.TextStyle.Font, p.Title.TextStyle.Color = sans(14, true), ink
	for _, a := range []struct {
		axis  *plot.Axis
		label string
	}{{&p.X, xLabel}, {&p.Y, yLabel}} {
		a.axis.Label.Text = a.label
		a.axis.Label.TextStyle.Font, a.axis.Label.TextStyle.Color = sans(12, false), ink
		a.axis.Label.Padding = 6
		a.axis.Tick.Label.Font, a.axis.Tick.Label.Color = sans(10.5, false), ink
		a.axis.LineStyle.Color, a.axis.LineStyle.Width = middle, 0.8
		a.axis.Tick.LineStyle.Color, a.axis.Tick.LineStyle.Width = middle, 0.8
		a.axis.Tick.Length = 4
		a.axis.Padding = 2
		a.axis.Tick.Marker = ticks{}
	}
	p.Legend.TextStyle.Font, p.Legend.TextStyle.Color = sans(11, false), ink
	p.Legend.ThumbnailWidth = 26
	p.Legend.Padding = 6
	return p
}

// addGrid draws faint lines behind the data.
func addGrid(p *plot.Plot) {
	g := plotter.NewGrid()
	g.Vertical.Color, g.Horizontal.Color = faint, faint
	g.Vertical.Width, g.Horizontal.Width = 0.7, 0.7
	p.Add(g)
}

// series gives the colour and the dashes of line number i.
func series(i int) (color.RGBA, []vg.Length) {
	return lineColours[i%len(lineColours)], dashes[i%len(dashes)]
}

// checkFinite refuses numbers that no picture can place.
func checkFinite(what string, values []float64) error {
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%s %d is %v; a picture needs finite numbers", what, i+1, v)
		}
	}
	return nil
}
