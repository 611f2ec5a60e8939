package cli

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/confab-go/confab/talk"
)

func TestFollow(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		tty  bool
		args []string
		want func(line string) bool
	}{
		{"pipe", false, nil, func(line string) bool {
			return strings.HasSuffix(line, "\tcomment\tusers/alice\tAlice\t\tnews")
		}},
		{"json", false, []string{"--json"}, func(line string) bool {
			var m talk.Message
			return json.Unmarshal([]byte(line), &m) == nil && m.Message == "news"
		}},
		{"json at a terminal", true, []string{"--json"}, func(line string) bool {
			var m talk.Message
			return json.Unmarshal([]byte(line), &m) == nil && m.Message == "news"
		}},
		{"terminal", true, nil, func(line string) bool { return strings.HasPrefix(line, "Alice, 12:00, #") }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			room := s.room("Deploys", "bob")
			s.send("alice", room.Token, "old", nil)
			wire := newTrace("bob", &wireLog{}, nil, func() time.Time { return serverTime })
			c := s.as("bob")
			if tt.tty {
				c.tty(80)
			}
			c.app.Transport = wire
			run := c.start(t, append([]string{"follow", "Deploys"}, tt.args...)...)
			<-wire.polling
			s.send("alice", room.Token, "news", nil)
			if line := run.line(t); !tt.want(line) {
				t.Errorf("the first line is %q", line)
			}
			run.interrupt(t)
		})
	}
}

func TestFollowSince(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	for _, text := range []string{"one", "two", "three"} {
		s.send("alice", room.Token, text, nil)
	}
	run := s.as("bob").start(t, "follow", room.Token, "--since-last", "2")
	texts := func(count int) (texts []string) {
		for range count {
			line := run.line(t)
			texts = append(texts, line[strings.LastIndexByte(line, '\t')+1:])
		}
		return texts
	}
	same(t, strings.Join(texts(2), " "), "two three")
	last := s.send("alice", room.Token, "four", nil)
	same(t, strings.Join(texts(1), " "), "four")
	run.interrupt(t)

	s.send("alice", room.Token, "five", nil)
	run = s.as("bob").start(t, "follow", room.Token, "--after", strconv.FormatInt(last.ID, 10))
	same(t, strings.Join(texts(1), " "), "five")
	run.interrupt(t)
}

func TestFollowRefuses(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys")
	s.as("alice").fails(t, exitUsage, []string{"--after"}, "follow", room.Token, "--after", "0")
	s.as("alice").fails(t, exitUsage, []string{"--since-last"}, "follow", room.Token, "--since-last", "-2")
	s.as("alice").fails(t, exitUsage, []string{"--after", "--since-last"}, "follow", room.Token, "--after", "1", "--since-last", "2")
	s.as("bob").fails(t, exitNotFound, []string{"conversation list"}, "follow", room.Token)
}

// TestFollowGoesOn cuts the connection of a waiting request: following tells so, and gives the next message all the same.
func TestFollowGoesOn(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	last := s.send("alice", room.Token, "old", nil)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	cut := make(chan struct{}, 1)
	c := s.as("bob")
	c.app.Transport = roundTrip(func(req *http.Request) (*http.Response, error) {
		if waits(req.URL) {
			select {
			case cut <- struct{}{}:
				return nil, errors.New("the cable is out")
			default:
			}
		}
		return transport.RoundTrip(req)
	})
	run := c.start(t, "follow", room.Token, "--after", strconv.FormatInt(last.ID, 10))
	s.send("alice", room.Token, "news", nil)
	if line := run.line(t); !strings.HasSuffix(line, "\tnews") {
		t.Errorf("the first line is %q", line)
	}
	run.stop()
	if end := <-run.done; end.code != exitOK || !strings.HasPrefix(end.err, "warning: read messages: the cable is out; trying again in ") {
		t.Errorf("%+v", end)
	}
}

// TestFollowBeforeTheFirstMessage has somebody wait for a one-to-one conversation that the other one begins later.
func TestFollowBeforeTheFirstMessage(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	wire := newTrace("bob", &wireLog{}, nil, func() time.Time { return serverTime })
	c := s.as("bob")
	c.app.Transport = wire
	run := c.start(t, "follow", "@alice")
	<-wire.polling
	s.as("alice").ok(t, "send", "@bob", "v1.4 is live")
	for line := ""; !strings.HasSuffix(line, "\tv1.4 is live"); {
		line = run.line(t)
	}
	run.interrupt(t)
}

// TestFollowAll stops and goes on where its cursor says, over all conversations.
func TestFollowAll(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	one, two := s.room("One", "bob"), s.room("Two", "bob")
	cursor := filepath.Join(t.TempDir(), "cursor")
	listed := make(chan struct{}, 1)
	c := s.as("bob")
	c.app.Transport = roundTrip(func(req *http.Request) (*http.Response, error) {
		res, err := http.DefaultTransport.RoundTrip(req)
		if _, there := os.Stat(cursor); there == nil && len(listed) == 0 { // by the second look
			listed <- struct{}{}
		}
		return res, err
	})
	run := c.start(t, "follow", "--all", "--cursor", cursor)
	<-listed
	run.interrupt(t)
	s.send("alice", one.Token, "first", nil)
	s.send("carol", s.room("Three", "bob", "carol").Token, "second", nil)
	s.send("alice", two.Token, "third", nil)
	run = s.as("bob").start(t, "follow", "--all", "--cursor", cursor)
	var lines []string
	for len(lines) < 3 {
		if line := run.line(t); strings.Contains(line, "\tcomment\t") {
			lines = append(lines, line)
		}
	}
	run.interrupt(t)
	slices.Sort(lines)
	all := strings.Join(lines, "\n")
	for _, want := range []string{one.Token + "\t", two.Token + "\t", "\tfirst", "\tsecond", "\tthird"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in %s", want, all)
		}
	}
	s.as("bob").fails(t, exitUsage, []string{"--all"}, "follow", "One", "--all")
	s.as("bob").fails(t, exitUsage, []string{"CONVERSATION"}, "follow")
	s.as("bob").fails(t, exitFailed, []string{"cursor", "follow_test.go"}, "follow", "--all", "--cursor", "follow_test.go")
}
