package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/confab-go/confab/talk"
)

func TestRead(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	first := s.send("bob", room.Token, "Is it live?\tReally?\nC:\\temp", nil)
	second := s.send("alice", room.Token, "Yes, @bob", &talk.SendOptions{ReplyTo: first.ID, Silent: true})
	evil := s.send("bob", room.Token, "Hi \x1b]0;owned\x07 \u009b2J \u202egnp", nil)

	t.Run("pipe", func(t *testing.T) {
		t.Parallel()
		same(t, s.as("alice").ok(t, "read", "Deploys"), strings.Join([]string{
			fmt.Sprintf("%d\t2026-03-01T12:00:00Z\tsystem\tusers/alice\tAlice\t\tYou created the conversation\n", first.ID-2),
			fmt.Sprintf("%d\t2026-03-01T12:00:00Z\tsystem\tusers/alice\tAlice\t\tYou added Bob B.\n", first.ID-1),
			fmt.Sprintf("%d\t2026-03-01T12:00:00Z\tcomment\tusers/bob\tBob B.\t\tIs it live?\\tReally?\\nC:\\\\temp\n", first.ID),
			fmt.Sprintf("%d\t2026-03-01T12:00:00Z\tcomment\tusers/alice\tAlice\t%d\tYes, @Bob B.\n", second.ID, first.ID),
			fmt.Sprintf("%d\t2026-03-01T12:00:00Z\tcomment\tusers/bob\tBob B.\t\tHi \\u001b]0;owned\\u0007 \\u009b2J \u202egnp\n", evil.ID),
		}, ""))
	})
	t.Run("terminal", func(t *testing.T) {
		t.Parallel()
		same(t, s.as("alice").tty(30).ok(t, "read", "Deploys"), fmt.Sprintf(`• You created the conversation, 5m ago
• You added Bob B., 5m ago
Bob B., 5m ago, #%d
  Is it live?	Really?
  C:\temp
Alice, 5m ago, #%d, silent
  │ Bob B.: Is it live? Reall…
  Yes, @Bob B.
Bob B., 5m ago, #%d
  Hi ␛]0;owned␇ %c2J gnp
`, first.ID, second.ID, evil.ID, '\uFFFD'))
	})
	t.Run("json", func(t *testing.T) {
		t.Parallel()
		for _, args := range [][]string{{"read", "Deploys", "--json"}, {"read", "Deploys", "--json", "--all"}} {
			for _, c := range []*call{s.as("alice"), s.as("alice").tty(80)} {
				out := c.ok(t, args...)
				if strings.ContainsAny(out, "\x1b\x07\u009b\u202e") {
					t.Errorf("%v: control characters get through", args)
				}
				var messages []*talk.Message
				if err := json.Unmarshal([]byte(out), &messages); err != nil {
					t.Fatalf("%v: %v in %s", args, err, out)
				}
				if len(messages) != 5 || messages[4].Message != evil.Message || messages[3].Parent.ID != first.ID {
					t.Errorf("%v gives %s", args, out)
				}
			}
		}
	})
	t.Run("nothing", func(t *testing.T) {
		t.Parallel()
		before := fmt.Sprint(first.ID - 2)
		same(t, s.as("alice").ok(t, "read", "Deploys", "--before", before), "")
		same(t, s.as("alice").ok(t, "read", "Deploys", "--before", before, "--json"), "[]\n")
		same(t, s.as("alice").ok(t, "read", "Deploys", "--before", before, "--json", "--all"), "[]\n")
	})
	t.Run("part", func(t *testing.T) {
		t.Parallel()
		r := s.as("bob").tty(80).run(t, "read", "Deploys", "-n", "1", "--before", fmt.Sprint(second.ID))
		if !strings.HasPrefix(r.out, "Bob B., 5m ago, #") || strings.Count(r.out, "#") != 1 {
			t.Errorf("one message is %q", r.out)
		}
		if want := fmt.Sprintf("confab read %s --before %d", room.Token, first.ID); !strings.Contains(r.err, want) {
			t.Errorf("the hint is %q, want %q in it", r.err, want)
		}
	})
	t.Run("colour", func(t *testing.T) {
		t.Parallel()
		colourful := func() *call {
			c := s.as("alice").tty(80)
			delete(c.env, "NO_COLOR")
			return c
		}
		for name, c := range map[string]*call{
			"terminal":      colourful(),
			"CLICOLOR=1":    colourful().set("CLICOLOR", "1"),
			"forced":        s.as("alice").set("CLICOLOR_FORCE", "1"),
			"forced, dumb":  colourful().set("TERM", "dumb").set("CLICOLOR_FORCE", "1"),
			"empty is none": colourful().set("NO_COLOR", ""),
		} {
			c.app.OutTTY = true
			if out := c.ok(t, "read", "Deploys"); !strings.Contains(out, "\x1b[1;36mBob B.\x1b[0m") {
				t.Errorf("%s: a name has no colour in %q", name, out)
			}
		}
		for name, c := range map[string]*call{
			"NO_COLOR":         colourful().set("NO_COLOR", "1").set("CLICOLOR_FORCE", "1"),
			"TERM=dumb":        colourful().set("TERM", "dumb"),
			"CLICOLOR=0":       colourful().set("CLICOLOR", "0"),
			"CLICOLOR_FORCE=0": s.as("alice").set("CLICOLOR_FORCE", "0"),
			"pipe":             s.as("alice"),
		} {
			if out := c.ok(t, "read", "Deploys"); strings.Contains(out, "\x1b") {
				t.Errorf("%s: there is colour in %q", name, out)
			}
		}
		if out := colourful().ok(t, "read", "Deploys", "--no-color"); strings.Contains(out, "\x1b") {
			t.Errorf("--no-color: there is colour in %q", out)
		}
	})
}

