// Package processes finds and ends the processes that a notebook kernel leaves
// behind: a kernel that is killed hard leaves its gopls running, and that one a
// telemetry process.
package processes

import (
	"os"
	"slices"
	"syscall"
	"time"
)

// Process is a running process.
type Process struct {
	PID, Parent int
	Name        string // of the program, without its folder
	started     string // tells a process from a later one of the same number
}

// Descendants lists the processes that pid started, directly or not.
func Descendants(pid int) []Process {
	all := list()
	children := map[int][]Process{}
	for _, p := range all {
		children[p.Parent] = append(children[p.Parent], p)
	}
	var out []Process
	for queue := []int{pid}; len(queue) > 0; queue = queue[1:] {
		for _, c := range children[queue[0]] {
			out = append(out, c)
			queue = append(queue, c.PID)
		}
	}
	return out
}

// Orphans lists the processes of the given names whose parent ended and left
// them to this process, with all that they started. It needs [Adopt].
func Orphans(names ...string) []Process {
	self := os.Getpid()
	var out []Process
	for _, p := range Descendants(self) {
		if p.Parent == self && slices.Contains(names, p.Name) {
			out = append(append(out, p), Descendants(p.PID)...)
		}
	}
	return out
}

// End asks processes to end, waits up to grace, and kills those that stay.
func End(list []Process, grace time.Duration) {
	signal(list, syscall.SIGTERM)
	for deadline := time.Now().Add(grace); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if list = Alive(list); len(list) == 0 {
			return
		}
	}
	signal(list, syscall.SIGKILL)
	for range 50 {
		if list = Alive(list); len(list) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// signal sends s to those that are still the processes they were.
func signal(list []Process, s syscall.Signal) {
	for _, p := range Alive(list) {
		_ = syscall.Kill(p.PID, s) // it may end by itself in this moment
	}
}

// Alive keeps the processes that still run.
func Alive(processes []Process) []Process {
	now := map[int]Process{}
	for _, p := range list() {
		now[p.PID] = p
	}
	var out []Process
	for _, p := range processes {
		if q, ok := now[p.PID]; ok && q.started == p.started {
			out = append(out, p)
		}
	}
	collect()
	return out
}
