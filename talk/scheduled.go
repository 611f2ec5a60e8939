package talk

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// ScheduledService keeps messages that the server shall send at a later time. All of it needs "scheduled-messages", which Talk
// has from version 23 on, and a user: guests, and who followed a link into the conversation, get [ErrNotFound] with Reason "actor".
//
// Nobody but the account sees what it has scheduled.
type ScheduledService service

// NewThread is the ThreadID of a scheduled message that will begin a thread.
const NewThread int64 = -1

// ScheduledMessage is a message that waits to be sent.
type ScheduledMessage struct {
	// ID is a number too large for some languages, and so a string. It is not the ID that the message will have.
	ID        string    `json:"id"`
	ActorID   string    `json:"actorId"` // the account
	ActorType ActorType `json:"actorType"`
	// ThreadID is the thread that the message will be put into, 0 for none, [NewThread] for the one with the ThreadTitle.
	ThreadID    int64       `json:"threadId"`
	ThreadTitle string      `json:"threadTitle,omitempty"`
	Message     string      `json:"message"` // as it was written
	MessageType MessageType `json:"messageType"`
	CreatedAt   time.Time   `json:"createdAt"`
	SendAt      time.Time   `json:"sendAt"`
	Silent      bool        `json:"silent"`
	// Parent is the message that this one will answer.
	Parent *Message `json:"parent,omitempty"`
	// OriginalSendAt is when it should have been sent, if that failed; zero otherwise. Talk 24.
	OriginalSendAt time.Time `json:"originalSendAt,omitempty"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a scheduled message as a server sends it.
func (m *ScheduledMessage) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, m) }

// MarshalJSON encodes the scheduled message as a server sends it.
func (m ScheduledMessage) MarshalJSON() ([]byte, error) { return wire.Marshal(m) }

// Failed reports whether the server tried to send the message, and could not.
func (m *ScheduledMessage) Failed() bool { return !m.OriginalSendAt.IsZero() }

// List gives the messages that the account has scheduled in a conversation, the next one first.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation GET /chat/{token}/schedule
func (s *ScheduledService) List(ctx context.Context, token string) ([]*ScheduledMessage, error) {
	const op = "list scheduled messages"
	path, err := s.path(ctx, op, token)
	if err != nil {
		return nil, err
	}
	return fetch[[]*ScheduledMessage](ctx, s.client, &ocs.Request{Op: op, Path: path})
}

// ScheduleOptions is what a scheduled message may have beside its text.
type ScheduleOptions struct {
	// ReplyTo is the id of the message that this one answers.
	ReplyTo int64
	// Silent spares everybody a notification.
	Silent bool
	// ThreadID puts the message into a thread; ThreadTitle, of at most 200 characters, begins one with it.
	ThreadID    int64
	ThreadTitle string
}

type scheduleRequest struct {
	Message     string `json:"message"`
	SendAt      int64  `json:"sendAt"`
	ReplyTo     int64  `json:"replyTo,omitempty"`
	Silent      bool   `json:"silent"` // an edit without it would make the message loud
	ThreadTitle string `json:"threadTitle,omitempty"`
	ThreadID    int64  `json:"threadId,omitempty"`
}

// Create has the server send a message at a time, to the second. Its clock counts: a time that has passed there gives
// [ErrInvalid] with Reason "send-at". A ReplyTo that cannot be answered gives [ErrInvalid] with Reason "reply-to".
//
// When the connection breaks the message may have been scheduled, and is not scheduled again: [ScheduledService.List] tells.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation POST /chat/{token}/schedule
func (s *ScheduledService) Create(ctx context.Context, token, message string, sendAt time.Time, options *ScheduleOptions) (*ScheduledMessage, error) {
	const op = "schedule message"
	o := ScheduleOptions{}
	if options != nil {
		o = *options
	}
	if o.ReplyTo < 0 {
		return nil, ocs.Invalid(op, "reply to", "%d is not a message's id", o.ReplyTo)
	}
	body, err := s.request(ctx, op, message, sendAt)
	if err != nil {
		return nil, err
	}
	if err := s.client.checkThread(ctx, op, o.ThreadID, o.ThreadTitle, o.ReplyTo); err != nil {
		return nil, err
	}
	body.ReplyTo, body.Silent, body.ThreadID, body.ThreadTitle = o.ReplyTo, o.Silent, o.ThreadID, o.ThreadTitle
	path, err := s.path(ctx, op, token)
	if err != nil {
		return nil, err
	}
	return fetch[*ScheduledMessage](ctx, s.client, &ocs.Request{Op: op, Method: http.MethodPost, Path: path, Body: body})
}

// EditScheduledOptions is what an edited message shall have. All of it replaces what was before, at zero too.
type EditScheduledOptions struct {
	// Silent spares everybody a notification.
	Silent bool
	// ThreadTitle is that of the thread that the message will begin. One that begins a thread needs it, others have none.
	ThreadTitle string
}

// Edit replaces the text, the time and the options of a message that has not been sent yet. What it answers, and the thread
// that it goes into, stay. A message that is not there, or another account's, gives [ErrNotFound] with Reason "message".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation POST /chat/{token}/schedule/{messageId}
func (s *ScheduledService) Edit(ctx context.Context, token, id, message string, sendAt time.Time, options *EditScheduledOptions) (*ScheduledMessage, error) {
	const op = "edit scheduled message"
	body, err := s.request(ctx, op, message, sendAt)
	if err != nil {
		return nil, err
	}
	if options != nil {
		if options.ThreadTitle != "" {
			if err := checkThreadTitle(op, "thread title", options.ThreadTitle); err != nil {
				return nil, err
			}
		}
		body.Silent, body.ThreadTitle = options.Silent, options.ThreadTitle
	}
	path, err := s.messagePath(ctx, op, token, id)
	if err != nil {
		return nil, err
	}
	return fetch[*ScheduledMessage](ctx, s.client, &ocs.Request{Op: op, Method: http.MethodPost, Path: path, Body: body, Repeatable: true})
}

// Delete takes back a message that has not been sent yet. One that is not there, or another account's, gives [ErrNotFound]
// with Reason "message".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation DELETE /chat/{token}/schedule/{messageId}
func (s *ScheduledService) Delete(ctx context.Context, token, id string) error {
	const op = "delete scheduled message"
	path, err := s.messagePath(ctx, op, token, id)
	if err != nil {
		return err
	}
	_, err = s.client.call(ctx, &ocs.Request{Op: op, Method: http.MethodDelete, Path: path}, nil)
	return err
}

// request makes what a new and a changed message have in common.
func (s *ScheduledService) request(ctx context.Context, op, message string, sendAt time.Time) (scheduleRequest, error) {
	if err := s.client.Chat.checkText(ctx, op, message); err != nil {
		return scheduleRequest{}, err
	}
	if sendAt.Unix() <= 0 {
		return scheduleRequest{}, ocs.Invalid(op, "send at", "%v has passed", sendAt)
	}
	return scheduleRequest{Message: message, SendAt: sendAt.Unix()}, nil
}

func (s *ScheduledService) path(ctx context.Context, op, token string) (string, error) {
	path, err := roomPath(op, apiV1+"/chat", token)
	if err != nil {
		return "", err
	}
	return path + "/schedule", s.client.require(ctx, op, FeatureScheduledMessages)
}

func (s *ScheduledService) messagePath(ctx context.Context, op, token, id string) (string, error) {
	if !isNumber(id) {
		return "", ocs.Invalid(op, "id", "%q is not the id of a scheduled message", id)
	}
	path, err := s.path(ctx, op, token)
	return path + "/" + id, err
}

// isNumber reports whether a text is digits only, as ids are that are too long for a number.
func isNumber(id string) bool { return id != "" && strings.Trim(id, "0123456789") == "" }
