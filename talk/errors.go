package talk

import (
	"errors"

	"github.com/confab-go/confab/internal/ocs"
)

// Error says what was tried, and what came of it. Every call of this package that fails gives one, wrapping its cause.
//
//	var e *talk.Error
//	if errors.As(err, &e) && e.Reason == "reply-to" { … }
//
// Its fields:
//   - Op is what was tried, as in "send message"; Method and Path are the request's, without query
//   - StatusCode is the HTTP status, 0 when no answer came; OCSCode the one in the envelope
//   - Reason is the server's machine word for what is wrong, or the capability that it lacks
//   - Message is the server's text for a person, Data the rest of what it answered
//   - Field names an argument that was refused before anything was sent
//   - RetryAfter is how long the server asks to wait, Attempts how often was tried
//   - Err is the cause, where there is a further one
type Error = ocs.Error

// The kinds of errors, for [errors.Is].
var (
	// ErrInvalid: an argument was refused, by the server (400) or before anything was sent; then [Error].Field names it.
	ErrInvalid = ocs.ErrInvalid
	// ErrUnauthorized: not logged in, or wrong credentials (401).
	ErrUnauthorized = ocs.ErrUnauthorized
	// ErrForbidden: the account may not do this (403).
	ErrForbidden = ocs.ErrForbidden
	// ErrNotFound: there is no such thing, or not for this account (404).
	ErrNotFound = ocs.ErrNotFound
	// ErrConflict: the state of things is against it (409).
	ErrConflict = ocs.ErrConflict
	// ErrTooLarge: more was sent than the server takes (413), or would have been.
	ErrTooLarge = ocs.ErrTooLarge
	// ErrRateLimited: too many requests (429); [Error].RetryAfter says how long to wait.
	ErrRateLimited = ocs.ErrRateLimited
	// ErrUnavailable: the server, or what stands before it, cannot answer now (502, 503, 504).
	ErrUnavailable = ocs.ErrUnavailable
	// ErrMaintenance: the server is in maintenance mode, or waits for an upgrade. It is unavailable, too.
	ErrMaintenance = ocs.ErrMaintenance
	// ErrLobby: the lobby of the conversation holds the account back (412).
	ErrLobby = ocs.ErrLobby
	// ErrUnsupported: the server lacks the capability that [Error].Reason names. Nothing was sent.
	ErrUnsupported = ocs.ErrUnsupported
	// ErrBadResponse: what came back is not an answer of Nextcloud: HTML, cut off, too long, of a wrong type.
	ErrBadResponse = ocs.ErrBadResponse
	// ErrRedirect: the server sent the client to another host. Nothing was sent there.
	ErrRedirect = ocs.ErrRedirect
	// ErrConnection: no answer came at all.
	ErrConnection = ocs.ErrConnection
	// ErrUncertain: the connection broke when a message or file was sent, and whether it arrived could not be found out either. It
	// wraps why. Before it is sent again it is to be looked for, by its reference id.
	ErrUncertain = errors.New("whether the message arrived could not be found out")
)
