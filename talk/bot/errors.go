package bot

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/confab-go/confab/talk"
)

// Why a delivery is refused, for [errors.Is]. No error ever holds a secret, or the signature that would have been right.
var (
	// ErrMethod: the request is not a POST.
	ErrMethod = errors.New("bot: deliveries are POST requests")
	// ErrHeader: one of the X-Nextcloud-Talk headers is missing, or cannot be right.
	ErrHeader = errors.New("bot: missing or malformed header")
	// ErrUnknownBackend: the delivery says that it comes from a server that the bot has no secret for.
	ErrUnknownBackend = errors.New("bot: unknown server")
	// ErrTooLarge: the body is larger than the limit.
	ErrTooLarge = errors.New("bot: delivery too large")
	// ErrBody: the body broke off, or took too long to come.
	ErrBody = errors.New("bot: the body did not arrive")
	// ErrSignature: the signature is not made with the secret, or not for this delivery.
	ErrSignature = errors.New("bot: wrong signature")
	// ErrReplay: the same delivery came before.
	ErrReplay = errors.New("bot: delivery seen before")
	// ErrStale: the event is older than [Verifier].MaxAge.
	ErrStale = errors.New("bot: delivery too old")
	// ErrNotJSON: the signature is right, and the body is not JSON.
	ErrNotJSON = errors.New("bot: delivery is not JSON")
	// ErrMalformed: the body is JSON, and lacks something that an event must have.
	ErrMalformed = errors.New("bot: malformed event")
	// ErrUnknownEvent: the event is of a type that this package does not know.
	ErrUnknownEvent = errors.New("bot: unknown type of event")
)

// What else may go wrong.
var (
	// ErrFull: too many events wait for their handlers.
	ErrFull = errors.New("bot: too many events are waiting")
	// ErrClosed: the bot shuts down.
	ErrClosed = errors.New("bot: shutting down")
	// ErrPanic: a handler panicked; the logger was given the stack.
	ErrPanic = errors.New("bot: handler panicked")
	// ErrPattern: the pattern of a command makes no sense.
	ErrPattern = errors.New("bot: bad command pattern")
	// ErrUncertain: the connection broke while a message was sent, and the bot cannot find out whether it arrived. It is that of package talk.
	ErrUncertain = talk.ErrUncertain
	// ErrNoAccount: what was tried needs [Server].Account.
	ErrNoAccount = errors.New("bot: no user account to read with")
	// ErrNoAnswer: nobody answered a question in time.
	ErrNoAnswer = errors.New("bot: no answer")
)

// StatusCode gives the HTTP status with which to answer a delivery that [Verify] refused: 200 for no error, and for an event of
// an unknown type, which is no fault of the server's.
func StatusCode(err error) int {
	if err == nil {
		return http.StatusOK
	}
	for _, known := range []struct {
		err    error
		status int
	}{
		{ErrUnknownEvent, http.StatusOK},
		{ErrMethod, http.StatusMethodNotAllowed},
		{ErrHeader, http.StatusBadRequest},
		{ErrUnknownBackend, http.StatusForbidden},
		{ErrTooLarge, http.StatusRequestEntityTooLarge},
		{ErrBody, http.StatusRequestTimeout},
		{ErrSignature, http.StatusUnauthorized},
		{ErrReplay, http.StatusForbidden},
		{ErrStale, http.StatusForbidden},
		{ErrNotJSON, http.StatusBadRequest},
		{ErrMalformed, http.StatusBadRequest},
		{ErrFull, http.StatusServiceUnavailable},
		{ErrClosed, http.StatusServiceUnavailable},
	} {
		if errors.Is(err, known.err) {
			return known.status
		}
	}
	return http.StatusInternalServerError
}

// reason is what the sender of a refused delivery is told: no more than the kind of the mistake.
func reason(err error) string {
	for _, known := range []error{
		ErrMethod, ErrHeader, ErrUnknownBackend, ErrTooLarge, ErrBody, ErrSignature, ErrReplay, ErrStale, ErrNotJSON,
		ErrMalformed, ErrUnknownEvent, ErrFull, ErrClosed,
	} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "bot: internal error"
}

// explain adds to the refusal of an answer what to do about it. The server itself gives a status and no word.
func explain(err error) error {
	var e *talk.Error
	if err == nil || !errors.As(err, &e) {
		return err
	}
	var hint string
	switch e.StatusCode {
	case http.StatusBadRequest:
		hint = "the server reads no text or no single emoji, or cannot reply to that message, or a proxy removes the X-Nextcloud-Talk-Bot headers"
	case http.StatusUnauthorized:
		hint = "the secret is not the bot's on this server, or a moderator has not enabled the bot in this conversation, " +
			`or it was installed without "--feature response", or there is no such conversation`
	case http.StatusNotFound:
		hint = "there is no such message in the conversation, or the bot has not reacted to it with this emoji, or the server has no bots (Talk 17)"
	case http.StatusRequestEntityTooLarge:
		hint = fmt.Sprintf("a message has at most %d characters", MaxMessage)
	case http.StatusTooManyRequests:
		hint = "the server throttles after wrong signatures: check the secret"
	default:
		return err
	}
	return fmt.Errorf("%w; %s", err, hint)
}
