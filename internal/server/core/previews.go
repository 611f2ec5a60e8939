package core

import (
	"context"
	"fmt"
	"image"
	"io"
	"math"
	"strings"

	"github.com/confab-go/confab/internal/server/picture"
)

// MaxPreview is the largest width and height of a preview, in pixels.
const MaxPreview = 4096

// previewText is how much of a text a preview shows, in bytes.
const previewText = 8 << 10

// Preview returns a small picture of a file of the caller, about as large as
// asked for. crop fills the whole box with the middle of the picture.
func (c *Core) Preview(ctx context.Context, caller Caller, id int64, width, height int, crop bool) (p Picture, err error) {
	n, f, err := c.ReadFileByID(ctx, caller, id)
	if err != nil {
		return p, err
	}
	defer f.Close()
	if !n.HasPreview() {
		return p, fileError(FileMissing, n.Path)
	}
	err = c.drawing(ctx, func() error {
		img, err := c.preview(n, f, width, height, crop)
		if err != nil {
			return err
		}
		content, err := picture.PNG(img)
		name := fmt.Sprintf("%d-%d", img.Bounds().Dx(), img.Bounds().Dy())
		if crop {
			name += "-crop"
		}
		p = newPicture(name+".png", "image/png", content)
		return err
	})
	return p, err
}

func (c *Core) preview(n Node, f io.ReadSeeker, width, height int, crop bool) (image.Image, error) {
	width, height = powerOf4(width), powerOf4(height)
	if strings.HasPrefix(n.MimeType, "text/") {
		text, err := io.ReadAll(io.LimitReader(f, previewText))
		if err != nil {
			return nil, err
		}
		return picture.Text(string(text), max(width, height))
	}
	img, _, err := picture.Decode(f)
	if err != nil {
		return nil, fileError(FileMissing, n.Path)
	}
	if crop {
		return picture.Fill(img, width, height), nil
	}
	return picture.Fit(img, width, height), nil
}

// powerOf4 returns the next of the sizes that previews have: few sizes are asked for again and again.
func powerOf4(n int) int {
	n = max(64, min(n, MaxPreview))
	return int(math.Pow(4, math.Ceil(math.Log(float64(n))/math.Log(4))))
}
