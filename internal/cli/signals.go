package cli

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// forwardSignals passes what asks this program to stop on to another. A Ctrl-C
// in a terminal reaches both by itself, so an interrupt is passed on only if it
// was sent to us alone, which shows in the other still running after a moment;
// asking twice does no harm.
func forwardSignals(p *os.Process) (stop func()) {
	c := make(chan os.Signal, 4)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case s := <-c:
				time.Sleep(200 * time.Millisecond)
				_ = p.Signal(s) // it may have ended already
			case <-done:
				return
			}
		}
	}()
	return func() { signal.Stop(c); close(done) }
}
