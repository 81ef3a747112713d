package main

import (
	"fmt"
	"image"
	"math"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansbolditalic"
	"codeberg.org/go-fonts/liberation/liberationsansitalic"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"codeberg.org/go-fonts/liberation/liberationserifitalic"
	"codeberg.org/go-fonts/liberation/liberationserifregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/gomediumitalic"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// field is a shape as a signed distance: at each point of a fine grid over the
// square [-1,1]², how far it is to the shape's edge, negative inside. A pen of
// another width is then an offset, and a blur a softer threshold.
type field struct {
	d []float64 // grid × grid
}

const grid = 96

// at samples the field at (x, y) in [-1,1]², interpolating; outside, distance
// grows with the way to the square.
func (f *field) at(x, y float64) float64 {
	cx, cy := max(-1, min(1, x)), max(-1, min(1, y))
	out := math.Hypot(x-cx, y-cy)
	gx, gy := (cx+1)/2*(grid-1), (cy+1)/2*(grid-1)
	ix, iy := min(int(gx), grid-2), min(int(gy), grid-2)
	fx, fy := gx-float64(ix), gy-float64(iy)
	at := func(i, j int) float64 { return f.d[j*grid+i] }
	top := at(ix, iy)*(1-fx) + at(ix+1, iy)*fx
	bottom := at(ix, iy+1)*(1-fx) + at(ix+1, iy+1)*fx
	return top*(1-fy) + bottom*fy + out
}

// shapes holds, for each digit, ways of drawing it.
type shapes struct {
	written [10][]*field // pen strokes
	printed [10][]*field // typefaces
}

func newShapes() (*shapes, error) {
	s := &shapes{}
	for digit, ways := range strokes {
		for _, way := range ways {
			s.written[digit] = append(s.written[digit], strokeField(way))
		}
	}
	for _, ttf := range [][]byte{
		goregular.TTF, goitalic.TTF, gomono.TTF, gomediumitalic.TTF,
		liberationsansregular.TTF, liberationsansbold.TTF, liberationsansitalic.TTF, liberationsansbolditalic.TTF,
		liberationserifregular.TTF, liberationserifitalic.TTF,
	} {
		f, err := opentype.Parse(ttf)
		if err != nil {
			return nil, fmt.Errorf("a typeface cannot be read: %w", err)
		}
		face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: 96, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return nil, fmt.Errorf("a typeface cannot be used: %w", err)
		}
		for digit := range 10 {
			s.printed[digit] = append(s.printed[digit], glyphField(face, rune('0'+digit)))
		}
	}
	return s, nil
}

// glyphField renders a character in the middle of the grid and measures
// distances to its edge.
func glyphField(face font.Face, r rune) *field {
	mask := image.NewAlpha(image.Rect(0, 0, grid, grid))
	bounds, _, _ := face.GlyphBounds(r)
	d := font.Drawer{Dst: mask, Src: image.Opaque, Face: face}
	d.Dot = fixed.Point26_6{
		X: fixed.I(grid/2) - (bounds.Min.X+bounds.Max.X)/2,
		Y: fixed.I(grid/2) - (bounds.Min.Y+bounds.Max.Y)/2,
	}
	d.DrawString(string(r))
	inside := func(x, y int) bool { return mask.AlphaAt(x, y).A >= 128 }
	var edge [][2]float64
	for y := range grid {
		for x := range grid {
			if x+1 < grid && inside(x, y) != inside(x+1, y) {
				edge = append(edge, [2]float64{float64(x) + 0.5, float64(y)})
			}
			if y+1 < grid && inside(x, y) != inside(x, y+1) {
				edge = append(edge, [2]float64{float64(x), float64(y) + 0.5})
			}
		}
	}
	f := &field{d: make([]float64, grid*grid)}
	for y := range grid {
		for x := range grid {
			nearest := math.Inf(1)
			for _, e := range edge {
				dx, dy := e[0]-float64(x), e[1]-float64(y)
				nearest = min(nearest, dx*dx+dy*dy)
			}
			d := math.Sqrt(nearest) * 2 / (grid - 1)
			if inside(x, y) {
				d = -d
			}
			f.d[y*grid+x] = d
		}
	}
	return f
}

// pen is half the width of a stroke as it is laid down.
const pen = 0.09

// strokeField measures distances to curves through the given points.
func strokeField(way [][]point) *field {
	f := &field{d: make([]float64, grid*grid)}
	var lines [][]point
	for _, s := range way {
		lines = append(lines, smooth(s))
	}
	for y := range grid {
		for x := range grid {
			p := point{float64(x)*2/(grid-1) - 1, float64(y)*2/(grid-1) - 1}
			nearest := math.Inf(1)
			for _, line := range lines {
				for i := 1; i < len(line); i++ {
					nearest = min(nearest, distance(p, line[i-1], line[i]))
				}
			}
			f.d[y*grid+x] = nearest - pen
		}
	}
	return f
}

// distance is from p to the segment ab.
func distance(p, a, b point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = max(0, min(1, ((p.x-a.x)*dx+(p.y-a.y)*dy)/l))
	}
	return math.Hypot(p.x-a.x-t*dx, p.y-a.y-t*dy)
}

// smooth lays a Catmull-Rom curve through the points.
func smooth(s []point) []point {
	if len(s) < 3 {
		return s
	}
	const pieces = 8
	at := func(i int) point { return s[max(0, min(len(s)-1, i))] }
	var out []point
	for i := 0; i+1 < len(s); i++ {
		a, b, c, d := at(i-1), at(i), at(i+1), at(i+2)
		for k := range pieces {
			t := float64(k) / pieces
			out = append(out, point{spline(a.x, b.x, c.x, d.x, t), spline(a.y, b.y, c.y, d.y, t)})
		}
	}
	return append(out, s[len(s)-1])
}

func spline(a, b, c, d, t float64) float64 {
	return 0.5 * (2*b + (c-a)*t + (2*a-5*b+4*c-d)*t*t + (3*b-a-3*c+d)*t*t*t)
}
