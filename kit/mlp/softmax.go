package mlp

import (
	"fmt"
	"math"
)

// Softmax turns logits into probabilities: p_k = exp(z_k) / Σ_j exp(z_j). The
// largest logit is subtracted first, which changes nothing but keeps exp from
// overflowing.
func Softmax(logits []float64) []float64 {
	p := make([]float64, len(logits))
	if len(logits) == 0 {
		return p
	}
	largest := logits[0]
	for _, z := range logits[1:] {
		largest = max(largest, z)
	}
	var sum float64
	for k, z := range logits {
		p[k] = math.Exp(z - largest)
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
	return p
}

// CrossEntropy returns the mean over the batch of -ln p(label), where p is the
// [Softmax] of the logits (shape [batch, classes], batch = len(labels)), and its
// derivative by the logits, (p - onehot(label)) / batch, of the same shape.
func CrossEntropy(logits []float64, labels []int) (loss float64, dLogits []float64, err error) {
	batch := len(labels)
	if batch == 0 || len(logits) == 0 || len(logits)%batch != 0 {
		return 0, nil, fmt.Errorf("cross-entropy needs one row of logits for each label; got %d logits and %d labels", len(logits), batch)
	}
	classes := len(logits) / batch
	dLogits = make([]float64, len(logits))
	for b, label := range labels {
		if label < 0 || label >= classes {
			return 0, nil, fmt.Errorf("label %d of example %d is not a class; classes go from 0 to %d", label, b, classes-1)
		}
		row := logits[b*classes : (b+1)*classes]
		p := Softmax(row)
		loss += logSumExp(row) - row[label] // -ln p, exact even where p rounds to 0
		for k := range p {
			dLogits[b*classes+k] = p[k] / float64(batch)
		}
		dLogits[b*classes+label] -= 1 / float64(batch)
	}
	return loss / float64(batch), dLogits, nil
}

// logSumExp returns ln Σ exp(z), computed around the largest z.
func logSumExp(z []float64) float64 {
	largest := math.Inf(-1)
	for _, v := range z {
		largest = max(largest, v)
	}
	var sum float64
	for _, v := range z {
		sum += math.Exp(v - largest)
	}
	return largest + math.Log(sum)
}

// Probabilities is [Softmax] of the float32 logits that a GoMLX model gives.
func Probabilities(logits []float32) []float64 {
	z := make([]float64, len(logits))
	for i, v := range logits {
		z[i] = float64(v)
	}
	return Softmax(z)
}
