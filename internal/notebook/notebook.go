// Package notebook executes Jupyter notebooks without a browser, each from a
// fresh kernel, through nbclient.
package notebook

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gradus-ml/gradus/internal/processes"
)

//go:embed run.py
var driver string

// Runner runs notebooks with one Python.
type Runner struct {
	Python string   // an interpreter that has nbclient
	Env    []string // of the kernels
}

// Options says how to run a notebook.
type Options struct {
	Kernel  string        // instead of the one that the notebook names
	Timeout time.Duration // for each cell; 0 means none
	Write   bool          // save the outputs in the notebook, if it succeeds
	HTML    string        // folder for a web page of it; empty: none
	SaveTo  string        // file for the notebook with its outputs; empty: none
}

// Cell is a cell that has been executed.
type Cell struct {
	Number  int     `json:"number"` // of the code cells, from 1
	OK      bool    `json:"ok"`
	Seconds float64 `json:"seconds"`
	First   string  `json:"first"` // the first line of its source
}

// Failure is why a notebook stopped.
type Failure struct {
	Number    int    `json:"number"` // of the code cell, from 1
	Name      string `json:"name"`
	Text      string `json:"text"`
	Source    string `json:"source"`
	Stderr    string `json:"stderr"`
	Stdout    string `json:"stdout"`
	Traceback string `json:"traceback"`
}

// event is a line that the driver writes.
type event struct {
	Event   string   `json:"event"`
	Cells   int      `json:"cells"`
	Failure *Failure `json:"failure"`
	Text    string   `json:"text"`
	Cell
}

// Run executes the notebook at path. cell is told of each cell and of how many
// there are. The error names the notebook and, where a cell failed, the cell,
// its source line and the reason.
func (r Runner) Run(ctx context.Context, path string, o Options, cell func(c Cell, cells int)) error {
	request, err := r.request(path, o)
	if err != nil {
		return err
	}
	processes.Adopt()
	cmd := exec.Command(r.Python, "-c", driver)
	cmd.Env = append(r.Env, "PYTHONUNBUFFERED=1", "PYDEVD_DISABLE_FILE_VALIDATION=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for us to pass on
	cmd.Stdin = bytes.NewReader(append(request, '\n'))
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s: %s does not start: %w", path, r.Python, err)
	}
	stop := context.AfterFunc(ctx, func() {
		processes.End(append(processes.Descendants(cmd.Process.Pid), self(cmd.Process.Pid)...), 2*time.Second)
	})
	defer stop()
	// Whatever happens, no kernel stays behind.
	defer func() { processes.End(processes.Orphans("gonb", "gopls"), time.Second) }()

	ended, failure, refused := read(bufio.NewReader(out), cell)
	waitErr := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%s: interrupted", path)
	case refused != "":
		return fmt.Errorf("%s: %s", path, refused)
	case failure != nil:
		return failure.explain(path)
	case !ended || waitErr != nil:
		return fmt.Errorf("%s: the notebook runner failed (%v): %s", path, waitErr, lastLine(log.String()))
	}
	return nil
}

// self is the process of that number.
func self(pid int) []processes.Process {
	for _, p := range processes.Descendants(syscall.Getpid()) {
		if p.PID == pid {
			return []processes.Process{p}
		}
	}
	return nil
}

func (r Runner) request(path string, o Options) ([]byte, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	request := map[string]any{"path": abs, "kernel": o.Kernel, "timeout": o.Timeout.Seconds(), "write": o.Write}
	for key, p := range map[string]string{"html": o.HTML, "save_to": o.SaveTo} {
		if p != "" {
			if request[key], err = filepath.Abs(p); err != nil {
				return nil, err
			}
		}
	}
	return json.Marshal(request)
}

// read follows the driver's events.
func read(in *bufio.Reader, cell func(Cell, int)) (ended bool, failure *Failure, refused string) {
	cells := 0
	for {
		line, err := in.ReadBytes('\n')
		var e event
		if json.Unmarshal(line, &e) == nil {
			switch e.Event {
			case "start":
				cells = e.Cells
			case "cell":
				cell(e.Cell, cells)
			case "end":
				ended, failure = true, e.Failure
			case "refused":
				refused = e.Text
			}
		}
		if err != nil {
			return ended, failure, refused
		}
	}
}

// ErrCell is in the error of a notebook that a cell of failed.
var ErrCell = errors.New("a cell failed")

var (
	ansi = regexp.MustCompile(`\x1b\[[0-9;]*[A-Za-z]`)
	// GoNB names places so: "Cell[3]: Line 7" for the compiler, "Cell [3] Line 7"
	// in a panic. The cell is counted as here; a place in another cell is a
	// function that was declared there.
	place = regexp.MustCompile(`Cell ?\[(\d+)\]:? Line (\d+)`)
)

// explain puts the failure in a few lines: where, which source line, what.
func (f *Failure) explain(path string) error {
	text := ansi.ReplaceAllString(strings.Join([]string{f.Stderr, f.Traceback}, "\n"), "")
	if strings.TrimSpace(text) == "" {
		text = f.Text
	}
	// kit.Must prints its reason on standard output.
	for line := range strings.Lines(f.Stdout) {
		if strings.HasPrefix(line, "error: ") {
			text = line
		}
	}
	where := fmt.Sprintf("%s: cell %d", path, f.Number)
	if m := place.FindStringSubmatch(text); m != nil && m[1] == strconv.Itoa(f.Number) {
		n, _ := strconv.Atoi(m[2])
		if lines := strings.Split(f.Source, "\n"); n >= 1 && n <= len(lines) {
			where += fmt.Sprintf(", line %d `%s`", n, strings.TrimSpace(lines[n-1]))
		}
	} else if first := firstCode(f.Source); first != "" {
		where += fmt.Sprintf(" (`%s`)", first)
	}
	if f.Name == "timeout" || f.Name == "kernel died" {
		text = f.Name + ": " + f.Text
	}
	return fmt.Errorf("%s: %w:\n    %s", where, ErrCell, strings.Join(useful(text), "\n    "))
}

// firstCode is the first line of a cell that says something.
func firstCode(source string) string {
	for line := range strings.Lines(source) {
		if s := strings.TrimSpace(line); s != "" && s != "%%" && !strings.HasPrefix(s, "//") {
			return s
		}
	}
	return ""
}

// useful drops empty lines and all but the first twenty.
func useful(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if s := strings.TrimRight(line, " \r\n"); strings.TrimSpace(s) != "" {
			out = append(out, s)
		}
	}
	if len(out) > 20 {
		out = append(out[:20], "…")
	}
	return out
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}
