package talk

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/ocs"
)

// maxMessage is the longest message in characters, unless the server's capabilities say otherwise.
const maxMessage = 32000

// SendOptions is what a message may have beside its text.
type SendOptions struct {
	// ReplyTo is the id of the message that this one answers.
	ReplyTo int64
	// ReplyToToken is the conversation of that message when it is another one: so somebody's message in a group is answered
	// to them alone, in the one-to-one conversation with them. It needs "private-reply", which Talk has from version 24 on.
	ReplyToToken string
	// ThreadID puts the message into a thread without quoting one of its messages; with ReplyTo, the message that is
	// quoted decides. ThreadTitle, of at most 200 characters, begins a thread with the message. Both need "threads".
	ThreadID    int64
	ThreadTitle string
	// Silent spares everybody a notification. It needs "silent-send".
	Silent bool
	// ReferenceID marks the message so that it is known again: at most 64 characters, without white space at its ends. Empty
	// lets Send make one. Whoever sends again with the same after a failure, at a later time even, should look for it first,
	// as Send does.
	ReferenceID string
	// ActorDisplayName is the name of a guest.
	ActorDisplayName string
}

type sendRequest struct {
	Message          string `json:"message"`
	ReplyTo          int64  `json:"replyTo,omitempty"`
	ReplyToToken     string `json:"replyToToken,omitempty"`
	ThreadID         int64  `json:"threadId,omitempty"`
	ThreadTitle      string `json:"threadTitle,omitempty"`
	ReferenceID      string `json:"referenceId"`
	Silent           bool   `json:"silent,omitempty"`
	ActorDisplayName string `json:"actorDisplayName,omitempty"`
}

// Send sends a message. The server cuts white space off both its ends.
//
// When the connection breaks before an answer is there, Send looks for the message's reference id in the conversation, as far
// back as the message can be, before it sends again: a message is neither lost nor doubled by a retry. If it cannot find
// out, the error is [ErrUncertain]. An [Outbox] goes on for as long as it takes.
//
// An empty message gives [ErrInvalid], one that is too long [ErrTooLarge], a ReplyTo that cannot be answered and a ThreadID
// that is none [ErrInvalid] with Reason "reply-to", a read-only conversation [ErrForbidden].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation POST /chat/{token}
func (s *ChatService) Send(ctx context.Context, token, message string, options *SendOptions) (*Message, error) {
	const op = "send message"
	path, err := roomPath(op, apiV1+"/chat", token)
	if err != nil {
		return nil, err
	}
	o := SendOptions{}
	if options != nil {
		o = *options
	}
	if err := s.checkSend(ctx, op, message, o); err != nil {
		return nil, err
	}
	if o.ReferenceID == "" {
		o.ReferenceID = newReferenceID()
	}
	return s.delivery(op, path, token, o.request(message)).deliver(ctx)
}

// request gives what is sent of a message.
func (o SendOptions) request(message string) sendRequest {
	return sendRequest{
		Message: message, ReplyTo: o.ReplyTo, ReplyToToken: o.ReplyToToken, ThreadID: o.ThreadID, ThreadTitle: o.ThreadTitle,
		ReferenceID: o.ReferenceID, Silent: o.Silent, ActorDisplayName: o.ActorDisplayName,
	}
}

// delivery gives the way of a message into a conversation.
func (s *ChatService) delivery(op, path, token string, body sendRequest) *delivery {
	return &delivery{
		chat: s, op: op, method: http.MethodPost, path: path, token: token, referenceID: body.ReferenceID, what: "message",
		send: func(ctx context.Context) (sent *Message, err error) {
			_, err = s.client.call(ctx, &ocs.Request{Op: op, Method: http.MethodPost, Path: path, Body: body}, &sent)
			return sent, err
		},
	}
}

func (s *ChatService) checkSend(ctx context.Context, op, message string, o SendOptions) error {
	if err := s.checkText(ctx, op, message); err != nil {
		return err
	}
	if o.ReplyTo < 0 {
		return ocs.Invalid(op, "reply to", "%d is not a message's id", o.ReplyTo)
	}
	if err := checkReferenceID(op, o.ReferenceID); err != nil {
		return err
	}
	if o.ReplyToToken != "" {
		if _, err := roomPath(op, "", o.ReplyToToken); err != nil {
			return ocs.Invalid(op, "reply to token", "%q is not a conversation's token", o.ReplyToToken)
		}
		if o.ReplyTo == 0 {
			return ocs.Invalid(op, "reply to", "no message of the conversation %s", o.ReplyToToken)
		}
		if err := s.client.require(ctx, op, FeaturePrivateReply); err != nil {
			return err
		}
	}
	if err := s.client.checkThread(ctx, op, o.ThreadID, o.ThreadTitle, o.ReplyTo); err != nil {
		return err
	}
	if o.Silent {
		return s.client.require(ctx, op, FeatureSilentSend)
	}
	return nil
}

// checkReferenceID refuses a reference id that the server would change, so that it would not be found again.
func checkReferenceID(op, id string) error {
	if n := utf8.RuneCountInString(id); n > 64 {
		return ocs.Invalid(op, "reference id", "%d characters, more than 64", n)
	}
	if !utf8.ValidString(id) {
		return ocs.Invalid(op, "reference id", "not valid UTF-8")
	}
	if strings.Trim(id, " \t\n\r\x00\x0b") != id {
		return ocs.Invalid(op, "reference id", "begins or ends with white space")
	}
	return nil
}

// checkText refuses a message that the server would.
func (s *ChatService) checkText(ctx context.Context, op, message string) error {
	text := strings.TrimSpace(message)
	if text == "" {
		return ocs.Invalid(op, "message", "empty")
	}
	if n := utf8.RuneCountInString(text); n > maxMessage {
		limit := maxMessage
		if caps, err := s.client.Capabilities(ctx); err == nil && caps.Config.Chat.MaxLength > 0 {
			limit = caps.Config.Chat.MaxLength
		}
		if n > limit {
			return ocs.Invalid(op, "message", "%d characters, more than %d: %w", n, limit, ErrTooLarge)
		}
	}
	return nil
}

func newReferenceID() string {
	var b [32]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
