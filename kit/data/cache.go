package data

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"

	"github.com/gradus-ml/gradus/internal/atomicfile"
)

// CacheDir is where data sets are kept: GRADUS_DATA if it is set, else a folder
// "gradus" in the user's cache folder.
func CacheDir() (string, error) {
	if dir := os.Getenv("GRADUS_DATA"); dir != "" {
		return dir, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no cache folder for data sets (%w); set GRADUS_DATA to a folder", err)
	}
	return filepath.Join(dir, "gradus"), nil
}

// A decoded set is kept as raw bytes, so that a cell loads it in tens of
// milliseconds: this header, the pixels, the labels.
type rawHeader struct {
	Magic            [8]byte
	N, Height, Width uint32
	// CRC is CRC-32C of pixels and labels: enough against a torn or damaged file;
	// the files that they were decoded from were checked by SHA-256.
	CRC uint32
}

var rawMagic = [8]byte{'g', 'r', 'a', 'd', 'u', 's', '1', '\n'}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errRaw is any reason to decode anew.
var errRaw = errors.New("no usable decoded copy")

// readRaw reads a decoded set in one piece.
func readRaw(path string) (pixels, labels []uint8, h rawHeader, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, h, errors.Join(errRaw, err)
	}
	size := binary.Size(h)
	if len(b) < size {
		return nil, nil, h, errRaw
	}
	if _, err := binary.Decode(b[:size], binary.LittleEndian, &h); err != nil {
		return nil, nil, h, errors.Join(errRaw, err)
	}
	b = b[size:]
	images := uint64(h.N) * uint64(h.Height) * uint64(h.Width)
	if h.Magic != rawMagic || images > maxIDXBytes || uint64(len(b)) != images+uint64(h.N) || crc32.Checksum(b, castagnoli) != h.CRC {
		return nil, nil, h, errRaw
	}
	return b[:images:images], b[images:], h, nil
}

// writeRaw keeps a decoded set.
func writeRaw(path string, pixels, labels []uint8, n, height, width int) error {
	h := rawHeader{Magic: rawMagic, N: uint32(n), Height: uint32(height), Width: uint32(width)}
	h.CRC = crc32.Update(crc32.Checksum(pixels, castagnoli), castagnoli, labels)
	head, err := binary.Append(nil, binary.LittleEndian, h)
	if err != nil {
		return err
	}
	return atomicfile.Write(path, head, pixels, labels)
}
