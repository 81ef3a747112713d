package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"

	"github.com/gradus-ml/gradus/internal/atomicfile"
)

// A stamp remembers what a step was last done from, so that a second set-up does
// nothing. It is a file .lab/stamps/NAME with a digest.

// digest sums up what a step depends on.
func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// contentOf reads a file of the checkout for a digest; a missing one is empty.
func (l *Lab) contentOf(name string) string {
	b, err := os.ReadFile(filepath.Join(l.Root, name))
	if err != nil {
		return ""
	}
	return string(b)
}

func (l *Lab) stamped(name, digest string) bool {
	b, err := os.ReadFile(l.path("stamps", name))
	return err == nil && string(b) == digest
}

func (l *Lab) stamp(name, digest string) error {
	return atomicfile.Write(l.path("stamps", name), []byte(digest))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
