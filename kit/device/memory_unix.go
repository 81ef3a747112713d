//go:build unix && !linux

package device

import (
	"runtime"
	"syscall"
)

func peakMemory() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(u.Maxrss) // macOS counts bytes, the others kilobytes
	}
	return int64(u.Maxrss) * 1024
}
