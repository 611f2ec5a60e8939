//go:build unix

package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/confab-go/confab/talk"
)

func TestPager(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys")
	s.send("alice", room.Token, "one", nil)
	s.send("alice", room.Token, "two", nil)
	read := func(c *call, height int, args ...string) result {
		c.tty(80).app.Height = height
		return c.run(t, append([]string{"read", "Deploys", "-n2"}, args...)...)
	}
	short, long := "Alice, 5m ago", "P:Alice, 5m ago"
	for _, tt := range []struct {
		name   string
		call   *call
		height int
		args   []string
		begins string
		errs   string
	}{
		{"longer than the terminal", s.as("alice").set("PAGER", "sed s/^/P:/"), 4, nil, long, "Older ones: confab read " + room.Token},
		{"it fits", s.as("alice").set("PAGER", "sed s/^/P:/"), 40, nil, short, "Older ones"},
		{"ours goes first", s.as("alice").set(envPager, "sed 's/^/P:/'").set("PAGER", "false"), 4, nil, long, "Older ones"},
		{"switched off", s.as("alice").set("PAGER", "sed s/^/P:/"), 4, []string{"--no-pager"}, short, "Older ones"},
		{"cat is none", s.as("alice").set(envPager, "cat"), 4, nil, short, "Older ones"},
		{"a simple terminal", s.as("alice").set("PAGER", "sed s/^/P:/").set("TERM", "dumb"), 4, nil, short, "Older ones"},
		{"none by this name", s.as("alice").set("PAGER", "no-such-pager -x"), 4, nil, short, "warning: the pager no-such-pager cannot be started"},
	} {
		r := read(tt.call, tt.height, tt.args...)
		if r.code != exitOK || !strings.HasPrefix(r.out, tt.begins) || !strings.Contains(r.err, tt.errs) {
			t.Errorf("%s: %+v", tt.name, r)
		}
	}
	if r := read(s.as("alice").set("PAGER", "false"), 4); r.code != exitFailed || !strings.Contains(r.err, "the pager false: exit status 1") {
		t.Errorf("a pager that fails: %+v", r)
	}
	c := s.as("alice").set("PAGER", "sed s/^/P:/")
	c.app.Height = 4
	same(t, c.ok(t, "read", "Deploys", "-n1", "--jq", ".[].message"), "two\n") // a pipe is never paged

	// Who leaves the pager has read enough.
	c = s.as("alice").set("PAGER", "head -n 1").tty(80)
	c.app.Height = 4
	same(t, c.ok(t, "help"), "Nextcloud Talk on the command line: send, read and follow messages, manage conversations,\n")
	c = s.as("alice").set("PAGER", "true").tty(80)
	c.app.Height = 2
	for i := range 40 {
		s.send("alice", room.Token, strings.Repeat(fmt.Sprint(i), 30_000/len(fmt.Sprint(i))), nil)
	}
	same(t, c.ok(t, "read", "Deploys", "-n40"), "")
}

func TestReadMarkdown(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	s.send("alice", room.Token, "**Live**, @bob:\n- `api`\n- {x} \U000F0000", nil)
	s.send("bob", room.Token, "[here](https://example.com)", &talk.SendOptions{})
	same(t, s.as("alice").tty(80).ok(t, "read", "Deploys", "-n2"),
		"Alice, 5m ago, #3\n  **Live**, @Bob B.:\n  • `api`\n  • {x} \U000F0000\nBob B., 5m ago, #4\n  here (https://example.com)\n")
	colored := s.as("bob").tty(80).set("NO_COLOR", "")
	same(t, colored.ok(t, "read", "Deploys", "-n1"),
		"\x1b[30;46m BB \x1b[0m \x1b[1;36mBob B.\x1b[0m\x1b[2m, 5m ago, #4\x1b[0m\n  \x1b[4mhere\x1b[0m\x1b[2m (https://example.com)\x1b[0m\n")
	for _, light := range []*call{colored.set("COLORFGBG", "0;15"), colored.set("COLORFGBG", "15;0").set(envBackground, "light")} {
		if out := light.ok(t, "read", "Deploys", "-n1"); !strings.Contains(out, "\x1b[1;34mBob B.") {
			t.Errorf("on a light ground: %q", out)
		}
	}
	out := s.as("bob").tty(80).set("NO_COLOR", "").ok(t, "conversation", "list")
	if want := "\x1b[97;44m D \x1b[0m  " + room.Token + "  \x1b[1mDeploys\x1b[0m"; !strings.Contains(out, want) {
		t.Errorf("the list is %q", out)
	}
	// A pipe gets what was written.
	same(t, s.as("bob").ok(t, "read", "Deploys", "-n1", "--jq", ".[].message"), "[here](https://example.com)\n")
}

func TestFieldsAsTheNextArgument(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("token")
	same(t, s.as("alice").ok(t, "conversation", "view", room.Token, "--json", "displayName,type"), `{"displayName":"token","type":2}`+"\n")
	same(t, s.as("alice").ok(t, "conversation", "view", "--json=type", "token"), `{"type":2}`+"\n")
	same(t, s.as("alice").ok(t, "send", "token", "--json=message", "--", "--json", "id"), `{"message":"--json id"}`+"\n")
	s.as("alice").fails(t, exitUsage, []string{"no field is named; choose from actorId, "}, "conversation", "list", "--fields")
	r := s.as("alice").tty(80).run(t, "conversation", "list", "--json")
	if r.code != exitOK || !strings.HasPrefix(r.out, "[\n") || !strings.Contains(r.err, "Fields, of which --json=a,b prints only some: actorId,") {
		t.Errorf("%+v", r)
	}
	for _, args := range [][]string{{"--json=token"}, {"--jq", ".[].token"}} {
		if r := s.as("alice").tty(80).run(t, append([]string{"conversation", "list"}, args...)...); r.err != "" {
			t.Errorf("who knows the fields is told %q", r.err)
		}
	}
}
