package show

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

// ramp is a small grey image.
func ramp(label string, mark bool, shift int) Image {
	img := Image{Pixels: make([]uint8, 64), Width: 8, Height: 8, Label: label, Mark: mark}
	for i := range img.Pixels {
		img.Pixels[i] = uint8((i*4 + shift) % 256)
	}
	return img
}

// samples is one picture of each kind.
func samples() map[string]*Picture {
	x := []float64{1, 2, 3, 4, 5}
	wave := make([]float64, 5000)
	steps := make([]float64, 5000)
	for i := range wave {
		steps[i] = float64(i)
		wave[i] = 0.5 + 0.3*math.Cos(float64(i)/300)
	}
	values := make([]float64, 500)
	for i := range values {
		values[i] = math.Sin(float64(i)) + math.Sin(float64(i)*1.7)
	}
	var heat [][]float64
	for i := range 30 {
		var row []float64
		for j := range 30 {
			row = append(row, math.Hypot(float64(i)-15, float64(j)-15))
		}
		heat = append(heat, row)
	}
	var valley [][]float64
	var at []float64
	for i := range 41 {
		at = append(at, float64(i)/10-2)
	}
	for _, b := range at {
		var row []float64
		for _, a := range at {
			row = append(row, (a-0.5)*(a-0.5)+3*(b-a)*(b-a))
		}
		valley = append(valley, row)
	}
	classes := []string{"0", "1", "2", "3"}
	return map[string]*Picture{
		"curve": Curve("Loss by epoch", "epoch", "loss (nats)", "Training loss falls from 0.9 to 0.1; validation loss stays above it.",
			Line{Name: "training", X: x, Y: []float64{0.9, 0.45, 0.25, 0.15, 0.1}, Points: true},
			Line{Name: "validation", X: x, Y: []float64{0.95, 0.6, 0.42, 0.38, 0.4}, Points: true}),
		"curve-long": Curve("Five thousand steps", "step", "loss (nats)", "A wave.", Line{X: steps, Y: wave}),
		"pieces": Curve("Three fits", "x", "y", "Three pale lines around a dashed one.",
			Line{Name: "fits", X: []float64{0, 1, 2, 0, 1, 2, 0, 1, 2}, Y: []float64{0, 1.2, 1.8, 0.3, 0.9, 2.2, -0.2, 0.8, 2.1}, Pieces: 3, Faint: true},
			Line{Name: "truth", X: []float64{0, 2}, Y: []float64{0, 2}, Dashed: true}),
		"row": Row("Side by side", "A curve that falls beside two bars.",
			Curve("Falling", "x", "y", "A curve that falls.", Line{X: x, Y: []float64{5, 3, 2, 1, 0}}).Sized(300, 260),
			Bars("Two bars", "name", "value", "Two bars.", []string{"a", "b"}, []float64{1, 2}).Sized(300, 220)),
		"scatter": Scatter("Six classes", "x", "y", "Six groups of points.",
			Line{Name: "a", X: []float64{1, 1.2, 0.8, 1.1}, Y: []float64{1, 0.9, 1.2, 1.3}}, Line{Name: "b", X: []float64{2, 2.2, 1.9}, Y: []float64{2, 1.8, 2.1}},
			Line{Name: "c", X: []float64{1.5}, Y: []float64{1.2}}, Line{Name: "d", X: []float64{1.5}, Y: []float64{1.4}}, Line{Name: "e", X: []float64{1.5}, Y: []float64{1.6}}, Line{Name: "f", X: []float64{1.5}, Y: []float64{1.8}}),
		"loglog": Frame{Title: "Parameters by year", XLabel: "parameters", YLabel: "operations", Alt: "A line that rises.", LogX: true, LogY: true}.Scatter(
			Line{X: []float64{6e4, 2.4e5, 1.24e8, 1.75e11, 2e11}, Y: []float64{1e9, 1e11, 1e20, 3e23, 5e23}, Labels: []string{"LeNet-5", "ours", "GPT-2 small", "GPT-3", "another as large"}}),
		"contour": Contour("A valley", "weight", "bias", "A path runs down into a valley.", at, at, valley,
			Line{Name: "descent", X: []float64{-1.5, -0.9, -0.3, 0.1, 0.35}, Y: []float64{1.5, 0.2, -0.1, 0.15, 0.33}}),
		"regions": Regions("Two halves", "x", "y", "The plane is divided by a slanted line.", at, at, half(at),
			Line{Name: "a", X: []float64{-1, -1.2, -0.5}, Y: []float64{-1, 0.2, -0.7}}, Line{Name: "b", X: []float64{1, 0.7, 1.4}, Y: []float64{1, 1.2, 0.3}}),
		"bars":      Bars("Images of each digit", "digit", "images", "About six thousand of each.", []string{"0", "1", "2", "3", "4"}, []float64{5923, 6742, 5958, 6131, 5842}),
		"histogram": Histogram("Values", "value", "how many", "A hump around zero.", values, 20),
		"grid": Grid("Some images", "Twelve grey ramps, the third marked as wrong.", []Image{
			ramp("5", false, 0), ramp("0", false, 30), ramp("4 → 9", true, 60), ramp("1", false, 90), ramp("9", false, 120), ramp("2", false, 150), ramp("1", false, 200),
		}, 5),
		"heatmap":   HeatMap("Distance from the middle", "x", "y", "Dark in the middle, light at the corners.", heat, HeatOptions{}),
		"confusion": Confusion([][]int{{97, 0, 2, 1}, {0, 99, 1, 0}, {3, 0, 90, 7}, {0, 0, 12, 88}}, classes, "Confusion matrix", "Most counts are on the diagonal; 3 is called 2 twelve times."),
	}
}

