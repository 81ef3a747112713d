// Package atomicfile writes files so that nothing is lost: aside, synced, and
// renamed into place. A reader, a crash or another program that writes the same
// file sees the old content or the new, never half of it.
//
// It stands below the kit's packages, which use it; it knows none of them.
package atomicfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Write writes the pieces, one after the other, to the file at path. Its folder
// is made if it is not there.
func Write(path string, pieces ...[]byte) error {
	if err := write(path, pieces); err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	return nil
}

func write(path string, pieces [][]byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already when all went well
	for _, p := range pieces {
		if _, err = f.Write(p); err != nil {
			break
		}
	}
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
