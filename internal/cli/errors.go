package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/internal/server"
	"github.com/confab-go/confab/talk"
)

// The exit codes, which the help topic "exit-codes" explains.
const (
	exitOK           = 0
	exitFailed       = 1
	exitUsage        = 2
	exitUnauthorized = 4
	exitNotFound     = 5
	exitSilence      = 6
)

// usageError is for a command line that cannot be meant.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// accountError says which part of the account is not given, or what else there is to do for one.
type accountError struct {
	missing []string
	next    string
}

func (e *accountError) Error() string {
	if e.missing == nil {
		return "no account: " + e.next
	}
	verb := "is"
	if len(e.missing) > 1 {
		verb = "are"
	}
	return fmt.Sprintf("no account: %s %s not set; 'confab auth login' stores one, 'confab help environment' tells more, and 'confab demo' needs none", strings.Join(e.missing, ", "), verb)
}

// missingError is for what a person named and the server, or the conversation, does not have.
type missingError struct{ what, next string }

func (e *missingError) Error() string { return e.what + "; " + e.next }

func exitCode(err error) int {
	var (
		usage   *usageError
		account *accountError
		missing *missingError
		silence *silenceError
	)
	switch {
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &silence):
		return exitSilence
	case errors.As(err, &account), errors.Is(err, talk.ErrUnauthorized):
		return exitUnauthorized
	case errors.As(err, &missing):
		return exitNotFound
	case errors.Is(err, talk.ErrBadResponse): // a page of some other server, whatever its status
		return exitFailed
	case errors.Is(err, talk.ErrNotFound):
		return exitNotFound
	}
	return exitFailed
}

// explain tells an error in one line that ends with what to do next, where that is known.
func explain(ctx context.Context, err error, command string, to target) string {
	if err == context.Canceled { //nolint:errorlint // nothing more is known then; what wraps it says more
		return "interrupted"
	}
	text := inWords(err)
	if next := nextStep(ctx, err, command, to); next != "" {
		text += "; " + next
	}
	return render.Form{Terminal: true}.Value(text)
}

// inWords tells an error without the method and path of its request: those are in the debug log, and a person wants to know
// what failed.
func inWords(err error) string {
	e, ok := errors.AsType[*talk.Error](err)
	if !ok {
		return err.Error()
	}
	short := *e
	short.Method, short.Path = "", ""
	return strings.Replace(err.Error(), e.Error(), strings.TrimPrefix(short.Error(), "talk: "), 1)
}

func nextStep(ctx context.Context, err error, command string, to target) string {
	var (
		usage   *usageError
		missing *missingError
		dns     *net.DNSError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		e       *talk.Error
	)
	switch {
	case errors.As(err, &usage):
		return fmt.Sprintf("see '%s --help'", command)
	case errors.As(err, &missing):
		return ""
	case ctx.Err() != nil:
		return "interrupted"
	case errors.Is(err, server.ErrInUse):
		return "stop the server that runs on it first"
	case !errors.As(err, &e):
		return ""
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("is the server at %s running? 'confab serve' starts one here", to.url)
	case errors.As(err, &dns), errors.As(err, &record):
		return to.address("is %s right?")
	case errors.As(err, &cert):
		return "the server's certificate is not one that this machine trusts"
	case errors.Is(err, talk.ErrUnauthorized):
		if to.stored {
			return fmt.Sprintf("log in again: 'confab auth login %s'", to.url)
		}
		return "check CONFAB_USER and CONFAB_PASSWORD: an app password comes from the security settings of your Nextcloud"
	case errors.Is(err, talk.ErrUnsupported):
		return "the server is too old for it, or has it switched off"
	case errors.Is(err, talk.ErrBadResponse):
		return to.address("is there a Nextcloud with Talk at %s?")
	case errors.Is(err, talk.ErrRedirect):
		if to.stored {
			return "log in at the address that the server answers at itself"
		}
		return "set CONFAB_URL to the address that the server answers at itself"
	case errors.Is(err, talk.ErrNotFound) && ofTalk(e):
		return "'confab conversation list' shows the conversations you take part in"
	case reasonStep(e) != "":
		return reasonStep(e)
	case errors.Is(err, talk.ErrForbidden) && ofTalk(e) && e.Message == "": // else the server has said what is wanted
		return "your role or the conversation does not permit it: 'confab conversation view' tells both"
	case errors.Is(err, talk.ErrLobby):
		return "wait until a moderator opens the conversation"
	case errors.Is(err, talk.ErrMaintenance), errors.Is(err, talk.ErrUnavailable), errors.Is(err, talk.ErrRateLimited):
		return "try again later"
	}
	return ""
}

// reasonStep tells what to do about a refusal by the server's word for it.
func reasonStep(e *talk.Error) string {
	if !ofTalk(e) || e.StatusCode == 0 {
		return ""
	}
	switch e.Reason {
	case "reply-to":
		return "--reply-to takes the id of a message that somebody wrote in this conversation"
	case "send-at":
		return "the time has passed, by the server's clock"
	case "last-moderator":
		return "the last moderator cannot go while others stay"
	case "preserved":
		return "its owner can permit it again: 'confab conversation edit --preserved=false'"
	case "mode":
		if strings.HasSuffix(e.Path, "/switch") {
			return "participants cannot choose their breakout room here: moderators move them"
		}
		if strings.Contains(e.Path, "/breakout-rooms") {
			return "the conversation has no breakout rooms: 'confab breakout-room create' makes them"
		}
	case "object-type":
		if strings.HasSuffix(e.Path, "/object") {
			return "the conversation was not made for an event or a call, so it stays anyway"
		}
	case "config":
		return "the server's administrator has not set it up"
	case "object":
		return "an object of this type is not known to the server, or needs other NAME=VALUE"
	case "classified":
		return "a classified conversation does not permit it"
	case "announcement":
		return "only moderators can leave an announcement"
	case "forced":
		if value, ok := talk.ForcedValue(e); ok {
			return fmt.Sprintf("the server's administrator wants it to be %d everywhere", value)
		}
		return "the server's administrator decides it for all conversations"
	}
	return ""
}

// ofTalk reports whether an error is about a conversation, and not about something else that a Nextcloud has.
func ofTalk(e *talk.Error) bool {
	return e.Path == "" || strings.HasPrefix(e.Path, spreed)
}

// address asks about the server's address, by the name of the variable that it comes from, if it does.
func (t target) address(question string) string {
	if t.stored {
		return fmt.Sprintf(question, t.url)
	}
	return fmt.Sprintf(question, envURL) + " It is " + t.url
}