// half is for the second group above the line from corner to corner.
func half(at []float64) [][]float64 {
	var out [][]float64
	for _, y := range at {
		var row []float64
		for _, x := range at {
			row = append(row, 1/(1+math.Exp(-3*(x+y))))
		}
		out = append(out, row)
	}
	return out
}

func TestPicturesLookAsTheyDid(t *testing.T) {
	for name, p := range samples() {
		t.Run(name, func(t *testing.T) {
			got, err := p.PNG()
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name+".png")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err, "(go test ./kit/show -update writes it)")
			}
			if d := difference(t, got, want); d > 0.002 {
				t.Errorf("%.2f %% of the pixels differ from %s; look at it, and if it is right, run go test ./kit/show -update", 100*d, golden)
			}
		})
	}
}

// difference is the fraction of pixels that differ visibly.
func difference(t *testing.T, a, b []byte) float64 {
	t.Helper()
	decode := func(x []byte) image.Image {
		img, err := png.Decode(bytes.NewReader(x))
		if err != nil {
			t.Fatal(err)
		}
		return img
	}
	x, y := decode(a), decode(b)
	if x.Bounds() != y.Bounds() {
		return 1
	}
	different := 0
	for j := range x.Bounds().Dy() {
		for i := range x.Bounds().Dx() {
			r1, g1, b1, _ := x.At(i, j).RGBA()
			r2, g2, b2, _ := y.At(i, j).RGBA()
			for _, d := range []int{int(r1) - int(r2), int(g1) - int(g2), int(b1) - int(b2)} {
				if d > 0x2000 || d < -0x2000 {
					different++
					break
				}
			}
		}
	}
	return float64(different) / float64(x.Bounds().Dx()*x.Bounds().Dy())
}

