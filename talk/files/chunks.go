package files

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/confab-go/confab/internal/ocs"
)

const (
	// cleanupTime is how long an upload that failed may take to remove its traces.
	cleanupTime = 15 * time.Second
	// assembleTime is how long a server may take to put the chunks of a large file together.
	assembleTime = time.Hour
	// assembleTries is how often the server is asked to put the chunks together, when its answer gets lost.
	assembleTries = 8
)

// chunked sends the content in chunks, of which the server makes the file at the end.
func (u *upload) chunked(ctx context.Context, first *piece) (header http.Header, err error) {
	if err := u.checkDestination(ctx); err != nil {
		return nil, err
	}
	uid, err := u.s.userID(ctx, u.op)
	if err != nil {
		return nil, err
	}
	folder := uploadsRoot + url.PathEscape(uid) + "/confab-" + randomHex()
	defer func() {
		if err != nil {
			err = u.cleanUp(ctx, folder, err)
		}
	}()
	req := u.request("MKCOL", folder)
	if _, err := u.s.send(ctx, req, nil, http.StatusCreated); err != nil && !(errors.Is(err, ErrExists) && repeated(err)) {
		return nil, err
	}
	for n, p := 1, first; ; n++ {
		if n > maxChunks {
			return nil, failed(u.op, "", "", fmt.Errorf("more than %d chunks of %d bytes: %w", maxChunks, u.o.ChunkSize, ocs.ErrTooLarge))
		}
		req := u.request(http.MethodPut, fmt.Sprintf("%s/%05d", folder, n))
		req.Body = u.body(p)
		if _, err := u.s.send(ctx, req, nil, http.StatusCreated, http.StatusNoContent); err != nil {
			return nil, err
		}
		u.progress.at(u.src.pos)
		if p.final {
			break
		}
		if p, err = u.src.next(u.o.ChunkSize); err != nil {
			return nil, failed(u.op, "", "", err)
		}
	}
	u.src.size = u.src.pos // now at the latest it is known
	return u.assemble(ctx, folder)
}

// request makes a request of the upload. All of them name the destination, and a repetition of them does no harm.
func (u *upload) request(method, path string) *ocs.Request {
	h := http.Header{"Destination": {u.s.destination(u.at)}}
	if u.src.size >= 0 {
		h.Set("OC-Total-Length", strconv.FormatInt(u.src.size, 10))
	}
	return &ocs.Request{Op: u.op, Method: method, Path: path, Header: h, Repeatable: true}
}

// checkDestination finds out before anything is sent whether the file could be stored at its path.
func (u *upload) checkDestination(ctx context.Context) error {
	node, err := u.s.stat(ctx, u.op, u.path)
	switch {
	case err == nil:
		switch {
		case node.IsDir: // which the last step would replace with all that is in it
			return failed(u.op, "", "", fmt.Errorf("a folder is at %q: %w", u.path, ErrExists))
		case u.o.NoOverwrite:
			return failed(u.op, "", "", fmt.Errorf("%q: %w", u.path, ErrExists))
		case u.ifMatch != "" && node.ETag != bareETag(u.ifMatch):
			return failed(u.op, "", "", fmt.Errorf("%q: %w", u.path, ErrChanged))
		}
		return nil
	case !errors.Is(err, ocs.ErrNotFound):
		return err
	case u.ifMatch != "":
		return failed(u.op, "", "", fmt.Errorf("%q is not there: %w: %w", u.path, ErrChanged, ocs.ErrNotFound))
	case u.o.MakeDirs:
		return u.s.makeDirs(ctx, u.op, u.path.dir())
	}
	parent, err := u.s.stat(ctx, u.op, u.path.dir())
	if err == nil && !parent.IsDir {
		err = failed(u.op, "", "", fmt.Errorf("%q: %w", parent.Path, ErrNotFolder))
	}
	return err
}

// assemble lets the server put the chunks together. That may take long, and the answer may get lost over it; but the
// chunks are gone once it is done, and nobody else takes them away.
func (u *upload) assemble(ctx context.Context, folder string) (http.Header, error) {
	req := u.request("MOVE", folder+"/.file")
	req.Repeatable = false
	req.Timeout = assembleTime
	u.modified(req.Header)
	if u.o.NoOverwrite {
		req.Header.Set("Overwrite", "F")
	}
	if u.ifMatch != "" {
		if err := u.checkDestination(ctx); err != nil { // for servers that do not know the header
			return nil, err
		}
		req.Header.Set("If", fmt.Sprintf("<%s> ([%s])", u.s.destination(u.at), u.ifMatch))
	}
	pause := 500 * time.Millisecond
	for n := 1; ; n++ {
		header, err := u.s.send(ctx, req, u.refused(), http.StatusCreated, http.StatusNoContent)
		again := uncertain(err) || errors.Is(err, ErrLocked)
		// After the first attempt all failures may come of its success.
		if err == nil || n == 1 && !again {
			return header, err
		}
		if ctx.Err() != nil {
			return nil, err
		}
		gone, lookErr := u.gone(ctx, folder)
		switch {
		case gone:
			return http.Header{}, nil
		case lookErr != nil:
			return nil, failed(u.op, "", "", fmt.Errorf("whether the file was stored could not be found out: %w", errors.Join(err, lookErr)))
		case n == assembleTries || !again:
			return nil, err
		}
		if waitErr := u.s.wait(ctx, pause); waitErr != nil {
			return nil, failed(u.op, "", "", fmt.Errorf("%w: %w", waitErr, err))
		}
		pause = min(2*pause, 15*time.Second)
	}
}

// gone reports whether the folder with the chunks is no longer there.
func (u *upload) gone(ctx context.Context, folder string) (bool, error) {
	req := u.request("PROPFIND", folder)
	req.Header.Set("Depth", "0")
	_, err := u.s.send(ctx, req, nil, http.StatusMultiStatus)
	if errors.Is(err, ocs.ErrNotFound) {
		return true, nil
	}
	return false, err
}

// cleanUp removes the chunks of an upload that failed with err, even when the caller has given up. The server would do
// it by itself after a day.
func (u *upload) cleanUp(ctx context.Context, folder string, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	req := u.request(http.MethodDelete, folder)
	_, cleanErr := u.s.send(ctx, req, nil, http.StatusNoContent, http.StatusOK)
	if cleanErr == nil || errors.Is(cleanErr, ocs.ErrNotFound) {
		return err
	}
	if e, ok := errors.AsType[*ocs.Error](err); ok {
		// As text: what kind of error the upload failed with is not for the cleaning up to say.
		left := errors.New("and what was uploaded could not be removed: " + cleanErr.Error())
		e.Err = because(left, e.Err)
	}
	return err
}

func randomHex() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
