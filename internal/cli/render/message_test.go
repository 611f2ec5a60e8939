package render_test

import (
	"testing"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func TestAuthor(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		message talk.Message
		want    string
	}{
		{talk.Message{ActorType: talk.ActorUser, ActorID: "bob", ActorDisplayName: "Bob B."}, "Bob B."},
		{talk.Message{ActorType: talk.ActorUser, ActorID: "bob"}, "bob"},
		{talk.Message{ActorType: talk.ActorGuest, ActorID: "0123"}, "Guest (guest)"},
		{talk.Message{ActorType: talk.ActorGuest, ActorID: "0123", ActorDisplayName: "Eve"}, "Eve (guest)"},
		{talk.Message{ActorType: talk.ActorDeletedUser, ActorID: "deleted_users"}, "Deleted user"},
		{talk.Message{ActorType: talk.ActorBot}, "bots"},
	} {
		if got := render.Author(&tt.message); got != tt.want {
			t.Errorf("%+v is by %q, want %q", tt.message, got, tt.want)
		}
	}
}

func TestSystem(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		message talk.Message
		want    string
	}{
		{talk.Message{Message: "You created the conversation", SystemMessage: talk.SystemConversationCreated}, "You created the conversation"},
		{
			talk.Message{Message: "👍", SystemMessage: talk.SystemReaction, ActorType: talk.ActorUser, ActorID: "bob", Parent: &talk.Message{ID: 3}},
			"bob reacted with 👍 (#3)",
		},
		{talk.Message{Message: "You edited a message", SystemMessage: talk.SystemMessageEdited, Parent: &talk.Message{ID: 4}}, "You edited a message (#4)"},
	} {
		if got := render.System(&tt.message); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		message talk.Message
		want    string
	}{
		{"text", talk.Message{Message: "*a*"}, "bob: *a*"},
		{"Markdown", talk.Message{Message: "# What\n\n- **a** `b`, {mention-user1}\n- [x] c\n> d", Markdown: true}, "bob: # What • a b, @Eve *E* • ☑ c │ d"},
		{"nothing", talk.Message{Markdown: true}, "bob:"},
		{"gone", talk.Message{Deleted: true}, "a message that is gone"},
	} {
		m := tt.message
		m.ActorID = "bob"
		m.MessageParameters = map[string]talk.RichObject{"mention-user1": {Type: "user", ID: "eve", Name: "Eve *E*"}}
		if got := render.Quote(&m); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
