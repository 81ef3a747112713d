// Package checkout finds the project's own folder on disk.
package checkout

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Module is the module path of the project.
const Module = "github.com/gradus-ml/gradus"

// ErrNone says that the working folder is in no checkout.
var ErrNone = errors.New("this is not a checkout of Gradus")

// Find returns the checkout that the working folder is in.
func Find() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if isModule(filepath.Join(dir, "go.mod")) {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("%w; run this in the folder that `git clone` made, or one below it", ErrNone)
		}
		dir = parent
	}
}

func isModule(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if fields := strings.Fields(lines.Text()); len(fields) == 2 && fields[0] == "module" {
			return fields[1] == Module
		}
	}
	return false
}
