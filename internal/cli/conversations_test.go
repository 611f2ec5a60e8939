package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/confab-go/confab/talk"
)

func TestConversationList(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	deploys := s.room("Deploys 🚀 日本", "bob")
	quiet := s.room("Quiet\tcorner", "bob")
	s.send("alice", deploys.Token, "Look, @bob", nil)
	s.send("bob", quiet.Token, "Nothing new here", nil)

	sorted := func(out string) string {
		lines := strings.SplitAfter(out, "\n")
		slices.Sort(lines)
		return strings.Join(lines, "")
	}
	same(t, sorted(s.as("bob").ok(t, "conversation", "list")), sorted(fmt.Sprintf(
		"%s\tDeploys 🚀 日本\tgroup\t1\tdirect\t2026-03-01T12:00:00Z\n%s\tQuiet\\tcorner\tgroup\t0\t\t2026-03-01T12:00:00Z\n", deploys.Token, quiet.Token)))
	same(t, s.as("bob").ok(t, "conv", "ls", "--unread"), fmt.Sprintf("%s\tDeploys 🚀 日本\tgroup\t1\tdirect\t2026-03-01T12:00:00Z\n", deploys.Token))
	same(t, s.as("bob").tty(80).ok(t, "room", "list", "--unread"), fmt.Sprintf(
		"TOKEN     NAME             TYPE   UNREAD  MENTION  ACTIVE\n%s  Deploys 🚀 日本  group       1  direct   5m ago\n", deploys.Token))
	same(t, s.as("bob").tty(50).ok(t, "room", "list", "--unread"), fmt.Sprintf(
		"TOKEN     NAME      TYPE   UNREAD  MENTION  ACTIVE\n%s  Deploys…  group       1  direct   5m ago\n", deploys.Token))

	var rooms []*talk.Conversation
	if err := json.Unmarshal([]byte(s.as("bob").ok(t, "conversation", "list", "--json")), &rooms); err != nil {
		t.Fatal(err)
	}
	if len(rooms) != 2 || rooms[0].LastMessage == nil {
		t.Errorf("--json gives %+v", rooms)
	}
}

func TestConversationListEmpty(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	same(t, s.as("carol").ok(t, "conversation", "list"), "")
	same(t, s.as("carol").ok(t, "conversation", "list", "--json"), "[]\n")
	r := s.as("carol").tty(80).run(t, "conversation", "list", "--unread")
	if r.out != "" || r.err != "There are no unread conversations.\n" {
		t.Errorf("at a terminal: %+v", r)
	}
}

func TestConversationView(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	s.send("alice", room.Token, "Look, @bob", nil)
	same(t, s.as("bob").ok(t, "conversation", "view", "Deploys"), fmt.Sprintf(`token	%[1]s
name	Deploys
type	group
description	
role	user
permissions	%[3]v
read-only	false
lobby	none
password	false
favorite	false
archived	false
unread	1
mention	direct
call	false
active	2026-03-01T12:00:00Z
link	%[2]s/call/%[1]s
`, room.Token, s.url, s.view("bob", room.Token).Permissions))
	same(t, s.as("bob").tty(80).ok(t, "conversation", "view", "Deploys"), fmt.Sprintf(`token:       %[1]s
name:        Deploys
type:        group
role:        user
permissions: %[3]v
lobby:       none
unread:      1
mention:     direct
active:      5m ago
link:        %[2]s/call/%[1]s
`, room.Token, s.url, s.view("bob", room.Token).Permissions))
	var got talk.Conversation
	if err := json.Unmarshal([]byte(s.as("bob").ok(t, "conversation", "view", "Deploys", "--json")), &got); err != nil || got.Token != room.Token {
		t.Errorf("--json gives %v, %v", got, err)
	}
}

// view gives a conversation as a user sees it.
func (s *stage) view(user, token string) *talk.Conversation {
	s.t.Helper()
	room, err := s.sdk(user).Conversations.Get(s.t.Context(), token)
	if err != nil {
		s.t.Fatal(err)
	}
	return room
}

