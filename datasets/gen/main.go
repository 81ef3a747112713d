// Command gen draws the digits that ship with Gradus, and the table of start-ups:
//
//	go run ./datasets/gen [-out datasets/digits] [-preview grid.png]
//
// It always draws the same. See datasets/digits.md and startups.md for how.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
)

const (
	seed       = 20261124
	trainCount = 10000
	testCount  = 2000
)

func main() {
	out := flag.String("out", filepath.Join("datasets", "digits"), "folder to write to")
	preview := flag.String("preview", "", "also write a PNG with some of the images")
	flag.Parse()
	if err := generate(*out, *preview); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func generate(out, preview string) error {
	if err := writeStartups(filepath.Dir(out)); err != nil {
		return err
	}
	shapes, err := newShapes()
	if err != nil {
		return err
	}
	for _, part := range []struct {
		name         string
		first, count int
	}{{"train", 0, trainCount}, {"test", trainCount, testCount}} {
		pixels := make([]uint8, 0, part.count*side*side)
		labels := make([]uint8, 0, part.count)
		for i := range part.count {
			img, label := draw(shapes, part.first+i)
			pixels = append(pixels, img...)
			labels = append(labels, label)
		}
		images := idx(pixels, part.count, side, side)
		if err := write(filepath.Join(out, part.name+"-images.idx.gz"), images); err != nil {
			return err
		}
		if err := write(filepath.Join(out, part.name+"-labels.idx.gz"), idx(labels, part.count)); err != nil {
			return err
		}
		if preview != "" && part.name == "train" {
			if err := writePreview(preview, pixels); err != nil {
				return err
			}
		}
	}
	return nil
}

// idx puts bytes of the given shape in IDX form.
func idx(content []uint8, dims ...int) []byte {
	b := []byte{0, 0, 8, byte(len(dims))}
	for _, d := range dims {
		b = binary.BigEndian.AppendUint32(b, uint32(d))
	}
	return append(b, content...)
}

// write compresses content into a file; no time or name goes into it, so that
// the same content gives the same bytes.
func write(path string, content []byte) error {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(content); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	fmt.Printf("%s: %d bytes\n", path, b.Len())
	return os.WriteFile(path, b.Bytes(), 0o644)
}

// writePreview draws the first images in a grid of 24 columns and 12 rows.
func writePreview(path string, pixels []uint8) error {
	const columns, rows, zoom = 24, 12, 2
	img := image.NewGray(image.Rect(0, 0, columns*side*zoom, rows*side*zoom))
	for y := range rows * side * zoom {
		for x := range columns * side * zoom {
			n := y/(side*zoom)*columns + x/(side*zoom)
			p := pixels[n*side*side+y/zoom%side*side+x/zoom%side]
			img.SetGray(x, y, color.Gray{Y: p})
		}
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return png.Encode(f, img)
}