func TestSVGIsWellFormedAndCarriesItsAlternativeText(t *testing.T) {
	p := Curve(`Loss < 1 & "falling"`, "x", "y", `a < b & "c"`, Line{Name: "<&>", X: []float64{1, 2}, Y: []float64{3, 4}})
	b, err := p.SVG()
	if err != nil {
		t.Fatal(err)
	}
	var title, label string
	for d := xml.NewDecoder(bytes.NewReader(b)); ; {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the SVG is not well-formed: %v", err)
		}
		if e, ok := tok.(xml.StartElement); ok {
			if e.Name.Local == "svg" && label == "" {
				for _, a := range e.Attr {
					if a.Name.Local == "aria-label" {
						label = a.Value
					}
				}
			}
			if e.Name.Local == "title" {
				if err := d.DecodeElement(&title, &e); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if title != p.Alt || label != p.Alt {
		t.Errorf("title %q, aria-label %q; want %q", title, label, p.Alt)
	}
	if strings.Contains(string(b), "\n\n\n") || !strings.HasPrefix(string(b), "<svg ") {
		t.Errorf("the SVG begins with %.40q", b)
	}
	bundle, err := p.bundle()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(bundle["text/html"].(string), `alt="a &lt; b &amp; &#34;c&#34;"`) || bundle["text/plain"] != p.Alt {
		t.Errorf("the notebook's bundle has no alternative text")
	}
}

func TestPicturesStaySmall(t *testing.T) {
	for name, p := range samples() {
		b, _, err := p.encode()
		if err != nil {
			t.Fatal(err)
		}
		if len(b) > 80<<10 {
			t.Errorf("%s takes %d bytes", name, len(b))
		}
	}
}

func TestNumbersInTheTextAreNotCutShort(t *testing.T) {
	b, err := Bars("t", "", "", "alt", []string{"0.98765"}, []float64{0.9876}).SVG()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">0.98765<", ">0.988<"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("the picture has no text %q", want)
		}
	}
	for v, want := range map[float64]string{0.99: "0.990", 1e-5: "0", 0.0004: "0", 0.0006: "0.001", 0: "0"} {
		if got := beside(v, 1); got != want {
			t.Errorf("%v beside 1 is written %q; want %q", v, got, want)
		}
	}
}

func TestThinningKeepsPeaksAndEnds(t *testing.T) {
	l := Line{X: make([]float64, 100000), Y: make([]float64, 100000)}
	for i := range l.X {
		l.X[i] = float64(i)
	}
	l.Y[43210] = 7
	l.Y[99999] = 3
	out := thin(l)
	if len(out) > maxPoints+4 {
		t.Errorf("%d points are left", len(out))
	}
	peak := false
	for _, p := range out {
		peak = peak || p.Y == 7 && p.X == 43210
	}
	if last := out[len(out)-1]; !peak || last.X != 99999 || last.Y != 3 {
		t.Errorf("peak kept: %v, last point %v", peak, last)
	}
}

