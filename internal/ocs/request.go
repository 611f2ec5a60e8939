package ocs

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// Request is one call of the server.
type Request struct {
	// Op says what is tried, for errors and the log: "send message".
	Op string
	// Method is the HTTP method; empty means GET.
	Method string
	// Path is escaped already, and stands below the base URL:
	// "/ocs/v2.php/apps/spreed/api/v4/room".
	Path string
	// Query is added to the path. It appears in no error and no log.
	Query url.Values
	// Body is what is sent: nil is nothing, [url.Values] a form, a [*Raw] is
	// sent as it is, anything else as JSON.
	Body any
	// Header holds further headers.
	Header http.Header
	// Repeatable says that a repetition does no harm, so that the request is
	// retried as a read is. GET and HEAD always are.
	Repeatable bool
	// NotModifiedOK makes a 304 an answer without data instead of an error.
	NotModifiedOK bool
	// Timeout is how long each attempt waits for its answer to begin, for
	// requests that the server holds or that take it long; 0 means
	// [Config.IdleTimeout].
	Timeout time.Duration
	// NoRetry makes the first failure final.
	NoRetry bool
}

// Raw is a body that is sent as it is.
type Raw struct {
	// Reader gives the body. It is not closed. Nil means that GetBody does.
	Reader io.Reader
	// ContentType is the body's media type; empty means none is declared.
	ContentType string
	// Length is the length of the body in bytes, 0 or less when unknown. The
	// length of a bytes.Reader, bytes.Buffer or strings.Reader is always known.
	Length int64
	// GetBody returns the body from its beginning, so that it can be sent
	// again. What it returns is closed if it is an io.Closer. Nil means that
	// the body can be sent once only, unless Reader is one of those above.
	GetBody func() (io.Reader, error)
}

// kind tells requests for an OCS answer from those for anything else.
type kind int

const (
	kindOCS kind = iota
	kindRaw
)

// prepared is a request that has been checked and encoded, ready to be sent
// as often as its body allows.
type prepared struct {
	req    Request
	kind   kind
	url    *url.URL
	header http.Header
	body   source
}

// read reports whether the request may be repeated whatever became of it.
func (p *prepared) read() bool {
	return p.req.Repeatable || p.req.Method == http.MethodGet || p.req.Method == http.MethodHead
}

// isV1 reports whether a route belongs to the old OCS, which hides the status
// in the envelope.
func isV1(path string) bool { return strings.Contains(path, "/ocs/v1.php/") }

func (c *Client) prepare(req *Request, k kind) (*prepared, error) {
	p := &prepared{req: *req, kind: k}
	if p.req.Method == "" {
		p.req.Method = http.MethodGet
	}
	path := p.req.Path
	switch {
	case strings.ContainsAny(path, "?#"):
		return nil, Invalid(req.Op, "path", "contains a query or a fragment")
	case !strings.HasPrefix(path, "/"):
		return nil, Invalid(req.Op, "path", `%q does not begin with "/"`, path)
	case hasDotSegment(path):
		return nil, Invalid(req.Op, "path", `%q contains a "." or ".." segment`, path)
	}
	u, err := url.Parse(c.base.String() + path)
	if err != nil {
		return nil, Invalid(req.Op, "path", "%q is not a valid path", path)
	}
	u.RawQuery = p.req.Query.Encode()
	p.url = u

	src, contentType, err := newSource(req.Op, req.Body)
	if err != nil {
		return nil, err
	}
	p.body = src
	p.header = make(http.Header, len(req.Header)+5)
	maps.Copy(p.header, req.Header.Clone())
	for name, values := range p.header {
		for _, v := range values {
			if err := checkHeaderValue(v); err != nil {
				return nil, Invalid(req.Op, "header "+name, "%w", err)
			}
		}
	}
	if contentType != "" {
		p.header.Set("Content-Type", contentType)
	}
	// Not only OCS routes want it: it is what lets a request without the
	// token of a web page through the server's CSRF check.
	p.header.Set("OCS-APIRequest", "true")
	if k == kindOCS || p.header.Get("Accept") == "" && strings.Contains(path, "/ocs/v") {
		p.header.Set("Accept", "application/json")
	}
	if p.header.Get("User-Agent") == "" {
		p.header.Set("User-Agent", c.userAgent)
	}
	return p, nil
}

