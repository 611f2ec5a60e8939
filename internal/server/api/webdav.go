package api

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/confab-go/confab/internal/server/core"
)

// davArea is a part of the tree that WebDAV serves.
type davArea int

const (
	davNowhere davArea = iota
	davFiles           // the files of a user
	davUploads         // uploads in pieces
)

// davTarget is what a WebDAV path names.
type davTarget struct {
	area davArea
	user string   // whose; "" is the caller
	path []string // in the user's files, or the upload and its piece
	base string   // what the user's root is called in answers, without the slash at the end
}

const davMethods = "OPTIONS, GET, HEAD, DELETE, PROPFIND, PUT, COPY, MOVE"

// isDAV reports whether a request is WebDAV's, which knows neither OCS nor JSON.
func (rq *request) isDAV() bool {
	return len(rq.segments) > 1 && rq.segments[0] == "remote.php" && (rq.segments[1] == "dav" || rq.segments[1] == "webdav")
}

// davPath tells what the segments of a path after remote.php name.
func (rq *request) davPath(segments []string) davTarget {
	rest := make([]string, 0, len(segments))
	for _, s := range segments[1:] {
		if s != "" {
			rest = append(rest, s)
		}
	}
	prefix := ""
	if u, err := url.Parse(rq.base()); err == nil {
		prefix = strings.TrimRight(u.EscapedPath(), "/")
	}
	switch {
	case segments[0] == "webdav":
		return davTarget{area: davFiles, user: rq.caller.UserID, path: rest, base: prefix + "/remote.php/webdav"}
	case segments[0] != "dav" || len(rest) < 2:
		return davTarget{}
	}
	t := davTarget{user: rest[1], path: rest[2:], base: prefix + "/remote.php/dav/" + rest[0] + "/" + davEscape(rest[1])}
	switch rest[0] {
	case "files":
		t.area = davFiles
	case "uploads":
		t.area = davUploads
	}
	return t
}

// davEscape escapes a part of a path as Nextcloud does.
func davEscape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("_-.~()", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
	}
	return b.String()
}

// serveDAV answers a WebDAV request.
func (rq *request) serveDAV() {
	h := rq.w.Header()
	h.Set("X-Request-Id", rq.id)
	h.Set("Cache-Control", "no-store, no-cache, must-revalidate")
	err := rq.davLogin()
	if err == nil {
		h.Set("X-User-Id", rq.caller.UserID)
		err = rq.davAnswer()
	}
	if err != nil {
		rq.sendDAVError(err)
	}
}

// davLogin requires an account. A cookie proves one only together with the
// header that no other site's page can send.
func (rq *request) davLogin() error {
	if _, ok := rq.authenticate(); ok && rq.caller.UserID != "" &&
		(rq.r.Header.Get("Authorization") != "" || rq.r.Header.Get("OCS-APIRequest") != "") {
		return nil
	}
	reason := "No 'Authorization: Basic' header found. Either the client didn't send one, or the server is misconfigured"
	if rq.r.Header.Get("Authorization") != "" {
		reason = "Username or password was incorrect"
	}
	return &davError{
		status: http.StatusUnauthorized, exception: `Sabre\DAV\Exception\NotAuthenticated`, message: reason,
		header: map[string]string{"WWW-Authenticate": `Basic realm="Nextcloud", charset="UTF-8"`},
	}
}

func (rq *request) davAnswer() error {
	if rq.r.Method == http.MethodOptions {
		h := rq.w.Header()
		h.Set("DAV", "1, 3")
		h.Set("Allow", davMethods+", MKCOL")
		h.Set("MS-Author-Via", "DAV")
		h.Set("Accept-Ranges", "bytes")
		h.Set("Content-Length", "0")
		return nil
	}
	t := rq.davPath(rq.segments[1:])
	switch t.area {
	case davFiles:
		if t.user == rq.caller.UserID {
			return rq.serveFiles(t)
		}
		return foreignFiles(rq.r.Method, t)
	case davUploads:
		if t.user == rq.caller.UserID {
			return rq.serveUploads(t)
		}
		return &davError{status: http.StatusForbidden, exception: davForbidden, message: "Permission denied"}
	default:
		return davNotFound("File not found in '" + rq.segments[1] + "'")
	}
}

