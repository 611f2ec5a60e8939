package cli

import (
	"bytes"
	"fmt"
	"image"
	imagepng "image/png"
	"slices"
	"strings"
	"testing"

	"github.com/confab-go/confab/internal/server"
)

// png is a small square picture.
var png = func() string {
	var b bytes.Buffer
	if err := imagepng.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 64))); err != nil {
		return err.Error()
	}
	return b.String()
}()

func TestBots(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys", "bob")
	same(t, s.as("alice").tty(80).run(t, "bot", "list", "Deploys").err, "The server has no bots for conversations.\n")
	id, err := s.srv.EnsureBot(t.Context(), server.Bot{Name: "Recorder", Secret: strings.Repeat("s", 40), URL: "http://127.0.0.1:1/bot", Description: "Writes all down"})
	if err != nil {
		t.Fatal(err)
	}
	line := fmt.Sprintf("%d\tRecorder\t", id)
	same(t, s.as("alice").ok(t, "bot", "list", "Deploys"), line+"disabled\tWrites all down\n")
	same(t, s.as("admin").ok(t, "bot", "list", "--all"), line+"enabled\twebhook|response\thttp://127.0.0.1:1/bot\t0\t\n")
	same(t, s.as("admin").tty(100).ok(t, "bot", "ls", "--all"),
		fmt.Sprintf("BOT  NAME      STATE    FEATURES          URL                     FAILURES  LAST FAILURE\n%3d  Recorder  enabled  webhook|response  http://127.0.0.1:1/bot\n", id))
	same(t, s.as("alice").tty(80).ok(t, "bot", "enable", "Deploys", "Recorder"), "✓ Let Recorder into Deploys\n")
	same(t, s.as("alice").ok(t, "bot", "list", "Deploys"), line+"enabled\tWrites all down\n")
	same(t, s.as("alice").ok(t, "bot", "disable", "Deploys", fmt.Sprint(id), "--json=name,state"), `{"name":"Recorder","state":0}`+"\n")
	s.as("alice").fails(t, exitFailed, []string{"403"}, "bot", "list", "--all")
	s.as("bob").fails(t, exitFailed, []string{"does not permit"}, "bot", "list", "Deploys")
	s.as("alice").fails(t, exitNotFound, []string{`no bot "Nobody"`, "bot list"}, "bot", "enable", "Deploys", "Nobody")
	s.as("alice").fails(t, exitUsage, []string{"CONVERSATION is missing", "--all"}, "bot", "list")
	s.as("alice").fails(t, exitUsage, []string{"--all"}, "bot", "list", "Deploys", "--all")
}

func TestCapabilities(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	features := strings.Fields(s.as("alice").ok(t, "capabilities"))
	if !slices.Contains(features, "chat-v2") || !slices.IsSorted(features) {
		t.Errorf("the features are %q", features)
	}
	same(t, s.as("alice").ok(t, "capabilities", "--jq", ".features | sort | .[0]"), features[0]+"\n")
}
