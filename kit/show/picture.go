package show

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/gradus-ml/gradus/internal/atomicfile"
)

// Dir is the folder that Display writes to outside a notebook; empty means the
// working folder.
var Dir string

// Picture is a drawing that can be shown or saved.
type Picture struct {
	Title string
	Alt   string // what the picture shows, in words

	width, height vg.Length
	raster        bool // PNG serves it better than SVG: many small cells
	draw          func(draw.Canvas)
	err           error // what was wrong with the data
}

// Sized returns a copy of the picture with another width and height in pixels of
// a screen (96 an inch).
func (p *Picture) Sized(width, height int) *Picture {
	q := *p
	q.width, q.height = vg.Length(width)*0.75, vg.Length(height)*0.75
	if width < 40 || height < 40 || width > 4000 || height > 4000 {
		q.err = errors.Join(p.err, fmt.Errorf("a picture of %d×%d pixels cannot be drawn; use 40 to 4000 each way", width, height))
	}
	return &q
}

// newPicture makes a picture, keeping the first thing that is wrong with it.
func newPicture(title, alt string, width, height vg.Length, err error, f func(draw.Canvas)) *Picture {
	if err == nil && strings.TrimSpace(alt) == "" {
		err = errors.New("it has no alternative text; say in a sentence what it shows")
	}
	if err != nil {
		err = fmt.Errorf("the picture %q cannot be drawn: %w", title, err)
	}
	return &Picture{Title: title, Alt: alt, width: width, height: height, draw: f, err: err}
}

// plotPicture makes a picture of a plot, with a margin.
func plotPicture(title, alt string, width, height vg.Length, p *plot.Plot, err error) *Picture {
	return newPicture(title, alt, width, height, err, func(c draw.Canvas) {
		p.Draw(draw.Crop(c, 10, -14, 8, -10))
	})
}

// render draws onto a canvas; what gonum panics about comes back as an error.
func (p *Picture) render(c vg.CanvasSizer) (err error) {
	if p.err != nil {
		return p.err
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the picture %q cannot be drawn: %v", p.Title, r)
		}
	}()
	dc := draw.New(c)
	dc.SetColor(paper)
	dc.Fill(dc.Rectangle.Path())
	p.draw(dc)
	return nil
}

// svgRoot is the end of gonum's opening tag, where attributes can be added.
var (
	svgRoot   = regexp.MustCompile(`(?s)<svg (.*?)>`)
	svgFont   = regexp.MustCompile(`font-family:Liberation Sans[^;"]*`)
	svgTag    = regexp.MustCompile(`<[^>]*>`)
	svgNumber = regexp.MustCompile(`\d+\.\d{3,}`)
	svgHeader = regexp.MustCompile(`(?s)^.*?(<svg )`)
)

// SVG renders the picture as a scalable drawing that carries its alternative
// text.
func (p *Picture) SVG() ([]byte, error) {
	c := vgsvg.NewWith(vgsvg.UseWH(p.width, p.height))
	if err := p.render(c); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("the picture %q cannot be written: %w", p.Title, err)
	}
	s := svgHeader.ReplaceAllString(b.String(), "$1")
	// A reader without our typeface gets its like, not the browser's default.
	s = svgFont.ReplaceAllString(s, "font-family:'Liberation Sans',Arial,Helvetica,sans-serif")
	// A hundredth of a point is enough for a place, and makes the notebook a third
	// smaller. Numbers in the text stay as they are.
	s = svgTag.ReplaceAllStringFunc(s, func(tag string) string {
		return svgNumber.ReplaceAllStringFunc(tag, func(n string) string { return n[:strings.IndexByte(n, '.')+3] })
	})
	// An image fills its rectangle, whatever its own proportions.
	s = strings.ReplaceAll(s, "<image ", `<image preserveAspectRatio="none" `)
	s = fixWidths(s)
	var alt bytes.Buffer
	if err := xml.EscapeText(&alt, []byte(p.Alt)); err != nil {
		return nil, err
	}
	first := true
	s = svgRoot.ReplaceAllStringFunc(s, func(tag string) string {
		if !first {
			return tag
		}
		first = false
		return strings.TrimSuffix(tag, ">") + ` role="img" aria-label="` + alt.String() + `"><title>` + alt.String() + "</title>"
	})
	return []byte(s), nil
}

// PNG renders the picture as pixels, twice as dense as a screen's.
func (p *Picture) PNG() ([]byte, error) {
	img, err := p.Image()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestCompression}
	if err := e.Encode(&b, fewColours(img)); err != nil {
		return nil, fmt.Errorf("the picture %q cannot be written: %w", p.Title, err)
	}
	return b.Bytes(), nil
}

