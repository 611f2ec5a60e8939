package ocs

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// What an [*Error] can be asked for with [errors.Is]. More than one may hold:
// a server in maintenance is unavailable too.
var (
	// ErrInvalid: the server refused an argument (400), or an argument was
	// refused before anything was sent; then [Error.Field] names it.
	ErrInvalid = errors.New("talk: invalid argument")
	// ErrUnauthorized: not logged in, or wrong credentials (401).
	ErrUnauthorized = errors.New("talk: unauthorized")
	// ErrForbidden: the caller may not do this (403).
	ErrForbidden = errors.New("talk: forbidden")
	// ErrNotFound: it does not exist, or not for the caller (404).
	ErrNotFound = errors.New("talk: not found")
	// ErrConflict: the state of things is against it (409).
	ErrConflict = errors.New("talk: conflict")
	// ErrTooLarge: what was sent is too large for the server (413).
	ErrTooLarge = errors.New("talk: too large")
	// ErrRateLimited: too many requests (429); see [Error.RetryAfter].
	ErrRateLimited = errors.New("talk: rate limited")
	// ErrUnavailable: the server, or what stands before it, cannot answer
	// now (502, 503, 504).
	ErrUnavailable = errors.New("talk: server unavailable")
	// ErrMaintenance: the server is in maintenance mode, or waits for an upgrade.
	ErrMaintenance = errors.New("talk: server in maintenance")
	// ErrLobby: the conversation's lobby keeps the caller out (412).
	ErrLobby = errors.New("talk: lobby is active")
	// ErrUnsupported: the server lacks a feature, named by [Error.Reason].
	// Nothing was sent.
	ErrUnsupported = errors.New("talk: not supported by the server")
	// ErrBadResponse: what came back is not what this endpoint answers:
	// HTML, cut off, over the limit, of a wrong type. A body that broke off
	// wraps [io.ErrUnexpectedEOF].
	ErrBadResponse = errors.New("talk: bad response")
	// ErrRedirect: the server sent the caller elsewhere, and nothing was sent there.
	ErrRedirect = errors.New("talk: redirect refused")
	// ErrConnection: no answer came: the cause says why.
	ErrConnection = errors.New("talk: no connection")
)

// Error says what was tried, and what came of it. The package's sentinels
// match it with [errors.Is]. It holds no credentials and no query.
type Error struct {
	// Op is what was tried, in words: "send message".
	Op string
	// Method and Path are the request's, without query; empty when nothing was sent.
	Method, Path string
	// StatusCode is the HTTP status, 0 when no answer came. For the routes
	// below /ocs/v1.php, which hide it, it is the one meant.
	StatusCode int
	// OCSCode is the status code in the OCS envelope, 0 when there was none.
	OCSCode int
	// Reason is the machine's word for what is wrong, such as "reply-to", or
	// the feature that is lacking; empty when the server gave none.
	Reason string
	// Message is the server's text for a person; often empty.
	Message string
	// Field names the argument that was refused before anything was sent.
	Field string
	// RetryAfter is how long the server asks to wait (429 and 503); 0 when it
	// does not say.
	RetryAfter time.Duration
	// Attempts is how often the request was tried, 0 when not at all.
	Attempts int
	// Data is the ocs.data of a refusal, for endpoints that put more into it
	// than a reason; nil when there was none.
	Data json.RawMessage
	// Err is the cause, if there is a further one.
	Err error

	kind   error  // the sentinel that the status does not tell
	hint   string // what may be wrong with the set-up
	unsent bool   // nothing of the request reached the server
	// The credentials were refused, whatever was asked for.
	credentials bool
	broken      bool // the connection failed, or its answer was cut off, and may not the next time
}

