package cli

import (
	"fmt"
	"testing"
)

func TestReminders(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	first := fmt.Sprint(s.send("alice", room.Token, "do not forget", nil).ID)
	second := fmt.Sprint(s.send("alice", room.Token, "nor this", nil).ID)
	same(t, s.as("bob").ok(t, "reminder", "list"), "")
	same(t, s.as("bob").ok(t, "reminder", "set", "Deploys", first, "--in", "2h"), "2026-03-01T14:05:00Z\n")
	same(t, s.as("bob").tty(80).ok(t, "reminder", "set", "Deploys", second, "--at", "2026-03-01T13:00:00Z"),
		"✓ You will be reminded of message "+second+" in Deploys: 13:00\n")
	same(t, s.as("bob").ok(t, "reminder", "list"), "2026-03-01T13:00:00Z\t"+room.Token+"\t"+second+"\tAlice\tnor this\n"+
		"2026-03-01T14:05:00Z\t"+room.Token+"\t"+first+"\tAlice\tdo not forget\n")
	same(t, s.as("bob").ok(t, "reminder", "ls", "--jq", ".[0].message"), "nor this\n")
	same(t, s.as("bob").ok(t, "reminder", "view", "Deploys", first, "--jq", ".messageId"), first+"\n")

	s.as("bob").fails(t, exitUsage, []string{"--at", "--in"}, "reminder", "set", "Deploys", first)
	s.as("bob").fails(t, exitUsage, []string{"exclude"}, "reminder", "set", "Deploys", first, "--in", "1h", "--at", "2026-03-01T13:00:00Z")
	s.as("bob").fails(t, exitUsage, []string{"id of a message"}, "reminder", "set", "Deploys", "it", "--in", "1h")
	s.as("bob").fails(t, exitNotFound, []string{"message"}, "reminder", "set", "Deploys", "99999", "--in", "1h")
	s.as("alice").fails(t, exitNotFound, []string{"reminder"}, "reminder", "view", "Deploys", first)

	same(t, s.as("bob").tty(80).ok(t, "reminder", "delete", "Deploys", first), "✓ You will not be reminded of message "+first+" in Deploys\n")
	s.as("bob").fails(t, exitNotFound, []string{"reminder"}, "reminder", "view", "Deploys", first)
}
