// Package service offers a trained run over HTTP:
//
//	POST /v1/predict   an image (PNG or JPEG) as the body, or JSON {"pixels": [784 numbers from 0 to 255]};
//	                   answers {"class": 7, "probability": 0.99, "probabilities": [...]}
//	GET  /healthz      whether it works, and which run it offers
//	GET  /metrics      counts and times, in the text form of Prometheus
//	GET  /             a page on which a person draws a digit
//
// Errors are JSON too: {"error": "..."}. It is a package of its own, so that
// notebooks that only predict do not link a web server.
package service

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/gradus-ml/gradus/kit/predict"
)

// maxBody is the largest request, in bytes.
const maxBody = 4 << 20

//go:embed page.html
var page []byte

// Service answers requests with one predictor.
type Service struct {
	mu        sync.Mutex // one prediction at a time: the backend uses all cores for it
	predictor *predict.Predictor
	mux       *http.ServeMux
	requests  *prometheus.CounterVec
	seconds   prometheus.Histogram
}

// New makes a service for a predictor of 28×28 images.
func New(p *predict.Predictor) (*Service, error) {
	if dims := p.Run.Info.Data.Dims; len(dims) != 2 || dims[0] != predict.Side || dims[1] != predict.Side {
		return nil, fmt.Errorf("the run %q was trained on examples of shape %v; the service is for runs on %d×%d images", p.Run.Name, dims, predict.Side, predict.Side)
	}
	s := &Service{
		predictor: p,
		mux:       http.NewServeMux(),
		requests:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "gradus_requests_total", Help: "Requests for a prediction, by status."}, []string{"code"}),
		seconds:   prometheus.NewHistogram(prometheus.HistogramOpts{Name: "gradus_prediction_seconds", Help: "Time to compute a prediction.", Buckets: prometheus.ExponentialBuckets(0.0001, 2, 14)}),
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(s.requests, s.seconds)
	s.mux.HandleFunc("/v1/predict", s.predict)
	s.mux.HandleFunc("GET /healthz", s.health)
	s.mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	s.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'self' 'unsafe-inline'; img-src 'self' data:")
		_, _ = w.Write(page) // a reader who has gone needs no answer
	})
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, http.StatusNotFound, fmt.Errorf("there is nothing at %s; try /, /v1/predict, /healthz or /metrics", r.URL.Path))
	})
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Serve listens on addr ("127.0.0.1:8080") until ctx ends, then finishes the
// requests that are under way. ready is told the address once it listens.
func (s *Service) Serve(ctx context.Context, addr string, ready func(address string)) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %q: %w; is the port taken?", addr, err)
	}
	server := &http.Server{
		Handler: s, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	ready(l.Addr().String())
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return server.Shutdown(grace)
}

// answer is what /v1/predict says.
type answer struct {
	Run string `json:"run"`
	predict.Prediction
	Seconds float64 `json:"seconds"` // to compute it
}

func (s *Service) predict(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		s.fail(w, http.StatusMethodNotAllowed, fmt.Errorf("%s does not work here; POST an image", r.Method))
		return
	}
	pixels, status, err := read(w, r)
	if err != nil {
		s.fail(w, status, err)
		return
	}
	s.mu.Lock()
	start := time.Now()
	p, err := s.predictor.Pixels(pixels)
	took := time.Since(start).Seconds()
	s.mu.Unlock()
	if err != nil {
		s.fail(w, http.StatusInternalServerError, err)
		return
	}
	s.seconds.Observe(took)
	s.requests.WithLabelValues("200").Inc()
	reply(w, http.StatusOK, answer{Run: s.predictor.Run.Name, Prediction: p, Seconds: took})
}

// read gets 28×28 pixels out of a request.
func read(w http.ResponseWriter, r *http.Request) (pixels []uint8, status int, err error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, http.StatusRequestEntityTooLarge, fmt.Errorf("the image is larger than %d MB; scale it down", maxBody>>20)
	}
	if err != nil {
		return nil, http.StatusBadRequest, errors.New("the request ended too early")
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		return fromJSON(body)
	}
	pixels, err = predict.Read(bytes.NewReader(body))
	if err != nil {
		return nil, http.StatusUnprocessableEntity, err
	}
	return pixels, 0, nil
}

func fromJSON(body []byte) (pixels []uint8, status int, err error) {
	var request struct {
		Pixels []int `json:"pixels"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return nil, http.StatusBadRequest, errors.New(`the body is not JSON of the form {"pixels": [784 whole numbers from 0 to 255]}`)
	}
	if len(request.Pixels) != predict.Side*predict.Side {
		return nil, http.StatusUnprocessableEntity, fmt.Errorf("there are %d pixels; %d are needed, row by row", len(request.Pixels), predict.Side*predict.Side)
	}
	pixels = make([]uint8, len(request.Pixels))
	for i, v := range request.Pixels {
		if v < 0 || v > 255 {
			return nil, http.StatusUnprocessableEntity, fmt.Errorf("pixel %d is %d; pixels go from 0 to 255", i, v)
		}
		pixels[i] = uint8(v)
	}
	return pixels, 0, nil
}

func (s *Service) health(w http.ResponseWriter, _ *http.Request) {
	info := s.predictor.Run.Info
	reply(w, http.StatusOK, map[string]any{"status": "ok", "run": info.Name, "data": info.Data.Name, "parameters": info.Parameters, "backend": info.Backend})
}

// fail answers with an error.
func (s *Service) fail(w http.ResponseWriter, status int, err error) {
	s.requests.WithLabelValues(strconv.Itoa(status)).Inc()
	reply(w, status, map[string]string{"error": err.Error()})
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a reader who has gone needs no answer
}
