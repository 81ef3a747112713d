package show

import (
	"cmp"
	"errors"
	"fmt"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Row sets pictures side by side, so that they can be compared, under a title of
// their own; an empty title leaves that line out. The alternative text stands for
// the whole row. Make the pictures narrow first, with [Picture.Sized]: a page is
// about 900 pixels wide.
func Row(title, alt string, pictures ...*Picture) *Picture {
	const gap = 6 // between pictures, in points
	var width, height, head vg.Length
	var err error
	raster := false
	if len(pictures) == 0 {
		err = errors.New("there is nothing to draw; give at least one picture")
	}
	if title != "" {
		head = 22
	}
	for i, p := range pictures {
		if p == nil {
			err = cmp.Or(err, fmt.Errorf("picture %d is nil", i+1))
			continue
		}
		err = cmp.Or(err, p.err)
		width, height = width+p.width+gap, max(height, p.height)
		raster = raster || p.raster
	}
	if err != nil {
		return newPicture(title, alt, plotWidth, plotHeight, err, nil)
	}
	row := newPicture(title, alt, width-gap, height+head, nil, func(c draw.Canvas) {
		if title != "" {
			c.FillText(textStyle(15, true), vg.Point{X: (width - gap) / 2, Y: height + head - 15}, title)
		}
		left := vg.Length(0)
		for _, p := range pictures {
			c.Push()
			// Pictures draw from their own corner; their tops are level.
			c.Translate(vg.Point{X: left, Y: height - p.height})
			p.draw(draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{Max: vg.Point{X: p.width, Y: p.height}}})
			c.Pop()
			left += p.width + gap
		}
	})
	row.raster = raster
	return row
}
