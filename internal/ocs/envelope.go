package ocs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/wire"
)

// Meta is the head of an OCS envelope.
type Meta struct {
	// Status is "ok" or "failure".
	Status string
	// StatusCode is the OCS status code: for v2 the HTTP status, for v1 100
	// instead of 200.
	StatusCode int
	// Message is a text for a person, often "OK" or empty.
	Message string
}

// Response is an answer whose envelope has been taken off.
type Response struct {
	// StatusCode is the HTTP status; for the routes below /ocs/v1.php, which
	// hide it, the one meant.
	StatusCode int
	// Header holds the answer's headers.
	Header http.Header
	// Meta is the envelope's head, zero when the answer has no body.
	Meta Meta
	// Data is ocs.data as JSON, nil when absent.
	Data []byte
}

// NotModified reports whether there is nothing new (304).
func (r *Response) NotModified() bool { return r.StatusCode == http.StatusNotModified }

// What an answer that is not an envelope is.
var (
	errHTML  = errors.New("the answer is an HTML page, not OCS")
	errXML   = errors.New("the answer is XML, not JSON")
	errEmpty = fmt.Errorf("the answer is empty: %w", io.ErrUnexpectedEOF)
)

// response reads the answer to its end and takes off the envelope.
func (x *exchange) response() (*Response, *Error) {
	if fail := x.refusal(); fail != nil {
		return nil, fail
	}
	r := &Response{StatusCode: x.res.StatusCode, Header: x.res.Header}
	switch {
	case x.res.StatusCode == http.StatusNotModified, x.res.StatusCode == http.StatusNoContent,
		x.res.StatusCode == http.StatusResetContent, x.p.req.Method == http.MethodHead:
		return r, nil
	}
	body, fail := x.read()
	if fail != nil {
		return nil, fail
	}
	meta, data, err := decodeEnvelope(body)
	if err != nil {
		// An old route may say in XML, below a 200, what it refuses.
		if d := describe(body); isV1(x.p.req.Path) && d.ocsCode >= 300 {
			return nil, x.refused(d)
		}
		return nil, x.bad(err)
	}
	r.Meta, r.Data = meta, data
	if status := httpStatus(meta.StatusCode, x.res.StatusCode); isV1(x.p.req.Path) {
		r.StatusCode = status
	}
	if failed(meta.StatusCode) && !(r.NotModified() && x.p.req.NotModifiedOK) {
		return nil, x.refused(describe(body))
	}
	return r, nil
}

// failed reports whether an OCS code is one of failure. 201 and its like are
// success even where v1 calls them failures.
func failed(code int) bool { return code != 0 && code != 100 && (code < 200 || code > 299) }

// httpStatus is the HTTP status that an OCS code stands for.
func httpStatus(code, status int) int {
	switch {
	case code == 0:
		return status
	case code == 100:
		return http.StatusOK
	case code == 997:
		return http.StatusUnauthorized
	case code == 998:
		return http.StatusNotFound
	case code == 996, code == 999:
		return http.StatusInternalServerError
	case code >= 200 && code <= 599:
		return code
	}
	return http.StatusBadRequest
}

// envelope is the wire form. Pointers tell absent from empty.
type envelope struct {
	OCS *struct {
		Meta *wireMeta `json:"meta"`
		Data wire.Raw  `json:"data"`
	} `json:"ocs"`
}

type wireMeta struct {
	Status     string `json:"status"`
	StatusCode int    `json:"statuscode"`
	Message    string `json:"message"`
}

// decodeEnvelope takes the envelope off body. Data is valid JSON or nil, and
// does not share memory with body.
func decodeEnvelope(body []byte) (Meta, []byte, error) {
	body = clean(body)
	switch {
	case len(body) == 0:
		return Meta{}, nil, errEmpty
	case looksLikeHTML(body):
		return Meta{}, nil, errHTML
	case body[0] == '<':
		return Meta{}, nil, errXML
	}
	var env envelope
	if err := wire.Unmarshal(body, &env); err != nil {
		return Meta{}, nil, fmt.Errorf("the answer is not OCS: %w", err)
	}
	if env.OCS == nil {
		return Meta{}, nil, errors.New(`the answer is not OCS: it has no "ocs" object`)
	}
	if env.OCS.Meta == nil {
		return Meta{}, nil, errors.New(`the answer is not OCS: it has no "ocs.meta" object`)
	}
	m := env.OCS.Meta
	return Meta{m.Status, m.StatusCode, strings.TrimSpace(m.Message)}, env.OCS.Data, nil
}

var bom = []byte("\xef\xbb\xbf")

// clean takes off what proxies and misconfigured servers put around a text,
// and makes it valid UTF-8.
func clean(body []byte) []byte {
	body = bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(body), bom))
	if !utf8.Valid(body) {
		body = bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	return body
}

// looksLikeHTML reports whether a cleaned text is a web page.
func looksLikeHTML(body []byte) bool {
	if len(body) == 0 || body[0] != '<' {
		return false
	}
	head := bytes.ToLower(body[:min(len(body), 1024)])
	return bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.Contains(head, []byte("<html")) ||
		bytes.HasPrefix(head, []byte("<head")) || bytes.HasPrefix(head, []byte("<body")) || bytes.HasPrefix(head, []byte("<br"))
}
