package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gradus-ml/gradus/internal/checkout"
	"github.com/gradus-ml/gradus/internal/lab"
	"github.com/gradus-ml/gradus/internal/notebook"
)

// labTests is the variable that turns on the tests of the real kernel, which
// need the lab; `go test ./...` alone skips them.
const labTests = "GRADUS_LAB_TESTS"

func newTestCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "test",
		Short: "Set up what is needed, then prove that everything works",
		Long: `Test sets up the lab, then runs go vet, the tests of all packages, the tests of
the real kernel, what a person sees in a real browser (Chromium, if there is
one), and every notebook from a fresh kernel. The last line counts what passed,
failed and was skipped.`,
		Example: `  go run . test`,
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			l, err := lab.Find(c.OutOrStdout())
			if err != nil {
				return err
			}
			return runTests(c.Context(), l, c.OutOrStdout())
		},
	}
}

// labPackage holds the tests that need the lab. They get a stage of their own.
const labPackage = checkout.Module + "/internal/labtest"

// packagesBut lists the packages of the project without one.
func packagesBut(ctx context.Context, dir, without string) ([]string, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "./...")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("the packages cannot be listed: %w", err)
	}
	return slices.DeleteFunc(strings.Fields(string(out)), func(p string) bool { return p == without }), nil
}

// tally counts outcomes.
type tally struct{ passed, failed, skipped int }

func runTests(ctx context.Context, l *lab.Lab, out io.Writer) error {
	start := time.Now()
	if err := l.Setup(ctx, lab.SetupOptions{}); err != nil {
		return err
	}
	var t tally
	fmt.Fprintln(out, "go vet ./...")
	vet := exec.CommandContext(ctx, "go", "vet", "./...")
	vet.Dir, vet.Stdout, vet.Stderr = l.Root, out, out
	t.count(vet.Run() == nil)
	packages, err := packagesBut(ctx, l.Root, labPackage)
	if err != nil {
		return err
	}
	for _, stage := range []struct {
		name     string
		dir      string
		packages []string // and flags before them
		env      []string
	}{
		{"go test ./...", l.Root, packages, nil},
		// With a plugin these compute; without one they say so.
		{"XLA beside pure Go", l.Root, []string{"-tags=xla", "-run=XLA", checkout.Module + "/kit/train"}, append(os.Environ(), "CGO_ENABLED=1", l.PluginEnv())},
		{"the real kernel", l.Root, []string{labPackage}, append(l.Env(), labTests+"=1")},
		// The browser's driver is a requirement of this module alone, so it is
		// tested outside any workspace; the kernel must stand that setting too.
		{"a real browser", filepath.Join(l.Root, "internal", "browsertest"), []string{"./..."}, append(os.Environ(), "GOWORK=off")},
	} {
		fmt.Fprintln(out, stage.name)
		if slices.Contains(stage.packages, "-tags=xla") && !haveC() {
			fmt.Fprintln(out, "  - skipped: XLA needs a C compiler to be linked (on Debian: apt-get install gcc libc6-dev)")
			t.skipped++
			continue
		}
		if err := goTest(ctx, stage.dir, stage.packages, stage.env, out, &t); err != nil {
			return err
		}
	}
	fmt.Fprintln(out, "notebooks")
	paths, err := chapters(l)
	if err != nil {
		return err
	}
	r, err := l.Runner(ctx)
	if err != nil {
		return err
	}
	failed := runNotebooks(ctx, r, out, paths, notebook.Options{Timeout: 10 * time.Minute}, 1)
	for _, err := range failed {
		fmt.Fprintln(out, "FAIL", err)
	}
	t.failed += len(failed)
	t.passed += len(paths) - len(failed)
	if ctx.Err() != nil {
		return errors.New("the tests were interrupted")
	}
	fmt.Fprintf(out, "Tested in %.0f s\n", time.Since(start).Seconds())
	fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n", t.passed, t.failed, t.skipped)
	if t.failed > 0 {
		return errReported
	}
	return nil
}

// haveC tells whether there is a C compiler.
func haveC() bool {
	_, err := exec.LookPath("cc")
	return err == nil
}

func (t *tally) count(ok bool) {
	if ok {
		t.passed++
	} else {
		t.failed++
	}
}

// testEvent is a line of `go test -json`.
type testEvent struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

// goTest runs `go test` and shows a line for each package, why tests were
// skipped, and all that failed tests printed.
func goTest(ctx context.Context, dir string, packages, env []string, out io.Writer, t *tally) error {
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-json", "-count=1", "-timeout=20m"}, packages...)...)
	cmd.Dir, cmd.Env = dir, env
	var errs bytes.Buffer
	cmd.Stderr = &errs
	lines, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	before := *t
	printed := map[string]*bytes.Buffer{}
	in := bufio.NewReader(lines)
	for {
		line, readErr := in.ReadBytes('\n')
		var e testEvent
		if json.Unmarshal(line, &e) == nil {
			t.event(e, printed, out)
		}
		if readErr != nil {
			break
		}
	}
	err = cmd.Wait()
	if ctx.Err() != nil {
		return errors.New("the tests were interrupted")
	}
	if err != nil && t.failed == before.failed { // it does not build, for instance
		t.failed++
		fmt.Fprintf(out, "FAIL go test: %v\n%s", err, errs.String())
	} else if *t == before {
		t.failed++
		fmt.Fprintf(out, "FAIL no test ran in %s\n", strings.Join(packages, " "))
	}
	return nil
}

func (t *tally) event(e testEvent, printed map[string]*bytes.Buffer, out io.Writer) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output":
		if printed[key] == nil {
			printed[key] = &bytes.Buffer{}
		}
		printed[key].WriteString(e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			if e.Action == "fail" {
				fmt.Fprintf(out, "  ✗ %s\n", e.Package)
				if printed[key] != nil {
					out.Write(printed[key].Bytes())
				}
			} else if e.Action == "pass" {
				fmt.Fprintf(out, "  ✓ %-50s %5.1f s\n", e.Package, e.Elapsed)
			}
			return
		}
		switch e.Action {
		case "pass":
			t.passed++
		case "skip":
			t.skipped++
			fmt.Fprintf(out, "  - skipped %s: %s\n", e.Test, reason(printed[key]))
		case "fail":
			t.failed++
			fmt.Fprintf(out, "FAIL %s %s\n", e.Package, e.Test)
			if printed[key] != nil {
				out.Write(printed[key].Bytes())
			}
		}
	}
}

// reason is what a skipped test said.
func reason(b *bytes.Buffer) string {
	if b == nil {
		return ""
	}
	for line := range bytes.Lines(b.Bytes()) {
		if s := bytes.TrimSpace(line); len(s) > 0 && !bytes.HasPrefix(s, []byte("===")) && !bytes.HasPrefix(s, []byte("---")) {
			return string(s)
		}
	}
	return ""
}
