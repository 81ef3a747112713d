package data

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gradus-ml/gradus/datasets"
)

// realMNIST loads MNIST into a cache of the test's own, or skips.
func realMNIST(t testing.TB) (train, test *Set) {
	t.Helper()
	t.Setenv("GRADUS_DATA", t.TempDir())
	train, test, err := MNIST(context.Background())
	if err != nil {
		t.Skip("skipped: MNIST cannot be had here:", err)
	}
	return train, test
}

func TestMNISTIsTheRealOne(t *testing.T) {
	train, test := realMNIST(t)
	if train.Len() != 60000 || test.Len() != 10000 {
		t.Fatalf("%d and %d images", train.Len(), test.Len())
	}
	if train.Label(0) != 5 || test.Label(0) != 7 {
		t.Errorf("the first labels are %d and %d; want 5 and 7", train.Label(0), test.Label(0))
	}
	if c := train.ClassCounts(); c[5] != 5421 || c[1] != 6742 {
		t.Errorf("class counts %v", c)
	}
	// The mean and standard deviation that the literature normalises MNIST with.
	if st := train.Stats(); st.Mean < 0.1306 || st.Mean > 0.1308 || st.Std < 0.3080 || st.Std > 0.3082 {
		t.Errorf("Stats = %+v; want mean 0.1307, std 0.3081", st)
	}
}

func TestMNISTComesBackFromTheDecodedCache(t *testing.T) {
	train, _ := realMNIST(t)
	start := time.Now()
	again, _, err := MNIST(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("cached load: %v", time.Since(start))
	if again.Digest() != train.Digest() {
		t.Error("the cached set differs from the decoded one")
	}
}

func TestDamagedFilesAreNamedMovedAsideAndFetchedAgain(t *testing.T) {
	train, _ := realMNIST(t)
	dir, err := CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(dir, "mnist")
	name := filepath.Join(dir, "train-labels-idx1-ubyte.gz")
	if err := os.WriteFile(name, []byte("not this"), 0o644); err != nil {
		t.Fatal(err)
	}
	raw := filepath.Join(dir, "train.raw")
	b, err := os.ReadFile(raw)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1 // a torn decoded copy is noticed by its checksum
	if err := os.WriteFile(raw, b, 0o644); err != nil {
		t.Fatal(err)
	}
	var said []string
	old := Notice
	Notice = func(s string) { said = append(said, s) }
	defer func() { Notice = old }()
	again, _, err := MNIST(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if again.Digest() != train.Digest() {
		t.Error("what was fetched again differs")
	}
	if len(said) != 1 || !strings.Contains(said[0], "train-labels-idx1-ubyte.gz") || !strings.Contains(said[0], "moved aside") {
		t.Errorf("notices: %q", said)
	}
	if bad, _ := filepath.Glob(name + ".bad-*"); len(bad) != 1 {
		t.Errorf("%d files were moved aside; want 1", len(bad))
	}
}

func TestMNISTThatCannotBeHadSaysWhatWasTried(t *testing.T) {
	empty := t.TempDir()
	for _, k := range []string{"GRADUS_DATA", "GOMODCACHE", "GOPATH", "HOME"} {
		t.Setenv(k, empty)
	}
	t.Setenv("GOFLAGS", "-modcacherw")
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOCACHE", filepath.Join(empty, "build"))
	train, _, note, err := MNISTOrDigits(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if train.Name != "digits" || !strings.Contains(note, "digits that Gradus draws") {
		t.Errorf("stand-in %q, note %q", train.Name, note)
	}
	_, _, err = MNIST(context.Background())
	if err == nil {
		t.Fatal("MNIST came out of nowhere")
	}
	for _, want := range []string{"train-images-idx3-ubyte.gz", "GoMNIST", "data.Digits()"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("the error has several lines: %q", err)
	}
}

func TestMirrorsAreTriedInOrderAndChecked(t *testing.T) {
	old := Download
	defer func() { Download = old }()
	var asked []string
	Download = func(_ context.Context, url string, limit int64) ([]byte, error) {
		asked = append(asked, url)
		if strings.HasPrefix(url, "https://a/") {
			return []byte("forged"), nil
		}
		return []byte("abc"), nil
	}
	f := finder{entry: datasets.Entry{Mirrors: []string{"https://a/", "https://b/"}}}
	file := datasets.File{Name: "x.gz", Bytes: 3, SHA256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"} // of "abc"
	b, err := f.fromMirrors(context.Background(), file)
	if err != nil || string(b) != "abc" || len(asked) != 2 {
		t.Errorf("got %q, %v after asking %v", b, err, asked)
	}
	file.SHA256 = strings.Repeat("0", 64)
	if _, err := f.fromMirrors(context.Background(), file); !errors.Is(err, ErrDigest) {
		t.Errorf("forged files on every mirror: %v", err)
	}
}

func TestUnknownSetIsRefusedWithTheListOfWhatExists(t *testing.T) {
	_, _, err := Load(context.Background(), "imagenet")
	if err == nil || !strings.Contains(err.Error(), "digits, mnist") {
		t.Errorf("Load(imagenet): %v", err)
	}
}

func BenchmarkMNISTCached(b *testing.B) {
	realMNIST(b)
	for b.Loop() {
		if _, _, err := MNIST(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMNISTCold(b *testing.B) {
	realMNIST(b)
	for b.Loop() {
		b.StopTimer()
		b.Setenv("GRADUS_DATA", b.TempDir())
		b.StartTimer()
		if _, _, err := MNIST(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
