// Package datasets describes the data sets of Gradus: the manifest, with source,
// licence, shape and digests, and a card for each. The images of the digits that
// ship are in its sub-package digits; datasets/gen draws them.
package datasets

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

//go:embed manifest.json mnist.md digits.md startups.md
var files embed.FS

// The table of start-ups, spoilt and complete; see startups.md.
var (
	//go:embed startups.csv
	StartupsCSV []byte
	//go:embed startups-complete.csv
	StartupsCompleteCSV []byte
)

// Entry describes one data set.
type Entry struct {
	Title    string         `json:"title"`
	Source   string         `json:"source"`
	Licence  string         `json:"licence"`
	Dims     []int          `json:"dims"`
	Examples map[string]int `json:"examples"` // by part
	Module   Module         `json:"module"`   // the Go module that carries the files, if one does
	Mirrors  []string       `json:"mirrors"`  // where the files are on the web, if need be
	Files    []File         `json:"files"`
}

// Module names the Go module that carries a data set's files.
type Module struct {
	Path    string `json:"path"`
	Version string `json:"version"`
	Folder  string `json:"folder"`
}

// File is one file of a data set.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // hex
}

var manifest = sync.OnceValues(func() (map[string]Entry, error) {
	b, err := files.ReadFile("manifest.json")
	if err != nil {
		return nil, err
	}
	var m map[string]Entry
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("the manifest of the data sets cannot be read: %w", err)
	}
	return m, nil
})

// Get returns the manifest's entry for a data set.
func Get(name string) (Entry, error) {
	m, err := manifest()
	if err != nil {
		return Entry{}, err
	}
	e, ok := m[name]
	if !ok {
		return Entry{}, fmt.Errorf("the manifest has no data set %q", name)
	}
	return e, nil
}

// Names lists the data sets of the manifest, sorted.
func Names() []string {
	m, err := manifest()
	if err != nil {
		return nil
	}
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Card returns the card of a data set, in Markdown.
func Card(name string) (string, error) {
	b, err := files.ReadFile(name + ".md")
	if err != nil {
		return "", fmt.Errorf("there is no card for the data set %q", name)
	}
	return string(b), nil
}
