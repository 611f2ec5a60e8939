package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/confab-go/confab/internal/ocs"
)

const (
	// maxResumes is how often in a row a download goes on after its connection broke.
	maxResumes = 5
	// resumeGain is how many bytes have to arrive for the count to begin anew.
	resumeGain = 1 << 20
)

// DownloadOptions says which part of a file is wanted.
type DownloadOptions struct {
	// Offset is where to begin, in bytes, as after a download that was broken off.
	Offset int64
	// Length is how many bytes are wanted at most, 0 for all to the end.
	Length int64
	// IfMatch wants the file with this ETag only; another one gives [ErrChanged].
	IfMatch string
	// Progress, if set, is told how many bytes have been read, and how many there are to read, -1 when that is not known.
	Progress func(received, total int64)
}

// Download is a file that is being fetched. It is for one goroutine at a time, and must be closed.
type Download struct {
	// Size is how many bytes reading will give, -1 when the server does not tell.
	Size int64
	// FileSize is the size of the whole file, -1 when the server does not tell.
	FileSize int64
	MimeType string
	// ETag has no quotes around it.
	ETag     string
	Modified time.Time // zero when the server does not tell

	ctx      context.Context
	s        *Service
	path     filePath // empty for a preview
	req      ocs.Request
	offset   int64 // of the first byte wanted
	length   int64 // wanted, 0 for all
	ifMatch  string
	etag     string // as the server sends it, to compare and to resume with
	progress *progress

	body    io.ReadCloser
	pos     int64 // bytes given
	resumes int   // since gained
	gained  int64 // pos from which on resumes count
	pending error // came with the last bytes, and is dealt with after them
	err     error
}

