// Package scale is the arithmetic of large models: how many parameters a network
// has, how much memory and how many operations it takes to train and to serve
// one, and what that costs in time and money.
//
// All formulas are estimates that hold to some tens of percent, except the counts
// of parameters, which are exact; each names its source.
package scale

import (
	"fmt"
	"math"
)

// Transformer describes a transformer by its sizes.
type Transformer struct {
	Layers     int // blocks of attention and feed-forward network
	Width      int // numbers that stand for one token
	Vocabulary int // tokens that it knows
	Context    int // tokens that it sees at once
	// Segments and Pooler are BERT's: embeddings of the sentence that a token
	// belongs to, and a last dense layer.
	Segments int
	Pooler   bool
	// FinalNorm is GPT-2's: a layer norm after the last block.
	FinalNorm bool
	// EmbeddingNorm is BERT's: a layer norm after the embeddings.
	EmbeddingNorm bool
}

// The sizes of two models that everyone compares with.
var (
	// GPT2Small is the smallest of A. Radford et al., Language Models are
	// Unsupervised Multitask Learners (2019).
	GPT2Small = Transformer{Layers: 12, Width: 768, Vocabulary: 50257, Context: 1024, FinalNorm: true}
	// BERTBase is the smaller of J. Devlin et al., BERT (2018, arXiv:1810.04805).
	BERTBase = Transformer{Layers: 12, Width: 768, Vocabulary: 30522, Context: 512, Segments: 2, Pooler: true, EmbeddingNorm: true}
)

// GPT3 is the largest model of T. Brown et al. (2020, arXiv:2005.14165, table
// 2.1), "175 B": counting its biases and norms too gives 174.6e9, as in their
// table D.1.
var GPT3 = Transformer{Layers: 96, Width: 12288, Vocabulary: 50257, Context: 2048, FinalNorm: true}

// check refuses sizes that make no transformer.
func (t Transformer) check() error {
	for _, s := range []struct {
		name string
		size int
	}{{"layers", t.Layers}, {"width", t.Width}, {"vocabulary", t.Vocabulary}, {"context", t.Context}} {
		if s.size < 1 {
			return fmt.Errorf("the transformer's %s is %d; it must be at least 1", s.name, s.size)
		}
	}
	if t.Segments < 0 {
		return fmt.Errorf("the transformer has %d segments; it must be 0 or more", t.Segments)
	}
	return nil
}

// Parameters counts a transformer's parameters, biases and layer norms included.
// With width d, each block has 12·d² weights (attention 4·d², the feed-forward
// network with its hidden layer of 4·d another 8·d²) and 13·d biases and norm
// parameters. The table of token embeddings also serves as the last layer, as
// in GPT-2 and BERT, so it is counted once. The result is exact for these two:
// 124,439,808 and 109,482,240.
func (t Transformer) Parameters() (int, error) {
	if err := t.check(); err != nil {
		return 0, err
	}
	d := t.Width
	n := (t.Vocabulary + t.Context + t.Segments) * d
	n += t.Layers * (12*d*d + 13*d)
	if t.EmbeddingNorm {
		n += 2 * d
	}
	if t.FinalNorm {
		n += 2 * d
	}
	if t.Pooler {
		n += d*d + d
	}
	return n, nil
}

// CacheBytes is the memory in which a transformer that writes keeps what it has
// read so far, for one text of so many tokens at so many bytes a number: two
// vectors of Width numbers, the key and the value, for each token and layer. It
// comes on top of the parameters, once for each text that is being written.
// Models of today store fewer keys and values than this and stay below it.
func (t Transformer) CacheBytes(tokens int, bytesEach float64) (float64, error) {
	if err := t.check(); err != nil {
		return 0, err
	}
	if tokens < 0 {
		return 0, fmt.Errorf("a text cannot have %d tokens; give 0 or more", tokens)
	}
	return 2 * float64(t.Layers) * float64(t.Width) * float64(tokens) * bytesEach, nil
}

