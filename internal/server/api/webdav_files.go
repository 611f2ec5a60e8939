package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/confab-go/confab/internal/server/core"
)

// serveFiles answers a request for a file or folder of the caller.
func (rq *request) serveFiles(t davTarget) error {
	ctx := rq.r.Context()
	switch rq.r.Method {
	case http.MethodGet, http.MethodHead:
		return rq.getFile(t)
	case http.MethodPut:
		return rq.putFile(t)
	case "PROPFIND":
		return rq.propfindFiles(t)
	case "MKCOL":
		if err := rq.refuseBody(); err != nil {
			return err
		}
		n, err := rq.core.MakeFolder(ctx, rq.caller, t.path)
		if err != nil {
			return err
		}
		rq.w.Header().Set("OC-FileId", rq.fileID(n.ID))
		rq.davDone(http.StatusCreated)
		return nil
	case http.MethodDelete:
		if err := rq.core.DeleteFile(ctx, rq.caller, t.path, rq.condition()); err != nil {
			return err
		}
		rq.davDone(http.StatusNoContent)
		return nil
	case "MOVE":
		return rq.relocate(t, rq.core.MoveFile)
	case "COPY":
		return rq.relocate(t, rq.core.CopyFile)
	default:
		return unknownDAVMethod(rq.r.Method)
	}
}

func unknownDAVMethod(method string) error {
	return &davError{
		status: http.StatusNotImplemented, exception: `Sabre\DAV\Exception\NotImplemented`,
		message: "There was no plugin in the system that was willing to handle this " + method + " method.",
		header:  map[string]string{"Allow": davMethods + ", MKCOL"},
	}
}

// refuseBody refuses what an extended MKCOL says: there are no kinds of folders here.
func (rq *request) refuseBody() error {
	if n, _ := rq.r.Body.Read(make([]byte, 1)); n == 0 { // what cannot be read says nothing either
		return nil
	}
	return &davError{
		status: http.StatusUnsupportedMediaType, exception: `Sabre\DAV\Exception\UnsupportedMediaType`,
		message: "The request body for the MKCOL request must be empty",
	}
}

// fileID is the id of a file among all servers.
func (rq *request) fileID(id int64) string { return fmt.Sprintf("%08d%s", id, rq.core.InstanceID()) }

func (rq *request) getFile(t davTarget) error {
	n, err := rq.core.Stat(rq.r.Context(), rq.caller, t.path)
	if err != nil {
		return err
	}
	if n.Folder {
		rq.write(http.StatusOK, "text/plain; charset=utf-8",
			[]byte("This is the WebDAV interface. It can only be accessed by WebDAV clients such as the Nextcloud desktop sync client."))
		return nil
	}
	n, f, err := rq.core.ReadFile(rq.r.Context(), rq.caller, t.path)
	if err != nil {
		return err
	}
	defer f.Close()
	rq.serveContent(n, f)
	return nil
}

// serveContent answers with a file, or with the part of it that is asked for.
func (rq *request) serveContent(n core.Node, f io.ReadSeeker) {
	h := rq.w.Header()
	kind := n.MimeType
	if strings.HasPrefix(kind, "text/") {
		kind += ";charset=UTF-8"
	}
	h.Set("Content-Type", kind)
	h.Set("ETag", `"`+n.ETag+`"`)
	h.Set("OC-ETag", `"`+n.ETag+`"`)
	if n.Checksum != "" {
		h.Set("OC-Checksum", n.Checksum)
	}
	name := strings.ReplaceAll(url.QueryEscape(n.Path[len(n.Path)-1]), "+", "%20")
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+name+`; filename="`+name+`"`)
	// Somebody else's file must not run in the name of this server.
	h.Set("Content-Security-Policy", "default-src 'none';")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Del("Cache-Control")
	http.ServeContent(rq.w, rq.r, "", time.Unix(n.Modified, 0), f)
}

func (rq *request) putFile(t davTarget) error {
	if rq.r.Header.Get("Content-Range") != "" {
		return davBadRequest("Content-Range on PUT requests are forbidden.")
	}
	n, created, err := rq.core.WriteFile(rq.r.Context(), rq.caller, core.NewFile{
		Path: t.path, Content: rq.upload(), Modified: rq.modified(), Checksum: rq.checksum(), Allowed: rq.condition(),
	})
	if err != nil {
		rq.w.Header().Del("X-OC-MTime")
		return err
	}
	rq.stored(n, created)
	return nil
}

// maxChecksum is how long what a client says of its file may be.
const maxChecksum = 255

// checksum reads what the client says of a file that it writes. It is not
// checked: it is told to those who read the file.
func (rq *request) checksum() string {
	sum := strings.TrimSpace(rq.r.Header.Get("OC-Checksum"))
	if len(sum) > maxChecksum || strings.ContainsFunc(sum, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ""
	}
	return sum
}

// condition returns what If-Match and If-None-Match want of a file that is there, nil for nothing.
func (rq *request) condition() func(etag string, exists bool) bool {
	match, noneMatch := rq.r.Header.Get("If-Match"), rq.r.Header.Get("If-None-Match")
	if match == "" && noneMatch == "" {
		return nil
	}
	return func(etag string, exists bool) bool {
		if match != "" && !(exists && anyETag(match, etag)) {
			return false
		}
		return noneMatch == "" || !(exists && anyETag(noneMatch, etag))
	}
}

// anyETag reports whether a header names an ETag, or any with a star.
func anyETag(header, etag string) bool {
	return strings.TrimSpace(header) == "*" || slices.ContainsFunc(strings.Split(header, ","), func(s string) bool {
		return strings.Trim(strings.TrimPrefix(strings.TrimSpace(s), "W/"), `"`) == etag
	})
}

// relocation moves or copies.
type relocation func(ctx context.Context, caller core.Caller, from, to []string, overwrite bool) (n core.Node, overwritten bool, err error)

// relocate answers a MOVE or COPY.
func (rq *request) relocate(t davTarget, act relocation) error {
	to, overwrite, err := rq.destination()
	if err != nil {
		return err
	}
	n, overwritten, err := act(rq.r.Context(), rq.caller, t.path, to, overwrite)
	if err != nil {
		return err
	}
	rq.stored(n, !overwritten)
	return nil
}
