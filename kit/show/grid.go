package show

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Image is a small grey image in a [Grid].
type Image struct {
	Pixels        []uint8 // Width·Height bytes, row by row, 0 black to 255 white
	Width, Height int
	Label         string // written below
	Mark          bool   // something is wrong with it: the label turns red and gets a cross
}

// Grid shows small images side by side, in rows of the given number of columns.
func Grid(title, alt string, images []Image, columns int) *Picture {
	err := checkImages(images, columns)
	if err != nil {
		return newPicture(title, alt, plotWidth, plotHeight, err, nil)
	}
	columns = min(columns, len(images))
	rows := (len(images) + columns - 1) / columns
	side := vg.Length(max(30, min(72, 510/float64(columns)-8)))
	const gap, margin = 8, 12
	label := vg.Length(0)
	if slices.ContainsFunc(images, func(img Image) bool { return img.Label != "" || img.Mark }) {
		label = 15
	}
	head := vg.Length(0)
	if title != "" {
		head = 24
	}
	width := max(vg.Length(columns)*(side+gap)-gap+2*margin, textWidth(title)+2*margin)
	height := vg.Length(rows)*(side+label+gap) - gap + 2*margin + head
	left := (width - (vg.Length(columns)*(side+gap) - gap)) / 2
	p := newPicture(title, alt, width, height, nil, func(c draw.Canvas) {
		if title != "" {
			c.FillText(textStyle(14, true), vg.Point{X: width / 2, Y: height - margin - 7}, title)
		}
		for i, img := range images {
			x := left + vg.Length(i%columns)*(side+gap)
			top := height - margin - head - vg.Length(i/columns)*(side+label+gap)
			// An image that is not square keeps its proportions within the square.
			w, h := side*min(1, vg.Length(img.Width)/vg.Length(img.Height)), side*min(1, vg.Length(img.Height)/vg.Length(img.Width))
			middle := vg.Point{X: x + side/2, Y: top - side/2}
			c.DrawImage(vg.Rectangle{Min: vg.Point{X: middle.X - w/2, Y: middle.Y - h/2}, Max: vg.Point{X: middle.X + w/2, Y: middle.Y + h/2}}, crisp(img))
			style := textStyle(11, img.Mark)
			text := img.Label
			if img.Mark {
				style.Color = alarm
				text = "× " + text
			}
			c.FillText(style, vg.Point{X: x + side/2, Y: top - side - 8}, text)
		}
	})
	p.raster = true
	return p
}

// textWidth estimates the width of a title.
func textWidth(s string) vg.Length {
	style := textStyle(14, true)
	return style.Width(s)
}

func checkImages(images []Image, columns int) error {
	if len(images) == 0 {
		return errors.New("there is nothing to draw; give at least one image")
	}
	if columns < 1 {
		return fmt.Errorf("%d columns cannot be drawn; use at least 1", columns)
	}
	if len(images) > 2000 {
		return fmt.Errorf("%d images are too many to see; show 2000 at most", len(images))
	}
	for i, img := range images {
		if img.Width < 1 || img.Height < 1 || len(img.Pixels) != img.Width*img.Height {
			return fmt.Errorf("image %d has %d bytes; %d×%d pixels need %d", i+1, len(img.Pixels), img.Width, img.Height, img.Width*img.Height)
		}
	}
	return nil
}

// crisp enlarges an image by repeating pixels, so that scaling leaves them square.
func crisp(img Image) image.Image {
	zoom := max(1, 192/max(img.Width, img.Height))
	out := image.NewGray(image.Rect(0, 0, img.Width*zoom, img.Height*zoom))
	for y := range img.Height * zoom {
		for x := range img.Width * zoom {
			out.SetGray(x, y, color.Gray{Y: img.Pixels[y/zoom*img.Width+x/zoom]})
		}
	}
	return out
}
