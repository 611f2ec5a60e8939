package server_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/confab-go/confab/internal/race"
	"github.com/confab-go/confab/internal/server"
	"github.com/confab-go/confab/internal/server/store"
)

const (
	annaFiles = "/remote.php/dav/files/anna"
	benFiles  = "/remote.php/dav/files/ben"
)

// davAnswer is what WebDAV answered.
type davAnswer struct {
	status int
	header http.Header
	body   string
}

// dav asks with a body and header fields, given as names and values in turn.
func (c *client) dav(method, path, body string, header ...string) davAnswer {
	c.h.t.Helper()
	return c.davStream(method, path, strings.NewReader(body), header...)
}

func (c *client) davStream(method, path string, body io.Reader, header ...string) davAnswer {
	c.h.t.Helper()
	res := c.davOpen(method, path, body, header...)
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		c.h.t.Fatal(err)
	}
	return davAnswer{res.StatusCode, res.Header, string(raw)}
}

func (c *client) davOpen(method, path string, body io.Reader, header ...string) *http.Response {
	c.h.t.Helper()
	req, err := http.NewRequestWithContext(c.h.t.Context(), method, c.h.url+path, body)
	if err != nil {
		c.h.t.Fatal(err)
	}
	if c.user != "" {
		req.SetBasicAuth(c.user, "secret-"+c.user)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.h.t.Fatal(err)
	}
	return res
}

// put stores a file that has to be stored.
func (c *client) put(path, content string) davAnswer {
	c.h.t.Helper()
	a := c.dav("PUT", "/remote.php/dav/files/"+c.user+path, content)
	if a.status != http.StatusCreated && a.status != http.StatusNoContent {
		c.h.t.Fatalf("PUT %s: %d %s", path, a.status, a.body)
	}
	return a
}

