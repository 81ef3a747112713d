package notebook

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// chapter is a notebook file, as far as the tests look at it.
type chapter struct {
	Cells []struct {
		Type     string   `json:"cell_type"`
		Source   []string `json:"source"`
		Metadata struct {
			Gradus struct {
				Executed string `json:"executed"`
			} `json:"gradus"`
		} `json:"metadata"`
		Outputs []struct {
			Type string                     `json:"output_type"`
			Name string                     `json:"name"`
			Data map[string]json.RawMessage `json:"data"`
		} `json:"outputs"`
	} `json:"cells"`
	Metadata struct {
		Kernelspec struct{ Name, Language string } `json:"kernelspec"`
	} `json:"metadata"`
}

// TestChaptersAreAsTheyWereExecuted finds saved outputs that are older than the
// cells above them, and what else does not belong in a chapter.
func TestChaptersAreAsTheyWereExecuted(t *testing.T) {
	files, err := filepath.Glob("../../notebooks/[0-9]*.ipynb")
	if err != nil || len(files) == 0 {
		t.Fatalf("no chapters: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(b) > 1<<20 {
				t.Errorf("it has %d bytes; a chapter stays under 1 MB", len(b))
			}
			var c chapter
			if err := json.Unmarshal(b, &c); err != nil {
				t.Fatal(err)
			}
			if k := c.Metadata.Kernelspec; k.Name != "gradus" || k.Language != "go" {
				t.Errorf("its kernel is %+v; want gradus, go", k)
			}
			check(t, c)
		})
	}
}

func check(t *testing.T, c chapter) {
	sources := sha256.New()
	prose, pictures := "", 0
	for i, cell := range c.Cells {
		source := strings.Join(cell.Source, "")
		if cell.Type != "code" {
			prose += source
			continue
		}
		fmt.Fprintf(sources, "%s\x00", source)
		if want := hex.EncodeToString(sources.Sum(nil))[:16]; cell.Metadata.Gradus.Executed != want {
			t.Fatalf("the outputs from cell %d on are older than the source; run `go run . run --write` and look at them", i+1)
		}
		for _, o := range cell.Outputs {
			if o.Type == "error" || o.Name == "stderr" {
				t.Errorf("cell %d has an error or wrote to stderr", i+1)
			}
			for kind := range o.Data {
				if strings.HasPrefix(kind, "image/") {
					pictures++
					if !strings.Contains(string(o.Data["text/html"]), `alt=\"`) {
						t.Errorf("cell %d has a picture without alternative text", i+1)
					}
				}
			}
		}
	}
	if pictures == 0 {
		t.Error("it has no picture")
	}
	for _, want := range []string{"**You will be able to**", "**It takes**", "## What we learned", "**Where to read more.**"} {
		if !strings.Contains(prose, want) {
			t.Errorf("it has no part %q", want)
		}
	}
}
