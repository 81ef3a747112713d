package predict

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // registers the decoder
	_ "image/png"  // registers the decoder
	"io"
	"math"
	"os"

	"golang.org/x/image/draw"
)

// Side is the width and height, in pixels, of the images that [ReadFile] makes.
const Side = 28

// inkBox is the square that MNIST's digits were scaled to fit.
const inkBox = 20

// maxPixels bounds the size of an image that is decoded: 50 megapixels.
const maxPixels = 50_000_000

// ReadFile reads a PNG or JPEG file of a digit and makes it look like MNIST's
// images: light ink on black, the ink scaled to fit 20×20 pixels and set into
// 28×28 with its centre of mass in the middle. Dark ink on a light ground, as a
// scanner or a phone gives it, is inverted. An image that is 28×28 and has a
// black edge is taken as it is.
func ReadFile(path string) ([]uint8, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("there is no file %s", path)
	}
	if err != nil {
		return nil, fmt.Errorf("the image cannot be opened: %w", err)
	}
	defer f.Close()
	pixels, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return pixels, nil
}

// Read is [ReadFile] for what is not a file.
func Read(r io.ReadSeeker) ([]uint8, error) {
	config, _, err := image.DecodeConfig(r)
	if errors.Is(err, image.ErrFormat) {
		return nil, errors.New("this is not a PNG or JPEG image; save the picture in one of these forms")
	}
	if err != nil {
		return nil, fmt.Errorf("the image is damaged (%w); save it again", err)
	}
	if config.Width < 1 || config.Height < 1 || config.Width > maxPixels/config.Height {
		return nil, fmt.Errorf("the image has %d×%d pixels; at most %d megapixels are read, so scale it down", config.Width, config.Height, maxPixels/1_000_000)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("the image cannot be read: %w", err)
	}
	img, _, err := image.Decode(r)
	if err != nil {
		return nil, fmt.Errorf("the image is damaged (%w); save it again", err)
	}
	return Prepare(img)
}

// Prepare makes any image of a digit look like MNIST's; see [ReadFile].
func Prepare(img image.Image) ([]uint8, error) {
	gray := toGray(img)
	edge := edgeMean(gray)
	if edge > 127 {
		for i, v := range gray.Pix {
			gray.Pix[i] = 255 - v
		}
		edge = 255 - edge
	}
	if b := gray.Rect; b.Dx() == Side && b.Dy() == Side && edge == 0 {
		return gray.Pix, nil
	}
	stretch(gray, edge)
	ink := inkBounds(gray)
	if ink.Empty() {
		return nil, errors.New("there is no ink in the image; draw a digit that stands out from its ground")
	}
	return centre(scale(gray, ink)), nil
}

// toGray copies an image into grey levels, transparent parts onto white.
func toGray(img image.Image) *image.Gray {
	b := img.Bounds()
	rgba := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(rgba, rgba.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(rgba, rgba.Rect, img, b.Min, draw.Over)
	gray := image.NewGray(rgba.Rect)
	draw.Draw(gray, gray.Rect, rgba, image.Point{}, draw.Src)
	return gray
}

// edgeMean is the mean grey level of the outermost pixels: the ground.
func edgeMean(g *image.Gray) float64 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	var sum, n float64
	for y := range h {
		for x := range w {
			if x == 0 || y == 0 || x == w-1 || y == h-1 {
				sum += float64(g.GrayAt(x, y).Y)
				n++
			}
		}
	}
	return sum / n
}

// stretch makes the ground black and the brightest ink white, and drops what is
// barely lighter than the ground: paper is not even.
func stretch(g *image.Gray, ground float64) {
	brightest := 0.0
	for _, v := range g.Pix {
		brightest = max(brightest, float64(v))
	}
	span := brightest - ground
	for i, v := range g.Pix {
		share := 0.0
		if span >= 20 { // less contrast than that is no ink
			share = (float64(v) - ground) / span
		}
		if share < 0.2 {
			share = 0
		}
		g.Pix[i] = uint8(math.Round(255 * share))
	}
}

// inkBounds is the smallest rectangle around what is not black.
func inkBounds(g *image.Gray) image.Rectangle {
	var r image.Rectangle
	for y := range g.Rect.Dy() {
		for x := range g.Rect.Dx() {
			if g.GrayAt(x, y).Y > 0 {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}

// scale fits the ink into a square of inkBox pixels, keeping its proportions.
func scale(g *image.Gray, ink image.Rectangle) *image.Gray {
	factor := float64(inkBox) / float64(max(ink.Dx(), ink.Dy()))
	w := max(1, int(math.Round(float64(ink.Dx())*factor)))
	h := max(1, int(math.Round(float64(ink.Dy())*factor)))
	out := image.NewGray(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(out, out.Rect, g, ink, draw.Src, nil)
	return out
}

// centre sets the ink into a frame of Side×Side with its centre of mass in the
// middle, moved back where that would push it over the edge.
func centre(ink *image.Gray) []uint8 {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	var mass, mx, my float64
	for y := range h {
		for x := range w {
			v := float64(ink.GrayAt(x, y).Y)
			mass += v
			mx += v * float64(x)
			my += v * float64(y)
		}
	}
	const middle = (Side - 1) / 2.0
	place := func(moment float64, size int) int {
		if mass == 0 {
			return (Side - size) / 2
		}
		return max(0, min(Side-size, int(math.Round(middle-moment/mass))))
	}
	left, top := place(mx, w), place(my, h)
	out := make([]uint8, Side*Side)
	for y := range h {
		copy(out[(top+y)*Side+left:], ink.Pix[y*ink.Stride:y*ink.Stride+w])
	}
	return out
}
