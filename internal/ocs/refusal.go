package ocs

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
)

const hintAddress = "is this the address of a Nextcloud?"

// maxText limits what is kept of a server's message or reason, in bytes.
const maxText = 400

// refusal returns the error for an answer that is none, by its status; nil
// for one that is.
func (x *exchange) refusal() *Error {
	status := x.res.StatusCode
	if status < 300 || status == http.StatusNotModified && x.p.req.NotModifiedOK {
		return nil
	}
	late := time.AfterFunc(errorBodyTimeout, func() { x.cancel(nil) })
	defer late.Stop()
	// A body that breaks off is no reason to forget the status.
	body, _ := io.ReadAll(io.LimitReader(x.res.Body, maxErrorBody))
	return x.refused(describe(body))
}

// refused makes the error of an answer's status and of what its body says.
func (x *exchange) refused(d description) *Error {
	e := x.p.newError()
	e.StatusCode, e.OCSCode = x.res.StatusCode, d.ocsCode
	e.Reason, e.Message, e.Data = d.reason, d.message, d.data
	if e.StatusCode < 300 {
		e.StatusCode = httpStatus(d.ocsCode, e.StatusCode)
	}
	switch e.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		e.RetryAfter = retryAfter(x.res.Header)
	case http.StatusUnauthorized:
		e.credentials = d.ocsCode == 997 || x.res.Header.Get("WWW-Authenticate") != ""
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		if d.html {
			e.hint = hintAddress
			if x.p.kind == kindOCS {
				e.kind = ErrBadResponse
			}
		}
	}
	switch {
	case e.StatusCode == http.StatusServiceUnavailable && (d.maintenance || x.res.Header.Get("X-Nextcloud-Maintenance-Mode") == "1"):
		e.kind = ErrMaintenance
	case e.StatusCode >= 300 && e.StatusCode < 400 && e.StatusCode != http.StatusNotModified:
		e.kind, e.Err = ErrRedirect, x.unfollowed()
	}
	if x.parent.Err() != nil {
		e.Err = errors.Join(e.Err, givenUp(x.parent))
	}
	return e
}

// unfollowed says of a redirect that net/http gave up on where it led.
func (x *exchange) unfollowed() error {
	loc := x.res.Header.Get("Location")
	if loc == "" {
		return &redirectError{why: "it names no address"}
	}
	to, err := x.res.Request.URL.Parse(loc)
	if err != nil {
		return &redirectError{why: "its address cannot be read"}
	}
	return refuse(&url.URL{Scheme: to.Scheme, Host: to.Host}, "the body cannot be sent a second time")
}

// description is what a refusal's body says.
type description struct {
	ocsCode     int
	reason      string
	message     string
	data        json.RawMessage
	html        bool
	maintenance bool
}

var upgradePage = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)class=["'](?:[a-z-]+ )*update[ "']|maintenance mode`)
})

// describe understands the bodies of refusals: OCS as JSON or XML, the XML of
// WebDAV, plain JSON, and the pages of a server in maintenance. Of any other
// it says nothing; it never fails.
func describe(body []byte) description {
	body = clean(body)
	var d description
	switch {
	case len(body) == 0:
	case looksLikeHTML(body):
		d.html = true
		d.maintenance = upgradePage().Match(body)
	case body[0] == '<':
		d = describeXML(body)
	case body[0] == '{':
		d = describeJSON(body)
	}
	d.maintenance = d.maintenance || strings.Contains(strings.ToLower(d.message), "maintenance mode")
	return d
}

func describeJSON(body []byte) description {
	var d description
	if meta, data, err := decodeEnvelope(body); err == nil {
		d.ocsCode, d.data = meta.StatusCode, data
		d.reason, d.message = words(data)
		if d.message == "" && !strings.EqualFold(meta.Message, "OK") {
			d.message = tidy(meta.Message)
		}
		return d
	}
	d.reason, d.message = words(body)
	return d
}

// words reads the reason and the message out of a JSON object. Each may be
// absent or of some other type, which is the same.
func words(object []byte) (reason, message string) {
	var fields struct {
		Error   json.RawMessage `json:"error"`
		Message json.RawMessage `json:"message"`
	}
	if json.Unmarshal(object, &fields) != nil {
		return "", ""
	}
	text := func(raw json.RawMessage) string {
		var s string
		if raw == nil || json.Unmarshal(raw, &s) != nil {
			return ""
		}
		return tidy(s)
	}
	return text(fields.Error), text(fields.Message)
}

// describeXML reads the elements it knows for as long as the text makes
// sense, so that one that was cut off serves too.
func describeXML(body []byte) description {
	var d description
	dec := xml.NewDecoder(bytes.NewReader(body))
	dec.Strict = false
	// The text is valid UTF-8 by now, whatever it declares.
	dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var path []string
	for {
		t, err := dec.Token()
		if err != nil {
			return d
		}
		switch t := t.(type) {
		case xml.StartElement:
			path = append(path, t.Name.Local)
		case xml.EndElement:
			if len(path) > 0 {
				path = path[:len(path)-1]
			}
		case xml.CharData:
			text := tidy(string(t))
			if text == "" {
				continue
			}
			switch strings.Join(path, "/") {
			case "ocs/meta/statuscode":
				d.ocsCode, _ = strconv.Atoi(text)
			case "ocs/meta/message":
				if d.message == "" && !strings.EqualFold(text, "OK") {
					d.message = text
				}
			case "ocs/data/error":
				d.reason = text
			case "ocs/data/message", "error/message":
				d.message = text
			}
		}
	}
}

// tidy makes a server's text fit for a line of an error: no line breaks, no
// control characters that a terminal would obey, and not too long.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxText {
		s = fmt.Sprintf("%s…", strings.ToValidUTF8(s[:maxText], ""))
	}
	return s
}
