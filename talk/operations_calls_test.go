package talk_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/confab-go/confab/talk"
)

// moreCalls makes each method of the smaller services call the server, and gives its error.
func moreCalls(ctx context.Context, c *talk.Client) map[string]func() error {
	const token, id = "abcd1234", int64(7)
	later := time.Unix(1<<32, 0)
	return map[string]func() error{
		"BansService.List":  func() error { return errOf(c.Bans.List(ctx, token)) },
		"BansService.Ban":   func() error { return errOf(c.Bans.Ban(ctx, token, talk.ActorUser, "bob", nil)) },
		"BansService.Unban": func() error { return c.Bans.Unban(ctx, token, id) },

		"RemindersService.Set":      func() error { return errOf(c.Reminders.Set(ctx, token, id, later)) },
		"RemindersService.Get":      func() error { return errOf(c.Reminders.Get(ctx, token, id)) },
		"RemindersService.Delete":   func() error { return c.Reminders.Delete(ctx, token, id) },
		"RemindersService.Upcoming": func() error { return errOf(c.Reminders.Upcoming(ctx)) },

		"ChatService.MentionSuggestions":       func() error { return errOf(c.Chat.MentionSuggestions(ctx, token, "", nil)) },
		"ConversationsService.OfFile":          func() error { return errOf(c.Conversations.OfFile(ctx, "7")) },
		"ConversationsService.SetSessionState": func() error { return errOf(c.Conversations.SetSessionState(ctx, token, talk.SessionActive)) },
		"ParticipantsService.SetGuestName":     func() error { return c.Participants.SetGuestName(ctx, token, "Gustav") },
		"ParticipantsService.Candidates":       func() error { return errOf(c.Participants.Candidates(ctx, "bo", nil)) },

		"StatusService.Own":           func() error { return errOf(c.Status.Own(ctx)) },
		"StatusService.Get":           func() error { return errOf(c.Status.Get(ctx, "bob")) },
		"StatusService.List":          func() error { return errOf(c.Status.List(ctx, nil)) },
		"StatusService.Set":           func() error { return errOf(c.Status.Set(ctx, talk.StatusAway)) },
		"StatusService.SetMessage":    func() error { return errOf(c.Status.SetMessage(ctx, "x", nil)) },
		"StatusService.SetPredefined": func() error { return errOf(c.Status.SetPredefined(ctx, "meeting", nil)) },
		"StatusService.ClearMessage":  func() error { return c.Status.ClearMessage(ctx) },

		"SearchService.Messages": func() error {
			for _, err := range c.Search.Messages(ctx, "x", nil) {
				return err
			}
			return nil
		},
		"SearchService.Conversations": func() error { return errOf(c.Search.Conversations(ctx, "x")) },

		"Outbox.Run":   func() error { return outboxCall(ctx, c, (*talk.Outbox).Run) },
		"Outbox.Flush": func() error { return outboxCall(ctx, c, (*talk.Outbox).Flush) },
	}
}

// outboxCall has an outbox send its only message by a method that may go on for ever, and gives what became of it.
func outboxCall(ctx context.Context, c *talk.Client, method func(*talk.Outbox, context.Context) error) (result error) {
	ctx, done := context.WithCancel(ctx)
	defer done()
	o, err := c.OpenOutbox(&talk.OutboxOptions{Result: func(r talk.OutboxResult) {
		result = r.Err
		done()
	}})
	if err != nil {
		return err
	}
	if _, err := o.Put(ctx, "abcd1234", "hello", nil); err != nil {
		return err
	}
	if err := method(o, ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return errors.Join(result, o.Close())
}

// unsent gives a client for what must be refused before anything is sent.
func unsent(t *testing.T) *talk.Client {
	t.Helper()
	return newerClient(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s was sent", r.Method, r.URL) })
}