// wants checks the status of an answer and, when it is an error, its exception.
func (a davAnswer) wants(t *testing.T, what string, status int, exception string) {
	t.Helper()
	if a.status != status || exception != "" && !strings.Contains(a.body, `\`+exception+"</s:exception>") {
		t.Errorf("%s: %d %s, want %d %s", what, a.status, a.body, status, exception)
	}
}

func TestFilesByTheirMethods(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	dest := func(path string) []string { return []string{"Destination", h.url + annaFiles + path} }
	for i, step := range []struct {
		method, path, body string
		header             []string
		status             int
		exception          string
	}{
		{"OPTIONS", "", "", nil, 200, ""},
		{"PUT", "/a.txt", "one", nil, 201, ""},
		{"PUT", "/a.txt", "two!", nil, 204, ""},
		{"GET", "/a.txt", "", nil, 200, ""},
		{"HEAD", "/a.txt", "", nil, 200, ""},
		{"GET", "", "", nil, 200, ""},
		{"PUT", "/no/such/folder/a.txt", "x", nil, 404, "NotFound"},
		{"PUT", "/a.txt/b.txt", "x", nil, 409, "Conflict"},
		{"MKCOL", "/d", "", nil, 201, ""},
		{"MKCOL", "/d", "", nil, 405, "MethodNotAllowed"},
		{"MKCOL", "/a.txt", "", nil, 405, "MethodNotAllowed"},
		{"MKCOL", "/no/such", "", nil, 409, "Conflict"},
		{"MKCOL", "/x", "<mkcol/>", nil, 415, "UnsupportedMediaType"},
		{"MKCOL", "", "", nil, 405, "MethodNotAllowed"},
		{"PUT", "/d", "x", nil, 409, "Conflict"},
		{"PUT", "/d/b.txt", "in it", nil, 201, ""},
		{"COPY", "/a.txt", "", dest("/d/c.txt"), 201, ""},
		{"COPY", "/a.txt", "", append(dest("/d/c.txt"), "Overwrite", "F"), 412, "PreconditionFailed"},
		{"COPY", "/a.txt", "", dest("/d/c.txt"), 204, ""},
		{"COPY", "/d", "", dest("/e"), 201, ""},
		{"COPY", "/d", "", dest("/d/d"), 409, "Conflict"},
		{"GET", "/e/b.txt", "", nil, 200, ""},
		{"MOVE", "/e", "", dest("/d/f"), 201, ""},
		{"GET", "/e/b.txt", "", nil, 404, "NotFound"},
		{"GET", "/d/f/b.txt", "", nil, 200, ""},
		{"MOVE", "/d", "", dest("/d/f/g"), 409, "Conflict"},
		{"MOVE", "/d/f", "", dest("/d"), 403, "Forbidden"},
		{"MOVE", "/a.txt", "", dest("/a.txt"), 403, "Forbidden"},
		{"MOVE", "/a.txt", "", dest("/no/such"), 409, "Conflict"},
		{"MOVE", "/absent", "", dest("/b"), 404, "NotFound"},
		{"MOVE", "/a.txt", "", nil, 400, "BadRequest"},
		{"MOVE", "/a.txt", "", append(dest("/b.txt"), "Overwrite", "X"), 400, "BadRequest"},
		{"MOVE", "/a.txt", "", []string{"Destination", h.url + benFiles + "/a.txt"}, 403, "Forbidden"},
		{"MOVE", "/a.txt", "", []string{"Destination", "/elsewhere/a.txt"}, 403, "Forbidden"},
		{"MOVE", "/a.txt", "", dest("/a%20%C3%BC%23.md"), 201, ""},
		{"GET", "/a%20%C3%BC%23.md", "", nil, 200, ""},
		{"DELETE", "/d", "", nil, 204, ""},
		{"DELETE", "/d", "", nil, 404, "NotFound"},
		{"DELETE", "", "", nil, 403, "Forbidden"},
		{"PUT", "/part.txt", "x", []string{"Content-Range", "bytes 0-1/2"}, 400, "BadRequest"},
		{"LOCK", "/a.txt", "", nil, 501, "NotImplemented"},
	} {
		a := anna.dav(step.method, annaFiles+step.path, step.body, step.header...)
		a.wants(t, fmt.Sprintf("step %d: %s %s", i, step.method, step.path), step.status, step.exception)
	}
	if a := anna.dav("GET", "/remote.php/webdav/a%20%C3%BC%23.md", ""); a.body != "two!" || a.header.Get("Content-Type") != "text/markdown;charset=UTF-8" {
		t.Errorf("moved file: %+v", a)
	}
}

func TestPathsThatCannotBe(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	for _, path := range []string{
		"/..%2f..%2fsecret", "/%2e%2e/ben/x", "/%2e", "/a%2Fb", "/a%5Cb", "/a%00b", "/a%0Ab", "/%ff%fe", "/.htaccess", "/x.part",
		"/" + strings.Repeat("n", 251), strings.Repeat("/d", 101), "/%20",
	} {
		for _, method := range []string{"PUT", "MKCOL", "GET", "DELETE", "PROPFIND"} {
			a := anna.dav(method, annaFiles+path, "")
			if a.status < 400 || a.status > 499 || !strings.Contains(a.body, "<d:error") {
				t.Errorf("%s %.60s: %d %s", method, path, a.status, a.body)
			}
		}
	}
}

func TestFilesAreTheirOwners(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	anna.put("/secret.txt", "anna's")
	for _, tt := range []struct {
		method, path string
		status       int
	}{
		{"GET", annaFiles + "/secret.txt", 404},
		{"PROPFIND", annaFiles, 404},
		{"PROPFIND", annaFiles + "/secret.txt", 404},
		{"PUT", annaFiles + "/new.txt", 403},
		{"PUT", annaFiles + "/d/new.txt", 404},
		{"MKCOL", annaFiles + "/d", 403},
		{"DELETE", annaFiles + "/secret.txt", 404},
		{"MKCOL", "/remote.php/dav/uploads/anna/up", 403},
		{"GET", "/remote.php/webdav/secret.txt", 404},
		{"PROPFIND", "/remote.php/dav/files/nobody", 404},
		{"PROPFIND", "/remote.php/dav", 404},
	} {
		ben.dav(tt.method, tt.path, "").wants(t, tt.method+" "+tt.path, tt.status, "")
	}
	nobody := h.as("")
	a := nobody.dav("GET", annaFiles+"/secret.txt", "")
	a.wants(t, "without an account", http.StatusUnauthorized, "NotAuthenticated")
	if a.header.Get("WWW-Authenticate") == "" {
		t.Error("no WWW-Authenticate")
	}
	wrong := nobody.dav("GET", annaFiles+"/secret.txt", "", "Authorization", "Basic YW5uYTp3cm9uZw==")
	wrong.wants(t, "with a wrong password", http.StatusUnauthorized, "NotAuthenticated")
	// The cookie of a login is not enough: other sites' pages send it too.
	anna.do("GET", "/ocs/v2.php/cloud/user", "")
	cookies := &client{h: h, http: anna.http}
	cookies.dav("GET", annaFiles+"/secret.txt", "").wants(t, "with a cookie alone", http.StatusUnauthorized, "")
	if a := cookies.dav("GET", annaFiles+"/secret.txt", "", "OCS-APIRequest", "true"); a.body != "anna's" {
		t.Errorf("with a cookie and the header: %+v", a)
	}
}

func TestConditionsOnFiles(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	anna.dav("PUT", annaFiles+"/a.txt", "0123456789", "If-None-Match", "*").wants(t, "new", 201, "")
	first := anna.dav("GET", annaFiles+"/a.txt", "").header.Get("ETag")
	anna.dav("PUT", annaFiles+"/a.txt", "x", "If-None-Match", "*").wants(t, "not new", 412, "PreconditionFailed")
	anna.dav("PUT", annaFiles+"/a.txt", "x", "If-Match", `"other"`).wants(t, "another state", 412, "PreconditionFailed")
	anna.dav("PUT", annaFiles+"/none.txt", "x", "If-Match", `*`).wants(t, "absent", 412, "PreconditionFailed")
	anna.dav("DELETE", annaFiles+"/a.txt", "", "If-Match", `"other"`).wants(t, "delete another state", 412, "PreconditionFailed")
	a := anna.dav("PUT", annaFiles+"/a.txt", "9876543210", "If-Match", `"other", `+first, "X-OC-Mtime", "1700000000")
	a.wants(t, "the wanted state", 204, "")
	second := a.header.Get("ETag")
	if second == first || a.header.Get("X-OC-MTime") != "accepted" {
		t.Errorf("ETag %s then %s, X-OC-MTime %q", first, second, a.header.Get("X-OC-MTime"))
	}
	for _, tt := range []struct {
		name   string
		header []string
		status int
		body   string
	}{
		{"a part", []string{"Range", "bytes=2-4"}, 206, "765"},
		{"the end", []string{"Range", "bytes=-3"}, 206, "210"},
		{"beyond", []string{"Range", "bytes=100-"}, 416, ""},
		{"a part of this state", []string{"Range", "bytes=8-", "If-Range", second}, 206, "10"},
		{"a part of another state", []string{"Range", "bytes=8-", "If-Range", first}, 200, "9876543210"},
		{"what is known", []string{"If-None-Match", second}, 304, ""},
		{"not changed since", []string{"If-Modified-Since", "Tue, 14 Nov 2023 22:13:20 GMT"}, 304, ""},
		{"another state", []string{"If-Match", first}, 412, ""},
	} {
		got := anna.dav("GET", annaFiles+"/a.txt", "", tt.header...)
		if got.status != tt.status || tt.body != "" && got.body != tt.body {
			t.Errorf("%s: %d %q, want %d %q", tt.name, got.status, got.body, tt.status, tt.body)
		}
	}
}

func TestPropfindAsks(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	anna.dav("MKCOL", annaFiles+"/d", "")
	anna.put("/d/ü & <b>.txt", "12345")
	all := anna.dav("PROPFIND", annaFiles+"/d", "", "Depth", "1")
	for _, want := range []string{
		"<d:href>/remote.php/dav/files/anna/d/</d:href>", "/d/%c3%bc%20%26%20%3cb%3e.txt</d:href>",
		"<d:quota-used-bytes>5</d:quota-used-bytes>", "<d:getcontenttype>text/plain</d:getcontenttype>",
	} {
		if all.status != 207 || !strings.Contains(all.body, want) {
			t.Errorf("all properties: %d, no %s in %s", all.status, want, all.body)
		}
	}
	if strings.Contains(all.body, " 404 ") {
		t.Errorf("all properties: some are missing: %s", all.body)
	}
	some := anna.dav("PROPFIND", annaFiles+"/d", `<propfind xmlns="DAV:"><prop><displayname/><x:y xmlns:x="urn:&quot;x"/></prop></propfind>`, "Depth", "0")
	want := `<d:propstat><d:prop><d:displayname>d</d:displayname></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>` +
		`<d:propstat><d:prop><x1:y xmlns:x1="urn:&quot;x"/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>`
	if !strings.Contains(some.body, want) {
		t.Errorf("some properties: %s", some.body)
	}
	for name, body := range map[string]string{
		"no XML":     "nonsense",
		"not closed": `<propfind xmlns="DAV:"><prop>`,
		"no ask":     `<other xmlns="DAV:"/>`,
		"a bomb":     `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><propfind xmlns="DAV:"><prop><displayname>&b;</displayname></prop></propfind>`,
		"too many":   `<propfind xmlns="DAV:"><prop>` + strings.Repeat("<displayname/>", 201) + `</prop></propfind>`,
	} {
		anna.dav("PROPFIND", annaFiles, body).wants(t, name, 400, "BadRequest")
	}
	anna.dav("PROPFIND", annaFiles, strings.Repeat(" ", 70<<10)).wants(t, "too long", 413, "")
}

func TestFoldersKnowWhatIsInThem(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	anna.dav("MKCOL", annaFiles+"/d", "")
	anna.dav("MKCOL", annaFiles+"/d/e", "")
	state := func() (size, etag string) {
		t.Helper()
		a := anna.dav("PROPFIND", annaFiles+"/d", `<propfind xmlns="DAV:" xmlns:o="http://owncloud.org/ns"><prop><o:size/><getetag/></prop></propfind>`, "Depth", "0")
		_, size, _ = strings.Cut(a.body, "<oc:size>")
		size, etag, _ = strings.Cut(size, "</oc:size>")
		return size, etag
	}
	last := ""
	for _, step := range []struct {
		do   func()
		size string
	}{
		{func() { anna.put("/d/e/a.txt", "12345") }, "5"},
		{func() { anna.put("/d/e/a.txt", "1") }, "1"},
		{func() { anna.put("/d/b.txt", "22") }, "3"},
		{func() { anna.dav("COPY", annaFiles+"/d/e", "", "Destination", annaFiles+"/d/f") }, "4"},
		{func() { anna.dav("MOVE", annaFiles+"/d/f", "", "Destination", annaFiles+"/f") }, "3"},
		{func() { anna.dav("DELETE", annaFiles+"/d/e", "") }, "2"},
	} {
		step.do()
		size, etag := state()
		if size != step.size || etag == last {
			t.Errorf("size %s, want %s; ETag changed: %v", size, step.size, etag != last)
		}
		last = etag
	}
}

func TestFoldersInFoldersHaveBounds(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	deep := ""
	for range 60 {
		deep += "/d"
		anna.dav("MKCOL", annaFiles+deep, "").wants(t, "make", 201, "")
	}
	anna.dav("COPY", annaFiles+"/d", "", "Destination", annaFiles+"/e").wants(t, "beside it", 201, "")
	anna.dav("MOVE", annaFiles+"/e", "", "Destination", annaFiles+deep+"/e").wants(t, "in its end", 400, "InvalidPath")
	anna.dav("COPY", annaFiles+"/e", "", "Destination", annaFiles+deep+"/e").wants(t, "in its end", 400, "InvalidPath")
	anna.dav("MOVE", annaFiles+"/e", "", "Destination", annaFiles+"/d/d/e").wants(t, "near its top", 201, "")
	anna.dav("DELETE", annaFiles+"/d", "").wants(t, "delete", 204, "")
}

func TestACopyHasBounds(t *testing.T) {
	race.Skip(t)
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	anna.dav("MKCOL", annaFiles+"/d", "")
	anna.put("/d/a.txt", "x")
	// Each round doubles what is in the folder.
	last := davAnswer{}
	for range 20 {
		if last = anna.dav("COPY", annaFiles+"/d", "", "Destination", annaFiles+"/e"); last.status != http.StatusCreated {
			break
		}
		anna.dav("MOVE", annaFiles+"/e", "", "Destination", annaFiles+"/d/"+last.header.Get("OC-FileId"))
	}
	last.wants(t, "a copy of too much", http.StatusInsufficientStorage, "InsufficientStorage")
	anna.dav("GET", annaFiles+"/e/a.txt", "").wants(t, "what was not copied", 404, "NotFound")
}

// pattern is a file of any length that has no memory.
type pattern struct {
	size, at int64
	peak     *uint64
}

func (p *pattern) Read(b []byte) (int, error) {
	if p.at == p.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(b)), p.size-p.at))
	for i := range n {
		b[i] = byte((p.at + int64(i)) >> 3)
	}
	if p.peak != nil && p.at>>20 != (p.at+int64(n))>>20 { // once each MiB
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		*p.peak = max(*p.peak, m.HeapAlloc)
	}
	p.at += int64(n)
	return n, nil
}

func TestALargeFileNeedsNoMemory(t *testing.T) { //nolint:paralleltest // it measures the memory of the process
	race.Skip(t)
	const size = 64 << 20
	for _, where := range []string{"memory", "disk"} {
		h := newHarness(t, func(cfg *server.Config) {
			if where == "disk" {
				cfg.DataDir = t.TempDir()
			}
		})
		anna := h.as("anna")
		anna.put("/first.txt", "so that the folders are there")
		runtime.GC()
		var before runtime.MemStats
		runtime.ReadMemStats(&before)
		var peak uint64
		anna.davStream("PUT", annaFiles+"/large.bin", &pattern{size: size, peak: &peak}).wants(t, "PUT", 201, "")
		if grown := int64(peak) - int64(before.HeapAlloc); grown > 16<<20 {
			t.Errorf("%s: %d MiB of heap for a file of %d MiB", where, grown>>20, size>>20)
		}
		res := anna.davOpen("GET", annaFiles+"/large.bin", nil)
		got, want := sha256.New(), sha256.New()
		n, err := io.Copy(got, res.Body)
		_ = res.Body.Close()
		if _, wantErr := io.Copy(want, &pattern{size: size}); err != nil || wantErr != nil {
			t.Fatal(err, wantErr)
		}
		if n != size || !bytes.Equal(got.Sum(nil), want.Sum(nil)) {
			t.Errorf("%s: %d bytes came back with sum %s", where, n, hex.EncodeToString(got.Sum(nil)))
		}
	}
}

// blobs returns the contents that a data directory holds.
func blobs(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(dir, store.FilesName), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			out = append(out, path)
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return out
}

func TestAnUploadThatIsCutLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	srv, err := server.Open(t.Context(), server.Config{DataDir: dir, Users: []server.User{{ID: "anna", Password: "secret-anna"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = srv.Close() }()
	web := httptest.NewServer(srv.Handler())
	h := &harness{t: t, srv: srv, url: web.URL}
	anna := h.as("anna")
	anna.put("/a.txt", "as it was")
	anna.dav("MKCOL", "/remote.php/dav/uploads/anna/up", "")
	for _, path := range []string{annaFiles + "/a.txt", annaFiles + "/new.txt", "/remote.php/dav/uploads/anna/up/1"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(web.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YW5uYTpzZWNyZXQtYW5uYQ==\r\nContent-Length: 1000\r\n\r\nonly this", path)
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(conn)
		_ = conn.Close()
		if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 400") {
			t.Errorf("%s: %v %s", path, err, answer)
		}
	}
	if a := anna.dav("GET", annaFiles+"/a.txt", ""); a.body != "as it was" {
		t.Errorf("the old file: %+v", a)
	}
	anna.dav("GET", annaFiles+"/new.txt", "").wants(t, "the new file", 404, "NotFound")
	web.Close()
	if left := blobs(t, dir); len(left) != 1 {
		t.Errorf("on disk: %v", left)
	}
}

func TestContentsGoWithTheirFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := newHarness(t, func(cfg *server.Config) { cfg.DataDir = dir })
	anna := h.as("anna")
	anna.put("/a.txt", "one")
	anna.dav("COPY", annaFiles+"/a.txt", "", "Destination", annaFiles+"/b.txt")
	if n := len(blobs(t, dir)); n != 1 {
		t.Errorf("%d contents of a file and its copy", n)
	}
	anna.put("/a.txt", "two")
	anna.dav("DELETE", annaFiles+"/a.txt", "")
	if a := anna.dav("GET", annaFiles+"/b.txt", ""); a.body != "one" {
		t.Errorf("the copy: %+v", a)
	}
	reading := anna.davOpen("GET", annaFiles+"/b.txt", nil)
	h.as("admin").do("DELETE", "/ocs/v2.php/cloud/users/anna", "")
	if got, err := io.ReadAll(reading.Body); err != nil || string(got) != "one" {
		t.Errorf("who reads goes on: %q %v", got, err)
	}
	_ = reading.Body.Close()
	if left := blobs(t, dir); len(left) != 0 {
		t.Errorf("after the user is gone: %v", left)
	}
}

func TestAServerInMemoryLeavesNoFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	srv, err := server.Open(t.Context(), server.Config{Users: []server.User{{ID: "anna", Password: "secret-anna"}}})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(srv.Handler())
	(&harness{t: t, srv: srv, url: web.URL}).as("anna").put("/a.txt", "one")
	during, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	web.Close()
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(during) != 1 && runtime.GOOS != "windows" || len(after) != 0 {
		t.Errorf("during: %v, after: %v", during, after)
	}
}
