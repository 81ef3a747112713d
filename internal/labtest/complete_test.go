package labtest

import (
	"context"
	_ "embed"
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

//go:embed testdata/complete.py
var completeScript string

// TestCompletionKnowsTheKitAndIsLean types as a student would. A whole class
// shares one server, so the memory that completion takes counts: it was 1.4 GB a
// student when gopls took the checkout for its own project.
func TestCompletionKnowsTheKitAndIsLean(t *testing.T) {
	l := theLab(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	j, err := l.Jupyter(ctx)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, j.Python, "-c", completeScript)
	cmd.Env = l.Env()
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	var got struct {
		Status        string
		Answers       map[string][]string
		Documentation string
		Megabytes     float64
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got.Status != "ok" || !slices.Contains(got.Answers["kit.Mus"], "Must1") || !slices.Contains(got.Answers["o.Bat"], "Batch") {
		t.Errorf("status %q, answers %v", got.Status, got.Answers)
	}
	if !strings.Contains(got.Documentation, "readable line") {
		t.Errorf("the documentation of kit.Must is %q", got.Documentation)
	}
	if got.Megabytes < 20 || got.Megabytes > 500 {
		t.Errorf("the kernel and its gopls take %.0f MB; want at most 500, and no less than they can", got.Megabytes)
	}
	t.Logf("the kernel and its gopls take %.0f MB", got.Megabytes)
}
