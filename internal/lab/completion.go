package lab

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/gradus-ml/gradus/internal/processes"
)

// completeScript types into a kernel as a student would.
//
//go:embed complete.py
var completeScript string

// Completion is what a kernel answers to a student who types, and what it and
// its gopls then take.
type Completion struct {
	Status        string              // of the cell before: "ok"
	Answers       map[string][]string // what may follow what was typed
	Documentation string              // of kit.Must
	Megabytes     float64
}

// goplsCache is where gopls keeps what it knows of the packages that cells
// import. Without it gopls reads their source anew, which takes a gigabyte of
// memory for a while; with it, a tenth of that.
func (l *Lab) goplsCache() string { return l.path("gopls") }

// Complete asks the kernel for completions.
func (l *Lab) Complete(ctx context.Context) (c Completion, err error) {
	j, err := l.Jupyter(ctx)
	if err != nil {
		return c, err
	}
	processes.Adopt()
	defer func() { processes.End(processes.Orphans("gonb", "gopls"), 0) }() // whatever happens, no kernel stays behind
	out, err := l.command(ctx, j.Python, "-c", completeScript).Output()
	if err != nil {
		return c, fmt.Errorf("the kernel does not complete: %w", err)
	}
	return c, json.Unmarshal(out, &c)
}

// warmCompletion lets gopls read the packages once, so that a student's own does
// not have to.
func (l *Lab) warmCompletion(ctx context.Context) (string, bool, error) {
	const note = "gopls knows the packages that cells import"
	d := digest(l.contentOf("go.sum"), l.contentOf("internal/tools/go.sum"), l.goVersion(ctx), completeScript)
	if l.stamped("completion", d) && exists(l.goplsCache()) {
		return note, true, nil
	}
	if err := os.MkdirAll(l.goplsCache(), 0o755); err != nil {
		return "", false, err
	}
	c, err := l.Complete(ctx)
	if err == nil && (c.Status != "ok" || !slices.Contains(c.Answers["kit.Mus"], "Must1")) {
		err = errors.New("the kernel does not complete kit.Mus")
	}
	if ctx.Err() != nil {
		return "", false, ctx.Err()
	}
	if err != nil { // cells work without completion, so the set-up goes on
		return "not warmed, so first completions are slow: " + firstLine(err), false, nil
	}
	return note, false, l.stamp("completion", d)
}
