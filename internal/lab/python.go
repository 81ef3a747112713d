package lab

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/gradus-ml/gradus/internal/atomicfile"
)

// requirements pins JupyterLab and everything that it needs, by hash.
//
//go:embed requirements.txt
var requirements string

// Jupyter is a Python with what runs notebooks.
type Jupyter struct {
	Python string `json:"python"` // the interpreter
	Server string `json:"server"` // module to start: "jupyterlab" or "notebook"; empty: none
	Own    bool   `json:"own"`    // in .lab/venv, rather than found on the machine
}

func (l *Lab) venvPython() string { return l.path("venv", "bin", "python") }

// setUpPython makes .lab/venv. Where the package index cannot be reached, a
// Jupyter that is on the machine serves instead.
func (l *Lab) setUpPython(ctx context.Context) (string, bool, error) {
	python := findPython()
	if python == "" {
		return "", false, errors.New("there is no python3 on PATH; install Python 3.11 or newer (on Debian: apt-get install python3 python3-venv)")
	}
	version, err := l.command(ctx, python, "-c", "import sys; print(sys.version)").Output()
	if err != nil {
		return "", false, fmt.Errorf("%s does not run: %w", python, err)
	}
	d := digest(requirements, string(version))
	if l.stamped("python", d) && exists(l.venvPython()) {
		return "JupyterLab in .lab/venv", true, nil
	}
	venvErr := l.makeVenv(ctx, python)
	if venvErr == nil {
		return "JupyterLab in .lab/venv", false, l.stamp("python", d)
	}
	if ctx.Err() != nil {
		return "", false, ctx.Err()
	}
	j, err := l.systemJupyter(ctx)
	if err != nil {
		return "", false, fmt.Errorf("JupyterLab cannot be installed here (%w), and none is on the machine: connect to a Python package index, or install one (on Debian: apt-get install jupyter-notebook python3-nbclient)", venvErr)
	}
	return fmt.Sprintf("using the %s that is on this machine (%s), because JupyterLab cannot be installed here: %s", j.Server, j.Python, firstLine(venvErr)), true, nil
}

// findPython returns the first Python 3.11 or newer on PATH, or any python3.
func findPython() string {
	for _, name := range []string{"python3", "python3.13", "python3.12", "python3.11"} {
		p := look(name)
		if p != "" && exec.Command(p, "-c", "import sys; sys.exit(sys.version_info < (3, 11))").Run() == nil {
			return p
		}
	}
	return look("python3")
}

// makeVenv makes the environment aside and moves it into place when it is whole.
func (l *Lab) makeVenv(ctx context.Context, python string) error {
	if err := exec.CommandContext(ctx, python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))").Run(); err != nil {
		return errors.New("Python is older than 3.11")
	}
	venv := l.path("venv")
	// A virtual environment cannot be moved, so it is marked whole by its stamp.
	if err := errors.Join(os.RemoveAll(venv), os.RemoveAll(l.path("stamps", "python")), os.MkdirAll(l.Dir, 0o755)); err != nil {
		return err
	}
	if out, err := l.command(ctx, python, "-m", "venv", venv).CombinedOutput(); err != nil {
		if bytes.Contains(out, []byte("ensurepip")) {
			return errors.New("Python has no venv module (on Debian: apt-get install python3-venv)")
		}
		return fmt.Errorf("python3 -m venv failed: %w%s", err, tail(out))
	}
	list := l.path("requirements.txt")
	if err := atomicfile.Write(list, []byte(requirements)); err != nil {
		return err
	}
	pip := l.command(ctx, l.venvPython(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
		"--retries", "2", "--only-binary", ":all:", "--require-hashes", "-r", list)
	if out, err := pip.CombinedOutput(); err != nil {
		return errors.Join(pipError(out), os.RemoveAll(venv))
	}
	return nil
}

// pipError picks the telling line of pip's output.
func pipError(out []byte) error {
	var last string
	for _, line := range strings.Split(string(out), "\n") {
		if strings.HasPrefix(line, "ERROR:") {
			last = strings.TrimSpace(strings.TrimPrefix(line, "ERROR:"))
		}
	}
	if last == "" {
		last = strings.TrimSpace(string(out[max(0, len(out)-200):]))
	}
	return fmt.Errorf("pip says: %s", last)
}

// Jupyter returns the Python that runs notebooks: the lab's own, or the
// machine's.
func (l *Lab) Jupyter(ctx context.Context) (Jupyter, error) {
	if exists(l.venvPython()) && exists(l.path("stamps", "python")) {
		return Jupyter{Python: l.venvPython(), Server: "jupyterlab", Own: true}, nil
	}
	return l.systemJupyter(ctx)
}

// probe tells which modules a Python has.
const probe = `
import importlib.util, json
print(json.dumps({m: importlib.util.find_spec(m) is not None for m in ("jupyterlab", "notebook", "nbclient", "nbformat")}))
`

// systemJupyter looks for a Python with nbclient and a notebook server.
func (l *Lab) systemJupyter(ctx context.Context) (Jupyter, error) {
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		python := look(name)
		if python == "" {
			continue
		}
		out, err := l.command(ctx, python, "-c", probe).Output()
		if err != nil {
			continue
		}
		var has map[string]bool
		if json.Unmarshal(out, &has) != nil || !has["nbclient"] || !has["nbformat"] {
			continue
		}
		abs, err := filepath.Abs(python)
		if err != nil {
			return Jupyter{}, err
		}
		j := Jupyter{Python: abs}
		switch {
		case has["jupyterlab"]:
			j.Server = "jupyterlab"
		case has["notebook"]:
			j.Server = "notebook"
		}
		return j, nil
	}
	return Jupyter{}, errors.New("no Python with nbclient was found; run `go run . setup`")
}

func firstLine(err error) string {
	s, _, _ := strings.Cut(err.Error(), "\n")
	return s
}
