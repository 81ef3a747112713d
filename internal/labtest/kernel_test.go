package labtest

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gradus-ml/gradus/internal/lab"
	"github.com/gradus-ml/gradus/internal/notebook"
	"github.com/gradus-ml/gradus/internal/processes"
)

// theLab returns the lab, or skips.
func theLab(t *testing.T) *lab.Lab {
	t.Helper()
	if os.Getenv("GRADUS_LAB_TESTS") == "" {
		t.Skip("needs the lab; `go run . test` runs it")
	}
	l, err := lab.Find(testWriter{t})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(b []byte) (int, error) { w.t.Logf("%s", b); return len(b), nil }

// output is a cell's output in a notebook file.
type output struct {
	Type string          `json:"output_type"`
	Name string          `json:"name"`
	Text json.RawMessage `json:"text"`
	Data map[string]any  `json:"data"`
}

// stream is the text of a stream output.
func (o output) stream() string {
	var lines []string
	if json.Unmarshal(o.Text, &lines) == nil {
		return strings.Join(lines, "")
	}
	var s string
	_ = json.Unmarshal(o.Text, &s)
	return s
}

// executed is a notebook after execution.
type executed struct {
	Cells []struct {
		Type    string   `json:"cell_type"`
		Outputs []output `json:"outputs"`
	}
}

// printed joins what cell i wrote to a stream.
func (e executed) printed(i int, name string) string {
	var s string
	for _, o := range e.Cells[i].Outputs {
		if o.Type == "stream" && o.Name == name {
			s += o.stream()
		}
	}
	return s
}

// write makes a notebook file of code cells.
func write(t *testing.T, dir string, cells ...string) string {
	t.Helper()
	var list []map[string]any
	for _, c := range cells {
		list = append(list, map[string]any{"cell_type": "code", "execution_count": nil, "metadata": map[string]any{}, "outputs": []any{}, "source": c, "id": "c" + string(rune('a'+len(list)))})
	}
	b, err := json.Marshal(map[string]any{
		"cells": list, "nbformat": 4, "nbformat_minor": 5,
		"metadata": map[string]any{"kernelspec": map[string]any{"name": "gradus", "display_name": "Go (Gradus)", "language": "go"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "test.ipynb")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// execute runs cells on the real kernel.
func execute(t *testing.T, cells ...string) (executed, []notebook.Cell, error) {
	t.Helper()
	return executeOn(t, "gradus", cells...)
}

// executeOn runs cells on a kernel of the lab.
func executeOn(t *testing.T, kernel string, cells ...string) (executed, []notebook.Cell, error) {
	t.Helper()
	l := theLab(t)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	r, err := l.Runner(ctx)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	r.Env = append(r.Env, "GRADUS_RUNS="+filepath.Join(dir, "runs"))
	saved := filepath.Join(dir, "out.ipynb")
	var seen []notebook.Cell
	err = r.Run(ctx, write(t, dir, cells...), notebook.Options{Kernel: kernel, SaveTo: saved, Timeout: 4 * time.Minute}, func(c notebook.Cell, _ int) { seen = append(seen, c) })
	var e executed
	if b, readErr := os.ReadFile(saved); readErr == nil {
		if err := json.Unmarshal(b, &e); err != nil {
			t.Fatal(err)
		}
	}
	return e, seen, err
}

func TestPlainCell(t *testing.T) {
	e, cells, err := execute(t, "%%\nfmt.Println(6 * 7)", "%%\nfmt.Println(\"again\")")
	if err != nil {
		t.Fatal(err)
	}
	if got := e.printed(0, "stdout"); got != "42\n" {
		t.Errorf("printed %q; want 42", got)
	}
	if s := e.printed(0, "stderr"); s != "" {
		t.Errorf("a plain cell wrote to stderr: %q", s)
	}
	t.Logf("a plain cell took %.2f s", cells[1].Seconds)
	if cells[1].Seconds > 3 {
		t.Errorf("a plain cell took %.2f s", cells[1].Seconds)
	}
}

// The packages of every kit cell here.
const imports = `import (
	"github.com/gradus-ml/gradus/kit"
	"github.com/gradus-ml/gradus/kit/data"
	"github.com/gradus-ml/gradus/kit/device"
	"github.com/gradus-ml/gradus/kit/mlp"
	"github.com/gradus-ml/gradus/kit/show"
	"github.com/gradus-ml/gradus/kit/train"
	"github.com/gradus-ml/gradus/kit/train/live"
)
`

func TestKitCellDrawsAPictureWithAlternativeText(t *testing.T) {
	e, cells, err := execute(t, imports, `%%
train, _ := kit.Must2(data.Digits())
kit.Must(show.Bars("Digits", "digit", "images", "A thousand of each.", train.Classes, []float64{1,2,3,4,5,6,7,8,9,10}).Display())`,
		`%%
train, _ := kit.Must2(data.Digits())
kit.Must(show.Grid("Digits", "A seven.", []show.Image{{Pixels: train.Pixels(7), Width: 28, Height: 28, Label: "7"}}, 1).Display())`,
		`%%
kit.Must(show.Table("Sizes", []string{"a"}, [][]string{{"1"}}))`)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range map[int]string{1: "image/svg+xml", 2: "image/png"} {
		var found bool
		for _, o := range e.Cells[i].Outputs {
			if _, ok := o.Data[want]; ok {
				found = true
				html, _ := o.Data["text/html"].(string)
				if lines, ok := o.Data["text/html"].([]any); ok && len(lines) > 0 {
					html, _ = lines[0].(string)
				}
				if !strings.Contains(html, "<img alt=") {
					t.Errorf("cell %d: the picture has no alternative text: %.80s", i, html)
				}
			}
		}
		if !found {
			t.Errorf("cell %d gave no %s: %+v", i, want, e.Cells[i].Outputs)
		}
	}
	for i := range e.Cells {
		if s := e.printed(i, "stderr"); s != "" {
			t.Errorf("cell %d wrote to stderr: %q", i, s)
		}
	}
	t.Logf("a cell that draws took %.2f s", cells[1].Seconds)
}

// TestALargePictureArrives: a cell's program ends right after its last picture,
// and GoNB stops listening then.
func TestALargePictureArrives(t *testing.T) {
	const cell = `import "math/rand/v2"
%%
var images []show.Image
for range 40 {
	pixels := make([]uint8, 96*96)
	for i := range pixels {
		pixels[i] = uint8(rand.IntN(256)) // noise, which PNG cannot make small
	}
	images = append(images, show.Image{Pixels: pixels, Width: 96, Height: 96})
}
kit.Must(show.Grid("Noise", "Noise.", images, 10).Display())`
	e, _, err := execute(t, imports, cell, cell, cell)
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= 3; i++ {
		size := 0
		for _, o := range e.Cells[i].Outputs {
			if s, ok := o.Data["image/png"].(string); ok {
				size = len(s)
			}
		}
		if size < 400_000 {
			t.Errorf("cell %d: a picture of %d bytes arrived; want a large one", i, size)
		}
	}
}

func TestCompileErrorAndPanicAndMustAreErrors(t *testing.T) {
	for name, c := range map[string]struct{ cell, want string }{
		"compile error": {"%%\nx := 1\nfmt.Println(undefinedName)", "undefinedName"},
		"panic":         {"%%\npanic(\"out of paper\")", "out of paper"},
		"exit status":   {"import \"os\"\n%%\nos.Exit(3)", "exit status 3"},
		"kit.Must":      {imports + "%%\n_, err := train.Open(\"nothing\")\nkit.Must(err)", "there is no run \"nothing\""},
	} {
		t.Run(name, func(t *testing.T) {
			_, cells, err := execute(t, "%%\nfmt.Println(1)", c.cell, "%%\nfmt.Println(2)")
			if !errors.Is(err, notebook.ErrCell) || !strings.Contains(err.Error(), "cell 2") || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v; want cell 2 and %q", err, c.want)
			}
			t.Log(err)
			if len(cells) > 2 {
				t.Errorf("%d cells were executed; the notebook should stop at the second", len(cells))
			}
		})
	}
}

func TestValuesDoNotPersistButRunsDo(t *testing.T) {
	e, _, err := execute(t, imports, `var counter = 0
%%
counter++
fmt.Println(counter)`, `%%
counter++
fmt.Println(counter)`, `import "context"
%%
set, _ := kit.Must2(data.Digits())
run := kit.Must1(train.Fit(context.Background(), mlp.Model(784, 10), set.First(500), train.Options{Run: "kernel-test", Epochs: 2,
	Observers: []train.Observer{train.Progress(nil), live.Curve()}}))
fmt.Println(run.Info.Status)`, `%%
run := kit.Must1(train.Open("kernel-test"))
fmt.Println(len(run.History), kit.Must1(device.Info()).SIMD)`)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := e.printed(1, "stdout"), e.printed(2, "stdout"); a != "1\n" || b != "1\n" {
		t.Errorf("the counter printed %q, then %q; want 1 each time", a, b)
	}
	if got := e.printed(3, "stdout"); got != "finished\n" {
		t.Errorf("training printed %q", got)
	}
	if got := e.printed(4, "stdout"); !strings.HasPrefix(got, "2 ") {
		t.Errorf("the run that was opened again printed %q", got)
	}
	// One line of progress and one curve, however often they were updated.
	displays := 0
	for _, o := range e.Cells[3].Outputs {
		if o.Type == "display_data" {
			displays++
		}
	}
	if displays != 2 {
		t.Errorf("training left %d displays; want the line and the curve", displays)
	}
	if s := e.printed(3, "stderr"); s != "" {
		t.Errorf("training wrote to stderr: %q", s)
	}
}

func TestNoProcessStaysBehind(t *testing.T) {
	if _, _, err := execute(t, "%%\nfmt.Println(1)"); err != nil {
		t.Fatal(err)
	}
	if left := processes.Orphans("gonb", "gopls"); len(left) > 0 {
		t.Errorf("still running: %v", left)
	}
}

func TestAnInterruptedNotebookLeavesNoKernel(t *testing.T) {
	l := theLab(t)
	ctx, cancel := context.WithCancel(context.Background())
	r, err := l.Runner(ctx)
	if err != nil {
		t.Fatal(err)
	}
	path := write(t, t.TempDir(), "%%\nfmt.Println(1)", "import \"time\"\n%%\ntime.Sleep(time.Hour)")
	err = r.Run(ctx, path, notebook.Options{}, func(notebook.Cell, int) { cancel() })
	cancel()
	if err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("error %v", err)
	}
	for range 50 {
		if len(processes.Orphans("gonb", "gopls")) == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("still running: %v", processes.Orphans("gonb", "gopls"))
}

func TestNotebooksThatCannotRunAreRefusedInOneLine(t *testing.T) {
	l := theLab(t)
	r, err := l.Runner(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, c := range map[string]struct{ content, want string }{
		"text.ipynb":      {"this is no notebook", "not a Jupyter notebook"},
		"list.ipynb":      {"[1, 2]", "not a Jupyter notebook"},
		"no-kernel.ipynb": {`{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`, "names no kernel"},
		"unknown.ipynb":   {`{"cells": [], "metadata": {"kernelspec": {"name": "cobol", "display_name": "x"}}, "nbformat": 4, "nbformat_minor": 5}`, "'cobol' is not installed"},
		"missing.ipynb":   {"", "no such file"},
	} {
		path := filepath.Join(dir, name)
		if c.content != "" {
			if err := os.WriteFile(path, []byte(c.content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		err := r.Run(context.Background(), path, notebook.Options{}, func(notebook.Cell, int) {})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v; want one line with %q", name, err, c.want)
		}
	}
}

// onXLA runs cells on the kernel that has XLA, or skips.
func onXLA(t *testing.T, cells ...string) (executed, error) {
	t.Helper()
	if _, err := exec.LookPath("cc"); err != nil {
		t.Skip("skipped: the XLA kernel needs a C compiler, and there is none")
	}
	e, _, err := executeOn(t, "gradus-xla", cells...)
	return e, err
}

func TestXLAKernelWithoutAPluginSaysSoInOneSentence(t *testing.T) {
	_, err := onXLA(t, imports+"%%\n%env PJRT_PLUGIN_LIBRARY_PATH /no/plugin/here\n_, err := device.Open()\nkit.Must(err)")
	if err == nil || !strings.Contains(err.Error(), "XLA could not start") || !strings.Contains(err.Error(), "docs/xla.md") {
		t.Fatalf("error %v", err)
	}
	t.Log(err)
	if strings.Contains(err.Error(), "goroutine") || strings.Count(err.Error(), "\n") > 1 {
		t.Errorf("the student sees more than a sentence: %v", err)
	}
}

func TestXLAKernelComputes(t *testing.T) {
	l := theLab(t)
	if len(l.Plugins()) == 0 {
		t.Skip("skipped: no plugin; `go run . setup --xla` installs one")
	}
	e, err := onXLA(t, imports+`import "context"
%%
set, _ := kit.Must2(data.Digits())
run := kit.Must1(train.Fit(context.Background(), mlp.Model(784, 10), set.First(500), train.Options{Run: "xla-kernel-test", Epochs: 2, Observers: []train.Observer{}}))
fmt.Println(run.Info.Backend, run.Info.Status)`)
	if err != nil {
		t.Fatal(err)
	}
	if got := e.printed(0, "stdout"); got != "xla finished\n" {
		t.Errorf("printed %q", got)
	}
	if s := e.printed(0, "stderr"); s != "" {
		t.Errorf("XLA wrote to stderr: %q", s)
	}
}
