//go:build tools

// Package tools pins the programs that the notebook kernel calls. It is a module
// of its own, so that their requirements do not move the kit's.
package tools

import (
	_ "golang.org/x/tools/cmd/goimports"
	_ "golang.org/x/tools/gopls"
)
