package labtest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestCompletionKnowsTheKitAndIsLean types as a student would. A whole class
// shares one server, so the memory that completion takes counts: it was 1.4 GB a
// student when gopls took the checkout for its own project, and 1 GB when it had
// to read the packages anew.
func TestCompletionKnowsTheKitAndIsLean(t *testing.T) {
	l := theLab(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	got, err := l.Complete(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != "ok" || !slices.Contains(got.Answers["kit.Mus"], "Must1") || !slices.Contains(got.Answers["o.Bat"], "Batch") {
		t.Errorf("status %q, answers %v", got.Status, got.Answers)
	}
	if !strings.Contains(got.Documentation, "readable line") {
		t.Errorf("the documentation of kit.Must is %q", got.Documentation)
	}
	if got.Megabytes < 20 || got.Megabytes > 300 {
		t.Errorf("the kernel and its gopls take %.0f MB; want at most 300, and no less than they can", got.Megabytes)
	}
	t.Logf("the kernel and its gopls take %.0f MB", got.Megabytes)
}
