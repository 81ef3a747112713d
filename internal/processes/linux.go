package processes

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Adopt makes the kernel hand processes whose parent ends to this one, where
// they can be found and ended.
func Adopt() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// collect clears away adopted processes that have ended. Those that Go started
// are left to Go: they are waited for by number.
func collect() {
	for _, p := range list0() {
		if p.Parent == os.Getpid() && p.zombie && (p.Name == "gopls" || p.Name == "gonb") {
			var status syscall.WaitStatus
			_, _ = syscall.Wait4(p.PID, &status, syscall.WNOHANG, nil)
		}
	}
}

type entry struct {
	Process
	zombie bool
}

func list() []Process {
	var out []Process
	for _, e := range list0() {
		if !e.zombie {
			out = append(out, e.Process)
		}
	}
	return out
}

// list0 reads /proc/PID/stat: "PID (NAME) STATE PARENT … STARTED …", where NAME
// may hold anything, even parentheses.
func list0() []entry {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	var out []entry
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			continue // it ended
		}
		s := string(b)
		open, end := strings.IndexByte(s, '('), strings.LastIndexByte(s, ')')
		if open < 0 || end < open {
			continue
		}
		rest := strings.Fields(s[end+1:])
		pid, err := strconv.Atoi(strings.TrimSpace(s[:open]))
		if err != nil || len(rest) < 20 {
			continue
		}
		parent, err := strconv.Atoi(rest[1])
		if err != nil {
			continue
		}
		out = append(out, entry{Process{PID: pid, Parent: parent, Name: s[open+1 : end], started: rest[19]}, rest[0] == "Z"})
	}
	return out
}
