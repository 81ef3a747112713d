//go:build tools
package deps
import _ "github.com/janpfeifer/gonb"
