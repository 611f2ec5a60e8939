package server_test

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/confab-go/confab/internal/server"
)

// FuzzWebDAV sends any request for files: the answer is none of a broken
// server, and its XML is well-formed.
func FuzzWebDAV(f *testing.F) {
	srv, err := server.Open(context.Background(), server.Config{Users: []server.User{{ID: "anna", Password: "secret-anna"}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = srv.Close() })
	f.Add("PUT", "files/anna/a.txt", "", "", "text")
	f.Add("MKCOL", "files/anna/d", "", "", "")
	f.Add("MOVE", "files/anna/a.txt", "/remote.php/dav/files/anna/d/b%20c.txt", "F", "")
	f.Add("COPY", "files/anna/d", "/remote.php/dav/files/anna/d/e", "T", "")
	f.Add("PROPFIND", "files/anna/", "", "1", `<propfind xmlns="DAV:"><prop><getetag/><x:y xmlns:x="z"/></prop></propfind>`)
	f.Add("PROPFIND", "files/anna/d", "", "0", `<!DOCTYPE a [<!ENTITY b "c">]><propfind xmlns="DAV:"/>`)
	f.Add("PROPFIND", "files/anna/", "", "1", `<propfind xmlns="DAV:"><prop><:/></prop></propfind>`)
	f.Add("PROPFIND", "files/anna/", "", "1", `<propfind xmlns="DAV:"><prop xmlns:x=""><x:1/></prop></propfind>`)
	f.Add("MKCOL", "uploads/anna/up", "", "", "")
	f.Add("PUT", "uploads/anna/up/1", "", "", "piece")
	f.Add("MOVE", "uploads/anna/up/.file", "/remote.php/dav/files/anna/up.bin", "", "5")
	f.Add("DELETE", "files/anna/%2e%2e/%00", "", "", "")
	f.Fuzz(func(t *testing.T, method, path, destination, depth, body string) {
		req, err := http.NewRequestWithContext(t.Context(), method, "http://x/remote.php/dav/"+path, strings.NewReader(body))
		if err != nil || !strings.HasPrefix(req.URL.Path, "/remote.php/dav/") {
			t.Skip("no request that a server is sent")
		}
		if _, err := url.ParseRequestURI(req.URL.RequestURI()); err != nil {
			t.Skip("no request that a server is sent")
		}
		req.SetBasicAuth("anna", "secret-anna")
		for name, value := range map[string]string{"Destination": destination, "Depth": depth, "Overwrite": depth, "OC-Total-Length": body, "If-Match": depth, "Range": body} {
			if value != "" {
				req.Header.Set(name, value)
			}
		}
		w := httptest.NewRecorder()
		srv.Handler().ServeHTTP(w, req)
		if w.Code >= 500 && w.Code != http.StatusNotImplemented && w.Code != http.StatusInsufficientStorage {
			t.Errorf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		if !strings.HasPrefix(w.Header().Get("Content-Type"), "application/xml; charset=utf-8") || method == http.MethodHead {
			return
		}
		for d := xml.NewDecoder(w.Body); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				t.Fatalf("%s %s: %v", method, path, err)
			}
		}
	})
}
