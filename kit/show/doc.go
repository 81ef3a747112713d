// Package show draws pictures and tables: in a notebook under the cell, in a
// terminal program into a file.
//
// Each kind of picture has a function that takes its data and returns a
// [Picture]; Display shows it:
//
//	kit.Must(show.Curve("Loss", "epoch", "loss (nats)", "The loss falls from 0.4 to 0.1 in five epochs.",
//		show.Line{Name: "training", X: epochs, Y: losses}).Display())
//
// Every picture takes an alternative text, which says in words what it shows:
// for people who do not see it, and for programs that read the notebook. Bad
// data (lengths that differ, numbers that are not finite, no alternative text)
// is reported as the error of Display, SVG, PNG or Save.
//
// Pictures stand on a white card, so that they read the same on a light and on
// a dark page. Colours are told apart by colour-blind people, and lines differ
// in their dashes too.
package show

import "github.com/janpfeifer/gonb/gonbui"

// InNotebook tells whether the program runs as a notebook's cell.
func InNotebook() bool { return gonbui.IsNotebook }
