package scale

import (
	"math"
	"testing"

	"github.com/gradus-ml/gradus/kit/mlp"
)

func TestParametersAgreeWithThePublishedModels(t *testing.T) {
	for _, c := range []struct {
		name string
		t    Transformer
		want int
	}{
		// The counts of the released checkpoints.
		{"GPT-2 small", GPT2Small, 124_439_808},
		{"BERT-base", BERTBase, 109_482_240},
		// GPT-2 XL, "1.5 B": 48 layers of width 1600.
		{"GPT-2 XL", Transformer{Layers: 48, Width: 1600, Vocabulary: 50257, Context: 1024, FinalNorm: true}, 1_557_611_200},
	} {
		got, err := c.t.Parameters()
		if err != nil || got != c.want {
			t.Errorf("%s: %d parameters, %v; want %d", c.name, got, err, c.want)
		}
	}
	if got := mlp.Parameters(784, 256, 128, 10); got != 235_146 {
		t.Errorf("our network: %d", got)
	}
	if _, err := (Transformer{Layers: 1}).Parameters(); err == nil {
		t.Error("a transformer without width was counted")
	}
}

func TestOperationsAgreeWithPublishedFigures(t *testing.T) {
	// GPT-3, table D.1 of Brown et al.: 174.6 B parameters, 300 B tokens, 3.14e23 operations.
	if got := TrainingOperations(174.6e9, 300e9); math.Abs(got/3.14e23-1) > 0.01 {
		t.Errorf("GPT-3: %g operations; published 3.14e23", got)
	}
	// Chinchilla, Hoffmann et al.: 70 B parameters, 1.4 T tokens.
	if got := OptimalTokens(70e9); got != 1.4e12 {
		t.Errorf("Chinchilla: %g tokens; published 1.4e12", got)
	}
	if n, err := GPT3.Parameters(); err != nil || math.Abs(float64(n)/174.6e9-1) > 0.001 {
		t.Errorf("GPT-3: %d parameters, %v; published 174.6e9", n, err)
	}
	// Llama 3.1: 3.8e25 operations are published for 405 B parameters and 15.6 T tokens.
	if got := TrainingOperations(405e9, 15.6e12); math.Abs(got/3.8e25-1) > 0.01 {
		t.Errorf("Llama 3.1: %g operations; published 3.8e25", got)
	}
	if got := Memory(7e9, Float16Bytes); got != 14e9 {
		t.Errorf("7 B parameters in float16: %g bytes", got)
	}
	if AdamTrainingBytes != 16 {
		t.Errorf("Adam keeps %d bytes a parameter", AdamTrainingBytes)
	}
}

func TestCacheByHand(t *testing.T) {
	// Two vectors of 768 numbers of 2 bytes in each of 12 layers: 36,864 bytes a token.
	if got, err := GPT2Small.CacheBytes(1000, Float16Bytes); err != nil || got != 36_864_000 {
		t.Errorf("CacheBytes = %v, %v; want 36,864,000", got, err)
	}
	if _, err := GPT2Small.CacheBytes(-1, Float16Bytes); err == nil {
		t.Error("a text of -1 tokens was accepted")
	}
	if _, err := (Transformer{}).CacheBytes(1, Float16Bytes); err == nil {
		t.Error("a transformer without layers was accepted")
	}
}

func TestTimeAndMoneyByHand(t *testing.T) {
	// 1e15 operations a second at 40 %: 3.6e18 in 9000 s, 2.5 hours, at 4 an hour 10.
	m := Machine{Name: "m", Operations: 1e15, Utilisation: 0.4, PricePerHour: 4}
	s, err := m.Seconds(3.6e18)
	if err != nil || math.Abs(s-9000) > 1e-6 {
		t.Errorf("Seconds = %v, %v", s, err)
	}
	c, err := m.Cost(3.6e18)
	if err != nil || math.Abs(c-10) > 1e-9 {
		t.Errorf("Cost = %v, %v", c, err)
	}
	for _, bad := range []Machine{{}, {Operations: 1, Utilisation: 2}, {Operations: -1, Utilisation: 0.5}} {
		if _, err := bad.Seconds(1); err == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
}

func TestNumbersAsPeopleSayThem(t *testing.T) {
	for v, want := range map[float64]string{235146: "235 k", 124439808: "124 M", 175e9: "175 G", 1.4e12: "1.4 T", 3.16e23: "3.2e+23", 12: "12", 0: "0"} {
		if got := Human(v); got != want {
			t.Errorf("Human(%g) = %q; want %q", v, got, want)
		}
	}
	for v, want := range map[float64]string{36: "36 s", 9000: "2.5 hours", 3.2e9: "101 years", 3.2e11: "10,100 years", 1.05e12: "33,300 years", 9.5e14: "30.1 million years", 0.5: "0.5 s", 300: "5 minutes"} {
		if got := Duration(v); got != want {
			t.Errorf("Duration(%g) = %q; want %q", v, got, want)
		}
	}
}

func TestModelsAreInOrderAndSourced(t *testing.T) {
	for i, m := range Models {
		if m.Source == "" || m.Parameters <= 0 || i > 0 && m.Year < Models[i-1].Year {
			t.Errorf("%+v", m)
		}
		if m.Active > m.Parameters || m.PerToken() <= 0 {
			t.Errorf("%s uses %g of its %g parameters", m.Name, m.PerToken(), m.Parameters)
		}
	}
}
