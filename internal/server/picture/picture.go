// Package picture draws and scales the pictures of the embedded server: avatars
// and previews. It knows neither users nor files.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // the formats that are understood
	"image/jpeg"
	"image/png"
	"io"
	"math"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // as above
)

// maxPixels bounds what is decoded: a small file may say that it is a very large picture.
const maxPixels = 50_000_000

// ErrUnknown is returned for what is no picture, or none that can be shown.
var ErrUnknown = errors.New("not a picture")

// Size returns the width and height of a picture in pixels, zeros for what is none.
func Size(r io.Reader) (width, height int) {
	cfg, _, err := image.DecodeConfig(r)
	if err != nil || cfg.Width <= 0 || cfg.Height <= 0 || int64(cfg.Width)*int64(cfg.Height) > maxPixels {
		return 0, 0
	}
	return cfg.Width, cfg.Height
}

// Decode reads a picture and the name of its format. Errors wrap ErrUnknown.
func Decode(r io.ReadSeeker) (image.Image, string, error) {
	if w, _ := Size(r); w == 0 {
		return nil, "", ErrUnknown
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, "", fmt.Errorf("read picture: %w", err)
	}
	img, format, err := image.Decode(r)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	return img, format, nil
}

// Fit returns the picture scaled down to fit into the box, or as it is when it fits.
func Fit(img image.Image, width, height int) image.Image {
	b := img.Bounds()
	f := min(1, float64(width)/float64(b.Dx()), float64(height)/float64(b.Dy()))
	return scale(img, b, round(float64(b.Dx())*f), round(float64(b.Dy())*f))
}

// Fill returns the middle of the picture, scaled to fill the box; a picture
// that is smaller is not made larger.
func Fill(img image.Image, width, height int) image.Image {
	b := img.Bounds()
	f := max(float64(width)/float64(b.Dx()), float64(height)/float64(b.Dy()))
	w, h := min(b.Dx(), round(float64(width)/f)), min(b.Dy(), round(float64(height)/f))
	from := image.Rect(0, 0, w, h).Add(b.Min).Add(image.Pt((b.Dx()-w)/2, (b.Dy()-h)/2))
	if f > 1 {
		width, height = w, h
	}
	return scale(img, from, width, height)
}

func round(f float64) int { return max(1, int(math.Round(f))) }

func scale(img image.Image, from image.Rectangle, width, height int) image.Image {
	if from == img.Bounds() && from.Dx() == width && from.Dy() == height {
		return img
	}
	out := image.NewNRGBA(image.Rect(0, 0, width, height))
	draw.CatmullRom.Scale(out, out.Bounds(), img, from, draw.Src, nil)
	return out
}

// PNG encodes a picture.
func PNG(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return b.Bytes(), nil
}

// JPEG encodes a picture.
func JPEG(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return b.Bytes(), nil
}
