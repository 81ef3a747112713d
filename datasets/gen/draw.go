package main

import (
	"math"
	"math/rand/v2"
)

// side is the width and height of an image, as in MNIST; a digit fits in box.
const (
	side = 28
	box  = 20
)

// draw returns image number i and its label. Image i does not depend on others.
func draw(s *shapes, i int) ([]uint8, uint8) {
	rng := rand.New(rand.NewPCG(seed, uint64(i)))
	digit := i % 10
	ways, width := s.written[digit], rng.NormFloat64()*0.025+0.02
	if rng.Float64() < 0.25 {
		ways, width = s.printed[digit], rng.NormFloat64()*0.015
	}
	d := &drawing{
		shape: ways[rng.IntN(len(ways))],
		width: max(-0.03, min(0.09, width)),
		soft:  0.05 + 0.05*rng.Float64(),
		warp:  newWarp(rng),
		scale: 0.7, // of the frame: half a side of the image is 1
	}
	// See where the ink is, then move and scale it as MNIST's was; and once more,
	// for what the pixels' size left over.
	for range 2 {
		d.frame(d.render())
	}
	pixels := d.render()
	out := make([]uint8, side*side)
	ink := 0.85 + 0.15*rng.Float64()
	for k, v := range pixels {
		if v > 0.02 {
			v *= ink * (1 + 0.06*rng.NormFloat64())
		}
		// Sixteen steps of 17: MNIST has 256, but the eye sees no difference and the file is half.
		out[k] = uint8(math.Round(15*max(0, min(1, v))) * 17)
	}
	return out, uint8(digit)
}

// drawing is one digit on its way to an image.
type drawing struct {
	shape *field
	width float64 // added to the pen, in units of half the shape's square
	soft  float64 // width of the grey edge
	warp  *warp
	// A point p of the frame [-1,1]² shows the point (p-shift)/scale of the warped shape.
	scale, shiftX, shiftY float64
}

// render computes the ink of each pixel, 0 to 1, as a mean over 2×2 points.
func (d *drawing) render() []float64 {
	out := make([]float64, side*side)
	const sub = 2
	for y := range side {
		for x := range side {
			var sum float64
			for j := range sub {
				for i := range sub {
					px := (float64(x)+(float64(i)+0.5)/sub)*2/side - 1
					py := (float64(y)+(float64(j)+0.5)/sub)*2/side - 1
					u, v := d.warp.back((px-d.shiftX)/d.scale, (py-d.shiftY)/d.scale)
					dist := d.shape.at(u, v) - d.width
					sum += max(0, min(1, 0.5-dist/(2*d.soft)))
				}
			}
			out[y*side+x] = sum / (sub * sub)
		}
	}
	return out
}

// frame changes scale and shift so that the ink fits box and its centre of mass is
// in the middle.
func (d *drawing) frame(pixels []float64) {
	minX, maxX, minY, maxY := side, -1, side, -1
	var mass, mx, my float64
	for y := range side {
		for x := range side {
			v := pixels[y*side+x]
			if v > 0.1 {
				minX, maxX, minY, maxY = min(minX, x), max(maxX, x), min(minY, y), max(maxY, y)
			}
			mass += v
			mx += v * (float64(x) + 0.5)
			my += v * (float64(y) + 0.5)
		}
	}
	if mass == 0 {
		return // nothing was drawn: cannot be, and a test would see it
	}
	long := max(maxX-minX, maxY-minY) + 1
	grow := float64(box) / float64(long)
	d.scale *= grow
	d.shiftX = (d.shiftX - (mx/mass*2/side - 1)) * grow
	d.shiftY = (d.shiftY - (my/mass*2/side - 1)) * grow
}

// warp bends the plane: turned, slanted and stretched, then displaced by a
// smooth random field (elastic distortion, after Simard, Steinkraus and Platt,
// 2003).
type warp struct {
	a, b, c, d float64
	dx, dy     [knots * knots]float64
}

const knots = 5

func newWarp(rng *rand.Rand) *warp {
	turn := rng.NormFloat64() * 0.12 // radians
	slant := rng.NormFloat64()*0.18 - 0.1
	sx := math.Exp(rng.NormFloat64() * 0.12)
	sy := math.Exp(rng.NormFloat64() * 0.06)
	sin, cos := math.Sincos(turn)
	w := &warp{a: cos / sx, b: (sin - slant*cos) / sx, c: -sin / sy, d: (cos + slant*sin) / sy}
	w.b = -w.b // slant to the right, as most people write
	for k := range w.dx {
		w.dx[k], w.dy[k] = rng.NormFloat64()*0.075, rng.NormFloat64()*0.075
	}
	return w
}

// back maps a point of the image to the point of the shape that it shows.
func (w *warp) back(x, y float64) (float64, float64) {
	u, v := w.a*x+w.b*y, w.c*x+w.d*y
	gx, gy := (max(-1, min(1, x))+1)/2*(knots-1), (max(-1, min(1, y))+1)/2*(knots-1)
	ix, iy := min(int(gx), knots-2), min(int(gy), knots-2)
	fx, fy := ease(gx-float64(ix)), ease(gy-float64(iy))
	at := func(d *[knots * knots]float64) float64 {
		top := d[iy*knots+ix]*(1-fx) + d[iy*knots+ix+1]*fx
		bottom := d[(iy+1)*knots+ix]*(1-fx) + d[(iy+1)*knots+ix+1]*fx
		return top*(1-fy) + bottom*fy
	}
	return u + at(&w.dx), v + at(&w.dy)
}

// ease is 3t²−2t³: the field has no creases at its knots.
func ease(t float64) float64 { return t * t * (3 - 2*t) }
