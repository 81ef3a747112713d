package predict

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/draw"

	"github.com/gradus-ml/gradus/kit/data"
	"github.com/gradus-ml/gradus/kit/mlp"
	"github.com/gradus-ml/gradus/kit/train"
)

// trained fits a small network on the digits that ship, normalised if asked.
func trained(t *testing.T, normalize bool) (*Predictor, *data.Set) {
	t.Helper()
	t.Setenv("GRADUS_RUNS", t.TempDir())
	set, test, err := data.Digits()
	if err != nil {
		t.Fatal(err)
	}
	set = set.First(3000)
	if normalize {
		set, test = set.Normalize(set.Stats()), test.Normalize(set.Stats())
	}
	if _, err := train.Fit(context.Background(), mlp.Model(784, 64, 10), set, train.Options{Run: "p", Epochs: 4, Observers: []train.Observer{}}); err != nil {
		t.Fatal(err)
	}
	p, err := Open("p", nil)
	if err != nil {
		t.Fatal(err)
	}
	return p, test
}

func TestOneAndManyAgree(t *testing.T) {
	for _, normalize := range []bool{false, true} {
		p, test := trained(t, normalize)
		test = test.First(200)
		many, err := p.Set(context.Background(), test)
		if err != nil {
			t.Fatal(err)
		}
		right := 0
		for i, got := range many {
			one, err := p.Pixels(test.Pixels(i))
			if err != nil {
				t.Fatal(err)
			}
			var sum float64
			for k, v := range got.Probabilities {
				sum += v
				if math.Abs(v-one.Probabilities[k]) > 1e-4 {
					t.Fatalf("normalised %v, example %d, class %d: %v in a batch, %v alone", normalize, i, k, v, one.Probabilities[k])
				}
			}
			if math.Abs(sum-1) > 1e-9 || got.Probability != got.Probabilities[got.Class] {
				t.Errorf("example %d: probabilities add up to %v", i, sum)
			}
			if got.Class == test.Label(i) {
				right++
			}
		}
		if right < 170 {
			t.Errorf("normalised %v: %d of 200 right", normalize, right)
		}
	}
}

// drawn makes an image file of a digit as a person would: large, dark on light,
// off the middle.
func drawn(t *testing.T, pixels []uint8, width, height int, at image.Rectangle, ground, ink uint8) *image.Gray {
	t.Helper()
	small := &image.Gray{Pix: pixels, Stride: Side, Rect: image.Rect(0, 0, Side, Side)}
	large := image.NewGray(image.Rect(0, 0, width, height))
	draw.CatmullRom.Scale(large, at, small, small.Rect, draw.Src, nil)
	for i, v := range large.Pix {
		large.Pix[i] = uint8(float64(ground) + (float64(ink)-float64(ground))*float64(v)/255)
	}
	return large
}

func TestAFileOfAnySizeAndColourIsReadLikeMNIST(t *testing.T) {
	p, test := trained(t, false)
	total, same := 0, 0
	for i := range 40 {
		want, err := p.Pixels(test.Pixels(i))
		if err != nil {
			t.Fatal(err)
		}
		for name, img := range map[string]image.Image{
			"dark on white, large":  drawn(t, test.Pixels(i), 300, 400, image.Rect(20, 150, 200, 330), 255, 0),
			"grey on grey paper":    drawn(t, test.Pixels(i), 120, 90, image.Rect(30, 5, 110, 85), 200, 40),
			"light on black, small": drawn(t, test.Pixels(i), 40, 60, image.Rect(2, 22, 36, 56), 0, 255),
		} {
			path := filepath.Join(t.TempDir(), "digit.png")
			var b bytes.Buffer
			if i%2 == 0 {
				err = png.Encode(&b, img)
			} else {
				path = strings.TrimSuffix(path, "png") + "jpg"
				err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 90})
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			got, _, err := p.File(path)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			total++
			if got.Class == want.Class {
				same++
			}
		}
	}
	if same < total*9/10 {
		t.Errorf("%d of %d files are read like the image that they show", same, total)
	}
}

func TestAnImageOfMNISTsSizeIsTakenAsItIs(t *testing.T) {
	_, test, err := data.Digits()
	if err != nil {
		t.Fatal(err)
	}
	img := &image.Gray{Pix: append([]uint8(nil), test.Pixels(3)...), Stride: Side, Rect: image.Rect(0, 0, Side, Side)}
	got, err := Prepare(img)
	if err != nil || !bytes.Equal(got, test.Pixels(3)) {
		t.Errorf("it was changed, or %v", err)
	}
}

func TestPrepareCentresByMass(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 200, 100))
	for y := 10; y < 60; y++ { // a bar of 10 × 50 in a corner
		for x := 180; x < 190; x++ {
			img.SetGray(x, y, color.Gray{Y: 255})
		}
	}
	got, err := Prepare(img)
	if err != nil {
		t.Fatal(err)
	}
	top, bottom, left, right := Side, -1, Side, -1
	for i, v := range got {
		if v > 100 {
			top, bottom, left, right = min(top, i/Side), max(bottom, i/Side), min(left, i%Side), max(right, i%Side)
		}
	}
	if bottom-top+1 != inkBox || right-left+1 != 4 || top != 4 || left < 11 || right > 16 {
		t.Errorf("the ink covers rows %d to %d and columns %d to %d; want 20 rows from 4 on and 4 columns in the middle", top, bottom, left, right)
	}
}

func TestWhatIsNoImageIsRefusedInOneSentence(t *testing.T) {
	p, _ := trained(t, false)
	dir := t.TempDir()
	blank := image.NewGray(image.Rect(0, 0, 50, 50))
	var whole, empty bytes.Buffer
	if err := png.Encode(&whole, drawn(t, make([]uint8, Side*Side), 60, 60, image.Rect(0, 0, 60, 60), 0, 255)); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(&empty, blank); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"text.png":    {[]byte("not an image"), "not a PNG or JPEG"},
		"empty.png":   {nil, "not a PNG or JPEG"},
		"cut.png":     {whole.Bytes()[:50], "damaged"},
		"blank.png":   {empty.Bytes(), "no ink"},
		"missing.png": {nil, "there is no file"},
	} {
		path := filepath.Join(dir, name)
		if name != "missing.png" {
			if err := os.WriteFile(path, c.content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		_, _, err := p.File(path)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v; want one sentence with %q", name, err, c.want)
		}
	}
	// A header that claims a picture of 60,000 × 60,000 pixels.
	bomb := append([]byte(nil), whole.Bytes()...)
	copy(bomb[16:24], []byte{0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60})
	if _, err := Read(bytes.NewReader(bomb)); err == nil {
		t.Error("a picture of 3.6 gigapixels was accepted")
	}
	if _, err := p.Pixels(make([]uint8, 10)); err == nil || !strings.Contains(err.Error(), "10 numbers") {
		t.Errorf("ten pixels: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 3))); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("GIF89a"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if pixels, err := Read(bytes.NewReader(file)); err == nil && len(pixels) != Side*Side {
			t.Errorf("%d pixels", len(pixels))
		}
	})
}
