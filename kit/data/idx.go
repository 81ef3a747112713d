package data

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// What can be wrong with an IDX file; errors of [ReadIDXImages] and
// [ReadIDXLabels] wrap one of these.
var (
	ErrMagic         = errors.New("not the kind of IDX file that was expected")
	ErrTruncated     = errors.New("the file ends too early")
	ErrTooLarge      = errors.New("the file is larger than this reader accepts")
	ErrTrailing      = errors.New("the file goes on after its end")
	ErrCountMismatch = errors.New("there is not one label for each image")
	ErrLabel         = errors.New("not a class")
	ErrCompression   = errors.New("the gzip compression is damaged")
)

// The first four bytes of an IDX file: two zeros, the type of the numbers
// (8: bytes), and how many axes there are. The format is described by its
// authors, LeCun, Cortes and Burges, with MNIST.
const (
	magicLabels = 0x00000801
	magicImages = 0x00000803
)

// maxIDXBytes bounds what an IDX file may decode to: 256 MiB, five times MNIST.
const maxIDXBytes = 256 << 20

// ReadIDXImages reads an IDX file of images, plain or gzip-compressed: pixels of
// n images of rows × cols bytes, image after image. Memory stays within what the
// file really holds, up to 256 MiB, whatever its header claims.
func ReadIDXImages(r io.Reader) (pixels []uint8, n, rows, cols int, err error) {
	var dims [3]uint32
	pixels, err = readIDX(r, magicImages, dims[:])
	if err != nil {
		return nil, 0, 0, 0, fmt.Errorf("images in IDX form: %w", err)
	}
	return pixels, int(dims[0]), int(dims[1]), int(dims[2]), nil
}

// ReadIDXLabels reads an IDX file of labels, plain or gzip-compressed, and
// refuses labels above 9.
func ReadIDXLabels(r io.Reader) ([]uint8, error) {
	var dims [1]uint32
	labels, err := readIDX(r, magicLabels, dims[:])
	if err != nil {
		return nil, fmt.Errorf("labels in IDX form: %w", err)
	}
	for i, l := range labels {
		if l > 9 {
			return nil, fmt.Errorf("labels in IDX form: label %d of example %d is %w; digits go from 0 to 9", l, i, ErrLabel)
		}
	}
	return labels, nil
}

// readIDX reads header and content; dims receives the size of each axis.
func readIDX(r io.Reader, magic uint32, dims []uint32) ([]uint8, error) {
	in := bufio.NewReader(r)
	if start, err := in.Peek(2); err == nil && bytes.Equal(start, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("%w (%w)", ErrCompression, err)
		}
		defer z.Close()
		in = bufio.NewReaderSize(z, 64<<10)
	}
	var got uint32
	if err := readHeader(in, &got); err != nil {
		return nil, err
	}
	if got != magic {
		return nil, fmt.Errorf("%w: it begins with %08x, expected %08x", ErrMagic, got, magic)
	}
	total := uint64(1)
	for i := range dims {
		if err := readHeader(in, &dims[i]); err != nil {
			return nil, err
		}
		// Both factors are below 2³², and total stays below 2²⁸: no overflow.
		if total *= uint64(dims[i]); total > maxIDXBytes {
			return nil, fmt.Errorf("%w: its header claims shape %v, the limit is %d bytes", ErrTooLarge, dims, maxIDXBytes)
		}
	}
	if len(dims) > 1 && total == 0 && dims[0] != 0 {
		return nil, fmt.Errorf("%w: its images have no pixels, shape %v", ErrMagic, dims)
	}
	// Copied as it comes, so that a header that claims much costs nothing.
	var content bytes.Buffer
	content.Grow(int(min(total, 1<<20)))
	n, err := io.CopyN(&content, in, int64(total))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, readError(err)
	}
	if uint64(n) < total {
		return nil, fmt.Errorf("%w: %d of %d bytes are there", ErrTruncated, n, total)
	}
	switch _, err := in.ReadByte(); {
	case err == nil:
		return nil, fmt.Errorf("%w, %d bytes", ErrTrailing, total)
	case !errors.Is(err, io.EOF):
		return nil, readError(err) // the checksum of gzip is checked here
	}
	return content.Bytes(), nil
}

func readHeader(in io.Reader, v *uint32) error {
	err := binary.Read(in, binary.BigEndian, v)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w, within its header", ErrTruncated)
	}
	if err != nil {
		return readError(err)
	}
	return nil
}

func readError(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w, within compressed data", ErrTruncated)
	}
	return fmt.Errorf("%w (%w)", ErrCompression, err)
}
