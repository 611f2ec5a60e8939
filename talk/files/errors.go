package files

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/confab-go/confab/internal/ocs"
)

// What the error of a call can be asked for with [errors.Is], beside the kinds of package talk. The first four are
// conflicts, and match talk's ErrConflict too.
var (
	// ErrExists: there is something at the destination already, and it was not to be replaced.
	ErrExists error = conflict("it exists already")
	// ErrChanged: the file is not, or no longer, the one that the caller means.
	ErrChanged error = conflict("the file has changed")
	// ErrNotFolder: what should be a folder is a file.
	ErrNotFolder error = conflict("it is not a folder")
	// ErrAlreadyShared: the conversation has the file already; see [Service.Share].
	ErrAlreadyShared error = conflict("it is shared with the conversation already")
	// ErrLocked: somebody else holds the file for writing (423).
	ErrLocked = errors.New("the file is locked")
	// ErrQuota: the user's space does not suffice (507).
	ErrQuota = errors.New("not enough space")
	// ErrSize: the content to upload is shorter or longer than was said.
	ErrSize = errors.New("not the size that was said")
)

type conflict string

func (c conflict) Error() string { return string(c) }

// Is makes conflicts of all kinds recognisable as such.
func (c conflict) Is(target error) bool { return target == ocs.ErrConflict }

// explained adds to an error of WebDAV the kind that its status stands for; precondition is what a 412 means.
func explained(err, precondition error) error {
	e, ok := errors.AsType[*ocs.Error](err)
	if !ok {
		return err
	}
	var kind error
	switch {
	case e.StatusCode == http.StatusMethodNotAllowed && e.Method == "MKCOL":
		kind = ErrExists
	case e.StatusCode == http.StatusPreconditionFailed:
		kind = precondition
	case e.StatusCode == http.StatusLocked:
		kind = ErrLocked
	case e.StatusCode == http.StatusInsufficientStorage:
		kind = ErrQuota
	}
	if kind != nil {
		e.Err = because(kind, e.Err)
	}
	return err
}

// because joins a kind of error and its cause, if there is one.
func because(kind, cause error) error {
	if cause == nil {
		return kind
	}
	return errors.Join(kind, cause)
}

// failed makes an error about something at a path that no status tells.
func failed(op, method, path string, err error) error {
	return &ocs.Error{Op: op, Method: method, Path: path, Err: err}
}

// givenUp is the error of a context that has ended, with the cause that was given for it.
func givenUp(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if errors.Is(cause, err) {
		return cause
	}
	return fmt.Errorf("%w: %w", err, cause)
}

// uncertain reports whether a request that failed may have had its effect all the same, or may still have it.
func uncertain(err error) bool {
	e, ok := errors.AsType[*ocs.Error](err)
	if !ok || e.Unsent() || errors.Is(err, ocs.ErrMaintenance) {
		return false
	}
	return errors.Is(err, ocs.ErrConnection) || errors.Is(err, ocs.ErrUnavailable)
}

// repeated reports whether a request was tried more than once, so that an earlier attempt may have had the effect that
// the last one found in its way.
func repeated(err error) bool {
	e, ok := errors.AsType[*ocs.Error](err)
	return ok && e.Attempts > 1
}

func statusIn(err error, codes ...int) bool {
	e, ok := errors.AsType[*ocs.Error](err)
	return ok && slices.Contains(codes, e.StatusCode)
}
