package server_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/race"
)

// flood is a body without end, as far as the server is concerned, that counts what is read of it.
type flood struct {
	pattern string
	left    int64
	read    int64
}

func (f *flood) Read(p []byte) (int, error) {
	if f.left == 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), f.left))
	for filled := 0; filled < n; {
		filled += copy(p[filled:n], f.pattern[(f.read+int64(filled))%int64(len(f.pattern)):])
	}
	f.left -= int64(n)
	f.read += int64(n)
	return n, nil
}

// longestBody is the longest that any endpoint takes but uploads: a picture.
const longestBody = 32 << 20

// TestBodiesOf100MBAreNotRead sends 100 MB to every endpoint that takes a body, in all ways of writing arguments in
// turn, with and without saying how long it is. It is not parallel, because it counts what is allocated.
func TestBodiesOf100MBAreNotRead(t *testing.T) { //nolint:paralleltest // others would be counted
	race.Skip(t)
	h := newHarness(t, nil)
	v := &vault{harness: h}
	v.fill(t, 2)
	const size = 100 << 20
	told := false
	for n, e := range v.endpoints() {
		if e.Method == http.MethodGet || strings.Contains(e.Path, "participants/self") || e.Method == http.MethodDelete && strings.HasSuffix(e.Path, "/room/{token}") {
			continue
		}
		kinds := []struct{ name, pattern string }{
			{"application/json", `{"message":"` + strings.Repeat("x", 1000)},
			{"application/json", strings.Repeat("[", 1000)},
			{"application/x-www-form-urlencoded", "a[]=" + strings.Repeat("1", 100) + "&b[c]=2&"},
			{"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\nx\r\n"},
			{"", strings.Repeat("x", 1000)},
		}
		for i := range 2 { // every endpoint has each kind somewhere beside it
			kind := kinds[(2*n+i)%len(kinds)]
			told = !told
			body := &flood{pattern: kind.pattern, left: size}
			req := httptest.NewRequestWithContext(t.Context(), e.Method, v.path(e), body)
			req.ContentLength = -1
			if told {
				req.ContentLength = size
			}
			req.Header.Set("Content-Type", kind.name)
			req.Header.Set("OCS-APIRequest", "true")
			req.SetBasicAuth("anna", "secret-anna")
			w := httptest.NewRecorder()
			before := allocated()
			h.srv.Handler().ServeHTTP(w, req)
			took := allocated() - before
			if w.Code >= 500 && w.Code != http.StatusNotImplemented {
				t.Errorf("%s %s %s: %d %.200s", e.Method, e.Path, kind.name, w.Code, w.Body)
			}
			if body.read > longestBody || took > 8*longestBody {
				t.Errorf("%s %s %s: read %d bytes and allocated %d", e.Method, e.Path, kind.name, body.read, took)
			}
		}
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// TestXMLBombsDoNotGoOff sends to WebDAV what makes careless parsers take all memory, or read files.
func TestXMLBombsDoNotGoOff(t *testing.T) { //nolint:paralleltest // others would be counted
	h := newHarness(t, nil)
	h.as("anna").dav("PUT", annaFiles+"/a.txt", "x")
	laughs := `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">`
	for i := 1; i < 10; i++ {
		previous := "lol"
		if i > 1 {
			previous = fmt.Sprintf("lol%d", i-1)
		}
		laughs += fmt.Sprintf(`<!ENTITY lol%d "%s">`, i, strings.Repeat("&"+previous+";", 10))
	}
	laughs += `]>`
	propfind := func(inside string) string {
		return `<d:propfind xmlns:d="DAV:"><d:prop>` + inside + `</d:prop></d:propfind>`
	}
	for name, body := range map[string]string{
		"billion laughs":                laughs + propfind(`<d:x>&lol9;</d:x>`),
		"quadratic blow-up":             `<!DOCTYPE x [<!ENTITY a "` + strings.Repeat("a", 100_000) + `">]>` + propfind(strings.Repeat("&a;", 10_000)),
		"an external entity":            `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>` + propfind(`<d:x>&e;</d:x>`),
		"an external DTD":               `<!DOCTYPE x SYSTEM "http://127.0.0.1:1/evil.dtd">` + propfind(`<d:getetag/>`),
		"a parameter entity":            `<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>` + propfind(`<d:getetag/>`),
		"elements in elements":          propfind(strings.Repeat("<d:a>", 200_000)),
		"a hundred thousand properties": propfind(strings.Repeat("<d:a/>", 100_000)),
		"attributes":                    propfind(`<d:a ` + strings.Repeat(`x="y" `, 100_000) + `/>`),
		"a text without end":            propfind(strings.Repeat("x", 20<<20)),
		"another encoding":              `<?xml version="1.0" encoding="UTF-7"?>` + propfind(`<d:getetag/>`),
		"nothing but a start":           `<`,
	} {
		for _, method := range []string{"PROPFIND", "PROPPATCH", "REPORT", "SEARCH", "MKCOL", "LOCK"} {
			req := httptest.NewRequestWithContext(t.Context(), method, annaFiles+"/", strings.NewReader(body))
			req.Header.Set("Content-Type", "application/xml")
			req.Header.Set("Depth", "1")
			req.SetBasicAuth("anna", "secret-anna")
			w := httptest.NewRecorder()
			before, began := allocated(), time.Now()
			h.srv.Handler().ServeHTTP(w, req)
			if w.Code < 400 || w.Code >= 500 && w.Code != http.StatusNotImplemented || strings.Contains(w.Body.String(), "root:") {
				t.Errorf("%s, %s: %d %.300s", name, method, w.Code, w.Body)
			}
			if took := allocated() - before; took > 64<<20 || time.Since(began) > 10*time.Second {
				t.Errorf("%s, %s: allocated %d bytes in %v", name, method, took, time.Since(began))
			}
		}
	}
}

// TestPackedBodiesStayPacked sends a small body that would be a gigabyte if somebody unpacked it.
func TestPackedBodiesStayPacked(t *testing.T) { //nolint:paralleltest // others would be counted
	h := newHarness(t, nil)
	token := h.as("anna").room("Packed")
	bomb := strings.Repeat("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 1000)
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, talk+"/v1/chat/"+token, strings.NewReader(bomb))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Content-Encoding", "gzip")
	req.Header.Set("OCS-APIRequest", "true")
	req.SetBasicAuth("anna", "secret-anna")
	w := httptest.NewRecorder()
	before := allocated()
	h.srv.Handler().ServeHTTP(w, req)
	if took := allocated() - before; w.Code != http.StatusBadRequest || took > 8<<20 {
		t.Errorf("%d, %d bytes allocated: %s", w.Code, took, w.Body)
	}
}
