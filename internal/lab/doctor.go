package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/gradus-ml/gradus/kit/data"
	"github.com/gradus-ml/gradus/kit/device"
)

// Finding is one thing that the doctor looked at.
type Finding struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	// Needed tells whether the lab works without it.
	Needed bool   `json:"needed"`
	Note   string `json:"note"`
	Mend   string `json:"mend,omitempty"` // the command that helps
}

// Examination is all that the doctor found.
type Examination struct {
	OK       bool               `json:"ok"` // the lab would work
	System   string             `json:"system"`
	Backend  device.Description `json:"backend"`
	SIMD     bool               `json:"simd"`   // in the kernel's cells
	GPU      string             `json:"gpu"`    // what is seen, or "none"
	Memory   int64              `json:"memory"` // available, in bytes; 0: unknown
	Disk     int64              `json:"disk"`   // free where the checkout is, in bytes
	Findings []Finding          `json:"findings"`
}

const mendSetup = "go run . setup"

// Examine looks at everything that the lab needs.
func (l *Lab) Examine(ctx context.Context) Examination {
	x := Examination{OK: true, System: runtime.GOOS + "/" + runtime.GOARCH, SIMD: runtime.GOARCH == "amd64", GPU: gpu(), Memory: availableMemory(), Disk: freeDisk(l.Root)}
	x.add(l.examineGo(ctx))
	x.add(l.examinePython(ctx))
	x.add(l.examineJupyter(ctx))
	for _, name := range []string{"gonb", "goimports", "gopls"} {
		x.add(Finding{Name: name, OK: exists(l.Bin(name)), Needed: name == "gonb", Note: l.Bin(name), Mend: mendSetup})
	}
	for _, k := range kernels {
		x.add(l.examineKernel(k.name, k.display, !k.xla))
	}
	d, err := device.Info()
	x.Backend = d
	x.add(Finding{Name: "backend", OK: err == nil, Needed: true, Note: noteOr(err, d.Description), Mend: "unset GOMLX_BACKEND"})
	x.add(l.examineXLA())
	for _, f := range data.CheckCache() {
		x.add(Finding{Name: "data: " + f.Name, OK: f.OK, Note: f.Note, Mend: mendSetup})
	}
	x.add(Finding{Name: "disk", OK: x.Disk == 0 || x.Disk > 1<<30, Note: size(x.Disk) + " free", Mend: "free 1 GB: the lab, Go's caches and the data need it"})
	x.add(Finding{Name: "memory", OK: x.Memory == 0 || x.Memory > 1<<30, Note: size(x.Memory) + " available", Mend: "close programs until 1 GB is available: compiling the first cell needs it"})
	return x
}

func (x *Examination) add(f Finding) {
	if f.OK {
		f.Mend = ""
	} else if f.Needed {
		x.OK = false
	}
	x.Findings = append(x.Findings, f)
}

func noteOr(err error, note string) string {
	if err != nil {
		return firstLine(err)
	}
	return note
}

func (l *Lab) examineGo(ctx context.Context) Finding {
	out, err := l.command(ctx, "go", "version").Output()
	return Finding{Name: "go", OK: err == nil, Needed: true, Note: noteOr(err, strings.TrimPrefix(strings.TrimSpace(string(out)), "go version ")), Mend: "install Go 1.26 or newer"}
}

func (l *Lab) examinePython(ctx context.Context) Finding {
	f := Finding{Name: "python", Needed: true, Mend: "install Python 3.11 or newer (on Debian: apt-get install python3 python3-venv)"}
	python := findPython()
	if python == "" {
		f.Note = "there is no python3 on PATH"
		return f
	}
	out, err := l.command(ctx, python, "--version").Output()
	f.OK, f.Note = err == nil, noteOr(err, strings.TrimSpace(string(out))+" at "+python)
	return f
}

func (l *Lab) examineJupyter(ctx context.Context) Finding {
	j, err := l.Jupyter(ctx)
	f := Finding{Name: "jupyter", Needed: true, Mend: mendSetup}
	if err != nil {
		f.Note = firstLine(err)
		return f
	}
	f.OK, f.Note = j.Server != "", j.Server+" in "+j.Python
	if j.Server != "" {
		if out, err := l.command(ctx, j.Python, "-c", "import "+j.Server+" as m; print(m.__version__)").Output(); err == nil {
			f.Note = j.Server + " " + strings.TrimSpace(string(out)) + " in " + j.Python
		} else {
			f.OK, f.Note = false, j.Server+" does not start in "+j.Python
		}
	}
	return f
}

func (l *Lab) examineKernel(name, display string, needed bool) Finding {
	path := l.path("share", "jupyter", "kernels", name, "kernel.json")
	f := Finding{Name: "kernel: " + display, Needed: needed, Note: path, Mend: mendSetup}
	b, err := os.ReadFile(path)
	var s spec
	switch {
	case err != nil:
		f.Note = "not installed"
	case json.Unmarshal(b, &s) != nil || len(s.Argv) == 0:
		f.Note = path + " is damaged"
	case !exists(s.Argv[0]):
		f.Note = path + " names " + s.Argv[0] + ", which is not there"
	default:
		f.OK = true
	}
	return f
}

// gpu tells whether an NVIDIA GPU is seen, by the files of its driver.
func gpu() string {
	if files, _ := filepath.Glob("/proc/driver/nvidia/gpus/*/information"); len(files) > 0 {
		b, err := os.ReadFile(files[0])
		if err == nil {
			for line := range strings.Lines(string(b)) {
				if model, ok := strings.CutPrefix(line, "Model:"); ok {
					return fmt.Sprintf("%d × %s", len(files), strings.TrimSpace(model))
				}
			}
		}
		return fmt.Sprintf("%d × NVIDIA", len(files))
	}
	return "none"
}

// examineXLA looks for a PJRT plugin where the lab's programs do.
func (l *Lab) examineXLA() Finding {
	f := Finding{Name: "XLA plugin", Note: "none installed", Mend: "go run . setup --xla; the pure-Go backend works without"}
	if plugins := l.Plugins(); len(plugins) > 0 {
		f.OK, f.Note = true, strings.Join(plugins, ", ")
	}
	return f
}

func size(bytes int64) string {
	if bytes == 0 {
		return "unknown"
	}
	return fmt.Sprintf("%.1f GB", float64(bytes)/(1<<30))
}
