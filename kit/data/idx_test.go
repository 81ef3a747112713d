package data

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"runtime"
	"testing"
)

// idxFile builds an IDX file.
func idxFile(magic uint32, dims []uint32, content []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, magic)
	for _, d := range dims {
		b = binary.BigEndian.AppendUint32(b, d)
	}
	return append(b, content...)
}

func zip(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestReadIDX(t *testing.T) {
	plain := idxFile(magicImages, []uint32{2, 1, 3}, []byte{1, 2, 3, 4, 5, 6})
	for name, file := range map[string][]byte{"plain": plain, "gzip": zip(t, plain)} {
		pixels, n, rows, cols, err := ReadIDXImages(bytes.NewReader(file))
		if err != nil || n != 2 || rows != 1 || cols != 3 || !bytes.Equal(pixels, []byte{1, 2, 3, 4, 5, 6}) {
			t.Errorf("%s: %v, %d×%d×%d, %v", name, pixels, n, rows, cols, err)
		}
	}
	labels, err := ReadIDXLabels(bytes.NewReader(idxFile(magicLabels, []uint32{3}, []byte{0, 9, 5})))
	if err != nil || !bytes.Equal(labels, []byte{0, 9, 5}) {
		t.Errorf("labels %v, %v", labels, err)
	}
}

func TestReadIDXNamesWhatIsWrong(t *testing.T) {
	good := idxFile(magicImages, []uint32{1, 2, 2}, []byte{1, 2, 3, 4})
	zipped := zip(t, good)
	damaged := bytes.Clone(zipped)
	damaged[len(damaged)-5] ^= 0xff // in the checksum
	for _, c := range []struct {
		name string
		file []byte
		want error
	}{
		{"empty", nil, ErrTruncated},
		{"header cut", good[:7], ErrTruncated},
		{"content cut", good[:len(good)-1], ErrTruncated},
		{"compressed data cut", zipped[:len(zipped)-9], ErrTruncated},
		{"another magic", idxFile(0x00000d03, []uint32{1, 1, 1}, []byte{1}), ErrMagic},
		{"labels given as images", idxFile(magicLabels, []uint32{1}, []byte{1}), ErrMagic},
		{"more than the header says", append(bytes.Clone(good), 0), ErrTrailing},
		{"size that overflows 64 bits", idxFile(magicImages, []uint32{1 << 31, 1 << 31, 1 << 31}, nil), ErrTooLarge},
		{"size above the limit", idxFile(magicImages, []uint32{1 << 20, 28, 28}, nil), ErrTooLarge},
		{"images without pixels", idxFile(magicImages, []uint32{5, 0, 28}, nil), ErrMagic},
		{"damaged compression", damaged, ErrCompression},
		{"no gzip after all", []byte{0x1f, 0x8b, 0, 0, 0, 0, 0, 0, 0, 0, 0}, ErrCompression},
	} {
		if _, _, _, _, err := ReadIDXImages(bytes.NewReader(c.file)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v; want %v", c.name, err, c.want)
		}
	}
	if _, err := ReadIDXLabels(bytes.NewReader(idxFile(magicLabels, []uint32{2}, []byte{3, 10}))); !errors.Is(err, ErrLabel) {
		t.Errorf("label 10: %v; want %v", err, ErrLabel)
	}
}

func TestCountMismatchIsNamed(t *testing.T) {
	images := idxFile(magicImages, []uint32{2, 1, 1}, []byte{1, 2})
	labels := idxFile(magicLabels, []uint32{3}, []byte{1, 2, 3})
	if _, err := digitSet("x", "train", images, labels); !errors.Is(err, ErrCountMismatch) {
		t.Errorf("2 images and 3 labels: %v", err)
	}
}

// TestGzipBombTakesLittleMemory reads a file of a few hundred kilobytes that
// decompresses to 300 MB of zeros behind an honest and a lying header.
func TestGzipBombTakesLittleMemory(t *testing.T) {
	zeros := make([]byte, 1<<20)
	for name, dims := range map[string][]uint32{"small header": {1, 1, 1}, "large header": {200 << 10, 28, 28}} {
		var file bytes.Buffer
		z := gzip.NewWriter(&file)
		if _, err := z.Write(idxFile(magicImages, dims, nil)); err != nil {
			t.Fatal(err)
		}
		for range 300 {
			if _, err := z.Write(zeros); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, _, _, err := ReadIDXImages(&file)
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
		if name == "small header" && after.TotalAlloc-before.TotalAlloc > 8<<20 {
			t.Errorf("%s: allocated %d MB", name, (after.TotalAlloc-before.TotalAlloc)>>20)
		}
	}
}

func FuzzReadIDX(f *testing.F) {
	good := idxFile(magicImages, []uint32{1, 2, 2}, []byte{1, 2, 3, 4})
	f.Add(good)
	f.Add(zip(f, good))
	f.Add(good[:9])
	f.Add(idxFile(magicLabels, []uint32{2}, []byte{1, 99}))
	f.Add(idxFile(magicImages, []uint32{1 << 31, 1 << 31, 1 << 31}, nil))
	f.Fuzz(func(t *testing.T, file []byte) {
		if pixels, n, rows, cols, err := ReadIDXImages(bytes.NewReader(file)); err == nil && len(pixels) != n*rows*cols {
			t.Errorf("%d pixels for %d×%d×%d", len(pixels), n, rows, cols)
		}
		if labels, err := ReadIDXLabels(bytes.NewReader(file)); err == nil {
			for _, l := range labels {
				if l > 9 {
					t.Errorf("label %d came through", l)
				}
			}
		}
	})
}
