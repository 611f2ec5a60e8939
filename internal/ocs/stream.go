package ocs

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/confab-go/confab/internal/wire"
)

// Stream gives the elements of a long list while it arrives. It is for one
// goroutine at a time, and must be closed.
type Stream struct {
	// StatusCode is the HTTP status; 304 means that there is nothing new.
	StatusCode int
	// Header holds the answer's headers.
	Header http.Header

	x        *exchange
	in       *streamReader
	elements *wire.Elements // nil when there are none to come
	err      error          // what ended the stream
}

// NotModified reports whether there is nothing new (304).
func (s *Stream) NotModified() bool { return s.StatusCode == http.StatusNotModified }

// Stream sends req and returns the elements of its ocs.data, decoded as they
// arrive: memory does not grow with the list. It fails as [Client.Do] does,
// and is retried as that is, up to the first byte of the body. It is for v2
// routes only: a v1 envelope may say at its very end that it is a failure.
func (c *Client) Stream(ctx context.Context, req *Request) (*Stream, error) {
	if isV1(req.Path) {
		return nil, Invalid(req.Op, "path", "a v1 route cannot be streamed")
	}
	return run(ctx, c, req, kindOCS, func(x *exchange) (*Stream, *Error) {
		s, fail := x.stream()
		if fail != nil {
			x.close()
		}
		return s, fail
	})
}

func (x *exchange) stream() (*Stream, *Error) {
	if fail := x.refusal(); fail != nil {
		return nil, fail
	}
	s := &Stream{StatusCode: x.res.StatusCode, Header: x.res.Header, x: x}
	if s.NotModified() || s.StatusCode == http.StatusNoContent {
		return s, nil
	}
	r := bufio.NewReader(x.res.Body)
	head, err := r.Peek(1)
	switch {
	case errors.Is(err, io.EOF):
		return nil, x.bad(errEmpty)
	case err != nil:
		return nil, x.unreadable(err)
	case head[0] == bom[0]:
		if head, _ = r.Peek(len(bom)); bytes.Equal(head, bom) {
			_, _ = r.Discard(len(bom))
		}
		head, _ = r.Peek(1)
	}
	if len(head) > 0 && head[0] == '<' {
		page, _ := io.ReadAll(io.LimitReader(r, 1024))
		if looksLikeHTML(clean(page)) {
			return nil, x.bad(errHTML)
		}
		return nil, x.bad(errXML)
	}
	s.in = &streamReader{r: r, limit: x.c.maxBody}
	s.elements = wire.NewElements(s.in, "ocs", "data")
	return s, nil
}

// streamReader stops a server that sends without end and never completes an
// element, and keeps the failure of the connection apart from those of the text.
type streamReader struct {
	r     io.Reader
	limit int64
	since int64 // bytes since the last element
	err   error // what the connection failed with
}

func (r *streamReader) Read(p []byte) (int, error) {
	if r.since > r.limit {
		return 0, fmt.Errorf("more than the limit of %d bytes without an element", r.limit)
	}
	n, err := r.r.Read(p)
	r.since += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// Next returns the next element as JSON, valid until the next call. It ends
// with [io.EOF] after the last one; any other error is an [*Error], and final.
func (s *Stream) Next() ([]byte, error) {
	switch {
	case s.err != nil:
		return nil, s.err
	case s.elements == nil:
		return nil, io.EOF
	}
	s.in.since = 0
	b, err := s.elements.Next()
	switch {
	case err == nil:
		return b, nil
	case errors.Is(err, io.EOF):
		s.err = io.EOF
	case s.in.err != nil:
		s.err = s.x.unreadable(s.in.err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		s.err = s.x.unreadable(err)
	default:
		s.err = s.x.bad(fmt.Errorf("the list cannot be read: %w", err))
	}
	return nil, s.err
}

// Close ends the stream. It may be called more than once.
func (s *Stream) Close() error {
	switch {
	case errors.Is(s.err, io.EOF):
		// What follows the list is short; once it is read, the connection can serve again.
		_, _ = io.CopyN(io.Discard, s.x.res.Body, 4<<10)
	case s.err == nil:
		s.err = errors.New("talk: the stream is closed")
	}
	s.x.close()
	return nil
}