func TestBadDataIsAnErrorInOneSentence(t *testing.T) {
	nan := math.NaN()
	for want, p := range map[string]*Picture{
		"which do not make pieces of 2":    Curve("t", "", "", "alt", Line{X: []float64{1, 2, 3}, Y: []float64{1, 2, 3}, Pieces: 2}),
		"at least one picture":             Row("t", "alt"),
		"picture 1 is nil":                 Row("t", "alt", nil),
		"no alternative text":              Bars("t", "", "", " ", []string{"a"}, []float64{1}),
		"2 x values and 1 y values":        Curve("t", "", "", "alt", Line{X: []float64{1, 2}, Y: []float64{1}}),
		"line a: y value 1 is NaN":         Curve("t", "", "", "alt", Line{Name: "a", X: []float64{1}, Y: []float64{nan}}),
		"at least one line":                Scatter("t", "", "", "alt"),
		"has no points":                    Curve("t", "", "", "alt", Line{}),
		"1 names and 2 values":             Bars("t", "", "", "alt", []string{"a"}, []float64{1, 2}),
		"value 2 is +Inf":                  Histogram("t", "", "", "alt", []float64{1, math.Inf(1)}, 3),
		"0 bins":                           Histogram("t", "", "", "alt", []float64{1}, 0),
		"image 1 has 3 bytes":              Grid("t", "alt", []Image{{Pixels: []uint8{1, 2, 3}, Width: 2, Height: 2}}, 3),
		"logarithmic axis needs positive":  Frame{Title: "t", Alt: "alt", LogY: true}.Curve(Line{X: []float64{1}, Y: []float64{0}}),
		"2 labels for 1 points":            Scatter("t", "", "", "alt", Line{X: []float64{1}, Y: []float64{1}, Labels: []string{"a", "b"}}),
		"at least two places":              Contour("t", "", "", "alt", []float64{1}, []float64{1, 2}, [][]float64{{1}, {2}}),
		"must ascend":                      Contour("t", "", "", "alt", []float64{2, 1}, []float64{1, 2}, [][]float64{{1, 1}, {2, 2}}),
		"0 columns":                        Grid("t", "alt", []Image{ramp("", false, 0)}, 0),
		"row 2 has 1 numbers":              HeatMap("t", "", "", "alt", [][]float64{{1, 2}, {1}}, HeatOptions{}),
		"one each is needed":               Confusion([][]int{{1}}, []string{"a", "b"}, "t", "alt"),
		"of 5×5 pixels cannot be drawn":    Bars("t", "", "", "alt", []string{"a"}, []float64{1}).Sized(5, 5),
		"at least one row of one number":   HeatMap("t", "", "", "alt", nil, HeatOptions{}),
		"give at least one value":          Bars("t", "", "", "alt", nil, nil),
		"there is nothing to draw; give a": Grid("t", "alt", nil, 2),
	} {
		for _, err := range []error{second(p.SVG()), second(p.PNG()), p.Display(), p.Save(filepath.Join(t.TempDir(), "x.png"))} {
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: error %v", want, err)
			}
		}
	}
	good := Bars("t", "", "", "alt", []string{"a"}, []float64{1})
	if err := good.Save("x.gif"); err == nil || !strings.Contains(err.Error(), ".svg or .png") {
		t.Errorf("Save as GIF: %v", err)
	}
	if err := good.Save(filepath.Join(t.TempDir(), "new", "x.svg")); err != nil {
		t.Errorf("Save into a new folder: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestWhatGonumPanicsAboutIsAnError(t *testing.T) {
	p := newPicture("broken", "alt", 100, 100, nil, nil) // draws with a nil function
	if _, err := p.SVG(); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("error %v", err)
	}
}

func TestTableAlignsNumbers(t *testing.T) {
	h := htmlTable("Layers <1>", []string{"layer", "parameters"}, [][]string{{"a&b", "1,290"}, {"c", "5"}})
	for _, want := range []string{"Layers &lt;1&gt;", `<th scope="col" style="text-align:left">layer`, `text-align:right">1,290`, "a&amp;b"} {
		if !strings.Contains(h, want) {
			t.Errorf("the table has no %q: %s", want, h)
		}
	}
	if err := Table("x", []string{"a"}, [][]string{{"1", "2"}}); err == nil || !strings.Contains(err.Error(), "2 cells for 1 columns") {
		t.Errorf("ragged table: %v", err)
	}
	if Table("", []string{"a"}, nil) == nil || Table("x", nil, nil) == nil {
		t.Error("a table without caption or columns was shown")
	}
}

func ExampleTable() {
	err := Table("Two layers", []string{"layer", "parameters"}, [][]string{{"first", "200,960"}, {"second", "1,290"}})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// Two layers
	//    layer  parameters
	//    first     200,960
	//   second       1,290
}

func ExamplePicture_Display() {
	dir, err := os.MkdirTemp("", "pictures")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	defer func(old string) { Dir = old }(Dir)
	Dir = dir
	p := Bars("Images of each digit", "digit", "images", "Three zeros and two ones.", []string{"0", "1"}, []float64{3, 2})
	if err := p.Save(filepath.Join(dir, "bars.svg")); err != nil {
		fmt.Println(err)
		return
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(files), filepath.Base(files[0]))
	// Output: 1 bars.svg
}

func ExampleMarkdown() {
	if err := Markdown("# Title"); err != nil {
		fmt.Println(err)
	}
	// Output: # Title
}
