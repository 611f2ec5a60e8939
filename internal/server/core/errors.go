package core

import (
	"errors"

	"github.com/confab-go/confab/internal/server/store"
)

// Kind says what sort of refusal an Error is.
type Kind int

// The kinds of refusal.
const (
	Invalid Kind = iota + 1
	Forbidden
	NotFound
	Conflict
	LobbyActive
	TooLarge
	NotImplemented
	NotAllowed    // not for what this is
	NotConfigured // switched off on this server
)

func (k Kind) String() string {
	switch k {
	case Invalid:
		return "invalid"
	case Forbidden:
		return "forbidden"
	case NotFound:
		return "not found"
	case Conflict:
		return "conflict"
	case LobbyActive:
		return "lobby is active"
	case TooLarge:
		return "too large"
	case NotImplemented:
		return "not implemented"
	case NotAllowed:
		return "not allowed"
	case NotConfigured:
		return "not configured"
	default:
		return "refused"
	}
}

// Error is a refusal by a rule of Talk.
type Error struct {
	Kind   Kind
	Reason string // the word that Talk's API gives, "" for none
	Access bool   // refused before the operation began: not there, or not allowed in
}

func (e *Error) Error() string {
	if e.Reason == "" {
		return e.Kind.String()
	}
	return e.Kind.String() + ": " + e.Reason
}

func refuse(kind Kind, reason string) error { return &Error{Kind: kind, Reason: reason} }

func deny(kind Kind) error { return &Error{Kind: kind, Access: true} }

func isNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }

func isRefusal(err error) bool {
	_, refused := errors.AsType[*Error](err)
	return refused
}

// orRefuse turns "no such row" into a refusal and keeps every other error.
func orRefuse(err error, kind Kind, reason string) error {
	if isNotFound(err) {
		return refuse(kind, reason)
	}
	return err
}

// refuseAs gives a refusal another kind and keeps every other error.
func refuseAs(err error, kind Kind) error {
	if refused, ok := errors.AsType[*Error](err); ok {
		return refuse(kind, refused.Reason)
	}
	return err
}
