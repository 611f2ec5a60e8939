package picture

import (
	"hash/fnv"
	"image"
	"image/color"
	"image/draw"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// The fonts are parsed when first needed.
var (
	regular = sync.OnceValues(func() (*opentype.Font, error) { return opentype.Parse(goregular.TTF) })
	mono    = sync.OnceValues(func() (*opentype.Font, error) { return opentype.Parse(gomono.TTF) })
)

// face returns a font of a size in pixels.
func face(load func() (*opentype.Font, error), size float64) (font.Face, error) {
	f, err := load()
	if err != nil {
		return nil, err
	}
	return opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
}

// palette are the backgrounds of initials: white is well read on each.
var palette = []color.RGBA{
	{0xb6, 0x46, 0x9d, 0xff},
	{0xc3, 0x72, 0x85, 0xff},
	{0xa5, 0x5b, 0x2a, 0xff},
	{0x8d, 0x6a, 0x1f, 0xff},
	{0x2d, 0x73, 0xbe, 0xff},
	{0x49, 0x6f, 0x5d, 0xff},
	{0x1e, 0x78, 0xc1, 0xff},
	{0x65, 0x5b, 0xa8, 0xff},
}

// Initial draws the picture of somebody who has none: the first letter of the name. The id gives the colour.
func Initial(id, name string, size int, dark bool) (image.Image, error) {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(id)) // never fails
	back := palette[hash.Sum32()%uint32(len(palette))]
	if dark {
		back = color.RGBA{back.R / 2, back.G / 2, back.B / 2, 0xff}
	}
	out := image.NewRGBA(image.Rect(0, 0, size, size))
	draw.Draw(out, out.Bounds(), image.NewUniform(back), image.Point{}, draw.Src)
	f, err := face(regular, float64(size)*0.55)
	if err != nil {
		return nil, err
	}
	letter := "?"
	if r, n := utf8.DecodeRuneInString(strings.TrimSpace(name)); n > 0 && r != utf8.RuneError {
		letter = string(unicode.ToUpper(r))
	}
	d := font.Drawer{Dst: out, Src: image.White, Face: f}
	bounds, _ := d.BoundString(letter)
	middle := fixed.I(size) / 2
	d.Dot = fixed.Point26_6{X: middle - (bounds.Min.X+bounds.Max.X)/2, Y: middle - (bounds.Min.Y+bounds.Max.Y)/2}
	d.DrawString(letter)
	return out, nil
}

// Text draws the beginning of a text as a page of the size.
func Text(text string, size int) (image.Image, error) {
	out := image.NewRGBA(image.Rect(0, 0, size, size))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	letter := max(6, float64(size)/32)
	f, err := face(mono, letter)
	if err != nil {
		return nil, err
	}
	d := font.Drawer{Dst: out, Src: image.Black, Face: f}
	height := letter * 1.25
	columns := int(float64(size)/(letter*0.6)) + 1
	for i, line := range strings.Split(text, "\n") {
		y := (float64(i) + 1) * height
		if y > float64(size)+height {
			break
		}
		if utf8.RuneCountInString(line) > columns {
			line = string([]rune(line)[:columns])
		}
		d.Dot = fixed.Point26_6{X: fixed.Int26_6(letter * 32), Y: fixed.Int26_6(y * 64)}
		d.DrawString(strings.ToValidUTF8(line, "\ufffd"))
	}
	return out, nil
}
