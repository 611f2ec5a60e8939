package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/confab-go/confab/talk"
)

func TestConversationEdit(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	token := s.room("Deploys", "bob").Token
	tests := []struct {
		args []string
		ok   func(*talk.Conversation) bool
	}{
		{[]string{"--name", "Releases", "--description", "What goes live"}, func(c *talk.Conversation) bool {
			return c.DisplayName == "Releases" && c.Description == "What goes live"
		}},
		{[]string{"--description", ""}, func(c *talk.Conversation) bool { return c.Description == "" }},
		{[]string{"--read-only"}, func(c *talk.Conversation) bool { return c.ReadOnly }},
		{[]string{"--read-only=false"}, func(c *talk.Conversation) bool { return !c.ReadOnly }},
		{[]string{"--public", "--password-stdin"}, func(c *talk.Conversation) bool { return c.Type == talk.ConversationPublic && c.HasPassword }},
		{[]string{"--no-password"}, func(c *talk.Conversation) bool { return !c.HasPassword }},
		{[]string{"--private"}, func(c *talk.Conversation) bool { return c.Type == talk.ConversationGroup }},
		{[]string{"--listable", "users"}, func(c *talk.Conversation) bool { return c.Listable == talk.ListableUsers }},
		{[]string{"--mention-all", "moderators"}, func(c *talk.Conversation) bool { return c.MentionPermissions == talk.MentionModerators }},
		{[]string{"--notifications", "never", "--call-notifications=false"}, func(c *talk.Conversation) bool {
			return c.NotificationLevel == talk.NotifyNever && c.NotificationCalls == talk.NotifyCallsOff
		}},
		{[]string{"--call-notifications"}, func(c *talk.Conversation) bool { return c.NotificationCalls == talk.NotifyCallsOn }},
		{[]string{"--favorite", "--archived", "--important", "--sensitive"}, func(c *talk.Conversation) bool {
			return c.IsFavorite && c.IsArchived && c.IsImportant && c.IsSensitive
		}},
		{[]string{"--favorite=false", "--archived=false", "--important=false", "--sensitive=false"}, func(c *talk.Conversation) bool {
			return !c.IsFavorite && !c.IsArchived && !c.IsImportant && !c.IsSensitive
		}},
		{[]string{"--expire", "24h"}, func(c *talk.Conversation) bool { return c.MessageExpiration == 24*time.Hour }},
		{[]string{"--permissions", "chat,join-call"}, func(c *talk.Conversation) bool {
			return c.DefaultPermissions == talk.PermissionCustom|talk.PermissionChat|talk.PermissionJoinCall
		}},
		{[]string{"--lobby", "--lobby-until", "2026-06-01T09:00:00Z"}, func(c *talk.Conversation) bool {
			return c.LobbyState == talk.LobbyNonModerators && c.LobbyTimer.Equal(time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC))
		}},
		{[]string{"--lobby=false"}, func(c *talk.Conversation) bool { return c.LobbyState == talk.LobbyNone }},
	}
	for _, tt := range tests {
		same(t, s.as("alice").stdin("open sesame\n").ok(t, append([]string{"conversation", "edit", token}, tt.args...)...), "")
		if room := s.view("alice", token); !tt.ok(room) {
			t.Errorf("%q made it %+v", tt.args, room)
		}
	}
	same(t, s.as("alice").tty(80).ok(t, "conversation", "edit", token, "--name", "Deploys"), "✓ Changed Deploys\n")
	same(t, s.as("bob").ok(t, "conversation", "edit", token, "--favorite", "--json=isFavorite"), `{"isFavorite":true}`+"\n")
}

func TestConversationEditRefuses(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys", "bob")
	for _, tt := range []struct {
		words []string
		args  []string
	}{
		{[]string{"nothing is to be changed"}, nil},
		{[]string{"--name", "empty"}, []string{"--name", " "}},
		{[]string{"--public and --private"}, []string{"--public", "--private"}},
		{[]string{"--password-stdin and --no-password"}, []string{"--password-stdin", "--no-password"}},
		{[]string{"cannot be false"}, []string{"--public=false"}},
		{[]string{"--listable", "martians", "everyone"}, []string{"--listable", "martians"}},
		{[]string{"--notifications", "default", "always"}, []string{"--notifications", "default"}},
		{[]string{"--mention-all"}, []string{"--mention-all", ""}},
		{[]string{"--lobby-until needs --lobby"}, []string{"--lobby-until", "2026-06-01T09:00:00Z"}},
		{[]string{"--lobby-until", "tomorrow"}, []string{"--lobby", "--lobby-until", "tomorrow"}},
		{[]string{"--permissions", `"fly"`, "publish-audio"}, []string{"--permissions", "chat,fly"}},
		{[]string{"password is empty", "standard input"}, []string{"--password-stdin"}},
	} {
		s.as("alice").fails(t, exitUsage, tt.words, append([]string{"conversation", "edit", "Deploys", "--favorite"}[:3:3], tt.args...)...)
	}
	s.as("alice").fails(t, exitFailed, []string{"after --name", "--description: ", "value"}, "conversation", "edit", "Deploys", "--name", "Releases", "--description", strings.Repeat("x", 2001))
	s.as("bob").fails(t, exitFailed, []string{"--read-only: ", "does not permit"}, "conversation", "edit", "Releases", "--read-only")
}

