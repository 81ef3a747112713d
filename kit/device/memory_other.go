//go:build !unix

package device

func peakMemory() int64 { return 0 }
