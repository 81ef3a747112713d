package cli

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gradus-ml/gradus/kit/data"
)

// gradus runs the command with arguments, in the process of the test.
func gradus(t *testing.T, args ...string) (string, error) {
	t.Helper()
	t.Setenv(fastEnv, "off")
	var out bytes.Buffer
	c := New()
	c.SetOut(&out)
	c.SetErr(&out)
	c.SetArgs(args)
	err := c.ExecuteContext(t.Context())
	return out.String(), err
}

// keysOf are the names in a JSON object.
func keysOf(t *testing.T, text string) []string {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatalf("not one JSON object: %v\n%s", err, text)
	}
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func TestTrainEvalPredictFromTheTerminal(t *testing.T) {
	t.Setenv("GRADUS_RUNS", t.TempDir())
	out, err := gradus(t, "train", "--data", "digits", "--epochs", "2", "--hidden", "32", "--run", "quick", "--json")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"backend", "batch", "data", "epochs", "parameters", "peak_rss_mb", "run", "seconds", "seconds_per_epoch", "seed", "simd", "test_accuracy", "train_accuracy", "train_loss"}
	if keys := keysOf(t, out); !slices.Equal(keys, want) {
		t.Errorf("train --json has %v; want %v", keys, want)
	}
	var r trainResult
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if r.Run != "quick" || r.Epochs != 2 || r.Parameters != 785*32+33*10 || r.TestAccuracy < 0.85 || r.Seconds <= 0 || r.PeakRSSMB <= 0 {
		t.Errorf("train --json: %+v", r)
	}

	out, err = gradus(t, "eval", "--run", "quick", "--json")
	if err != nil {
		t.Fatal(err)
	}
	var e struct {
		Accuracy, MacroPrecision, MacroRecall, MacroF1 float64
		PerClass                                       []any   `json:"per_class"`
		Confusion                                      [][]int `json:"confusion"`
		Train                                          map[string]any
	}
	if err := json.Unmarshal([]byte(out), &e); err != nil {
		t.Fatal(err)
	}
	if e.Accuracy != r.TestAccuracy || len(e.PerClass) != 10 || len(e.Confusion) != 10 || e.Train["accuracy"] != r.TrainAccuracy {
		t.Errorf("eval --json does not agree with train: %v and %v, train %v and %v", e.Accuracy, r.TestAccuracy, e.Train["accuracy"], r.TrainAccuracy)
	}
	for _, key := range []string{"macro_precision", "macro_recall", "macro_f1"} {
		if !slices.Contains(keysOf(t, out), key) {
			t.Errorf("eval --json has no %s", key)
		}
	}

	_, test, err := data.Digits()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "seven.png")
	var b bytes.Buffer
	if err := png.Encode(&b, &image.Gray{Pix: test.Pixels(7), Stride: 28, Rect: image.Rect(0, 0, 28, 28)}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err = gradus(t, "predict", "--run", "quick", file)
	if err != nil || !strings.HasPrefix(out, file+": ") || !strings.HasSuffix(out, "%)\n") {
		t.Errorf("predict printed %q, %v", out, err)
	}
	if out, err = gradus(t, "predict", "--run", "quick", "--json", file); err != nil || !slices.Equal(keysOf(t, out), []string{"class", "file", "probabilities", "probability"}) {
		t.Errorf("predict --json printed %q, %v", out, err)
	}
	if out, err = gradus(t, "train", "--data", "digits", "--epochs", "3", "--hidden", "32", "--run", "quick", "--resume"); err != nil || !strings.Contains(out, "accuracy") {
		t.Errorf("train --resume printed %q, %v", out, err)
	}
}

func TestMistakesGetOneClearSentence(t *testing.T) {
	t.Setenv("GRADUS_RUNS", t.TempDir())
	for want, args := range map[string][]string{
		"unknown command \"trian\"":       {"trian"},
		"--help` lists the flags":         {"train", "--epoch", "3"},
		"takes no arguments":              {"train", "mlp"},
		"epochs is -1":                    {"train", "--data", "digits", "--epochs", "-1"},
		"no data set \"imagenet\"":        {"train", "--data", "imagenet"},
		"no optimizer \"lbfgs\"":          {"train", "--data", "digits", "--optimizer", "lbfgs"},
		"every layer needs at least one":  {"train", "--data", "digits", "--hidden", "0"},
		"the fraction to split off is 2":  {"train", "--data", "digits", "--validation", "2"},
		"there is no run \"nothing\"":     {"eval", "--run", "nothing"},
		"needs at least one image file":   {"predict"},
		"cannot name a run":               {"predict", "--run", "../x", "y.png"},
		"there is no run \"mlp\"":         {"predict", "y.png"},
		"jobs is 0":                       {"run", "--jobs", "0", "x.ipynb"},
		"`gradus doctor` takes no argume": {"doctor", "please"},
	} {
		_, err := gradus(t, args...)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "goroutine") {
			t.Errorf("%v: error %v; want %q", args, err, want)
		}
	}
}

func TestEveryVerbHasHelpAndAnExample(t *testing.T) {
	for _, c := range New().Commands() {
		if c.Name() == "completion" || c.Name() == "help" {
			continue
		}
		if c.Short == "" || !strings.Contains(c.Example, "go run . "+c.Name()) && !strings.Contains(c.Example, c.Name()) {
			t.Errorf("%s has no help or no example", c.Name())
		}
	}
}

// TestTallyCountsWhatGoTestReports feeds events of a passing, a failing and a
// skipped test, as `go test -json` writes them.
func TestTallyCountsWhatGoTestReports(t *testing.T) {
	var tt tally
	var out bytes.Buffer
	printed := map[string]*bytes.Buffer{}
	for _, e := range []testEvent{
		{Action: "run", Package: "p", Test: "A"}, {Action: "pass", Package: "p", Test: "A"},
		{Action: "output", Package: "p", Test: "B", Output: "    b_test.go:3: two is not three\n"}, {Action: "fail", Package: "p", Test: "B"},
		{Action: "output", Package: "p", Test: "C", Output: "=== RUN   C\n"}, {Action: "output", Package: "p", Test: "C", Output: "    c_test.go:9: skipped: no GPU\n"}, {Action: "skip", Package: "p", Test: "C"},
		{Action: "fail", Package: "p"},
	} {
		tt.event(e, printed, &out)
	}
	if tt != (tally{1, 1, 1}) {
		t.Errorf("tally %+v; want one of each", tt)
	}
	for _, want := range []string{"FAIL p B", "two is not three", "skipped C: c_test.go:9: skipped: no GPU", "✗ p"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report does not say %q:\n%s", want, &out)
		}
	}
}
