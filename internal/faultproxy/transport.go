// Package faultproxy makes networks and servers fail, for tests: request by
// request as a test says ([Transport]), all the time by chance ([Proxy]), and
// below HTTP ([Line]).
package faultproxy

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync"
)

// ErrBroken is what a connection fails with that a fault has broken.
var ErrBroken = errors.New("connection reset by peer")

// Fault decides what becomes of one request: it may send it on with next, or
// not, and may spoil the answer.
type Fault func(req *http.Request, next http.RoundTripper) (*http.Response, error)

// Transport lets the faults happen to the requests that match, one after the
// other. It must not be changed while requests are under way.
type Transport struct {
	// Match picks the requests; nil is every one.
	Match func(*http.Request) bool
	// Faults are those that are still to happen.
	Faults []Fault

	mu sync.Mutex
}

// RoundTrip implements [http.RoundTripper].
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	t.mu.Lock()
	var happen Fault
	if (t.Match == nil || t.Match(req)) && len(t.Faults) > 0 {
		happen, t.Faults = t.Faults[0], t.Faults[1:]
	}
	t.mu.Unlock()
	if happen == nil {
		return http.DefaultTransport.RoundTrip(req)
	}
	return happen(req, http.DefaultTransport)
}

// Left tells how many faults are still to happen.
func (t *Transport) Left() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.Faults)
}

// Status answers with a status, without a body and without the server. The
// header is given as names and values.
func Status(code int, header ...string) Fault {
	return func(req *http.Request, _ http.RoundTripper) (*http.Response, error) {
		if req.Body != nil {
			_, _ = io.Copy(io.Discard, req.Body)
			_ = req.Body.Close()
		}
		return answer(req, code, header...), nil
	}
}

func answer(req *http.Request, code int, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: code, Status: http.StatusText(code), Header: h, Body: http.NoBody, Request: req}
}

// LostRequest breaks the connection before the server has the request.
func LostRequest(req *http.Request, _ http.RoundTripper) (*http.Response, error) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
	return nil, ErrBroken
}

// CutRequest breaks it in the middle of the request's body.
func CutRequest(req *http.Request, next http.RoundTripper) (*http.Response, error) {
	if req.Body == nil {
		return LostRequest(req, next)
	}
	half := req.Clone(req.Context())
	half.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(io.LimitReader(req.Body, req.ContentLength/2), BrokenReader{}), req.Body}
	resp, err := next.RoundTrip(half)
	if err == nil {
		_ = resp.Body.Close()
	}
	return nil, ErrBroken
}

// LostAnswer breaks it after the server has done what it was asked to.
func LostAnswer(req *http.Request, next http.RoundTripper) (*http.Response, error) {
	resp, err := next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return nil, ErrBroken
}

// CutAnswer breaks it in the middle of the answer's body.
func CutAnswer(req *http.Request, next http.RoundTripper) (*http.Response, error) {
	resp, err := next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body[:len(body)/2]), BrokenReader{}))
	return resp, err
}

// LateAnswer is that of a proxy that waited too long for the server, which
// did what it was asked to.
func LateAnswer(req *http.Request, next http.RoundTripper) (*http.Response, error) {
	if _, err := LostAnswer(req, next); !errors.Is(err, ErrBroken) {
		return nil, err
	}
	return answer(req, http.StatusGatewayTimeout), nil
}

// BrokenReader is a body that breaks off.
type BrokenReader struct{}

// Read fails.
func (BrokenReader) Read([]byte) (int, error) { return 0, ErrBroken }
