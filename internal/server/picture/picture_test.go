package picture_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"testing"

	"github.com/confab-go/confab/internal/server/picture"
)

// striped returns a picture whose left quarter is red, and whose rest is blue.
func striped(width, height int) image.Image {
	img := image.NewRGBA(image.Rect(10, 10, 10+width, 10+height)) // not all pictures begin at 0
	for x := range width {
		for y := range height {
			c := color.RGBA{B: 255, A: 255}
			if x < width/4 {
				c = color.RGBA{R: 255, A: 255}
			}
			img.Set(10+x, 10+y, c)
		}
	}
	return img
}

func isRed(c color.Color) bool {
	r, _, b, _ := c.RGBA()
	return r > 0xc000 && b < 0x4000
}

func TestScaling(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name          string
		scale         func(image.Image, int, int) image.Image
		width, height int // of the picture
		box           image.Point
		want          image.Point
		red           bool // at the left edge
	}{
		{"fit a wide one", picture.Fit, 400, 200, image.Pt(100, 100), image.Pt(100, 50), true},
		{"fit a high one", picture.Fit, 200, 400, image.Pt(100, 100), image.Pt(50, 100), true},
		{"fit what fits", picture.Fit, 40, 20, image.Pt(100, 100), image.Pt(40, 20), true},
		{"fit a line", picture.Fit, 4000, 1, image.Pt(100, 100), image.Pt(100, 1), true},
		{"fill with a wide one", picture.Fill, 400, 200, image.Pt(100, 100), image.Pt(100, 100), false},
		{"fill with a high one", picture.Fill, 200, 400, image.Pt(100, 100), image.Pt(100, 100), true},
		{"fill with a small one", picture.Fill, 40, 20, image.Pt(100, 100), image.Pt(20, 20), false},
		{"fill what is as large", picture.Fill, 100, 100, image.Pt(100, 100), image.Pt(100, 100), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := tt.scale(striped(tt.width, tt.height), tt.box.X, tt.box.Y)
			b := got.Bounds()
			if b.Size() != tt.want || isRed(got.At(b.Min.X, b.Min.Y+b.Dy()/2)) != tt.red || isRed(got.At(b.Max.X-1, b.Min.Y)) {
				t.Errorf("%v, left edge %v", b, got.At(b.Min.X, b.Min.Y+b.Dy()/2))
			}
		})
	}
}

func TestInitials(t *testing.T) {
	t.Parallel()
	draw := func(id, name string, dark bool) []byte {
		t.Helper()
		img, err := picture.Initial(id, name, 64, dark)
		if err != nil {
			t.Fatal(err)
		}
		content, err := picture.PNG(img)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	anna := draw("anna", "Anna", false)
	if !bytes.Equal(anna, draw("anna", "anders", false)) {
		t.Error("the same letter for the same id is drawn in another way")
	}
	for what, other := range map[string][]byte{
		"another letter": draw("anna", "Ben", false), "the dark one": draw("anna", "Anna", true), "no name": draw("anna", " ", false),
		"another script": draw("anna", "Ωmega", false),
	} {
		if bytes.Equal(anna, other) {
			t.Errorf("%s looks the same", what)
		}
	}
}

func TestTextIsSeen(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"": false, "hello": true, "\xff\xfe": true} {
		img, err := picture.Text(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		ink := false
		for x := range 64 {
			for y := range 64 {
				r, _, _, _ := img.At(x, y).RGBA()
				ink = ink || r < 0x8000
			}
		}
		if ink != want {
			t.Errorf("%q: ink %v", text, ink)
		}
	}
}

func FuzzDecode(f *testing.F) {
	var b bytes.Buffer
	if err := png.Encode(&b, striped(8, 8)); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(b.Bytes()[:40])
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00"))
	f.Add([]byte("\xff\xd8\xff\xe0"))
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPVP8 "))
	f.Fuzz(func(t *testing.T, data []byte) {
		if w, h := picture.Size(bytes.NewReader(data)); w*h > 1<<20 {
			t.Skip("takes long, and is not what is looked for")
		}
		img, format, err := picture.Decode(bytes.NewReader(data))
		if err != nil {
			if !errors.Is(err, picture.ErrUnknown) {
				t.Errorf("%v, which is not ErrUnknown", err)
			}
			return
		}
		small := picture.Fit(img, 16, 16)
		if format == "" || small.Bounds().Dx() > 16 || small.Bounds().Dy() > 16 {
			t.Errorf("%s scaled to %v", format, small.Bounds())
		}
	})
}
