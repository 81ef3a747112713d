//go:build !linux

package processes

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Adopt has no equivalent here: orphans go to the system's first process.
func Adopt() {}

func collect() {}

// list asks ps, which every Unix has.
func list() []Process {
	out, err := exec.Command("ps", "-axo", "pid=,ppid=,lstart=,comm=").Output()
	if err != nil {
		return nil
	}
	var all []Process
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line) // lstart takes five fields
		if len(f) < 8 {
			continue
		}
		pid, err1 := strconv.Atoi(f[0])
		parent, err2 := strconv.Atoi(f[1])
		if err1 == nil && err2 == nil {
			all = append(all, Process{PID: pid, Parent: parent, started: strings.Join(f[2:7], " "), Name: filepath.Base(strings.Join(f[7:], " "))})
		}
	}
	return all
}
