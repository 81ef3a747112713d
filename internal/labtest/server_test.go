package labtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gradus-ml/gradus/internal/lab"
	"github.com/gradus-ml/gradus/internal/processes"
)

// console collects what the lab prints.
type console struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (c *console) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.b.Write(b)
}

func (c *console) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.b.String()
}

var address = regexp.MustCompile(`(http://\S+?)/lab/tree/(\S+)\?token=(\w+)`)

// TestLabServesAndEndsEverything starts JupyterLab on a port that is taken,
// starts a kernel in it, and stops it as Ctrl-C does.
func TestLabServesAndEndsEverything(t *testing.T) {
	l := theLab(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	out := &console{}
	l.Out = out
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- l.Serve(ctx, lab.ServerOptions{Host: "127.0.0.1", Port: port, NoBrowser: true}) }()

	var m []string
	for range 300 {
		if m = address.FindStringSubmatch(out.String()); m != nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if m == nil {
		t.Fatalf("the lab printed no address:\n%s", out)
	}
	if !strings.Contains(out.String(), fmt.Sprintf("Port %d is taken", port)) || m[2] != lab.FirstChapter {
		t.Errorf("the lab printed\n%s", out)
	}
	if status := request(t, "GET", m[1]+"/api/contents/notebooks", "", nil); status != http.StatusForbidden {
		t.Errorf("without the token the server answers %d; want 403", status)
	}
	var chapter struct{ Type string }
	if status := request(t, "GET", m[1]+"/api/contents/"+m[2], m[3], &chapter); status != http.StatusOK || chapter.Type != "notebook" {
		t.Errorf("chapter 0: status %d, type %q", status, chapter.Type)
	}
	if status := request(t, "POST", m[1]+"/api/kernels", m[3], nil); status != http.StatusCreated {
		t.Errorf("a kernel could not be started: status %d", status)
	}
	started := func() (list []processes.Process) {
		for _, p := range processes.Descendants(os.Getpid()) {
			if p.Name == "gonb" || p.Name == "gopls" {
				list = append(list, p)
			}
		}
		return list
	}
	var kernel []processes.Process
	for range 100 {
		if kernel = started(); len(kernel) >= 2 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if len(kernel) < 2 {
		t.Errorf("the kernel runs as %v; want gonb and gopls", kernel)
	}
	t.Logf("one idle kernel: %v", kernel)
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("Serve ended with %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the lab did not end")
	}
	if left := started(); len(left) > 0 {
		t.Errorf("still running: %v", left)
	}
	if strings.Contains(out.String(), "goroutine") {
		t.Errorf("the lab printed a stack trace:\n%s", out)
	}
}

// request asks the server and decodes its answer.
func request(t *testing.T, method, url, token string, answer any) int {
	t.Helper()
	var body io.Reader
	if method == "POST" {
		body = strings.NewReader(`{"name": "gradus"}`)
	}
	r, err := http.NewRequest(method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "token "+token)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if answer != nil {
		if err := json.NewDecoder(resp.Body).Decode(answer); err != nil {
			t.Fatal(err)
		}
	}
	return resp.StatusCode
}
