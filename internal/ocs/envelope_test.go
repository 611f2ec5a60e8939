package ocs

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestEnvelope(t *testing.T) {
	t.Parallel()
	const v1, v2 = "/ocs/v1.php/apps/spreed/api/v4/room", room
	tests := []struct {
		name, path string
		status     int
		body       string
		want       Response
	}{
		{"object", v2, 200, okBody, Response{StatusCode: 200, Meta: Meta{"ok", 200, "OK"}, Data: []byte(`{"id":1}`)}},
		{
			"created", v2, 201, `{"ocs":{"meta":{"status":"ok","statuscode":201,"message":""},"data":[1, 2]}}`,
			Response{StatusCode: 201, Meta: Meta{"ok", 201, ""}, Data: []byte(`[1, 2]`)},
		},
		{"null data", v2, 200, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":null}}`, Response{StatusCode: 200, Meta: Meta{"ok", 200, ""}, Data: []byte(`null`)}},
		{"no data", v2, 200, `{"ocs":{"meta":{"status":"ok","statuscode":200}}}`, Response{StatusCode: 200, Meta: Meta{"ok", 200, ""}}},
		{"null message", v2, 200, `{"ocs":{"meta":{"status":"ok","statuscode":200,"message":null},"data":1}}`, Response{StatusCode: 200, Meta: Meta{"ok", 200, ""}, Data: []byte(`1`)}},
		{"code as a string", v2, 200, `{"ocs":{"meta":{"status":"ok","statuscode":"200"},"data":1}}`, Response{StatusCode: 200, Meta: Meta{"ok", 200, ""}, Data: []byte(`1`)}},
		{"data first", v2, 200, `{"ocs":{"data":1,"meta":{"status":"ok","statuscode":200}}}`, Response{StatusCode: 200, Meta: Meta{"ok", 200, ""}, Data: []byte(`1`)}},
		{"byte order mark", v2, 200, "\xef\xbb\xbf\n" + okBody, Response{StatusCode: 200, Meta: Meta{"ok", 200, "OK"}, Data: []byte(`{"id":1}`)}},
		{
			"not UTF-8", v2, 200, "{\"ocs\":{\"meta\":{\"statuscode\":200},\"data\":\"caf\xe9\"}}",
			Response{StatusCode: 200, Meta: Meta{"", 200, ""}, Data: []byte(`"caf` + "\uFFFD" + `"`)},
		},
		{"no content", v2, 204, "", Response{StatusCode: 204}},
		{
			"v1", v1, 200, `{"ocs":{"meta":{"status":"ok","statuscode":100,"message":"OK","totalitems":"","itemsperpage":""},"data":[]}}`,
			Response{StatusCode: 200, Meta: Meta{"ok", 100, "OK"}, Data: []byte(`[]`)},
		},
		{
			"v1, created", v1, 200, `{"ocs":{"meta":{"status":"failure","statuscode":201,"message":""},"data":{"id":1}}}`,
			Response{StatusCode: 201, Meta: Meta{"failure", 201, ""}, Data: []byte(`{"id":1}`)},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv, _ := newServer(t, answer(tt.status, tt.body))
			c, _ := newClient(t, srv.URL, nil)
			got, err := c.Do(t.Context(), &Request{Path: tt.path})
			if err != nil {
				t.Fatal(err)
			}
			if got.Header == nil {
				t.Error("no headers")
			}
			got.Header = nil
			if d := cmp.Diff(&tt.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestNotModified(t *testing.T) {
	t.Parallel()
	srv, _ := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Chat-Last-Given", "7")
		w.WriteHeader(304)
	})
	c, _ := newClient(t, srv.URL, nil)
	got, err := c.Do(t.Context(), &Request{Path: room, NotModifiedOK: true})
	if err != nil || !got.NotModified() || got.Data != nil || got.Header.Get("X-Chat-Last-Given") != "7" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err = c.Do(t.Context(), &Request{Path: room}); asError(t, err).StatusCode != 304 {
		t.Errorf("not allowed: %v", err)
	}
}

func TestHead(t *testing.T) {
	t.Parallel()
	srv, _ := newServer(t, answer(200, okBody))
	c, _ := newClient(t, srv.URL, nil)
	if got, err := c.Do(t.Context(), &Request{Method: "HEAD", Path: room}); err != nil || got.Data != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestNotAnEnvelope(t *testing.T) {
	t.Parallel()
	for body, says := range map[string]string{
		"<!DOCTYPE html><html><body>Hello":                                                                    "address of a Nextcloud",
		" \n<HTML lang=en>":                                                                                   "address of a Nextcloud",
		"<br />\n<b>Warning</b>: something in x.php<br />" + okBody:                                           "HTML",
		"<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\">":                                "HTML",
		`<?xml version="1.0"?><ocs><meta><status>ok</status><statuscode>200</statuscode></meta><data/></ocs>`: "XML",
		"Hello":                                "not OCS",
		"[]":                                   "not OCS",
		"null":                                 `no "ocs"`,
		`{"installed":true}`:                   `no "ocs"`,
		`{"ocs":[]}`:                           "not OCS",
		`{"ocs":{}}`:                           `no "ocs.meta"`,
		`{"ocs":{"data":[]}}`:                  `no "ocs.meta"`,
		`{"ocs":{"meta":"ok"}}`:                "not OCS",
		`{"ocs":{"meta":{"statuscode":"no"}}}`: "statuscode",
		okBody + "<br>Warning":                 "not OCS",
		okBody + okBody:                        "not OCS",
	} {
		srv, n := newServer(t, answer(200, body))
		c, _ := newClient(t, srv.URL, nil)
		_, err := c.Do(t.Context(), &Request{Op: "list conversations", Path: room})
		if !errors.Is(err, ErrBadResponse) || errors.Is(err, io.ErrUnexpectedEOF) || asError(t, err).StatusCode != 200 {
			t.Errorf("%q: err = %v, want ErrBadResponse", body, err)
		}
		if err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %q does not say %q", body, err, says)
		}
		if n.get() != 1 {
			t.Errorf("%q: %d requests, want 1", body, n.get())
		}
	}
}

func TestFailureBelowSuccess(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, body string
		code       int
		want       error
	}{
		{"not logged in", `{"ocs":{"meta":{"status":"failure","statuscode":997,"message":"Unauthorised"},"data":[]}}`, 997, ErrUnauthorized},
		{"no such route", `{"ocs":{"meta":{"status":"failure","statuscode":998,"message":"x"},"data":[]}}`, 998, ErrNotFound},
		{"refused", `{"ocs":{"meta":{"status":"failure","statuscode":400,"message":""},"data":{"error":"type"}}}`, 400, ErrInvalid},
		{"lobby", `{"ocs":{"meta":{"status":"failure","statuscode":412,"message":""},"data":[]}}`, 412, ErrLobby},
		{"old code", `{"ocs":{"meta":{"status":"failure","statuscode":102,"message":"User already exists"},"data":[]}}`, 102, ErrInvalid},
		{"in XML", `<?xml version="1.0"?><ocs><meta><status>failure</status><statuscode>404</statuscode><message/></meta><data/></ocs>`, 404, ErrNotFound},
	} {
		srv, _ := newServer(t, answer(200, tt.body))
		c, _ := newClient(t, srv.URL, nil)
		_, err := c.Do(t.Context(), &Request{Path: "/ocs/v1.php/apps/spreed/api/v4/room"})
		if !errors.Is(err, tt.want) || asError(t, err).OCSCode != tt.code || errors.Is(err, ErrBadResponse) {
			t.Errorf("%s: err = %v, want %v", tt.name, err, tt.want)
		}
	}
}

func FuzzEnvelope(f *testing.F) {
	for _, s := range []string{
		okBody, "", "null", "[]", `{"ocs":{"meta":{"statuscode":"100"},"data":{"a":[{}]}}}`, "\xef\xbb\xbf" + okBody,
		"{\"ocs\":{\"meta\":{},\"data\":\"\xe9\\ud800\"}}", `{"ocs":{"meta":{"statuscode":1e3}}}`, okBody[:30], "<html>",
		`<d:error xmlns:d="DAV:"><s:message>no</s:message></d:error>`, `<ocs><meta><statuscode>997</statuscode></meta></ocs>`,
		`{"message":"CSRF check failed"}`, `{"ocs":{"meta":{},"data":{"error":["x"],"message":{}}}}`,
		"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe9</a></a></a>", strings.Repeat("[", 20000),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		d := describe(body)
		for _, s := range []string{d.reason, d.message} {
			if len(s) > maxText+len("…") || !utf8.ValidString(s) || hasControl(s) {
				t.Errorf("text not tidy: %q", s)
			}
		}
		meta, data, err := decodeEnvelope(body)
		if err != nil {
			if data != nil || meta != (Meta{}) {
				t.Errorf("an error and a value: %v, %q, %v", meta, data, err)
			}
			return
		}
		if data != nil && (!json.Valid(data) || !utf8.Valid(data)) {
			t.Errorf("data is not JSON: %q", data)
		}
	})
}
