package files

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/confab-go/confab/internal/ocs"
)

// PreviewOptions says how large a preview should be, in pixels. It keeps its proportions and may be smaller. 0 leaves it
// to the server, whose previews are then tiny.
type PreviewOptions struct {
	Width, Height int
}

// Preview fetches a picture of a file, by the file's ID. A file of which there is none gives ErrNotFound.
//
//talk:operation GET /index.php/core/preview
func (s *Service) Preview(ctx context.Context, id string, options *PreviewOptions) (*Download, error) {
	const op = "preview file"
	o := PreviewOptions{}
	if options != nil {
		o = *options
	}
	if !isNumber(id) {
		return nil, ocs.Invalid(op, "id", "%q is not the ID of a file", id)
	}
	query := url.Values{"fileId": {id}, "a": {"1"}}
	for _, side := range []struct {
		key, field string
		pixels     int
	}{{"x", "width", o.Width}, {"y", "height", o.Height}} {
		if side.pixels < 0 {
			return nil, ocs.Invalid(op, side.field, "must not be negative, is %d", side.pixels)
		}
		if side.pixels > 0 {
			query.Set(side.key, strconv.Itoa(side.pixels))
		}
	}
	d := &Download{ctx: ctx, s: s, req: ocs.Request{Op: op, Method: http.MethodGet, Path: "/index.php/core/preview", Query: query}}
	if err := d.begin(nil); err != nil {
		return nil, err
	}
	return d, nil
}
