// Package labtest holds the tests that need the lab: the real Go kernel, driven
// through nbclient, and JupyterLab itself. `go run . test` runs them; `go test
// ./...` alone skips them, because it must pass with nothing but Go.
package labtest
