package api

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/confab-go/confab/internal/server/core"
)

// assembled is the name of the file that an upload's pieces will be.
const assembled = ".file"

// serveUploads answers a request for an upload in pieces of the caller.
func (rq *request) serveUploads(t davTarget) error {
	ctx := rq.r.Context()
	if len(t.path) == 0 || len(t.path) > 2 {
		return davNotFound("File not found")
	}
	name := t.path[0]
	if len(t.path) == 2 {
		return rq.serveChunk(name, t)
	}
	switch rq.r.Method {
	case "MKCOL":
		if err := rq.core.BeginUpload(ctx, rq.caller, name); err != nil {
			return err
		}
		rq.davDone(http.StatusCreated)
	case http.MethodDelete:
		if err := rq.core.AbortUpload(ctx, rq.caller, name); err != nil {
			return err
		}
		rq.davDone(http.StatusNoContent)
	case "PROPFIND":
		return rq.propfindUpload(t)
	default:
		return unknownDAVMethod(rq.r.Method)
	}
	return nil
}

func (rq *request) serveChunk(name string, t davTarget) error {
	ctx := rq.r.Context()
	switch rq.r.Method {
	case http.MethodPut:
		if err := rq.checkChunk(t.path[1]); err != nil {
			return err
		}
		if err := rq.core.WriteChunk(ctx, rq.caller, name, t.path[1], rq.upload()); err != nil {
			return err
		}
		rq.davDone(http.StatusCreated)
	case "MOVE":
		if t.path[1] != assembled {
			return davNotFound("File not found")
		}
		return rq.finishUpload(name)
	default:
		return unknownDAVMethod(rq.r.Method)
	}
	return nil
}

// checkChunk refuses the name of a piece. Clients that say with each piece where
// the file will be must number the pieces; those of old name them as they like.
func (rq *request) checkChunk(name string) error {
	if rq.r.Header.Get("Destination") == "" {
		if name == assembled {
			return &davError{status: http.StatusForbidden, exception: davForbidden, message: "Permission denied to create file (filename .file)"}
		}
		return nil
	}
	if number, err := strconv.Atoi(name); err != nil || number < 1 || number > core.MaxChunks {
		return davBadRequest(fmt.Sprintf("Invalid chunk name, must be numeric between 1 and %d", core.MaxChunks))
	}
	return nil
}

// finishUpload puts an upload together where its Destination says.
func (rq *request) finishUpload(name string) error {
	to, overwrite, err := rq.destination()
	if err != nil {
		return err
	}
	total := int64(-1)
	if header := rq.r.Header.Get("OC-Total-Length"); header != "" {
		if total, err = strconv.ParseInt(header, 10, 64); err != nil || total < 0 {
			return davBadRequest("The OC-Total-Length header is no length")
		}
	}
	in := core.NewFile{Path: to, Modified: rq.modified(), Checksum: rq.checksum(), Allowed: rq.condition()}
	if !overwrite {
		in.Allowed = func(_ string, exists bool) bool { return !exists }
	}
	n, created, err := rq.core.FinishUpload(rq.r.Context(), rq.caller, name, total, in)
	if err != nil {
		rq.w.Header().Del("X-OC-MTime")
		return err
	}
	rq.stored(n, created)
	return nil
}
