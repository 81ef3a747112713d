package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
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
	return writeFile(l.path("stamps", name), []byte(digest))
}

// writeFile writes aside and renames, making folders as needed.
func writeFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already when all went well
	if _, err := f.Write(content); err != nil {
		f.Close()
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