func TestReadPages(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Long")
	const count = 2*maxPage + 10
	for i := range count {
		s.send("alice", room.Token, fmt.Sprintf("message %d", i), nil)
	}
	for _, args := range [][]string{{"--all"}, {"-n", "100000"}} {
		lines := strings.Split(strings.TrimSpace(s.as("alice").ok(t, append([]string{"read", room.Token}, args...)...)), "\n")
		if len(lines) != count+1 {
			t.Fatalf("%v gives %d lines, want %d", args, len(lines), count+1)
		}
		for i, line := range lines[1:] {
			if want := fmt.Sprintf("message %d", i); !strings.HasSuffix(line, "\t"+want) {
				t.Fatalf("%v: line %d is %q, want %q", args, i+1, line, want)
			}
		}
	}
}

func TestReadMarks(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	ids := []int64{s.send("alice", room.Token, "one", nil).ID, s.send("alice", room.Token, "two", nil).ID}
	marker := func() (int64, int) {
		c, err := s.sdk("bob").Conversations.Get(t.Context(), room.Token)
		if err != nil {
			t.Fatal(err)
		}
		return c.LastReadMessage, c.UnreadMessages
	}
	s.as("bob").ok(t, "read", room.Token)
	if _, unread := marker(); unread != 2 {
		t.Errorf("reading left %d unread, want 2", unread)
	}
	s.as("bob").ok(t, "read", room.Token, "--mark-read")
	if at, unread := marker(); at != ids[1] || unread != 0 {
		t.Errorf("--mark-read: marker at %d with %d unread, want %d with 0", at, unread, ids[1])
	}
	s.as("bob").ok(t, "read", room.Token, "--mark-read", "--before", fmt.Sprint(ids[1]))
	if at, _ := marker(); at != ids[1] {
		t.Errorf("--mark-read moved the marker back to %d", at)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.as("alice").fails(t, exitUsage, []string{"CONVERSATION is missing"}, "read")
	s.as("alice").fails(t, exitUsage, []string{`"b" is one argument too many`}, "read", "a", "b")
	s.as("alice").fails(t, exitUsage, []string{"--limit"}, "read", "a", "-n", "0")
	s.as("alice").fails(t, exitUsage, []string{"--before"}, "read", "a", "--before", "-1")
	s.as("alice").fails(t, exitUsage, []string{"--all", "--limit"}, "read", "a", "--all", "-n", "3")
}
