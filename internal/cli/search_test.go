package cli

import (
	"fmt"
	"testing"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	other := s.room("Lunch", "bob")
	first := fmt.Sprint(s.send("alice", room.Token, "the disk is full", nil).ID)
	second := fmt.Sprint(s.send("bob", other.Token, "a full disk, for lunch", nil).ID)
	s.send("bob", room.Token, "empty", nil)
	same(t, s.as("alice").ok(t, "search", "messages", "disk"), other.Token+"\t"+second+"\t2026-03-01T12:00:00Z\tBob B. in Lunch\ta full disk, for lunch\n"+
		room.Token+"\t"+first+"\t2026-03-01T12:00:00Z\tAlice in Deploys\tthe disk is full\n")
	same(t, s.as("alice").ok(t, "search", "messages", "disk", "is", "--jq", ".[].attributes.messageId"), first+"\n")
	same(t, s.as("alice").ok(t, "search", "messages", "disk", "-n", "1", "--jq", "length"), "1\n")
	same(t, s.as("alice").ok(t, "search", "messages", "disk", "--in", "Deploys", "--by", "alice", "--since", "2026-03-01T00:00:00Z", "--jq", "length"), "1\n")
	same(t, s.as("alice").ok(t, "search", "messages", "disk", "--until", "2026-02-01T00:00:00Z"), "")
	same(t, s.as("carol").ok(t, "search", "messages", "disk"), "")
	same(t, s.as("bob").ok(t, "search", "conversations", "unc"), other.Token+"\tLunch\n")
	same(t, s.as("bob").ok(t, "search", "conversations", "unc", "--template", "{{range .}}{{.title}}{{end}}"), "Lunch")

	s.as("alice").fails(t, exitUsage, []string{"TEXT is missing"}, "search", "messages")
	s.as("alice").fails(t, exitUsage, []string{"--limit"}, "search", "messages", "x", "-n", "0")
	s.as("alice").fails(t, exitUsage, []string{"--since"}, "search", "messages", "x", "--since", "yesterday")
	s.as("alice").fails(t, exitNotFound, []string{"Nowhere"}, "search", "messages", "x", "--in", "Nowhere")
}