// fewColours returns the image with a palette, which takes a third of the room,
// if it has 256 colours at most, counting those as one that the eye cannot tell
// apart.
func fewColours(img image.Image) image.Image {
	b := img.Bounds()
	out := image.NewPaletted(b, nil)
	index := map[color.RGBA]uint8{}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
			c.R, c.G, c.B = c.R|0x03, c.G|0x03, c.B|0x03
			i, ok := index[c]
			if !ok {
				if len(out.Palette) == 256 {
					return img
				}
				i = uint8(len(out.Palette))
				index[c] = i
				out.Palette = append(out.Palette, c)
			}
			out.Pix[out.PixOffset(x, y)] = i
		}
	}
	return out
}

// Image renders the picture as pixels in memory.
func (p *Picture) Image() (image.Image, error) {
	c := vgimg.NewWith(vgimg.UseWH(p.width, p.height), vgimg.UseDPI(192))
	if err := p.render(c); err != nil {
		return nil, err
	}
	return c.Image(), nil
}

var svgText = regexp.MustCompile(`(?s)<text ([^>]*?font-weight:(\w+);[^>]*?font-size:([\d.]+)px[^>]*)>([^<]*)</text>`)

// fixWidths tells the reader how wide each text is in our typeface: another one
// is then squeezed or spread to fit, and labels stay clear of their neighbours.
func fixWidths(svg string) string {
	return svgText.ReplaceAllStringFunc(svg, func(element string) string {
		m := svgText.FindStringSubmatch(element)
		size, err := strconv.ParseFloat(m[3], 64)
		if err != nil || m[4] == "" {
			return element
		}
		width := textStyle(vg.Length(size), m[2] == "bold").Width(html.UnescapeString(m[4]))
		return fmt.Sprintf(`<text %s textLength="%.1f" lengthAdjust="spacingAndGlyphs">%s</text>`, m[1], float64(width), m[4])
	})
}

// encode renders the picture in the form that suits it.
func (p *Picture) encode() (content []byte, mime protocol.MIMEType, err error) {
	if p.raster {
		content, err = p.PNG()
		return content, protocol.MIMEImagePNG, err
	}
	content, err = p.SVG()
	return content, protocol.MIMEImageSVG, err
}

// bundle is the picture in all the forms that a notebook may want: HTML, which
// JupyterLab prefers, because there the alternative text reaches the reader; the
// image itself, for programs that convert notebooks; and the text alone.
func (p *Picture) bundle() (map[protocol.MIMEType]any, error) {
	content, mime, err := p.encode()
	if err != nil {
		return nil, err
	}
	var payload any = content
	if mime == protocol.MIMEImageSVG {
		payload = string(content)
	}
	return map[protocol.MIMEType]any{
		protocol.MIMETextHTML: fmt.Sprintf(`<img alt="%s" width="%d" height="%d" style="max-width:100%%;height:auto;border-radius:6px" src="data:%s;base64,%s">`,
			html.EscapeString(p.Alt), pixels(p.width), pixels(p.height), mime, base64.StdEncoding.EncodeToString(content)),
		mime:                   payload,
		protocol.MIMETextPlain: p.Alt,
	}, nil
}

// pixels converts points to a screen's pixels.
func pixels(l vg.Length) int { return int(float64(l)/0.75 + 0.5) }

// Display shows the picture under the cell. Outside a notebook it saves it in
// [Dir], named after its title, and prints where.
func (p *Picture) Display() error {
	if !InNotebook() {
		path := filepath.Join(Dir, fileName(p.Title)+p.extension())
		if err := p.Save(path); err != nil {
			return err
		}
		fmt.Println("picture:", path)
		return nil
	}
	data, err := p.bundle()
	if err != nil {
		return err
	}
	return send(data)
}

// send hands data to the notebook and waits until it has arrived: the kernel
// stops listening when a cell's program ends, and drops what is still on its way.
func send(data map[protocol.MIMEType]any) error {
	gonbui.SendData(&protocol.DisplayData{Data: data})
	gonbui.Sync()
	return gonbui.Error()
}

func (p *Picture) extension() string {
	if p.raster {
		return ".png"
	}
	return ".svg"
}

// Save writes the picture to a file whose name ends in .svg or .png.
func (p *Picture) Save(path string) error {
	var content []byte
	var err error
	switch strings.ToLower(filepath.Ext(path)) {
	case ".svg":
		content, err = p.SVG()
	case ".png":
		content, err = p.PNG()
	default:
		return fmt.Errorf("the picture %q cannot be saved as %s; the name must end in .svg or .png", p.Title, path)
	}
	if err != nil {
		return err
	}
	return atomicfile.Write(path, content)
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// fileName makes a file name of a title: "Loss by epoch" gives "loss-by-epoch".
func fileName(title string) string {
	name := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(title), "-"), "-")
	if name == "" {
		return "picture"
	}
	return name[:min(len(name), 80)]
}
