package cli

import "testing"

func TestBans(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Square", "bob")
	same(t, s.as("alice").ok(t, "ban", "list", "Square"), "")
	same(t, s.as("alice").ok(t, "ban", "create", "Square", "bob", "--note", "spam"), "1\n")
	same(t, s.as("alice").tty(80).ok(t, "ban", "create", "Square", "192.0.2.0/24", "--source", "ip"), "✓ Banned 192.0.2.0/24 from Square\n")
	same(t, s.as("alice").ok(t, "ban", "list", room.Token),
		"1\tusers\tbob\tBob B.\tAlice\t2026-03-01T12:00:00Z\tspam\n2\tip\t192.0.2.0/24\t192.0.2.0/24\tAlice\t2026-03-01T12:00:00Z\t\n")
	same(t, s.as("alice").ok(t, "ban", "ls", "Square", "--jq", ".[].bannedActorId"), "bob\n192.0.2.0/24\n")
	same(t, s.as("alice").ok(t, "__complete", "ban", "lift", "Square", "1"), "1\tBob B.\n:36\n")

	s.as("alice").fails(t, exitUsage, []string{"--source", "groups"}, "ban", "create", "Square", "crew", "--source", "groups")
	s.as("alice").fails(t, exitFailed, []string{"self"}, "ban", "create", "Square", "alice")
	s.as("alice").fails(t, exitUsage, []string{"id of a ban"}, "ban", "lift", "Square", "bob")
	s.as("alice").fails(t, exitNotFound, []string{"no ban 9", "ban list"}, "ban", "lift", "Square", "9")
	s.as("bob").fails(t, exitNotFound, nil, "ban", "list", room.Token)

	same(t, s.as("alice").tty(80).ok(t, "ban", "lift", "Square", "1"), "✓ Bob B. may enter Square again\n")
	same(t, s.as("alice").ok(t, "participant", "add", "Square", "bob"), "")
}