// source is a request body: where it comes from, each time anew if it can.
type source struct {
	first  io.Reader // used up by the first attempt; nil when again gives it too
	again  func() (io.Reader, error)
	length int64
	empty  bool
}

func bytesSource(b []byte) source {
	return source{
		again:  func() (io.Reader, error) { return bytes.NewReader(b), nil },
		length: int64(len(b)),
		empty:  len(b) == 0,
	}
}

func newSource(op string, body any) (src source, contentType string, err error) {
	switch b := body.(type) {
	case nil:
		return source{empty: true}, "", nil
	case url.Values:
		return bytesSource([]byte(b.Encode())), "application/x-www-form-urlencoded", nil
	case *Raw:
		if b == nil || b.Reader == nil && b.GetBody == nil {
			return source{}, "", Invalid(op, "body", "has neither a reader nor a way to get one")
		}
		if err := checkHeaderValue(b.ContentType); err != nil {
			return source{}, "", Invalid(op, "content type", "%w", err)
		}
		return b.source(), b.ContentType, nil
	default:
		j, err := json.Marshal(b)
		if err != nil {
			return source{}, "", Invalid(op, "body", "cannot be encoded: %w", err)
		}
		return bytesSource(j), "application/json", nil
	}
}

func (r *Raw) source() source {
	if r.GetBody == nil {
		switch v := r.Reader.(type) {
		case *bytes.Buffer:
			return bytesSource(v.Bytes())
		case *bytes.Reader:
			snapshot := *v
			return source{
				again:  func() (io.Reader, error) { c := snapshot; return &c, nil },
				length: int64(v.Len()),
				empty:  v.Len() == 0,
			}
		case *strings.Reader:
			snapshot := *v
			return source{
				again:  func() (io.Reader, error) { c := snapshot; return &c, nil },
				length: int64(v.Len()),
				empty:  v.Len() == 0,
			}
		}
	}
	s := source{first: r.Reader, again: r.GetBody, length: r.Length}
	if s.length <= 0 {
		s.length = -1
	}
	return s
}

// sendable reports whether the body can be had once more.
func (s *source) sendable() bool { return s.empty || s.first != nil || s.again != nil }

// open returns the body for one attempt, nil for none.
func (s *source) open() (*sentBody, error) {
	switch {
	case s.empty:
		return nil, nil
	case s.first != nil:
		r := s.first
		s.first = nil
		return &sentBody{r: r}, nil
	case s.again != nil:
		return s.reopen()
	}
	return nil, errors.New("the body cannot be sent a second time")
}

func (s *source) reopen() (*sentBody, error) {
	r, err := s.again()
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, errors.New("GetBody returned no reader")
	}
	b := &sentBody{r: r}
	b.closer, _ = r.(io.Closer)
	return b, nil
}

// sentBody remembers its own failure, which is the caller's and must not be
// taken for one of the network. The transport may read it from another goroutine.
type sentBody struct {
	r      io.Reader
	closer io.Closer
	x      *exchange // which counts silence while the network takes what was read
	failed atomic.Pointer[error]
}

func (b *sentBody) Read(p []byte) (int, error) {
	quiet := &b.x.silence
	if !quiet.over.Load() {
		quiet.pause()
	}
	n, err := b.r.Read(p)
	if !quiet.over.Load() {
		quiet.begin(b.x.wait)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		b.failed.Store(&err)
	}
	return n, err
}

func (b *sentBody) Close() error {
	if b.closer != nil {
		return b.closer.Close()
	}
	return nil
}

func (b *sentBody) err() error {
	if b == nil {
		return nil
	}
	if p := b.failed.Load(); p != nil {
		return *p
	}
	return nil
}
