//go:build !xla

package device

// defaultConfig is the backend of a program built without the tag xla.
const defaultConfig = "go"

// prepareXLA has nothing to do: XLA is not linked.
func prepareXLA(string) {}
