// Package browsertest drives a real browser, Chromium, through what a person
// does: draw a digit on the page of `gradus serve`, and run chapter 0 in
// JupyterLab. It is a module of its own, so that the kit's requirements stay
// few. `go run . test` runs it; without a browser it is skipped.
package browsertest