// Download fetches a file, or a part of it. When the connection breaks while it is read, reading goes on where it was,
// as long as the file is the same; one that has changed by then gives [ErrChanged]. Reading ends with ctx.
//
// An Offset at the end of the file gives no bytes, and one beyond it ErrInvalid.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/basic.html
//
//talk:operation GET /remote.php/dav/files/{uid}/{path}
func (s *Service) Download(ctx context.Context, path string, options *DownloadOptions) (*Download, error) {
	const op = "download file"
	o := DownloadOptions{}
	if options != nil {
		o = *options
	}
	p, err := parseFile(op, "path", path)
	if err != nil {
		return nil, err
	}
	d := &Download{ctx: ctx, s: s, path: p, offset: o.Offset, length: o.Length}
	switch {
	case o.Offset < 0:
		return nil, ocs.Invalid(op, "offset", "must not be negative, is %d", o.Offset)
	case o.Length < 0:
		return nil, ocs.Invalid(op, "length", "must not be negative, is %d", o.Length)
	}
	if o.IfMatch != "" {
		if d.ifMatch, err = quotedETag(op, "if match", o.IfMatch); err != nil {
			return nil, err
		}
	}
	at, err := s.fileURL(ctx, op, p)
	if err != nil {
		return nil, err
	}
	d.req = ocs.Request{Op: op, Method: http.MethodGet, Path: at}
	err = d.begin(o.Progress)
	if statusIn(err, http.StatusRequestedRangeNotSatisfiable) {
		err = d.beginAtEnd(o.Progress)
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// begin asks for the file and reads what the answer says of it.
func (d *Download) begin(report func(received, total int64)) error {
	res, err := d.get()
	if err != nil {
		return err
	}
	h := res.Header
	d.etag = h.Get("ETag")
	if d.etag == "" {
		d.etag = h.Get("OC-ETag")
	}
	d.ETag = bareETag(d.etag)
	if d.ifMatch != "" && `"`+d.ETag+`"` != d.ifMatch { // for servers that do not know the header
		defer res.Body.Close()
		return d.fail(ErrChanged)
	}
	d.MimeType, _, _ = strings.Cut(h.Get("Content-Type"), ";")
	if modified, err := http.ParseTime(h.Get("Last-Modified")); err == nil {
		d.Modified = modified.UTC()
	}
	d.FileSize = res.ContentLength
	if res.StatusCode == http.StatusPartialContent {
		if d.FileSize, err = d.rangeOf(res); err != nil {
			defer res.Body.Close()
			return err
		}
	}
	d.Size = -1
	if d.FileSize >= 0 {
		if d.Size = d.FileSize - d.offset; d.Size < 0 {
			defer res.Body.Close()
			return ocs.Invalid(d.req.Op, "offset", "%d is beyond the end of the file, which has %d bytes", d.offset, d.FileSize)
		}
		if d.length > 0 {
			d.Size = min(d.Size, d.length)
		}
	}
	d.progress = newProgress(report, d.Size)
	d.body = res.Body
	return d.skip(res)
}

// beginAtEnd makes an empty download, if the offset is where the file ends: a server refuses to send no bytes.
func (d *Download) beginAtEnd(report func(received, total int64)) error {
	node, err := d.s.stat(d.ctx, d.req.Op, d.path)
	switch {
	case err != nil:
		return err
	case d.ifMatch != "" && node.ETag != bareETag(d.ifMatch):
		return d.fail(ErrChanged)
	case node.Size != d.offset:
		return ocs.Invalid(d.req.Op, "offset", "%d is beyond the end of the file, which has %d bytes", d.offset, node.Size)
	}
	d.Size, d.FileSize, d.MimeType, d.ETag, d.Modified = 0, node.Size, node.MimeType, node.ETag, node.Modified
	d.progress = newProgress(report, 0)
	d.body = http.NoBody
	return nil
}

// get asks for what is not there yet of the wanted part.
func (d *Download) get() (*http.Response, error) {
	req := d.req
	// What is packed on the way has other lengths, other ETags, and no ranges.
	req.Header = http.Header{"Accept-Encoding": {"identity"}}
	from := d.offset + d.pos
	if from > 0 || d.length > 0 {
		to := ""
		if d.length > 0 {
			to = strconv.FormatInt(d.offset+d.length-1, 10)
		}
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%s", from, to))
	}
	switch {
	case d.pos > 0:
		req.Header.Set("If-Range", d.etag)
	case d.ifMatch != "":
		req.Header.Set("If-Match", d.ifMatch)
	}
	res, err := d.s.conn.Raw(d.ctx, &req)
	if err != nil {
		return nil, explained(err, ErrChanged)
	}
	if e := res.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		defer res.Body.Close()
		return nil, ocs.BadResponse(req.Op, req.Method, req.Path, fmt.Errorf("the file comes packed with %q, which nobody asked for", e))
	}
	switch res.StatusCode {
	case http.StatusOK:
		return res, nil
	case http.StatusPartialContent:
		if req.Header.Get("Range") != "" {
			return res, nil
		}
	}
	defer res.Body.Close()
	return nil, unexpected(&req, res)
}

// rangeOf checks that a part is the one that was asked for, and gives the size of the whole, -1 if it is not told.
func (d *Download) rangeOf(res *http.Response) (int64, error) {
	header := res.Header.Get("Content-Range")
	bad := func() (int64, error) {
		return 0, ocs.BadResponse(d.req.Op, d.req.Method, d.req.Path, fmt.Errorf("the part that came is %q, and %d was to be its beginning", header, d.offset+d.pos))
	}
	part, ok := strings.CutPrefix(header, "bytes ")
	span, whole, ok2 := strings.Cut(part, "/")
	first, _, ok3 := strings.Cut(span, "-")
	from, err := strconv.ParseInt(first, 10, 64)
	if !ok || !ok2 || !ok3 || err != nil || from != d.offset+d.pos {
		return bad()
	}
	if whole == "*" {
		return -1, nil
	}
	size, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || size < from {
		return bad()
	}
	return size, nil
}

// skip passes over what comes before the wanted part, where a server sends everything.
func (d *Download) skip(res *http.Response) error {
	if res.StatusCode != http.StatusOK {
		return nil
	}
	if _, err := io.CopyN(io.Discard, d.body, d.offset+d.pos); err != nil {
		d.body.Close()
		return d.broken(err)
	}
	return nil
}

// Read reads on, over breaks of the connection.
func (d *Download) Read(p []byte) (int, error) {
	for d.err == nil {
		if d.Size >= 0 {
			p = p[:min(int64(len(p)), d.Size-d.pos)]
			if d.pos == d.Size {
				d.err = io.EOF
				break
			}
		} else if d.length > 0 {
			p = p[:min(int64(len(p)), d.length-d.pos)]
			if d.pos == d.length {
				d.err = io.EOF
				break
			}
		}
		n, err := 0, d.pending
		if d.pending = nil; err == nil {
			n, err = d.body.Read(p)
		}
		if n > 0 {
			d.pending = err
			d.pos += int64(n)
			d.progress.at(d.pos)
			return n, nil
		}
		switch {
		case err == nil:
			return 0, nil
		case errors.Is(err, io.EOF) && d.Size < 0:
			d.err = io.EOF
		default:
			d.resume(err)
		}
	}
	return 0, d.err
}

// resume goes on after the connection broke, or makes an error of it.
func (d *Download) resume(cause error) {
	d.body.Close()
	if d.pos-d.gained >= resumeGain {
		d.resumes, d.gained = 0, d.pos
	}
	d.resumes++
	if d.resumes > maxResumes || d.etag == "" || strings.HasPrefix(d.etag, "W/") || d.ctx.Err() != nil {
		d.err = d.broken(cause)
		return
	}
	res, err := d.get()
	switch {
	case statusIn(err, http.StatusRequestedRangeNotSatisfiable) && d.complete():
		d.err = io.EOF
		return
	case statusIn(err, http.StatusRequestedRangeNotSatisfiable, http.StatusNotFound):
		d.err = d.fail(because(ErrChanged, err))
		return
	case err != nil:
		d.err = err
		return
	}
	d.body = res.Body
	if tag := res.Header.Get("ETag"); tag != "" && tag != d.etag || tag == "" && res.StatusCode == http.StatusOK {
		d.err = d.fail(ErrChanged)
		return
	}
	if res.StatusCode == http.StatusPartialContent {
		size, err := d.rangeOf(res)
		switch {
		case err != nil:
			d.err = err
		case size >= 0 && d.FileSize >= 0 && size != d.FileSize:
			d.err = d.fail(ErrChanged)
		}
		return
	}
	if err := d.skip(res); err != nil {
		d.resume(err)
	}
}

// complete reports whether a file of untold length has come as a whole, and only its end was not seen.
func (d *Download) complete() bool {
	if d.Size >= 0 || d.path == "" {
		return false
	}
	node, err := d.s.stat(d.ctx, d.req.Op, d.path)
	return err == nil && node.ETag == d.ETag && node.Size == d.offset+d.pos
}

// fail makes an error about the download.
func (d *Download) fail(err error) error {
	return failed(d.req.Op, d.req.Method, d.req.Path, err)
}

// broken makes the error for a file that did not come to its end.
func (d *Download) broken(cause error) error {
	switch {
	case d.ctx.Err() != nil:
		return d.fail(givenUp(d.ctx))
	case !errors.Is(cause, io.EOF) && !errors.Is(cause, io.ErrUnexpectedEOF):
		cause = fmt.Errorf("%w: %w", io.ErrUnexpectedEOF, cause)
	default:
		cause = io.ErrUnexpectedEOF
	}
	return ocs.BadResponse(d.req.Op, d.req.Method, d.req.Path, fmt.Errorf("the file breaks off after %d bytes: %w", d.offset+d.pos, cause))
}

// Close ends the download. It may be called more than once.
func (d *Download) Close() error {
	if d.err == nil {
		d.err = d.fail(errors.New("the download is closed"))
	}
	return d.body.Close()
}
