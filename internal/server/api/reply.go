package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// reply is an answer before it is encoded.
type reply struct {
	status  int    // HTTP, and OCS unless code says otherwise
	code    int    // OCS, 0 = status
	message string // "" = OK on success
	data    any    // nil is null
	header  map[string]string
	bare    bool   // no body at all
	kind    string // content type, "" = JSON or what is asked for
	plain   bool   // data without an envelope
	stream  func() // writes the answer itself
}

// list is PHP's empty array, which stands for many kinds of nothing.
type list = []struct{}

// object is a JSON object whose keys keep their order.
type object []member

type member struct {
	key   string
	value any
}

// MarshalJSON encodes the object in its order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := appendJSON(&b, m.key); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := appendJSON(&b, m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func appendJSON(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // Encode ends with a newline
	return nil
}

func ok(data any) reply { return reply{status: http.StatusOK, data: data} }

func failure(status, code int, message string) reply {
	return reply{status: status, code: code, message: message, data: list{}}
}

func internalError() reply {
	return failure(http.StatusInternalServerError, 996, "Internal Server Error\n")
}

func unknownRoute() reply {
	return failure(http.StatusNotFound, 998, "Invalid query, please check the syntax. API specifications are here: "+
		"http://www.freedesktop.org/wiki/Specifications/open-collaboration-services.\n")
}

// outOfRange answers to a number outside its documented range: Nextcloud itself refuses it, without a word.
func outOfRange() reply {
	return reply{status: http.StatusBadRequest, bare: true, kind: "text/html; charset=UTF-8"}
}

// with adds a header to an answer.
func (rep reply) with(key, value string) reply {
	header := map[string]string{key: value}
	maps.Copy(header, rep.header)
	rep.header = header
	return rep
}

// envelope is the OCS envelope, in its order.
type envelope struct {
	OCS struct {
		Meta meta `json:"meta"`
		Data any  `json:"data"`
	} `json:"ocs"`
}

type meta struct {
	Status       string  `json:"status"`
	StatusCode   int     `json:"statuscode"`
	Message      string  `json:"message"`
	TotalItems   *string `json:"totalitems,omitempty"`
	ItemsPerPage *string `json:"itemsperpage,omitempty"`
}

// wantsJSON reports whether the answer is to be JSON; it is XML otherwise.
func (rq *request) wantsJSON() bool {
	if format := rq.r.URL.Query().Get("format"); format != "" {
		return format == "json"
	}
	return strings.Contains(rq.r.Header.Get("Accept"), "application/json")
}

// send encodes and writes an answer.
func (rq *request) send(rep reply) {
	h := rq.w.Header()
	h.Set("Cache-Control", "no-cache, no-store, must-revalidate")
	h.Set("X-Request-Id", rq.id)
	if rq.caller.UserID != "" {
		h.Set("X-User-Id", rq.caller.UserID)
	}
	for k, v := range rep.header {
		h.Set(k, v)
	}
	switch {
	case rep.stream != nil:
		rep.stream()
		return
	case rep.bare:
		h.Set("Content-Type", "application/json; charset=utf-8")
		if rep.kind != "" {
			h.Set("Content-Type", rep.kind)
		}
		rq.w.WriteHeader(rep.status)
		return
	case rep.plain || !rq.ocs:
		rq.writeJSON(rep.status, cmp.Or(rep.kind, "application/json"), rep.data)
		return
	}
	var e envelope
	e.OCS.Data = rep.data
	status := rq.fillMeta(&e.OCS.Meta, rep)
	if rq.wantsJSON() {
		rq.writeJSON(status, "application/json; charset=utf-8", e)
		return
	}
	body, err := encodeXML(e)
	if err != nil {
		rq.log.Error("encode answer", "path", rq.r.URL.Path, "request", rq.id, "error", err)
		rq.w.WriteHeader(http.StatusInternalServerError)
		return
	}
	rq.write(status, "application/xml; charset=utf-8", body)
}

// v1OK is what version 1 of OCS says for success.
const v1OK = 100

// fillMeta fills the envelope's meta and returns the HTTP status, which version 1 hides.
func (rq *request) fillMeta(m *meta, rep reply) (status int) {
	m.StatusCode, m.Message, m.Status = rep.code, rep.message, "failure"
	if m.StatusCode == 0 {
		m.StatusCode = rep.status
	}
	if rq.v1 {
		empty := ""
		m.TotalItems, m.ItemsPerPage = &empty, &empty
		if m.StatusCode == http.StatusOK {
			m.StatusCode = v1OK
		}
		if m.StatusCode == v1OK {
			m.Status = "ok"
		}
	} else if m.StatusCode >= 200 && m.StatusCode < 300 {
		m.Status = "ok"
	}
	if m.Status == "ok" && m.Message == "" {
		m.Message = "OK"
	}
	if rq.v1 && rep.status != http.StatusUnauthorized {
		return http.StatusOK
	}
	return rep.status
}

func (rq *request) writeJSON(status int, kind string, v any) {
	var b bytes.Buffer
	if err := appendJSON(&b, v); err != nil {
		rq.log.Error("encode answer", "path", rq.r.URL.Path, "request", rq.id, "error", err)
		rq.w.WriteHeader(http.StatusInternalServerError)
		return
	}
	rq.write(status, kind, phpEscape(b.Bytes()))
}

func (rq *request) write(status int, kind string, body []byte) {
	rq.w.Header().Set("Content-Type", kind)
	rq.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	rq.w.WriteHeader(status)
	if rq.r.Method != http.MethodHead {
		_, _ = rq.w.Write(body) // a client that is gone cannot be told
	}
}

const hexDigits = "0123456789abcdef"

// phpEscape writes JSON as PHP's json_encode does: slashes and everything
// beyond ASCII escaped. Both stand in strings only.
func phpEscape(in []byte) []byte {
	out := make([]byte, 0, len(in)+len(in)/8)
	plain := 0 // where what needs no escape begins
	for i := 0; i < len(in); {
		c := in[i]
		if c != '/' && c < utf8.RuneSelf {
			i++
			continue
		}
		out = append(out, in[plain:i]...)
		if c == '/' {
			out = append(out, '\\', '/')
			i++
		} else {
			r, size := utf8.DecodeRune(in[i:])
			if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
				out = appendUnit(appendUnit(out, high), low)
			} else {
				out = appendUnit(out, r)
			}
			i += size
		}
		plain = i
	}
	return append(out, in[plain:]...)
}

func appendUnit(out []byte, r rune) []byte {
	return append(out, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}
