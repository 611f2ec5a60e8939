package api

import (
	"encoding/xml"
	"errors"
	"net/http"
	"strings"

	"github.com/confab-go/confab/internal/server/core"
	"github.com/confab-go/confab/internal/server/store"
)

const (
	davForbidden = `Sabre\DAV\Exception\Forbidden`
	davConflict  = `Sabre\DAV\Exception\Conflict`
)

// davError is a refusal in the words of Sabre, which Nextcloud's WebDAV is made with.
type davError struct {
	status    int
	exception string
	message   string
	reason    string // of a name that cannot be
	header    map[string]string
}

func (e *davError) Error() string { return e.message }

func davNotFound(message string) *davError {
	return &davError{status: http.StatusNotFound, exception: `Sabre\DAV\Exception\NotFound`, message: message}
}

func davBadRequest(message string) *davError {
	return &davError{status: http.StatusBadRequest, exception: `Sabre\DAV\Exception\BadRequest`, message: message}
}

// sendDAVError answers with an error.
func (rq *request) sendDAVError(err error) {
	e := rq.davRefusal(err)
	h := rq.w.Header()
	for k, v := range e.header {
		h.Set(k, v)
	}
	h.Set("Content-Type", "application/xml; charset=utf-8")
	h.Del("Content-Length")
	rq.w.WriteHeader(e.status)
	if rq.r.Method == http.MethodHead {
		return
	}
	extra, space := "", ""
	if e.reason != "" {
		space = ` xmlns:o="o:"`
		extra = "  <o:retry>false</o:retry>\n  <o:reason>" + xmlText(e.reason) + "</o:reason>\n"
	}
	_, _ = rq.w.Write([]byte(`<?xml version="1.0" encoding="utf-8"?>` + "\n" + `<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"` + space + ">\n" + // a client that is gone cannot be told
		"  <s:exception>" + xmlText(e.exception) + "</s:exception>\n  <s:message>" + xmlText(e.message) + "</s:message>\n" +
		extra + "</d:error>\n"))
}

// quotes are written as PHP writes them.
var quotes = strings.NewReplacer("&#39;", "'", "&#34;", "&quot;")

func xmlText(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder takes everything
	return quotes.Replace(b.String())
}

// davRefusal tells how an error is answered.
func (rq *request) davRefusal(err error) *davError {
	var known *davError
	var file *core.FileError
	var cut *uploadError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &file):
		return fileRefusal(rq.r.Method, file)
	case errors.As(err, &cut):
		return davBadRequest("The request's body ended before all of it was there")
	case errors.Is(err, store.ErrClosed), rq.r.Context().Err() != nil:
		return &davError{status: http.StatusServiceUnavailable, exception: `Sabre\DAV\Exception\ServiceUnavailable`, message: "The server is stopping"}
	}
	rq.log.Error("request failed", "method", rq.r.Method, "path", rq.r.URL.Path, "request", rq.id, "error", err)
	return &davError{status: http.StatusInternalServerError, exception: "Exception", message: "Internal Server Error"}
}

func fileRefusal(method string, e *core.FileError) *davError {
	conflict := func(message string) *davError {
		return &davError{status: http.StatusConflict, exception: davConflict, message: message}
	}
	switch e.Problem {
	case core.FileMissing:
		if len(e.Path) == 0 {
			return davNotFound("File not found")
		}
		last := len(e.Path) - 1
		return davNotFound("File with name " + core.JoinPath(e.Path[:last]) + "/" + e.Path[last] + " could not be located")
	case core.FileExists:
		return &davError{
			status: http.StatusMethodNotAllowed, exception: `Sabre\DAV\Exception\MethodNotAllowed`,
			message: "The resource you tried to create already exists", header: map[string]string{"Allow": davMethods},
		}
	case core.FileParentMissing:
		if method == "MKCOL" {
			return conflict("Parent node does not exist")
		}
		return conflict("The destination node is not found")
	case core.FileNotAFolder:
		if method == http.MethodPut {
			return conflict("Files can only be created as children of collections")
		}
		return conflict("Parent node is not a collection")
	case core.FileIsAFolder:
		return conflict("PUT is not allowed on non-files.")
	case core.FileChanged:
		message := "An If-Match or If-None-Match header was specified, and the file is in another state"
		if method == "MOVE" || method == "COPY" {
			message = "The destination node already exists, and the overwrite header is set to false"
		}
		return &davError{status: http.StatusPreconditionFailed, exception: `Sabre\DAV\Exception\PreconditionFailed`, message: message}
	case core.FileBadName:
		return &davError{status: http.StatusBadRequest, exception: `OCA\DAV\Connector\Sabre\Exception\InvalidPath`, message: e.Detail, reason: e.Detail}
	case core.FileSamePath:
		return &davError{status: http.StatusForbidden, exception: davForbidden, message: "Source and destination uri are identical."}
	case core.FileInsideSelf:
		return conflict("The destination may not be part of the same subtree as the source path.")
	case core.FileTooMany:
		return &davError{status: http.StatusInsufficientStorage, exception: `Sabre\DAV\Exception\InsufficientStorage`, message: e.Detail}
	case core.FileBadUpload:
		return davBadRequest(e.Detail)
	default:
		return &davError{status: http.StatusForbidden, exception: davForbidden, message: "Permission denied"}
	}
}
