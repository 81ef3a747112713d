// Package device opens the backend that computes: the pure-Go backend of GoMLX,
// which is always there, or XLA (on a CPU or a GPU) in a program built with the
// tag xla.
//
// The environment variable GOMLX_BACKEND chooses: "go" for the pure-Go backend,
// "xla:cpu", "xla:cuda" or "xla:/path/to/plugin.so" for XLA. Unset, a program
// built without the tag uses the pure-Go backend and one built with it uses XLA.
package device

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend" // registers the backend "go"
)

// Description says what computes.
type Description struct {
	Name        string // "go" or "xla"
	Description string // one line for people
	Parallelism int    // how many goroutines or devices work at once
	SIMD        bool   // the pure-Go backend was built with vector instructions (GOEXPERIMENT=simd)
	GPU         bool   // the work runs on a GPU
}

var (
	mu     sync.Mutex
	opened compute.Backend
)

// Open returns the backend that GOMLX_BACKEND names. It is opened once: later
// calls return the same one. An unknown name gives an error that lists what this
// program has; an XLA plugin that is missing gives one that says how to get it.
func Open() (compute.Backend, error) {
	mu.Lock()
	defer mu.Unlock()
	if opened != nil && !opened.IsFinalized() {
		return opened, nil
	}
	b, err := open(os.Getenv(compute.ConfigEnvVar))
	if err != nil {
		return nil, err
	}
	opened = b
	return b, nil
}

// open opens the backend that config describes: "NAME" or "NAME:SETTINGS".
func open(config string) (b compute.Backend, err error) {
	// GoMLX panics on some bad settings; nothing panics across the kit's boundary.
	defer func() {
		if p := recover(); p != nil {
			b, err = nil, fmt.Errorf("the backend %q could not be opened: %s", config, firstLine(fmt.Sprint(p)))
		}
	}()
	if config == "" {
		config = defaultConfig
	}
	name, _, _ := strings.Cut(config, ":")
	have := compute.List()
	slices.Sort(have)
	if !slices.Contains(have, name) {
		if slices.Contains(XLANames, name) {
			return nil, fmt.Errorf("%s=%q asks for XLA, which this program was built without (it has: %s); in a notebook choose the kernel \"Go (Gradus, XLA)\", in a terminal build with -tags xla, or unset %s",
				compute.ConfigEnvVar, config, strings.Join(have, ", "), compute.ConfigEnvVar)
		}
		return nil, fmt.Errorf("%s=%q names no backend of this program; it has: %s; set one of them or unset %s",
			compute.ConfigEnvVar, config, strings.Join(have, ", "), compute.ConfigEnvVar)
	}
	prepareXLA(name)
	b, err = compute.NewWithConfig(config)
	if err != nil {
		return nil, explain(config, name, err)
	}
	return b, nil
}

// XLANames are the names under which go-xla registers itself.
var XLANames = []string{"xla", "stablehlo", "shlo", "hlo", "pjrt"}

// explain turns a backend's error into one sentence that says what to do.
func explain(config, name string, err error) error {
	if slices.Contains(XLANames, name) {
		if strings.Contains(err.Error(), "no plugins found") {
			return fmt.Errorf("XLA could not start: this machine has no PJRT plugin; `go run . setup --xla` installs the CPU's (docs/xla.md has the others), or go on without: choose the kernel \"Go (Gradus)\", or set GOMLX_BACKEND=go")
		}
		return fmt.Errorf("XLA could not start for %s=%q (%s); install the plugin (docs/xla.md says how), give its path as GOMLX_BACKEND=xla:/path/plugin.so, or go on without: choose the kernel \"Go (Gradus)\" or set GOMLX_BACKEND=go",
			compute.ConfigEnvVar, config, firstLine(err.Error()))
	}
	return fmt.Errorf("the backend %q could not be opened: %s", config, firstLine(err.Error()))
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return s
}

// Info describes the backend that [Open] returns, opening it if need be.
func Info() (Description, error) {
	b, err := Open()
	if err != nil {
		return Description{}, err
	}
	return Describe(b), nil
}

// Describe describes a backend.
func Describe(b compute.Backend) Description {
	d := Description{Name: b.String(), Description: b.Description()} // String is the name that GOMLX_BACKEND takes
	if d.Name == "go" {
		d.Parallelism = runtime.GOMAXPROCS(0)
		d.SIMD = SIMD
		d.Description = fmt.Sprintf("pure Go on the CPU, %d cores, SIMD %s", d.Parallelism, onOff(SIMD))
		return d
	}
	d.Parallelism = b.NumDevices()
	var devices []string
	for i := range b.NumDevices() {
		devices = append(devices, b.DeviceDescription(compute.DeviceNum(i)))
	}
	d.Description += ", devices: " + strings.Join(devices, "; ")
	all := strings.ToLower(d.Description)
	d.GPU = strings.Contains(all, "cuda") || strings.Contains(all, "gpu") || strings.Contains(all, "rocm")
	return d
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}

// PeakMemory returns the largest resident set of this process so far, in bytes,
// or 0 where the system does not tell.
func PeakMemory() int64 { return peakMemory() }
