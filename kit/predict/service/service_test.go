package service

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gradus-ml/gradus/kit/data"
	"github.com/gradus-ml/gradus/kit/mlp"
	"github.com/gradus-ml/gradus/kit/predict"
	"github.com/gradus-ml/gradus/kit/train"
)

// trained makes a service of a small network.
func trained(t *testing.T) (*Service, *data.Set) {
	t.Helper()
	t.Setenv("GRADUS_RUNS", t.TempDir())
	set, test, err := data.Digits()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := train.Fit(context.Background(), mlp.Model(784, 32, 10), set.First(2000), train.Options{Run: "s", Epochs: 3, Observers: []train.Observer{}}); err != nil {
		t.Fatal(err)
	}
	p, err := predict.Open("s", nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	return s, test
}

// ask sends a request and decodes the answer.
func ask(s http.Handler, method, path, kind string, body []byte) (int, map[string]any) {
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var m map[string]any
	_ = json.Unmarshal(w.Body.Bytes(), &m) // a page is no JSON
	return w.Code, m
}

func TestPredictTakesImagesAndPixels(t *testing.T) {
	s, test := trained(t)
	var file bytes.Buffer
	if err := png.Encode(&file, &image.Gray{Pix: test.Pixels(3), Stride: 28, Rect: image.Rect(0, 0, 28, 28)}); err != nil {
		t.Fatal(err)
	}
	pixels, err := json.Marshal(map[string]any{"pixels": ints(test.Pixels(3))})
	if err != nil {
		t.Fatal(err)
	}
	status1, a := ask(s, "POST", "/v1/predict", "image/png", file.Bytes())
	status2, b := ask(s, "POST", "/v1/predict", "application/json", pixels)
	if status1 != 200 || status2 != 200 || a["class"] != b["class"] || a["probability"] != b["probability"] || len(a["probabilities"].([]any)) != 10 || a["run"] != "s" {
		t.Errorf("as a file %d %v, as pixels %d %v", status1, a, status2, b)
	}
}

func ints(b []uint8) []int {
	out := make([]int, len(b))
	for i, v := range b {
		out[i] = int(v)
	}
	return out
}

func TestMistakesAreAnsweredInJSON(t *testing.T) {
	s, _ := trained(t)
	for want, c := range map[string]struct {
		method, path, kind string
		body               []byte
		status             int
	}{
		"not a PNG or JPEG":       {"POST", "/v1/predict", "image/png", []byte("hello"), 422},
		"larger than 4 MB":        {"POST", "/v1/predict", "image/png", make([]byte, maxBody+1), 413},
		"GET does not work here":  {"GET", "/v1/predict", "", nil, 405},
		"not JSON of the form":    {"POST", "/v1/predict", "application/json", []byte("{"), 400},
		"3 pixels; 784":           {"POST", "/v1/predict", "application/json", []byte(`{"pixels":[1,2,3]}`), 422},
		"pixel 0 is 300":          {"POST", "/v1/predict", "application/json", []byte(`{"pixels":[300` + strings.Repeat(",0", 783) + `]}`), 422},
		"there is nothing at /x;": {"GET", "/x", "", nil, 404},
	} {
		status, m := ask(s, c.method, c.path, c.kind, c.body)
		if text, _ := m["error"].(string); status != c.status || !strings.Contains(text, want) {
			t.Errorf("%s %s: %d %v; want %d and %q", c.method, c.path, status, m, c.status, want)
		}
	}
}

func TestHealthMetricsAndPage(t *testing.T) {
	s, _ := trained(t)
	if status, m := ask(s, "GET", "/healthz", "", nil); status != 200 || m["status"] != "ok" || m["run"] != "s" {
		t.Errorf("/healthz: %d %v", status, m)
	}
	ask(s, "POST", "/v1/predict", "application/json", []byte("{"))
	for path, want := range map[string][]string{
		"/metrics": {`gradus_requests_total{code="400"} 1`, "gradus_prediction_seconds_count 0"},
		"/":        {"<canvas", "aria-label"},
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		for _, text := range want {
			if w.Code != 200 || !strings.Contains(w.Body.String(), text) {
				t.Errorf("%s: %d without %q:\n%s", path, w.Code, text, w.Body)
			}
		}
	}
}

func TestServeStopsGracefully(t *testing.T) {
	s, _ := trained(t)
	ctx, cancel := context.WithCancel(context.Background())
	address := make(chan string, 1)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, "127.0.0.1:0", func(a string) { address <- a }) }()
	resp, err := http.Get(fmt.Sprintf("http://%s/healthz", <-address))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("Serve ended with %v", err)
		}
	case <-time.After(15 * time.Second):
		t.Fatal("Serve did not end")
	}
	if err := s.Serve(context.Background(), "nowhere:-1", func(string) {}); err == nil || !strings.Contains(err.Error(), "cannot listen") {
		t.Errorf("a bad address: %v", err)
	}
}