// foreignFiles refuses the files of somebody else, which look as if there were none.
func foreignFiles(method string, t davTarget) error {
	switch {
	case len(t.path) == 0:
		return davNotFound("Principal with name " + t.user + " not found")
	case len(t.path) == 1 && method == http.MethodPut:
		return &davError{status: http.StatusForbidden, exception: davForbidden, message: "Permission denied to create file (filename " + t.path[0] + ")"}
	case len(t.path) == 1 && method == "MKCOL":
		return &davError{status: http.StatusForbidden, exception: davForbidden, message: "Permission denied to create directory"}
	default:
		return davNotFound("File not found: " + t.path[0] + " in '" + t.user + "'")
	}
}

// destination reads where a MOVE or COPY goes, which has to be among the caller's files.
func (rq *request) destination() (path []string, overwrite bool, err error) {
	header := rq.r.Header.Get("Destination")
	if header == "" {
		return nil, false, davBadRequest("The destination header was not supplied")
	}
	u, err := url.Parse(header)
	if err != nil {
		return nil, false, davBadRequest("The destination header is no address")
	}
	_, tail, ok := strings.Cut(u.EscapedPath(), "/remote.php/")
	outside := &davError{
		status: http.StatusForbidden, exception: davForbidden,
		message: "Requested uri (" + u.EscapedPath() + ") is out of base uri",
	}
	if !ok {
		return nil, false, outside
	}
	segments := strings.Split(tail, "/")
	for i, s := range segments {
		if segments[i], err = url.PathUnescape(s); err != nil {
			return nil, false, davBadRequest("The destination header is no address")
		}
	}
	t := rq.davPath(segments)
	if t.area != davFiles || t.user != rq.caller.UserID {
		return nil, false, outside
	}
	switch strings.ToUpper(rq.r.Header.Get("Overwrite")) {
	case "", "T":
		return t.path, true, nil
	case "F":
		return t.path, false, nil
	default:
		return nil, false, davBadRequest("The HTTP Overwrite header should be either T or F")
	}
}

// readPatience is how long an upload may stand still.
const readPatience = time.Minute

// upload is the request's body, which may take any time as long as it moves.
func (rq *request) upload() io.Reader {
	return &upload{r: rq.r.Body, control: http.NewResponseController(rq.w)}
}

type upload struct {
	r       io.Reader
	control *http.ResponseController
}

func (u *upload) Read(p []byte) (int, error) {
	// The connection's deadline is the machine's time. Where there is none to set, there is none to extend.
	_ = u.control.SetReadDeadline(time.Now().Add(readPatience)) //nolint:forbidigo // as the line above says
	n, err := u.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &uploadError{err}
	}
	return n, err
}

// uploadError says that the client's part of an upload failed.
type uploadError struct{ err error }

func (e *uploadError) Error() string { return "read upload: " + e.err.Error() }
func (e *uploadError) Unwrap() error { return e.err }

// modified reads when the client says that a file was changed, 0 for not said.
func (rq *request) modified() int64 {
	header := rq.r.Header.Get("X-OC-Mtime")
	if header == "" {
		return 0
	}
	rq.w.Header().Set("X-OC-MTime", "accepted")
	return max(0, phpInt(header))
}

// stored answers with a file that was written.
func (rq *request) stored(n core.Node, created bool) {
	h := rq.w.Header()
	h.Set("OC-FileId", rq.fileID(n.ID))
	h.Set("ETag", `"`+n.ETag+`"`)
	h.Set("OC-ETag", `"`+n.ETag+`"`)
	status := http.StatusNoContent
	if created {
		status = http.StatusCreated
	}
	rq.davDone(status)
}

// davDone answers without a body.
func (rq *request) davDone(status int) {
	rq.w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	if status != http.StatusNoContent {
		rq.w.Header().Set("Content-Length", "0")
	}
	rq.w.WriteHeader(status)
}
