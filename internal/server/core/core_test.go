package core_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/server/core"
	"github.com/confab-go/confab/internal/server/store"
)

// world is a Core with anna and ben, who are in the group crew, and cleo.
type world struct {
	*core.Core
	t   *testing.T
	mu  sync.Mutex
	now time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	st, err := store.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	w := &world{t: t, now: time.Unix(1_800_000_000, 0)}
	w.Core, err = core.New(t.Context(), st, core.Options{Now: func() time.Time {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.now
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range []core.NewUser{
		{ID: "anna", DisplayName: "Anna", Groups: []string{"crew"}},
		{ID: "ben", DisplayName: "Ben", Groups: []string{"crew"}},
		{ID: "cleo", DisplayName: "Cleo"},
	} {
		w.must(w.EnsureUser(t.Context(), u))
	}
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// as is a caller; the cookie's session is named after the user.
func as(user string) core.Caller { return core.Caller{UserID: user, WebSession: "cookie of " + user} }

func guest(name string) core.Caller { return core.Caller{WebSession: "cookie of guest " + name} }

// room makes a conversation of anna's with others in it.
func (w *world) room(n core.NewRoom, users ...string) string {
	w.t.Helper()
	if n.Type == 0 {
		n.Type = core.Group
	}
	n.Users = append(n.Users, users...)
	created, err := w.CreateRoom(w.t.Context(), as("anna"), n)
	w.must(err)
	return created.Room.Token
}

func (w *world) send(user, token, text string) *core.MessageView {
	w.t.Helper()
	p, err := w.SendMessage(w.t.Context(), as(user), token, core.Send{Message: text})
	w.must(err)
	return p.Message
}

func (w *world) see(user, token string) *core.RoomView {
	w.t.Helper()
	v, err := w.Room(w.t.Context(), as(user), token)
	w.must(err)
	return v
}

func (w *world) attendee(token, actor string) int64 {
	w.t.Helper()
	list, err := w.Participants(w.t.Context(), as("anna"), token)
	w.must(err)
	for _, p := range list {
		if p.ActorID == actor {
			return p.ID
		}
	}
	w.t.Fatalf("%s is not in %s", actor, token)
	return 0
}

// history returns what a user reads, oldest first, as texts.
func (w *world) history(user, token string) []string {
	w.t.Helper()
	page, err := w.Messages(w.t.Context(), as(user), token, core.Query{Future: true, Limit: 200})
	w.must(err)
	var out []string
	for _, m := range page.Messages {
		out = append(out, m.Text)
	}
	return out
}

// wantRefusal checks that an error is a refusal of a kind, with a reason.
func wantRefusal(t *testing.T, err error, kind core.Kind, reason string) {
	t.Helper()
	if !isRefusal(err, kind, reason) {
		t.Errorf("got %v, want refusal %v %q", err, kind, reason)
	}
}

func isRefusal(err error, kind core.Kind, reason string) bool {
	e, ok := errors.AsType[*core.Error](err)
	return ok && e.Kind == kind && e.Reason == reason
}

func TestSendRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.room(core.NewRoom{Name: "Chat"}, "ben")
	elsewhere := w.room(core.NewRoom{Name: "Elsewhere"})
	foreign := w.send("anna", elsewhere, "in another room")
	locked := w.room(core.NewRoom{Name: "Locked", ReadOnly: 1}, "ben")
	mute := w.room(core.NewRoom{Name: "Mute", Permissions: core.PermJoinCall}, "ben")
	system := w.see("anna", token).LastMessageID

	for _, tt := range []struct {
		name   string
		caller core.Caller
		token  string
		in     core.Send
		kind   core.Kind
		reason string
	}{
		{"blank", as("anna"), token, core.Send{Message: " \n\t"}, core.Invalid, "message"},
		{"too long", as("anna"), token, core.Send{Message: strings.Repeat("ü", core.MaxMessageLength+1)}, core.TooLarge, "message"},
		{"reply to nothing", as("anna"), token, core.Send{Message: "x", ReplyTo: 999}, core.Invalid, "reply-to"},
		{"reply to a system message", as("anna"), token, core.Send{Message: "x", ReplyTo: system}, core.Invalid, "reply-to"},
		{"reply across rooms", as("anna"), token, core.Send{Message: "x", ReplyTo: foreign.ID}, core.Invalid, "reply-to"},
		{"not a participant", as("cleo"), token, core.Send{Message: "x"}, core.NotFound, ""},
		{"no such room", as("anna"), "nosuchroom", core.Send{Message: "x"}, core.NotFound, ""},
		{"nobody", core.Caller{}, token, core.Send{Message: "x"}, core.NotFound, ""},
		{"read-only", as("ben"), locked, core.Send{Message: "x"}, core.Forbidden, ""},
		{"read-only, even the owner", as("anna"), locked, core.Send{Message: "x"}, core.Forbidden, ""},
		{"no permission to chat", as("ben"), mute, core.Send{Message: "x"}, core.Forbidden, ""},
	} {
		if _, err := w.SendMessage(t.Context(), tt.caller, tt.token, tt.in); !isRefusal(err, tt.kind, tt.reason) {
			t.Errorf("%s: got %v, want refusal %v %q", tt.name, err, tt.kind, tt.reason)
		}
	}
	if got := w.see("anna", token).Unread; got != 0 {
		t.Errorf("refused messages were counted: %d unread", got)
	}
	w.send("anna", token, strings.Repeat("ü", core.MaxMessageLength)) // the longest one
	w.send("anna", mute, "a moderator may always write")
}

func TestUnreadCountersFollowTheMarker(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.room(core.NewRoom{Name: "Markers"}, "ben")
	one := w.send("anna", token, "one")
	w.send("anna", token, "two @ben")
	three := w.send("anna", token, "three")

	check := func(step string, unread int64, mention bool, common int64) {
		t.Helper()
		v := w.see("ben", token)
		if v.Unread != unread || v.UnreadMention != mention || v.UnreadMentionDirect != mention {
			t.Errorf("%s: unread %d, mention %v/%v; want %d, %v", step, v.Unread, v.UnreadMention, v.UnreadMentionDirect, unread, mention)
		}
		if v.CommonRead != common {
			t.Errorf("%s: common marker %d, want %d", step, v.CommonRead, common)
		}
	}
	start := w.see("ben", token).Self.LastRead
	check("at first", 3, true, start)
	_, err := w.MarkRead(t.Context(), as("ben"), token, &one.ID)
	w.must(err)
	check("one read", 2, true, one.ID)
	_, err = w.MarkRead(t.Context(), as("ben"), token, nil)
	w.must(err)
	check("all read", 0, false, three.ID)
	_, err = w.MarkUnread(t.Context(), as("ben"), token)
	w.must(err)
	check("newest unread", 1, false, three.ID-1)
	far := int64(99999999)
	_, err = w.MarkRead(t.Context(), as("ben"), token, &far)
	w.must(err)
	check("read beyond the end", 0, false, three.ID)
	w.send("anna", token, "four")
	if v := w.see("ben", token); v.Unread != 0 {
		t.Errorf("a message below the marker is unread: %d", v.Unread)
	}
	zero := int64(0)
	_, err = w.MarkRead(t.Context(), as("ben"), token, &zero)
	w.must(err)
	check("nothing read", 4, true, -2)
}

func TestSendingReadsUpToTheOwnMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.room(core.NewRoom{Name: "Markers"}, "ben")
	w.send("anna", token, "question")
	m := w.send("ben", token, "answer")
	if v := w.see("ben", token); v.Unread != 0 || v.Self.LastRead != m.ID {
		t.Errorf("unread %d, marker %d, want 0, %d", v.Unread, v.Self.LastRead, m.ID)
	}
}

func TestHistoryClearsForEverybody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.room(core.NewRoom{Name: "Clear"}, "ben")
	first := w.send("anna", token, "@ben secret")
	_, err := w.ClearHistory(t.Context(), as("ben"), token)
	wantRefusal(t, err, core.Forbidden, "")
	_, err = w.ClearHistory(t.Context(), as("anna"), token)
	w.must(err)
	if got := w.history("ben", token); len(got) != 1 || got[0] != "{actor} cleared the history of the conversation" {
		t.Errorf("history: %q", got)
	}
	v := w.see("ben", token)
	if v.UnreadMention || v.Self.LastRead != -2 {
		t.Errorf("after clearing: %+v", v.Self)
	}
	if next := w.send("anna", token, "next"); next.ID <= first.ID {
		t.Errorf("id %d after %d", next.ID, first.ID)
	}
}

func TestExpiredMessagesAreNotShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.room(core.NewRoom{Name: "Short", MessageExpiration: 60}, "ben")
	old := w.send("anna", token, "old")
	w.advance(61 * time.Second)
	_, err := w.SendMessage(t.Context(), as("anna"), token, core.Send{Message: "x", ReplyTo: old.ID})
	wantRefusal(t, err, core.Invalid, "reply-to")
	if v := w.see("ben", token); v.LastMessage != nil {
		t.Errorf("last message is an expired one: %q", v.LastMessage.Text)
	}
	fresh := w.send("anna", token, "fresh")
	if got := w.history("ben", token); len(got) != 1 || got[0] != "fresh" {
		t.Errorf("history: %q", got)
	}
	page, err := w.Messages(t.Context(), as("ben"), token, core.Query{Future: true, Limit: 200})
	w.must(err)
	if page.LastGiven != fresh.ID {
		t.Errorf("last given %d, want %d", page.LastGiven, fresh.ID)
	}
}

func TestAPollWaitsForWhatItHasNotSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.room(core.NewRoom{Name: "Poll"}, "ben")
	known := w.send("anna", token, "known")
	type result struct {
		page core.Page
		err  error
	}
	got := make(chan result, 1)
	poll := func(ctx context.Context) {
		go func() {
			p, err := w.Messages(ctx, as("ben"), token, core.Query{Future: true, LastKnown: known.ID, Timeout: time.Minute, SetReadMarker: true})
			got <- result{p, err}
		}()
		w.AwaitWaiters(token, 1)
	}
	poll(t.Context())
	fresh := w.send("anna", token, "fresh")
	if r := <-got; r.err != nil || len(r.page.Messages) != 1 || r.page.Messages[0].ID != fresh.ID {
		t.Errorf("after a send: %+v", r)
	}
	if v := w.see("ben", token); v.Self.LastRead != known.ID {
		t.Errorf("marker at %d, want %d: what the poller said it knew", v.Self.LastRead, known.ID)
	}

	known = fresh
	ctx, cancel := context.WithCancel(t.Context())
	poll(ctx)
	cancel()
	if r := <-got; !errors.Is(r.err, context.Canceled) {
		t.Errorf("after cancellation: %v", r.err)
	}

	poll(t.Context())
	w.must(w.RemoveParticipant(t.Context(), as("anna"), token, w.attendee(token, "ben")))
	r := <-got
	wantRefusal(t, r.err, core.NotFound, "")

	w.must(func() error { _, err := w.AddParticipant(t.Context(), as("anna"), token, "ben", "users"); return err }())
	known = w.send("anna", token, "welcome back")
	poll(t.Context())
	w.Stop()
	if r := <-got; r.err != nil || r.page.Given {
		t.Errorf("after stopping: %+v", r)
	}
}