// Bytes for one parameter.
const (
	Float32Bytes = 4
	Float16Bytes = 2
	// AdamTrainingBytes is what training with Adam in float32 keeps for each
	// parameter: the weight, its gradient and two moments. Activations come on
	// top; they depend on the batch.
	AdamTrainingBytes = 4 * Float32Bytes
)

// Memory is what a number of parameters takes at so many bytes each, in bytes.
func Memory(parameters float64, bytesEach float64) float64 { return parameters * bytesEach }

// TrainingOperations estimates the floating-point operations that it takes to
// train N parameters on D tokens (or examples): 6·N·D. A forward pass takes a
// multiplication and an addition for each parameter, the backward pass twice as
// much (J. Kaplan et al., Scaling Laws for Neural Language Models, 2020,
// arXiv:2001.08361).
func TrainingOperations(parameters, tokens float64) float64 { return 6 * parameters * tokens }

// ServingOperations estimates the operations for one token (or example): 2·N.
func ServingOperations(parameters float64) float64 { return 2 * parameters }

// OptimalTokens is the number of tokens that gets most out of an amount of
// computing, about twenty for each parameter (J. Hoffmann et al., Training
// Compute-Optimal Large Language Models, 2022, arXiv:2203.15556).
func OptimalTokens(parameters float64) float64 { return 20 * parameters }

// Machine is what a model is trained on.
type Machine struct {
	Name         string
	Operations   float64 // at best, floating-point operations a second, all devices together
	Utilisation  float64 // the fraction of the best that is reached: 0.3 to 0.5 is common
	PricePerHour float64 // of all devices together, in your currency
}

// Seconds is how long the machine takes for a number of operations.
func (m Machine) Seconds(operations float64) (float64, error) {
	if !(m.Operations > 0) || !(m.Utilisation > 0 && m.Utilisation <= 1) || math.IsInf(m.Operations, 0) {
		return 0, fmt.Errorf("the machine %q does %v operations a second at a utilisation of %v; the first must be positive, the second between 0 and 1", m.Name, m.Operations, m.Utilisation)
	}
	return operations / (m.Operations * m.Utilisation), nil
}

// Cost is the price of a number of operations on the machine.
func (m Machine) Cost(operations float64) (float64, error) {
	s, err := m.Seconds(operations)
	return s / 3600 * m.PricePerHour, err
}

// Human writes a number as people say it: 1.24e8 as "124 M", 3.2e23 as "3.2e+23".
func Human(v float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1e12, " T"}, {1e9, " G"}, {1e6, " M"}, {1e3, " k"}, {1, ""}} {
		if v >= u.size && v < u.size*1e4 {
			return fmt.Sprintf("%.3g%s", v/u.size, u.name)
		}
	}
	return fmt.Sprintf("%.2g", v)
}

// Duration writes seconds as people say it: "36 s", "2.5 hours", "34 years",
// "33,300 years", "30 million years".
func Duration(seconds float64) string {
	const year = 365.25 * 86400
	switch {
	case seconds >= 0.9995e6*year: // rounds to a million
		return fmt.Sprintf("%.3g million years", seconds/year/1e6)
	case seconds >= 999.5*year:
		return thousands(seconds/year) + " years"
	}
	for _, u := range []struct {
		size float64
		name string
	}{{year, "years"}, {86400, "days"}, {3600, "hours"}, {60, "minutes"}} {
		if seconds >= 2*u.size {
			return fmt.Sprintf("%.3g %s", seconds/u.size, u.name)
		}
	}
	return fmt.Sprintf("%.2g s", seconds)
}

// thousands writes a number from a thousand to a million to three digits: "33,300".
func thousands(v float64) string {
	unit := math.Pow(10, math.Floor(math.Log10(v))-2)
	n := int(math.Round(v/unit) * unit)
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}