func TestConversationCreate(t *testing.T) {
	t.Parallel()
	s := newStage(t)

	token := strings.TrimSpace(s.as("alice").ok(t, "conversation", "create", "Deploys", "--invite", "bob", "--description", "What goes live"))
	room := s.view("bob", token)
	if room.DisplayName != "Deploys" || room.Type != talk.ConversationGroup || room.Description != "What goes live" {
		t.Errorf("made %+v", room)
	}

	token = strings.TrimSpace(s.as("alice").stdin("open sesame\nignored\n").ok(t, "conversation", "create", "Open house", "--type", "public", "--password-stdin"))
	if room = s.view("alice", token); room.Type != talk.ConversationPublic || !room.HasPassword {
		t.Errorf("made %+v", room)
	}
	if _, err := s.sdk("bob").Conversations.Join(t.Context(), token, &talk.JoinOptions{Password: "open sesame"}); err != nil {
		t.Errorf("the password does not open it: %v", err)
	}

	token = strings.TrimSpace(s.as("alice").ok(t, "conversation", "create", "--type", "one-to-one", "--invite", "bob"))
	if room = s.view("alice", token); room.Type != talk.ConversationOneToOne || room.Name != "bob" {
		t.Errorf("made %+v", room)
	}
	again := strings.TrimSpace(s.as("alice").ok(t, "conversation", "create", "--type", "one-to-one", "--invite", "bob"))
	same(t, again, token)

	r := s.as("alice").tty(80).run(t, "conversation", "create", "Lunch")
	if r.code != exitOK || !strings.HasPrefix(r.out, "✓ Created Lunch: ") || !strings.Contains(r.err, s.url+"/call/") {
		t.Errorf("at a terminal: %+v", r)
	}

	var got talk.Conversation
	if err := json.Unmarshal([]byte(s.as("alice").ok(t, "conversation", "create", "--type", "note-to-self", "--json")), &got); err != nil || got.Type != talk.ConversationNoteToSelf {
		t.Errorf("--json gives %v, %v", got, err)
	}
}

func TestConversationCreateRefuses(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	tests := []struct {
		words []string
		args  []string
	}{
		{[]string{"needs a name"}, nil},
		{[]string{"needs a name"}, []string{" "}},
		{[]string{"--type", "round"}, []string{"x", "--type", "round"}},
		{[]string{"has no name"}, []string{"x", "--type", "one-to-one", "--invite", "bob"}},
		{[]string{"one user to --invite"}, []string{"--type", "one-to-one"}},
		{[]string{"one user to --invite"}, []string{"--type", "one-to-one", "--invite", "bob", "--invite", "carol"}},
		{[]string{"nobody can be invited"}, []string{"--type", "note-to-self", "--invite", "bob"}},
		{[]string{"no description"}, []string{"--type", "note-to-self", "--description", "x"}},
		{[]string{"only a public"}, []string{"x", "--password-stdin"}},
		{[]string{"--invite", "empty"}, []string{"x", "--invite", ""}},
		{[]string{"one argument too many"}, []string{"x", "y"}},
		{[]string{"password is empty", "standard input"}, []string{"x", "--type", "public", "--password-stdin"}},
	}
	for _, tt := range tests {
		s.as("alice").fails(t, exitUsage, tt.words, append([]string{"conversation", "create"}, tt.args...)...)
	}
	s.as("alice").fails(t, exitNotFound, []string{`no user "nobody"`}, "conversation", "create", "--type", "one-to-one", "--invite", "nobody")
	s.as("alice").fails(t, exitFailed, []string{"name", "255"}, "conversation", "create", strings.Repeat("x", 256))
	same(t, s.as("alice").ok(t, "conversation", "list"), "")
}

func TestConversationCreateInPart(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	r := s.as("alice").run(t, "conversation", "create", "Deploys", "--invite", "nobody", "--invite", "bob")
	token := strings.TrimSpace(r.out)
	if r.code != exitNotFound || !strings.Contains(r.err, token+" exists now, without nobody") {
		t.Errorf("somebody unknown: %+v", r)
	}
	s.view("bob", token) // was invited all the same
}

func TestConversationDelete(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	s.as("alice").fails(t, exitUsage, []string{"--yes"}, "conversation", "delete", "Deploys")
	s.as("bob").fails(t, exitFailed, []string{"does not permit"}, "conversation", "delete", "Deploys", "--yes")
	s.as("alice").fails(t, exitNotFound, []string{"one-to-one", "bob"}, "conversation", "delete", "@bob", "--yes")
	for _, answer := range []string{"", "\n", "n\n", "no\n", "yikes\n"} {
		r := s.as("alice").tty(80).stdin(answer).run(t, "conversation", "delete", "Deploys")
		if want := fmt.Sprintf(`Delete "Deploys" (%s) and its messages for everybody in it? [y/N] `, room.Token); r.code != exitFailed || !strings.HasPrefix(r.err, want) {
			t.Errorf("answered %q: %+v", answer, r)
		}
	}
	s.view("alice", room.Token) // is still there
	same(t, s.as("alice").tty(80).stdin("y\n").ok(t, "conversation", "delete", "Deploys"), "✓ Deleted Deploys\n")
	s.as("alice").fails(t, exitNotFound, []string{"Deploys"}, "conversation", "delete", "Deploys", "--yes")

	other := s.room("Other")
	same(t, s.as("alice").ok(t, "conversation", "delete", other.Token, "--yes"), "")
	same(t, s.as("alice").ok(t, "conversation", "list"), "")
}
