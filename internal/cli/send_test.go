package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/confab-go/confab/talk"
)

func TestSend(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		args  []string
		stdin string
		want  string
	}{
		{"one argument", []string{"v1.4 is live"}, "", "v1.4 is live"},
		{"words are joined", []string{"v1.4", "is", "live"}, "", "v1.4 is live"},
		{"dash is standard input", []string{"-"}, "from a file\nof two lines\n", "from a file\nof two lines"},
		{"no message is standard input", nil, "from a pipe", "from a pipe"},
		{"a dash among words is a word", []string{"-", "-"}, "not this", "- -"},
		{"after -- all are words", []string{"--", "--silent"}, "", "--silent"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			room := s.room("Deploys")
			out := s.as("alice").stdin(tt.stdin).ok(t, append([]string{"send", room.Token}, tt.args...)...)
			page, err := s.sdk("alice").Chat.Page(t.Context(), room.Token, &talk.PageOptions{Limit: 1})
			if err != nil {
				t.Fatal(err)
			}
			if got := page.Messages[0].Message; got != tt.want {
				t.Errorf("sent %q, want %q", got, tt.want)
			}
			same(t, out, fmt.Sprintf("%d\n", page.Messages[0].ID))
		})
	}
}

func TestSendForms(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	first := s.send("bob", room.Token, "Is it live?", nil)

	out := s.as("alice").tty(80).ok(t, "send", "Deploys", "Yes", "--reply-to", fmt.Sprint(first.ID), "--silent", "--reference-id", "deploy-7")
	same(t, out, fmt.Sprintf("✓ Sent to Deploys as message %d\n", first.ID+1))

	var m talk.Message
	if err := json.Unmarshal([]byte(s.as("alice").ok(t, "send", "Deploys", "Really", "--json")), &m); err != nil {
		t.Fatal(err)
	}
	if m.Message != "Really" || m.Token != room.Token {
		t.Errorf("--json gives %+v", m)
	}
	page, err := s.sdk("bob").Chat.Page(t.Context(), room.Token, &talk.PageOptions{Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	answer := page.Messages[1]
	if answer.Parent == nil || answer.Parent.ID != first.ID || !answer.Silent || answer.ReferenceID != "deploy-7" {
		t.Errorf("the answer arrived as %+v", answer)
	}
}

func TestSendRefuses(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys")
	s.as("alice").fails(t, exitUsage, []string{"CONVERSATION is missing", "confab send --help"}, "send")
	s.as("alice").fails(t, exitUsage, []string{"message is empty"}, "send", room.Token)
	s.as("alice").fails(t, exitUsage, []string{"message is empty"}, "send", room.Token, " ", "")
	s.as("alice").tty(80).fails(t, exitUsage, []string{"no message", "'-'"}, "send", room.Token)
	s.as("alice").fails(t, exitUsage, []string{"--reply-to"}, "send", room.Token, "x", "--reply-to", "0")
	s.as("alice").fails(t, exitUsage, []string{"--reply-to", "abc"}, "send", room.Token, "x", "--reply-to", "abc")
	s.as("alice").fails(t, exitFailed, []string{"--reply-to takes the id"}, "send", room.Token, "x", "--reply-to", "4711")
	s.as("alice").fails(t, exitFailed, []string{"reference id"}, "send", room.Token, "x", "--reference-id", strings.Repeat("x", 65))
	s.as("alice").stdin("caf\xe9").fails(t, exitFailed, []string{"not UTF-8"}, "send", room.Token, "-")
	s.as("alice").fails(t, exitUsage, []string{"not UTF-8"}, "send", room.Token, "caf\xe9")
	s.as("alice").stdin(strings.Repeat("x", 200_000)).fails(t, exitFailed, []string{"more than 128000 bytes"}, "send", room.Token, "-")
	s.as("alice").stdin(strings.Repeat("x", 40_000)).fails(t, exitFailed, []string{"40000", "32000"}, "send", room.Token, "-")

	page, err := s.sdk("alice").Chat.Page(t.Context(), room.Token, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range page.Messages {
		if !m.IsSystem() {
			t.Errorf("something was sent: %q", m.Message)
		}
	}
}

func TestSendInterrupted(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys")
	in, typed := io.Pipe() // somebody who has not finished
	t.Cleanup(func() { _ = typed.Close() })
	c := s.as("alice")
	c.app.In = in
	run := c.start(t, "send", room.Token, "-")
	if _, err := typed.Write([]byte("Half a sen")); err != nil { // it is being read now
		t.Fatal(err)
	}
	run.stop()
	if end := <-run.done; end.code != exitFailed || end.err != "confab: interrupted\n" {
		t.Errorf("%+v", end)
	}
}
