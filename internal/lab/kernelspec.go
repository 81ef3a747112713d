package lab

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/gradus-ml/gradus/internal/atomicfile"
)

// kernels are the two that a student can choose from in JupyterLab.
var kernels = []struct {
	name, display string
	xla           bool
}{
	{"gradus", "Go (Gradus)", false},
	{"gradus-xla", "Go (Gradus, XLA)", true},
}

// spec is the content of a kernel.json; see the Jupyter documentation of kernel
// specs.
type spec struct {
	Argv          []string          `json:"argv"`
	DisplayName   string            `json:"display_name"`
	Language      string            `json:"language"`
	InterruptMode string            `json:"interrupt_mode"`
	Env           map[string]string `json:"env"`
	Metadata      map[string]any    `json:"metadata"`
}

// inherited stands, in a kernel spec, for the value that the server has.
const inherited = "${GRADUS_RUNS}"

// kernelEnv is the environment of a kernel and of the cells that it compiles.
func (l *Lab) kernelEnv(ctx context.Context, xla bool) map[string]string {
	goenv, _ := l.command(ctx, "go", "env", "GOENV").Output()
	env := map[string]string{
		"GOFLAGS":     "-ldflags=-w -buildvcs=false", // no debugging tables: cells link faster
		"GOPROXY":     "off",                         // no cell goes out to the network
		"GOTOOLCHAIN": "local",
		"GOWORK":      "", // GoNB makes a workspace for the cells; a GOWORK=off of the user's would hide it
		"CGO_ENABLED": "0",
		"GRADUS_RUNS": inherited, // Lab.Env sets it
		// gopls starts a second process for telemetry unless a file in the user's
		// configuration says no; this folder has that file.
		"XDG_CONFIG_HOME":       l.path("config"),
		"GOENV":                 strings.TrimSpace(string(goenv)), // stays the user's
		"GOPLSCACHE":            l.goplsCache(),
		"GOMLX_NO_AUTO_INSTALL": "1",
		"GOMLX_BACKEND":         "go",
		"PATH":                  strings.Join([]string{l.path("bin"), goDir(), "${PATH}"}, string(os.PathListSeparator)),
	}
	if runtime.GOARCH == "amd64" {
		env["GOEXPERIMENT"] = "simd"
	}
	if xla {
		env["GOFLAGS"] += " -tags=xla"
		env["CGO_ENABLED"] = "1"
		env["GOMLX_BACKEND"] = "xla"
		env[pluginPathEnv] = l.PluginPath()
	}
	return env
}

// goDir is the folder of the go command: an editor started from a desktop may
// not have it on PATH.
func goDir() string {
	if p := look("go"); p != "" {
		return filepath.Dir(p)
	}
	return filepath.Join(runtime.GOROOT(), "bin")
}

// writeKernels writes the kernel specs. GoNB could install one itself, but only
// one, under its own name.
func (l *Lab) writeKernels(ctx context.Context) (string, bool, error) {
	if err := atomicfile.Write(l.path("config", "go", "telemetry", "mode"), []byte("off")); err != nil {
		return "", false, err
	}
	if err := l.writeCellsModule(); err != nil {
		return "", false, err
	}
	changed := false
	var names []string
	for _, k := range kernels {
		b, err := json.MarshalIndent(spec{
			// raw_error: an error's text comes as text, for people and programs alike.
			Argv:        []string{l.Bin("gonb"), "--kernel", "{connection_file}", "--raw_error", "--go_work=" + l.cellsDir()},
			DisplayName: k.display, Language: "go",
			InterruptMode: "message",
			Env:           l.kernelEnv(ctx, k.xla),
			Metadata:      map[string]any{"debugger": false},
		}, "", "  ")
		if err != nil {
			return "", false, err
		}
		names = append(names, k.display)
		path := l.path("share", "jupyter", "kernels", k.name, "kernel.json")
		if old, err := os.ReadFile(path); err == nil && string(old) == string(b) {
			continue
		}
		changed = true
		if err := atomicfile.Write(path, b); err != nil {
			return "", false, err
		}
	}
	return strings.Join(names, "; "), !changed, nil
}
