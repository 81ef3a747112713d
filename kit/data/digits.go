package data

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gradus-ml/gradus/datasets/digits"
)

// digitNames are the classes of MNIST and of the digits.
var digitNames = []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}

// Digits returns the digits that ship with the kit: 10,000 images to train on
// and 2,000 to test on, 28×28, drawn by the program in datasets/gen. They are
// always there.
func Digits() (train, test *Set, err error) {
	if train, err = digitSet("digits", "train", digits.TrainImages, digits.TrainLabels); err != nil {
		return nil, nil, err
	}
	if test, err = digitSet("digits", "test", digits.TestImages, digits.TestLabels); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

// digitSet decodes a pair of IDX files.
func digitSet(name, part string, images, labels []byte) (*Set, error) {
	pixels, n, rows, cols, err := ReadIDXImages(bytes.NewReader(images))
	if err != nil {
		return nil, fmt.Errorf("%s (%s): %w", name, part, err)
	}
	l, err := ReadIDXLabels(bytes.NewReader(labels))
	if err != nil {
		return nil, fmt.Errorf("%s (%s): %w", name, part, err)
	}
	if len(l) != n {
		return nil, fmt.Errorf("%s (%s): %w: %d images and %d labels", name, part, ErrCountMismatch, n, len(l))
	}
	return NewImages(name, part, []int{rows, cols}, pixels, l, digitNames)
}

// loaders are the data sets that Load knows.
var loaders = map[string]func(context.Context) (train, test *Set, err error){
	"mnist":  MNIST,
	"digits": func(context.Context) (*Set, *Set, error) { return Digits() },
}

// Load returns a data set by its name in the manifest: "mnist" or "digits".
func Load(ctx context.Context, name string) (train, test *Set, err error) {
	load, ok := loaders[name]
	if !ok {
		return nil, nil, fmt.Errorf("there is no data set %q; there is: %s", name, strings.Join(slices.Sorted(maps.Keys(loaders)), ", "))
	}
	return load(ctx)
}

// MNISTOrDigits returns MNIST, or, where it cannot be had, the digits that ship;
// note then says so in one sentence, and is empty otherwise.
func MNISTOrDigits(ctx context.Context) (train, test *Set, note string, err error) {
	train, test, mnistErr := MNIST(ctx)
	if mnistErr == nil {
		return train, test, "", nil
	}
	if ctx.Err() != nil {
		return nil, nil, "", ctx.Err()
	}
	if train, test, err = Digits(); err != nil {
		return nil, nil, "", err
	}
	return train, test, fmt.Sprintf("Real MNIST cannot be had here (%v), so these are the digits that Gradus draws itself.", mnistErr), nil
}