func TestConversationJoinAndLeave(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	token := strings.TrimSpace(s.as("alice").stdin("open sesame\n").ok(t, "conversation", "create", "Open house", "--type", "public", "--password-stdin"))
	s.as("bob").stdin("wrong\n").fails(t, exitFailed, []string{"403"}, "conversation", "join", token, "--password-stdin")
	same(t, s.as("bob").stdin("open sesame\n").ok(t, "conversation", "join", s.url+"/call/"+token, "--password-stdin"), token+"\n")
	same(t, s.as("bob").ok(t, "conversation", "list", "--jq", ".[].token"), token+"\n")
	same(t, s.as("bob").tty(80).ok(t, "conversation", "leave", "Open house"), "✓ Left Open house\n")
	same(t, s.as("bob").ok(t, "conversation", "list"), "")

	s.as("alice").ok(t, "conversation", "create", "Listed", "--description", "Come in")
	s.as("alice").ok(t, "conversation", "edit", "Listed", "--listable", "users")
	listed := s.as("alice").ok(t, "conversation", "view", "Listed", "--jq", ".token")
	listed = strings.TrimSpace(listed)
	same(t, s.as("bob").ok(t, "conversation", "search", "list"), listed+"\tListed\tgroup\tCome in\n")
	same(t, s.as("bob").tty(80).ok(t, "conversation", "search"), "TOKEN     NAME    TYPE   DESCRIPTION\n"+listed+"  Listed  group  Come in\n")
	same(t, s.as("bob").tty(80).ok(t, "conversation", "join", "Listed"), "✓ Joined Listed: "+listed+"\n")
	s.as("bob").fails(t, exitNotFound, []string{`"Secret"`, "conversation search"}, "conversation", "join", "Secret")
	s.as("alice").fails(t, exitFailed, []string{"last moderator"}, "conversation", "leave", "Listed")
}

func TestConversationJoinAndStay(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	token := s.room("Deploys", "bob").Token
	run := s.as("bob").start(t, "conversation", "join", "Deploys", "--stay")
	same(t, run.line(t), token)
	session := func() string {
		return s.as("alice").ok(t, "participant", "list", "Deploys", "--jq", `.[] | select(.actorId == "bob") | .sessionIds | length`)
	}
	same(t, session(), "1\n")
	run.interrupt(t)
	same(t, session(), "0\n")
}

func TestConversationWatch(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	deploys := s.room("Deploys", "bob")
	line := fmt.Sprintf("%s\tDeploys\tgroup\t0\t\t2026-03-01T12:00:00Z", deploys.Token)
	run := s.as("bob").start(t, "conversation", "watch", "--every", "1s")
	same(t, run.line(t), line)
	s.send("alice", deploys.Token, "news", nil)
	same(t, run.line(t), strings.Replace(line, "\t0\t", "\t1\t", 1))
	run.interrupt(t)
	run = s.as("bob").tty(80).start(t, "conversation", "watch")
	same(t, run.line(t), "Deploys, 1 unread, 12:00, "+deploys.Token)
	run.interrupt(t)
	run = s.as("bob").start(t, "conversation", "watch", "--json=displayName")
	same(t, run.line(t), `{"displayName":"Deploys"}`)
	run.interrupt(t)
	s.as("bob").fails(t, exitUsage, []string{"--every"}, "conversation", "watch", "--every", "10ms")
}

func TestClearHistory(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	s.send("alice", room.Token, "secret", nil)
	s.as("alice").fails(t, exitUsage, []string{"--yes"}, "conversation", "clear-history", "Deploys")
	s.as("bob").fails(t, exitFailed, []string{"does not permit"}, "conversation", "clear-history", "Deploys", "--yes")
	same(t, s.as("alice").tty(80).stdin("y\n").ok(t, "conversation", "clear-history", "Deploys"), "✓ Deleted the messages of Deploys\n")
	same(t, s.as("bob").ok(t, "read", "Deploys", "--jq", ".[].systemMessage"), "history_cleared\n")
}

func TestParticipantRoles(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys", "bob")
	role := func() string {
		return s.as("alice").ok(t, "participant", "list", "Deploys", "--jq", `.[] | select(.actorId == "bob") | .participantType`)
	}
	same(t, s.as("alice").tty(80).ok(t, "participant", "promote", "Deploys", "bob"), "✓ Bob B. moderates Deploys now\n")
	same(t, role(), "2\n")
	same(t, s.as("alice").ok(t, "participant", "demote", "Deploys", "2", "--json"), "")
	same(t, role(), "3\n")
	s.as("bob").fails(t, exitFailed, []string{"does not permit"}, "participant", "promote", "Deploys", "bob")
	s.as("alice").fails(t, exitNotFound, []string{`"carol"`}, "participant", "demote", "Deploys", "carol")
	s.as("alice").fails(t, exitUsage, []string{"--source"}, "participant", "demote", "Deploys", "bob", "--source", "mars")
}

func TestParticipantPermissions(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys", "bob")
	same(t, s.as("alice").ok(t, "participant", "permissions", "Deploys", "bob", "--set", "chat,join-call"),
		"name\tBob B.\nrole\tuser\npermissions\tcustom|join-call|chat\nin person\tcustom|join-call|chat\n")
	same(t, s.as("alice").tty(80).ok(t, "participant", "permissions", "Deploys", "bob", "--remove", "chat"),
		"name:        Bob B.\nrole:        user\npermissions: custom|join-call\nin person:   custom|join-call\n")
	same(t, s.as("alice").ok(t, "participant", "permissions", "Deploys", "bob", "--add", "publish-audio", "--json=permissions"), `{"permissions":21}`+"\n")
	s.as("alice").fails(t, exitUsage, []string{"--set and --add"}, "participant", "permissions", "Deploys", "bob", "--add", "chat", "--set", "chat")
	s.as("alice").fails(t, exitUsage, []string{"--set", `""`}, "participant", "permissions", "Deploys", "bob", "--set", "")
	s.as("bob").fails(t, exitFailed, []string{"does not permit"}, "participant", "permissions", "Deploys", "bob", "--add", "chat")
}
