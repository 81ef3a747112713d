package train

import (
	"context"
	"flag"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"testing"
	"time"

	"github.com/gomlx/compute"

	"github.com/gradus-ml/gradus/kit/mlp"
)

var soak = flag.Bool("soak", false, "run the soak test: ten thousand steps on 1, 2 and 4 threads, some minutes")

// stopwatch notes how long each step took, and when the last one ended.
type stopwatch struct {
	last  time.Time
	steps []time.Duration
	beat  chan struct{}
}

func (s *stopwatch) Begin(Plan)              { s.last = time.Now() }
func (s *stopwatch) EpochEnd(Epoch, float64) {}
func (s *stopwatch) End(error)               {}
func (s *stopwatch) Step(Step) {
	now := time.Now()
	s.steps = append(s.steps, now.Sub(s.last))
	s.last = now
	select {
	case s.beat <- struct{}{}:
	default: // the watchdog has not taken the beat before
	}
}

// watch ends the test program with a dump of all goroutines when no step has come
// for a minute.
func (s *stopwatch) watch(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.beat:
		case <-time.After(time.Minute):
			_ = pprof.Lookup("goroutine").WriteTo(os.Stdout, 2) // it is the last word either way
			panic("no step for a minute: training is stuck")
		}
	}
}

// TestSoak trains ten thousand steps of the course's network on each number of
// threads: it must not get stuck, nor slower as it goes, nor slower with more
// threads, and comes to the same loss on all.
//
//	go test ./kit/train -run Soak -soak -v
func TestSoak(t *testing.T) {
	if !*soak {
		t.Skip("skipped: it takes minutes; run it with -soak")
	}
	inTempRuns(t)
	const steps, batch = 10_000, 64
	set := someDigits(t, 10_000)
	epochs := (steps*batch + set.Len() - 1) / set.Len()
	losses, medians := map[int]float64{}, map[int]time.Duration{}
	for _, threads := range []int{1, 2, 4} {
		old := runtime.GOMAXPROCS(threads)
		backend, err := compute.NewWithConfig("go") // its pool is made for that many
		if err != nil {
			t.Fatal(err)
		}
		s := &stopwatch{beat: make(chan struct{}, 1)}
		ctx, cancel := context.WithCancel(t.Context())
		go s.watch(ctx)
		run, err := fitOn(ctx, backend, mlp.Model(784, 256, 128, 10), set, quiet(Options{Epochs: epochs, Observers: []Observer{s}}))
		cancel()
		runtime.GOMAXPROCS(old)
		if err != nil {
			t.Fatal(err)
		}
		tenth := len(s.steps) / 10
		first, last := median(s.steps[:tenth]), median(s.steps[len(s.steps)-tenth:])
		losses[threads], medians[threads] = run.History[epochs-1].TrainLoss, median(s.steps)
		t.Logf("%d threads: %d steps, %v a step (%v in the first tenth, %v in the last), loss %.9f", threads, len(s.steps), medians[threads], first, last, losses[threads])
		if len(s.steps) < steps {
			t.Errorf("%d threads: %d steps; want %d", threads, len(s.steps), steps)
		}
		if last > first*3/2 {
			t.Errorf("%d threads: a step took %v at first and %v at last", threads, first, last)
		}
	}
	for _, threads := range []int{2, 4} {
		if losses[threads] != losses[1] {
			t.Errorf("the loss on %d threads is %v, on one %v", threads, losses[threads], losses[1])
		}
		if medians[threads] > medians[1]*6/5 {
			t.Errorf("a step takes %v on %d threads and %v on one", medians[threads], threads, medians[1])
		}
	}
}

func median(d []time.Duration) time.Duration {
	d = slices.Sorted(slices.Values(d))
	return d[len(d)/2]
}