// Error says what was tried, how the server answered, and what may help.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("talk")
	part := func(s string) {
		if s != "" {
			b.WriteString(": ")
			b.WriteString(s)
		}
	}
	part(e.Op)
	part(strings.TrimSpace(e.Method + " " + e.Path))
	if e.StatusCode != 0 {
		part(strings.TrimSpace(fmt.Sprintf("%d %s", e.StatusCode, http.StatusText(e.StatusCode))))
	}
	part(e.Field)
	switch {
	case e.Is(ErrUnsupported):
		part(fmt.Sprintf("the server does not support %q", e.Reason))
	case e.Is(ErrMaintenance):
		part("the server is in maintenance mode")
		part(e.Reason)
	default:
		part(e.Reason)
	}
	if e.Message != "" && e.Message != e.Reason {
		part(e.Message)
	}
	if e.Err != nil && !strings.Contains(e.Message, e.Err.Error()) {
		part(strings.ReplaceAll(e.Err.Error(), "\n", ": "))
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, " (retry after %v)", e.RetryAfter)
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " (tried %d times)", e.Attempts)
	}
	if h := e.advice(); h != "" {
		b.WriteString("; ")
		b.WriteString(h)
	}
	return b.String()
}

// advice is what a person can do about it, where that is known.
func (e *Error) advice() string {
	switch {
	case e.hint != "":
		return e.hint
	case e.OCSCode == 998 && e.onTalk():
		return "the server knows no such route: Talk is not installed there, or too old, or the conversation token is malformed"
	case e.lobby():
		return "the lobby of the conversation is active"
	}
	return ""
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Unsent reports whether certainly nothing of the request reached the server,
// in any attempt: it was refused before, or no connection came about.
func (e *Error) Unsent() bool {
	return e.unsent || e.Field != "" || e.Is(ErrUnsupported)
}

// Is reports whether the error is of the kind that a sentinel of this package stands for.
func (e *Error) Is(target error) bool {
	if e.kind != nil && e.kind == target {
		return true
	}
	switch target {
	case ErrInvalid:
		return e.StatusCode == http.StatusBadRequest || e.StatusCode == 0 && e.Field != ""
	case ErrUnauthorized:
		return e.StatusCode == http.StatusUnauthorized
	case ErrForbidden:
		return e.StatusCode == http.StatusForbidden
	case ErrNotFound:
		return e.StatusCode == http.StatusNotFound
	case ErrConflict:
		return e.StatusCode == http.StatusConflict
	case ErrTooLarge:
		return e.StatusCode == http.StatusRequestEntityTooLarge
	case ErrRateLimited:
		return e.StatusCode == http.StatusTooManyRequests
	case ErrUnavailable:
		return e.StatusCode == http.StatusBadGateway || e.StatusCode == http.StatusServiceUnavailable ||
			e.StatusCode == http.StatusGatewayTimeout
	case ErrLobby:
		return e.lobby()
	}
	return false
}

// lobby tells the lobby's 412 from that of the CSRF check. Talk gives it no word of its own.
func (e *Error) lobby() bool {
	return e.StatusCode == http.StatusPreconditionFailed && e.onTalk() && e.Reason == "" &&
		!strings.Contains(strings.ToLower(e.Message), "csrf")
}

func (e *Error) onTalk() bool { return strings.Contains(e.Path, "/apps/spreed/") }

// Invalid returns the error for an argument that is refused before anything
// is sent. The format and its arguments make the message, as for [fmt.Errorf].
func Invalid(op, field, format string, args ...any) error {
	cause := fmt.Errorf(format, args...)
	return &Error{Op: op, Field: field, Message: cause.Error(), Err: errors.Unwrap(cause)}
}

// Unsupported returns the error for something that the server cannot do for
// lack of a feature (a capability's name, such as "talk-polls").
func Unsupported(op, feature string) error {
	return &Error{Op: op, Reason: feature, kind: ErrUnsupported}
}

// BadResponse returns the error for an answer that came and cannot be
// understood; err says why.
func BadResponse(op, method, path string, err error) error {
	return &Error{Op: op, Method: method, Path: path, Err: err, kind: ErrBadResponse}
}
