package lab

import (
	"fmt"
	"path/filepath"

	"golang.org/x/mod/modfile"

	"github.com/gradus-ml/gradus/internal/atomicfile"
	"github.com/gradus-ml/gradus/internal/checkout"
)

// cellsDir is a module that gives cells the kit and all that it requires.
//
// GoNB puts a cell into a workspace with this module. It could be the checkout
// itself; but then gopls, which completes what a student types, takes the whole
// project for something that is being written and checks every package of it: 1.4 GB
// of memory a student, as measured, and a fraction of it when the kit is only required.
func (l *Lab) cellsDir() string { return l.path("cells") }

// writeCellsModule makes the module from the checkout's go.mod.
func (l *Lab) writeCellsModule() error {
	name := filepath.Join(l.Root, "go.mod")
	f, err := modfile.Parse(name, []byte(l.contentOf("go.mod")), nil)
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", name, err)
	}
	if err := f.AddModuleStmt("gradus.local/cells"); err != nil {
		return err
	}
	f.AddNewRequire(checkout.Module, "v0.0.0", false)
	if err := f.AddReplace(checkout.Module, "", "../..", ""); err != nil { // from .lab/cells to the checkout
		return err
	}
	f.Cleanup()
	b, err := f.Format()
	if err != nil {
		return err
	}
	for name, content := range map[string]string{
		"go.mod":   string(b),
		"go.sum":   l.contentOf("go.sum"),
		"cells.go": "// Package cells is there so that its module is: cells take the kit from it.\npackage cells\n",
	} {
		if err := atomicfile.Write(filepath.Join(l.cellsDir(), name), []byte(content)); err != nil {
			return err
		}
	}
	return nil
}
