package cli

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/confab-go/confab/talk"
)

func TestSendWaitsForAnAnswer(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob", "carol")
	wire := newTrace("alice", &wireLog{}, nil, func() time.Time { return serverTime })
	c := s.as("alice")
	c.app.Transport = wire
	run := c.start(t, "send", "Deploys", "Shall it go live?", "--wait-reply", "1h")
	<-wire.polling
	page, err := s.sdk("bob").Chat.Page(t.Context(), room.Token, &talk.PageOptions{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	question := page.Messages[0]
	s.send("carol", room.Token, "Lunch?", nil)                                       // answers nothing
	s.send("alice", room.Token, "Well?", &talk.SendOptions{ReplyTo: question.ID})    // one's own
	yes := s.send("bob", room.Token, "Yes", &talk.SendOptions{ReplyTo: question.ID}) // the first answer
	s.send("carol", room.Token, "Wait, no", &talk.SendOptions{ReplyTo: question.ID}) // too late
	same(t, run.line(t), fmt.Sprintf("%d\t2026-03-01T12:00:00Z\tcomment\tusers/bob\tBob B.\t%d\tYes", yes.ID, question.ID))
	if end := <-run.done; end.code != exitOK {
		t.Errorf("%+v", end)
	}
}

func TestSendWaitsInAOneToOne(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	token := strings.TrimSpace(s.as("alice").ok(t, "conversation", "create", "--type", "one-to-one", "--invite", "bob"))
	wire := newTrace("alice", &wireLog{}, nil, func() time.Time { return serverTime })
	c := s.as("alice").tty(80)
	c.app.Transport = wire
	run := c.start(t, "send", "@bob", "Deploy now?", "--wait-reply", "1h", "--jq", ".message")
	<-wire.polling
	s.send("bob", token, "Go", nil)
	same(t, run.line(t), "Go")
	if end := <-run.done; end.code != exitOK {
		t.Errorf("%+v", end)
	}
}

func TestSendIsNotAnswered(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys", "bob")
	s.as("alice").fails(t, exitSilence, []string{"nobody answered message", "within 1ms"}, "send", "Deploys", "Anybody?", "--wait-reply", "1ms")

	wire := newTrace("alice", &wireLog{}, nil, func() time.Time { return serverTime })
	c := s.as("alice")
	c.app.Transport = wire
	run := c.start(t, "send", "Deploys", "Anybody?", "--wait-reply", "1h")
	<-wire.polling
	run.stop()
	if end := <-run.done; end.code != exitFailed || !strings.Contains(end.err, "interrupted") {
		t.Errorf("interrupted: %+v", end)
	}
}

func TestSendOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	other := s.room("Other", "bob")
	plan := file(t, "plan.txt", "first")
	alice := func(args ...string) string { return s.as("alice").ok(t, append([]string{"send"}, args...)...) }

	first := alice("Deploys", "Build 7 failed", "--idempotency-key", "build-7")
	s.send("bob", room.Token, "Oh no", nil)
	same(t, alice("Deploys", "Build 7 failed, still", "--idempotency-key", "build-7"), first)
	same(t, s.as("alice").tty(80).ok(t, "send", "Deploys", "x", "--idempotency-key", "build-7"), "✓ Was sent to Deploys before, as message "+first)
	if again := alice("Deploys", "Build 8 failed", "--idempotency-key", "build-8"); again == first {
		t.Error("another key gave the same message")
	}
	if again := alice("Other", "Build 7 failed", "--idempotency-key", "build-7"); again == first {
		t.Error("another conversation gave the same message")
	}
	s.as("bob").ok(t, "send", "Deploys", "Build 7 failed", "--idempotency-key", "build-7") // somebody else's is another one
	withFile := alice("Deploys", "--file", plan, "--idempotency-key", "file-7")
	same(t, alice("Deploys", "--file", plan, "--idempotency-key", "file-7"), withFile)

	same(t, s.as("bob").ok(t, "read", "Deploys", "--jq", `.[] | select(.messageType == "comment") | .message`), "Build 7 failed\nOh no\nBuild 8 failed\nBuild 7 failed\n{file}\n")
	if id := s.as("bob").ok(t, "read", "Other", "-n1", "--jq", ".[].referenceId"); len(id) != 65 || strings.Contains(id, "build-7") || id != referenceID("build-7", other.Token)+"\n" {
		t.Errorf("the reference id is %q", id)
	}
}

func TestSendOnceMustLookFirst(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys")
	c := s.as("alice")
	c.app.Transport = roundTrip(func(req *http.Request) (*http.Response, error) {
		if req.Method == http.MethodGet && strings.Contains(req.URL.Path, "/chat/") {
			return nil, fmt.Errorf("cut off")
		}
		return http.DefaultTransport.RoundTrip(req)
	})
	c.fails(t, exitFailed, []string{"was sent before"}, "send", room.Token, "x", "--idempotency-key", "k")
	if out := s.as("alice").ok(t, "read", "Deploys", "--jq", `.[] | select(.messageType == "comment")`); out != "" {
		t.Errorf("without knowing, it sent %s", out)
	}
}

func TestSendFile(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	m := s.send("bob", room.Token, "Where is the plan?", nil)
	plan := file(t, "plan.txt", "first")
	id := strings.TrimSpace(s.as("alice").ok(t, "send", "Deploys", "Here", "it", "is", "--file", plan, "--reply-to", fmt.Sprint(m.ID)))
	same(t, s.as("bob").ok(t, "message", "download", "Deploys", id, "-o", "-"), "first")
	same(t, s.as("bob").ok(t, "read", "Deploys", "-n1", "--jq", ".[] | .message, .parent.message"), "Here it is\nWhere is the plan?\n")

	s.as("alice").fails(t, exitUsage, []string{"--file", "file send"}, "send", "Deploys", "--file", "-")
	s.as("alice").fails(t, exitUsage, []string{"--file", "empty"}, "send", "Deploys", "--file", "")
	s.as("alice").fails(t, exitFailed, []string{"no such file"}, "send", "Deploys", "--file", plan+"x")
	s.as("alice").fails(t, exitUsage, []string{"--wait-reply"}, "send", "Deploys", "x", "--wait-reply", "0")
	s.as("alice").fails(t, exitUsage, []string{"--idempotency-key", "empty"}, "send", "Deploys", "x", "--idempotency-key", "")
	s.as("alice").fails(t, exitUsage, []string{"--idempotency-key and --reference-id"}, "send", "Deploys", "x", "--idempotency-key", "a", "--reference-id", "b")
}
