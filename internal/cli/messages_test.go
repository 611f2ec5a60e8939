package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func TestWriteMessage(t *testing.T) {
	t.Parallel()
	message := func(change func(*talk.Message)) *talk.Message {
		m := &talk.Message{
			ID: 7, ActorType: talk.ActorUser, ActorID: "bob", ActorDisplayName: "Bob B.",
			Timestamp: serverTime, Message: "Hello", MessageType: talk.MessageComment,
		}
		change(m)
		return m
	}
	tests := []struct {
		name     string
		message  *talk.Message
		terminal string
		pipe     string
	}{
		{
			"plain", message(func(*talk.Message) {}),
			"Bob B., 5m ago, #7\n  Hello\n", "7\t2026-03-01T12:00:00Z\tcomment\tusers/bob\tBob B.\t\tHello\n",
		},
		{
			"reactions and an edit", message(func(m *talk.Message) {
				m.Reactions, m.LastEditTimestamp = map[string]int{"👍": 2, "\x1b[2J": 1, "🎃": 1}, serverTime.Add(time.Minute)
			}),
			"Bob B., 5m ago, #7, edited\n  Hello\n  ␛[2J 1  🎃 1  👍 2\n", "7\t2026-03-01T12:00:00Z\tcomment\tusers/bob\tBob B.\t\tHello\n",
		},
		{
			"a guest without a name", message(func(m *talk.Message) { m.ActorType, m.ActorID, m.ActorDisplayName = talk.ActorGuest, "c0ffee", "" }),
			"Guest (guest), 5m ago, #7\n  Hello\n", "7\t2026-03-01T12:00:00Z\tcomment\tguests/c0ffee\t\t\tHello\n",
		},
		{
			"a user who was deleted", message(func(m *talk.Message) {
				m.ActorType, m.ActorID, m.ActorDisplayName = talk.ActorDeletedUser, "deleted_users", ""
			}),
			"Deleted user, 5m ago, #7\n  Hello\n", "7\t2026-03-01T12:00:00Z\tcomment\tdeleted_users/deleted_users\t\t\tHello\n",
		},
		{
			"an answer to what is gone", message(func(m *talk.Message) { m.Parent = &talk.Message{ID: 3, Deleted: true} }),
			"Bob B., 5m ago, #7\n  │ a message that is gone\n  Hello\n", "7\t2026-03-01T12:00:00Z\tcomment\tusers/bob\tBob B.\t3\tHello\n",
		},
		{
			"an answer to a long one", message(func(m *talk.Message) {
				m.Parent = message(func(m *talk.Message) { m.ID, m.Message = 3, "a text\nof more than one line, and of many words" })
			}),
			"Bob B., 5m ago, #7\n  │ Bob B.: a text of more than one li…\n  Hello\n", "7\t2026-03-01T12:00:00Z\tcomment\tusers/bob\tBob B.\t3\tHello\n",
		},
		{
			"an event", message(func(m *talk.Message) { m.MessageType, m.SystemMessage = talk.MessageSystem, talk.SystemUserAdded }),
			"• Hello, 5m ago\n", "7\t2026-03-01T12:00:00Z\tsystem\tusers/bob\tBob B.\t\tHello\n",
		},
		{
			"long", message(func(m *talk.Message) { m.Message = "A text that does not fit into a line of the terminal" }),
			"Bob B., 5m ago, #7\n  A text that does not fit into a line\n  of the terminal\n",
			"7\t2026-03-01T12:00:00Z\tcomment\tusers/bob\tBob B.\t\tA text that does not fit into a line of the terminal\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for form, want := range map[render.Form]string{
				{Terminal: true, Width: 39, Now: serverTime.Add(5 * time.Minute)}: tt.terminal,
				{}: tt.pipe,
			} {
				var b strings.Builder
				if err := writeMessage(&b, form, tt.message, form.Time(tt.message.Timestamp)); err != nil {
					t.Fatal(err)
				}
				same(t, b.String(), want)
			}
		})
	}
}
