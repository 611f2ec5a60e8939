package talk

import (
	"context"
	"net/http"
	"time"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// RemindersService has the server notify the account of messages at a later time. All of it needs "remind-me-later", and is
// of users only: guests get [ErrUnauthorized].
type RemindersService service

// Reminder is when the account is reminded of a message.
type Reminder struct {
	UserID    string    `json:"userId"`
	Token     string    `json:"token"` // of the conversation
	MessageID int64     `json:"messageId"`
	At        time.Time `json:"timestamp"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a reminder as a server sends it.
func (r *Reminder) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, r) }

// MarshalJSON encodes the reminder as a server sends it.
func (r Reminder) MarshalJSON() ([]byte, error) { return wire.Marshal(r) }

// UpcomingReminder is a reminder together with what it reminds of.
type UpcomingReminder struct {
	At               time.Time `json:"reminderTimestamp"`
	Token            string    `json:"roomToken"` // of the conversation
	MessageID        int64     `json:"messageId"`
	ActorType        ActorType `json:"actorType"` // of who wrote the message, as the two below
	ActorID          string    `json:"actorId"`
	ActorDisplayName string    `json:"actorDisplayName"`
	// Message has placeholders for the rich objects; it is empty in conversations that the account calls sensitive.
	Message           string                `json:"message"`
	MessageParameters map[string]RichObject `json:"messageParameters,array"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes an upcoming reminder as a server sends it.
func (r *UpcomingReminder) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, r) }

// MarshalJSON encodes the upcoming reminder as a server sends it.
func (r UpcomingReminder) MarshalJSON() ([]byte, error) { return wire.Marshal(r) }

// Text gives the message as a person would read it, with the names of what its placeholders stand for.
func (r *UpcomingReminder) Text() string { return render(r.Message, r.MessageParameters) }

// Set has the account reminded of a message at a time, to the second, instead of at the one that was set before. A message
// that is not there gives [ErrNotFound] with Reason "message". Servers limit how many can be set in an hour ([ErrRateLimited]).
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation POST /chat/{token}/{messageId}/reminder
func (s *RemindersService) Set(ctx context.Context, token string, messageID int64, at time.Time) (*Reminder, error) {
	const op = "set reminder"
	if at.Unix() <= 0 {
		return nil, ocs.Invalid(op, "time", "%v has passed", at)
	}
	path, err := s.path(ctx, op, token, messageID)
	if err != nil {
		return nil, err
	}
	body := map[string]int64{"timestamp": at.Unix()}
	return fetch[*Reminder](ctx, s.client, &ocs.Request{Op: op, Method: http.MethodPost, Path: path, Body: body, Repeatable: true})
}

// Get gives when the account is reminded of a message. One that it is not reminded of gives [ErrNotFound] with Reason
// "reminder", one that is not there with Reason "message".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation GET /chat/{token}/{messageId}/reminder
func (s *RemindersService) Get(ctx context.Context, token string, messageID int64) (*Reminder, error) {
	const op = "get reminder"
	path, err := s.path(ctx, op, token, messageID)
	if err != nil {
		return nil, err
	}
	return fetch[*Reminder](ctx, s.client, &ocs.Request{Op: op, Path: path})
}

// Delete takes a reminder back. That there is none is no error, but a message that is not there gives [ErrNotFound].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation DELETE /chat/{token}/{messageId}/reminder
func (s *RemindersService) Delete(ctx context.Context, token string, messageID int64) error {
	const op = "delete reminder"
	path, err := s.path(ctx, op, token, messageID)
	if err != nil {
		return err
	}
	_, err = s.client.call(ctx, &ocs.Request{Op: op, Method: http.MethodDelete, Path: path, Repeatable: true}, nil)
	return err
}

// Upcoming gives the account's next reminders, of all conversations, the earliest first; servers give at most ten. It needs
// "upcoming-reminders".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation GET /chat/upcoming-reminders
func (s *RemindersService) Upcoming(ctx context.Context) ([]*UpcomingReminder, error) {
	const op = "list reminders"
	if err := s.client.require(ctx, op, FeatureUpcomingReminders); err != nil {
		return nil, err
	}
	return fetch[[]*UpcomingReminder](ctx, s.client, &ocs.Request{Op: op, Path: apiV1 + "/chat/upcoming-reminders"})
}

func (s *RemindersService) path(ctx context.Context, op, token string, messageID int64) (string, error) {
	path, err := messagePath(op, apiV1+"/chat", token, messageID)
	if err != nil {
		return "", err
	}
	return path + "/reminder", s.client.require(ctx, op, FeatureRemindMeLater)
}
