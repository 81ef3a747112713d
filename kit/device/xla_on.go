//go:build xla

package device

import (
	"slices"

	"github.com/gomlx/go-xla/compute/xla"
)

// defaultConfig is the backend of a program built with the tag xla: the GPU if
// its plugin is installed, else the CPU.
const defaultConfig = "xla"

// prepareXLA keeps go-xla from downloading a plugin in the middle of a lesson:
// a missing plugin is an error that says what to do.
func prepareXLA(name string) {
	if slices.Contains(XLANames, name) {
		xla.EnableAutoInstall(false)
	}
}
