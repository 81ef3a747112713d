// Package digits embeds the images that datasets/gen drew, as gzip-compressed
// IDX files. It is a package of its own so that only programs that read the
// digits carry them.
package digits

import _ "embed"

// The files.
var (
	//go:embed train-images.idx.gz
	TrainImages []byte
	//go:embed train-labels.idx.gz
	TrainLabels []byte
	//go:embed test-images.idx.gz
	TestImages []byte
	//go:embed test-labels.idx.gz
	TestLabels []byte
)
