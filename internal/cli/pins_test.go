package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/internal/playback"
	"github.com/confab-go/confab/talk"
)

// TestPins plays the recorded story of pinned messages to the commands.
func TestPins(t *testing.T) {
	t.Parallel()
	s := playback.New(t, "talk-25-alpha/pins")
	s.AnyLimit = true
	room, a, b := s.Vars["room"], s.Vars["a"], s.Vars["b"]
	same(t, playing(s, "anna").tty(80).ok(t, "message", "pin", room, a), "✓ Pinned message "+a+" in Pins\n")
	same(t, playing(s, "anna").tty(80).ok(t, "message", "pin", room, "#"+a), "✓ Message "+a+" was pinned in Pins before\n")
	same(t, playing(s, "anna").ok(t, "message", "pin", room, b, "--until", "2030-01-01T00:00:00Z", "--jq", ".metaData.pinnedUntil"), "1893456000\n")
	playing(s, "anna").fails(t, exitFailed, []string{"until"}, "message", "pin", room, b, "--until", "1970-01-01T00:00:05Z")
	playing(s, "ben").fails(t, exitFailed, []string{"does not permit"}, "message", "pin", room, a)
	same(t, playing(s, "ben").tty(80).ok(t, "message", "unpin", room, b, "--for-me"), "✓ Hid the pinned message "+b+" in Pins\n")
	playing(s, "ben").fails(t, exitFailed, []string{"does not permit"}, "message", "unpin", room, a)
	same(t, playing(s, "anna").ok(t, "message", "unpin", room, a, "--json=id"), "{\"id\":"+a+"}\n")
	same(t, playing(s, "anna").ok(t, "message", "unpin", room, a, "--json"), "null\n")

	same(t, playing(s, "ben").ok(t, "message", "pinned", room),
		b+"\t2026-11-24T02:18:07Z\tcomment\tusers/ben\tBen\t\tand me\n"+a+"\t2026-11-24T02:18:06Z\tcomment\tusers/anna\tAnna\t\tpin me\n")
}

// TestWhatAConversationSaysOfItself: which message is pinned, unless the account hides it; how many messages wait.
func TestWhatAConversationSaysOfItself(t *testing.T) {
	t.Parallel()
	s := playback.New(t, "talk-25-alpha/pins")
	for _, want := range []string{"\npinned\t" + s.Vars["b"] + "\n", "/call/" + s.Vars["room"] + "\n"} { // then ben has hidden it
		if out := playing(s, "ben").ok(t, "conversation", "view", s.Vars["room"]); !strings.HasSuffix(out, want) {
			t.Errorf("the conversation says %q", out)
		}
	}
	for scheduled, want := range map[int][]render.Field{0: nil, 2: {{Name: "scheduled", Value: "2"}}, talk.ScheduledFailed: {{Name: "scheduled", Value: "failed"}}} {
		if diff := cmp.Diff(want, newerFields(&talk.Conversation{HasScheduledMessages: scheduled})); diff != "" {
			t.Errorf("%d:\n%s", scheduled, diff)
		}
	}
	same(t, newerFields(&talk.Conversation{Attributes: talk.AttributeChannel | talk.AttributeAnnouncement})[0].Value, "channel|announcement")
}

// TestWhatAMessageSaysOfItself: at a terminal it says that it is pinned, or begins a thread.
func TestWhatAMessageSaysOfItself(t *testing.T) {
	t.Parallel()
	form := render.Form{Terminal: true, Width: 80}
	for _, tt := range []struct {
		message talk.Message
		want    string
	}{
		{talk.Message{ID: 7, ActorID: "anna", Message: "x", MetaData: &talk.MessageMetaData{PinnedAt: serverTime}}, "anna, now, #7, pinned\n  x\n"},
		{talk.Message{ID: 7, ActorID: "anna", Message: "x", ThreadID: 7, IsThread: true, ThreadTitle: "Pl\x1bans"}, "anna, now, #7, thread Pl␛ans\n  x\n"},
		{talk.Message{ID: 8, ActorID: "anna", Message: "x", ThreadID: 7, IsThread: true, ThreadTitle: "Plans"}, "anna, now, #8\n  x\n"},
	} {
		var b strings.Builder
		if err := writeMessage(&b, form, &tt.message, "now"); err != nil {
			t.Fatal(err)
		}
		same(t, b.String(), tt.want)
	}
}

func TestPinsRefuse(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys")
	s.as("alice").fails(t, exitUsage, []string{"--for", "--until"}, "message", "pin", "Deploys", "7", "--for", "1h", "--until", "2030-01-01T00:00:00Z")
	s.as("alice").fails(t, exitUsage, []string{"--for"}, "message", "pin", "Deploys", "7", "--for", "0s")
	s.as("alice").fails(t, exitUsage, []string{"--until", "later"}, "message", "pin", "Deploys", "7", "--until", "later")
	s.as("alice").fails(t, exitUsage, []string{"id of a message"}, "message", "unpin", "Deploys", "x")
}
