package browsertest

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// gradus builds the command once and returns its path.
func gradus(t *testing.T) (bin, root string) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	bin = filepath.Join(t.TempDir(), "gradus")
	build := exec.Command("go", "build", "-o", bin, ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin, root
}

// browser starts Chromium, or skips.
func browser(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Skip("skipped: there is no Chromium (on Debian: apt-get install chromium)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("disable-background-networking", true), chromedp.WindowSize(1200, 1000))
	allocator, endAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, endBrowser := chromedp.NewContext(allocator)
	ctx, endTime := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(func() { endTime(); endBrowser(); endAllocator() })
	return ctx
}

// start runs the command until the test ends, and returns the first match of
// what it should print.
func start(t *testing.T, dir, bin string, env []string, want *regexp.Regexp, args ...string) []string {
	t.Helper()
	cmd := exec.Command(bin, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGINT)
		_ = cmd.Wait() // it was asked to end
	})
	found := make(chan []string, 1)
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if m := want.FindStringSubmatch(lines.Text()); m != nil {
				found <- m
				_, _ = io.Copy(io.Discard, out)
				return
			}
		}
		close(found)
	}()
	select {
	case m := <-found:
		if m != nil {
			return m
		}
		t.Fatalf("gradus %v ended", args)
	case <-time.After(2 * time.Minute):
		t.Fatalf("gradus %v did not print %v", args, want)
	}
	return nil
}

func TestAPersonDrawsADigit(t *testing.T) {
	ctx := browser(t)
	bin, root := gradus(t)
	runs := "GRADUS_RUNS=" + t.TempDir()
	train := exec.Command(bin, "train", "--data", "digits", "--epochs", "4", "--run", "mlp", "--json")
	train.Dir, train.Env = root, append(os.Environ(), runs)
	if out, err := train.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	address := start(t, root, bin, []string{runs}, regexp.MustCompile(`(http://\S+)`), "serve", "--addr", "127.0.0.1:0")[1]

	var before, answer, after, empty string
	err := chromedp.Run(ctx,
		chromedp.Navigate(address),
		chromedp.Text("#answer", &before),
		stroke("#pad", [][2]float64{{140, 50}, {141, 90}, {140, 130}, {139, 180}, {140, 230}}),
		chromedp.Click("#predict"),
		waitFor("#answer", "This is a"),
		chromedp.Text("#answer", &answer),
		chromedp.Click("#clear"),
		waitFor("#answer", "Draw, then"),
		chromedp.Text("#answer", &after),
		chromedp.Click("#predict"),
		waitFor("#answer", "no ink"),
		chromedp.Text("#answer", &empty),
	)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(answer, "This is a 1 ") {
		t.Errorf("a vertical stroke was answered with %q; want a 1", answer)
	}
	if before != after || !strings.Contains(empty, "no ink") {
		t.Errorf("before %q, after clearing %q, empty %q", before, after, empty)
	}
}

// stroke draws with the mouse, relative to the element's corner.
func stroke(selector string, points [][2]float64) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		var corner []float64
		if err := chromedp.Evaluate(`(() => { const r = document.querySelector("`+selector+`").getBoundingClientRect(); return [r.left, r.top]; })()`, &corner).Do(ctx); err != nil {
			return err
		}
		for i, p := range points {
			x, y := corner[0]+p[0], corner[1]+p[1]
			kind := input.MouseMoved
			if i == 0 {
				kind = input.MousePressed
			}
			if err := input.DispatchMouseEvent(kind, x, y).WithButton(input.Left).WithButtons(1).WithClickCount(1).Do(ctx); err != nil {
				return err
			}
		}
		last := points[len(points)-1]
		return input.DispatchMouseEvent(input.MouseReleased, corner[0]+last[0], corner[1]+last[1]).WithButton(input.Left).WithClickCount(1).Do(ctx)
	})
}

// waitFor waits until an element holds a text.
func waitFor(selector, text string) chromedp.Action {
	return chromedp.Poll(`document.querySelector("`+selector+`") && document.querySelector("`+selector+`").innerText.includes("`+text+`")`, nil, chromedp.WithPollingTimeout(time.Minute))
}

// TestAPersonRunsChapterZero opens the lab in the browser and runs the first
// cell twice: the second run's number is one that no saved output has.
func TestAPersonRunsChapterZero(t *testing.T) {
	ctx := browser(t)
	bin, root := gradus(t)
	url := start(t, root, bin, nil, regexp.MustCompile(`(http://127\S+token=\w+)`), "lab", "--no-browser", "--port", "8990")[1]
	run := func(number string) chromedp.Action {
		return chromedp.Tasks{
			chromedp.Click(`.jp-Notebook .jp-CodeCell .jp-InputArea-editor`, chromedp.ByQuery),
			chromedp.KeyEvent("\r", chromedp.KeyModifiers(input.ModifierCtrl)),
			chromedp.Poll(`document.querySelector(".jp-Notebook .jp-CodeCell .jp-InputPrompt").innerText.includes("[`+number+`]") &&
				document.querySelector(".jp-Notebook-ExecutionIndicator").dataset.status === "idle"`, nil, chromedp.WithPollingTimeout(90*time.Second)),
		}
	}
	var output string
	err := chromedp.Run(ctx,
		chromedp.Navigate(strings.Replace(url, "/lab/tree/", "/lab/workspaces/test/tree/", 1)+"&reset"),
		chromedp.WaitVisible(".jp-Notebook .jp-CodeCell", chromedp.ByQuery),
		chromedp.Sleep(2*time.Second), // the kernel connects
		run("1"), run("2"),
		chromedp.Text(".jp-Notebook .jp-CodeCell .jp-OutputArea", &output, chromedp.ByQuery),
	)
	if err != nil {
		shot(ctx, t)
		t.Fatal(err)
	}
	if !strings.Contains(output, "square of 12 is 144") {
		t.Errorf("the first cell printed %q", output)
	}
}

// shot keeps what the browser shows, for whoever looks into a failure.
func shot(ctx context.Context, t *testing.T) {
	var png []byte
	if chromedp.Run(ctx, chromedp.CaptureScreenshot(&png)) == nil {
		path := filepath.Join(os.TempDir(), "gradus-"+t.Name()+".png")
		if os.WriteFile(path, png, 0o644) == nil {
			t.Logf("what the browser showed: %s", path)
		}
	}
}
