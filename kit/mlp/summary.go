package mlp

import (
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
)

// LayerSummary describes one layer of a network.
type LayerSummary struct {
	Name         string // "layer_1"
	Shape        string // of the weights: "784 × 256"
	Activation   string // "ReLU", or "none (logits)"
	Parameters   int    // weights and biases
	MultiplyAdds int    // for one example
}

// Summarize lists the layers of a network of the given sizes.
func Summarize(sizes ...int) ([]LayerSummary, error) {
	if err := checkSizes(sizes); err != nil {
		return nil, err
	}
	var out []LayerSummary
	for i := 1; i < len(sizes); i++ {
		activation := "ReLU"
		if i == len(sizes)-1 {
			activation = "none (logits)"
		}
		in, units := sizes[i-1], sizes[i]
		out = append(out, LayerSummary{
			Name:         fmt.Sprintf("layer_%d", i),
			Shape:        fmt.Sprintf("%d × %d", in, units),
			Activation:   activation,
			Parameters:   in*units + units,
			MultiplyAdds: in * units,
		})
	}
	return out, nil
}

// Parameters counts the weights and biases of a network of the given sizes:
// Σ (in+1)·out. It is 235,146 for 784, 256, 128, 10. Sizes that describe no
// network count 0.
func Parameters(sizes ...int) int {
	if checkSizes(sizes) != nil {
		return 0
	}
	total := 0
	for i := 1; i < len(sizes); i++ {
		total += (sizes[i-1] + 1) * sizes[i]
	}
	return total
}

// Summary is the table of [Summarize], ready to print, with the totals below.
func Summary(sizes ...int) (string, error) {
	rows, err := Summarize(sizes...)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "layer\tweights\tactivation\tparameters\tmultiply-adds\t")
	var parameters, multiplyAdds int
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t\n", r.Name, r.Shape, r.Activation, thousands(r.Parameters), thousands(r.MultiplyAdds))
		parameters += r.Parameters
		multiplyAdds += r.MultiplyAdds
	}
	fmt.Fprintf(w, "total\t\t\t%s\t%s\t\n", thousands(parameters), thousands(multiplyAdds))
	if err := w.Flush(); err != nil {
		return "", err
	}
	return b.String(), nil
}

// thousands writes n with a comma between groups of three digits.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
