package cli

import (
	"testing"

	"github.com/confab-go/confab/internal/playback"
)

// TestThreads plays the recorded story of threads to the commands.
func TestThreads(t *testing.T) {
	t.Parallel()
	s := playback.New(t, "talk-23/threads")
	s.AnyLimit = true
	room, id, plain := s.Vars["room"], s.Vars["t"], s.Vars["p"]
	same(t, playing(s, "anna").ok(t, "send", room, "plain"), plain+"\n")
	same(t, playing(s, "anna").ok(t, "thread", "create", room, "Planning", "Let", "us", "plan"), id+"\n")
	playing(s, "ben").ok(t, "send", room, "--reply-to", id, "in it, quoting")
	same(t, playing(s, "ben").ok(t, "send", room, "--thread", id, "in it, not quoting", "--jq", ".threadTitle"), "Planning\n")
	playing(s, "anna").fails(t, exitFailed, []string{"reply-to"}, "send", room, "nowhere", "--thread", "99999999")

	same(t, playing(s, "ben").ok(t, "thread", "list", room, "-n", "1"), id+"\t"+room+"\t3\t2026-11-24T02:13:44Z\tdefault\tPlanning\n")
	if out := playing(s, "anna").ok(t, "thread", "ls", room, "--jq", ".[0].thread.title"); out != "Planning\n" {
		t.Errorf("listed: %q", out)
	}
	same(t, playing(s, "ben").ok(t, "thread", "list", "-n", "1", "--template", "{{range .}}{{.thread.numReplies}} answers{{end}}"), "3 answers")
	same(t, playing(s, "anna").ok(t, "thread", "view", room, id), "thread\t"+id+`
title	Planning
answers	3
active	2026-11-24T02:13:44Z
notifies	default
first	Anna: Let us plan
last	Anna: a title in a thread
`)
	playing(s, "anna").fails(t, exitNotFound, []string{"thread"}, "thread", "view", room, plain)
	same(t, playing(s, "anna").tty(80).ok(t, "thread", "rename", room, id, "Planning 2"), "✓ Renamed the thread "+id+" to Planning 2\n")
	playing(s, "ben").fails(t, exitFailed, []string{"permission"}, "thread", "rename", room, id, "no right")
	same(t, playing(s, "ben").tty(80).ok(t, "thread", "notify", room, id, "always"), "✓ The thread "+id+" notifies you: always\n")
	same(t, playing(s, "anna").ok(t, "read", room, "--thread", id, "-n", "6", "--jq", `[.[] | select(.systemMessage == "") | .message] | first`), "Let us plan\n")
}

func TestThreadsRefuse(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys")
	for _, tt := range []struct {
		words []string
		args  []string
	}{
		{[]string{"--limit", "1 to 50"}, []string{"thread", "list", "Deploys", "-n", "51"}},
		{[]string{"--limit"}, []string{"thread", "list", "-n", "0"}},
		{[]string{"TITLE is missing"}, []string{"thread", "create", "Deploys"}},
		{[]string{"title is empty"}, []string{"thread", "create", "Deploys", "", "x"}},
		{[]string{"id of a thread"}, []string{"thread", "view", "Deploys", "x"}},
		{[]string{"LEVEL", "loud"}, []string{"thread", "notify", "Deploys", "7", "loud"}},
		{[]string{"--thread"}, []string{"send", "Deploys", "x", "--thread", "0"}},
		{[]string{"--reply-in", "--reply-to"}, []string{"send", "@bob", "x", "--reply-in", "Deploys"}},
		{[]string{"--reply-in"}, []string{"send", "@bob", "x", "--reply-to", "7", "--reply-in", ""}},
		{[]string{"--reply-in", "--file"}, []string{"send", "@bob", "x", "--reply-to", "7", "--reply-in", "Deploys", "--file", "a"}},
		{[]string{"--thread"}, []string{"read", "Deploys", "--thread", "-1"}},
		{[]string{"--thread"}, []string{"follow", "Deploys", "--thread", "0"}},
		{[]string{"--thread"}, []string{"file", "share", "Deploys", "/a.txt", "--thread", "0"}},
		{[]string{"--thread", "--mark-read"}, []string{"read", "Deploys", "--thread", "7", "--mark-read"}},
		{[]string{"--draft", "--thread"}, []string{"poll", "create", "Deploys", "Q", "a", "b", "--draft", "--thread", "7"}},
	} {
		s.as("alice").fails(t, exitUsage, tt.words, tt.args...)
	}
}

func TestCompleteThreads(t *testing.T) {
	t.Parallel()
	s := playback.New(t, "talk-23/threads")
	same(t, playing(s, "ben").ok(t, "thread", "list", s.Vars["room"], "-n", "1", "--jq", "length"), "1\n")
	out := playing(s, "anna").ok(t, "__complete", "thread", "view", s.Vars["room"], s.Vars["t"])
	same(t, out, s.Vars["t"]+"\tPlanning\n:36\n")
}
