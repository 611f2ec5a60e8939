package server_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/server"
)

const annaUploads = "/remote.php/dav/uploads/anna"

func TestUploadInPieces(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := newHarness(t, func(cfg *server.Config) { cfg.DataDir = dir })
	anna := h.as("anna")
	to := []string{"Destination", h.url + annaFiles + "/whole.txt"}
	chunk := func(n int, content string, status int) {
		t.Helper()
		anna.dav("PUT", annaUploads+"/up/"+strconv.Itoa(n), content, to...).wants(t, "piece "+strconv.Itoa(n), status, "")
	}
	finish := func(total int) davAnswer {
		t.Helper()
		return anna.dav("MOVE", annaUploads+"/up/.file", "", append(to, "OC-Total-Length", strconv.Itoa(total), "X-OC-Mtime", "1700000000")...)
	}
	chunk(1, "too early", 404)
	anna.dav("MKCOL", annaUploads+"/up", "", to...).wants(t, "begin", 201, "")
	anna.dav("MKCOL", annaUploads+"/up", "", to...).wants(t, "begin again", 405, "MethodNotAllowed")
	chunk(10, "end", 201) // in any order: parts are sent at the same time
	chunk(2, "broken", 201)
	chunk(2, "middle ", 201) // sent once more
	chunk(0, "x", 400)
	chunk(10001, "x", 400)
	anna.dav("PUT", annaUploads+"/up/first", "x", to...).wants(t, "a name", 400, "BadRequest")
	anna.dav("PUT", annaUploads+"/up/.file", "x").wants(t, "the whole", 403, "Forbidden")
	finish(17).wants(t, "one is missing", 400, "BadRequest")

	// Who comes back asks what has arrived.
	have := anna.dav("PROPFIND", annaUploads+"/up", `<propfind xmlns="DAV:"><prop><getcontentlength/></prop></propfind>`, "Depth", "1")
	for _, want := range []string{"/up/2</d:href>", "<d:getcontentlength>7<", "/up/10</d:href>", "<d:getcontentlength>3<"} {
		if !strings.Contains(have.body, want) {
			t.Errorf("pieces: no %s in %s", want, have.body)
		}
	}
	chunk(1, "begin, ", 201)
	anna.dav("MOVE", annaUploads+"/up/.file", "", "Destination", h.url+annaFiles+"/no/such").wants(t, "no folder", 404, "NotFound")
	anna.dav("MOVE", annaUploads+"/up/.file", "").wants(t, "no destination", 400, "BadRequest")
	anna.dav("MOVE", annaUploads+"/up/.file", "", append(to, "OC-Total-Length", "many")...).wants(t, "no length", 400, "BadRequest")
	a := finish(17)
	a.wants(t, "finish", 201, "")
	if a.header.Get("OC-FileId") == "" || a.header.Get("ETag") == "" || a.header.Get("X-OC-MTime") != "accepted" {
		t.Errorf("finish: %v", a.header)
	}
	got := anna.dav("GET", annaFiles+"/whole.txt", "")
	if got.body != "begin, middle end" || got.header.Get("Last-Modified") != "Tue, 14 Nov 2023 22:13:20 GMT" {
		t.Errorf("whole: %+v", got)
	}
	finish(17).wants(t, "finish again", 404, "NotFound")
	if left := blobs(t, dir); len(left) != 1 {
		t.Errorf("on disk: %v", left)
	}

	anna.dav("MKCOL", annaUploads+"/up", "")
	chunk(1, "new", 201)
	anna.dav("MOVE", annaUploads+"/up/.file", "", append(to, "Overwrite", "F")...).wants(t, "not over", 412, "PreconditionFailed")
	finish(3).wants(t, "over", 204, "")

	anna.dav("MKCOL", annaUploads+"/up", "")
	chunk(1, "given up", 201)
	anna.dav("DELETE", annaUploads+"/up", "").wants(t, "abort", 204, "")
	anna.dav("PROPFIND", annaUploads+"/up", "").wants(t, "aborted", 404, "NotFound")
	if left := blobs(t, dir); len(left) != 1 {
		t.Errorf("on disk after giving up: %v", left)
	}
}

// TestUploadInNamedPieces uploads as clients of old do, among them rclone: each
// piece is named by its place, and says nothing of where the file will be.
func TestUploadInNamedPieces(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	anna.dav("MKCOL", annaUploads+"/old", "").wants(t, "begin", 201, "")
	for name, content := range map[string]string{"100-199": "two ", "0-99": "one ", "1000-1010": "four", "000200-000999": "three "} {
		anna.dav("PUT", annaUploads+"/old/"+name, content).wants(t, "piece "+name, 201, "")
	}
	const sum = "SHA1:da39a3ee5e6b4b0d3255bfef95601890afd80709"
	anna.dav("MOVE", annaUploads+"/old/.file", "", "Destination", h.url+annaFiles+"/old.txt", "OC-Checksum", sum).wants(t, "finish", 201, "")
	got := anna.dav("GET", annaFiles+"/old.txt", "")
	if got.body != "one two three four" || got.header.Get("OC-Checksum") != sum {
		t.Errorf("whole: %+v", got)
	}

	const ask = `<propfind xmlns="DAV:"><prop><checksums xmlns="http://owncloud.org/ns"/></prop></propfind>`
	has := func(name, want string) {
		t.Helper()
		if a := anna.dav("PROPFIND", annaFiles+"/"+name, ask, "Depth", "0"); !strings.Contains(a.body, want) {
			t.Errorf("no %s in %s", want, a.body)
		}
	}
	has("old.txt", "<oc:checksums><oc:checksum>"+sum+"</oc:checksum></oc:checksums>")
	anna.dav("COPY", annaFiles+"/old.txt", "", "Destination", h.url+annaFiles+"/copy.txt").wants(t, "copy", 201, "")
	has("copy.txt", sum)
	anna.dav("PUT", annaFiles+"/old.txt", "another").wants(t, "overwrite", 204, "")
	has("old.txt", "<oc:checksums/></d:prop><d:status>HTTP/1.1 404 Not Found")
	anna.dav("PUT", annaFiles+"/odd.txt", "x", "OC-Checksum", "<a/>&").wants(t, "no checksum, but kept", 201, "")
	has("odd.txt", "<oc:checksum>&lt;a/&gt;&amp;</oc:checksum>")
}

func TestForgottenUploadsEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	clock := &clock{now: time.Unix(1795486400, 0)}
	h := newHarness(t, func(cfg *server.Config) { cfg.DataDir, cfg.Now = dir, clock.Now })
	anna := h.as("anna")
	anna.dav("MKCOL", annaUploads+"/old", "")
	anna.dav("PUT", annaUploads+"/old/1", "forgotten")
	clock.advance(23 * time.Hour)
	anna.dav("MKCOL", annaUploads+"/young", "")
	anna.dav("PROPFIND", annaUploads+"/old", "").wants(t, "within a day", http.StatusMultiStatus, "")
	clock.advance(2 * time.Hour)
	anna.dav("MKCOL", annaUploads+"/new", "")
	anna.dav("PROPFIND", annaUploads+"/old", "").wants(t, "after a day", http.StatusNotFound, "")
	anna.dav("PROPFIND", annaUploads+"/young", "").wants(t, "the younger one", http.StatusMultiStatus, "")
	if left := blobs(t, dir); len(left) != 0 {
		t.Errorf("on disk: %v", left)
	}
}
