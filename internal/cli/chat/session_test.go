//go:build unix

package chat_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talktest"
)

// stage is a server with two people, who have two conversations.
type stage struct {
	srv                *talktest.Server
	alice, bob         *talk.Client
	deploys, elsewhere string
	env                []string
	password           string
}

func newStage(t *testing.T) *stage {
	t.Helper()
	began := time.Now()
	srv := talktest.NewServer(t, talktest.WithClock(func() time.Time { return noon.Add(time.Since(began)) }))
	for _, user := range []talktest.User{{ID: "alice", DisplayName: "Alice"}, {ID: "bob", DisplayName: "Bob"}} {
		if err := srv.AddUser(t.Context(), user); err != nil {
			t.Fatal(err)
		}
	}
	s := &stage{srv: srv, alice: srv.Client(t, "alice"), bob: srv.Client(t, "bob")}
	room := func(name string) string {
		c, err := s.alice.Conversations.Create(t.Context(), talk.ConversationGroup, &talk.CreateOptions{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.alice.Participants.Add(t.Context(), c.Token, talk.ActorUser, "bob"); err != nil {
			t.Fatal(err)
		}
		return c.Token
	}
	s.elsewhere, s.deploys = room("Elsewhere"), room("Deploys")
	var err error
	if s.password, err = srv.AppPassword(t.Context(), "alice"); err != nil {
		t.Fatal(err)
	}
	s.env = account(srv.URL, "alice", s.password)
	return s
}

func TestSessionAtATerminal(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	sends(t, s.bob, s.deploys, "v1.4 is **live** 🎉, see `make deploy`")
	sends(t, s.bob, s.deploys, "日本語も大丈夫, \x1b[2J is harmless, and so is \u202eme")
	x := start(t, 90, 24, s.env, "chat", "Deploys")
	golden(t, "terminal-open", x.await("v1.4 is live", "Write a message", "Elsewhere", "New messages", "Sun 1 March", "!1 new"))

	sends(t, s.bob, s.deploys, "and a needle, live")
	x.await("and a needle, live")
	sends(t, s.bob, s.elsewhere, "over here, @alice")
	x.await("# Elsewhere       @1")

	x.press("Thanks, @b")
	x.await("Bob  bob")
	x.press("\t")
	x.await("› Thanks, @bob")
	x.press("for all" + altEnter + "of it" + enter)
	x.await("Thanks, @Bob for all", "Write a message", "!sending")

	x.press(escape)
	x.await("r reply")
	x.press(up + "r")
	x.await("↳ Bob: and a needle, live")
	x.press("found it" + enter)
	x.await("│ Bob: and a needle, live", "  found it", "!sending")

	x.press(up)
	x.await("editing", "› found it")
	x.press(" again" + enter)
	x.await("│ Bob: and a needle, live", "found it again (edited)", "Write a message")

	x.press(escape)
	x.await("r reply")
	x.press("e")
	x.await("Enter reacts")
	x.press("tada" + enter)
	x.await("[🎉 1]", "!Enter reacts")

	// What the other one does meanwhile.
	mine := newest(t, s.bob, s.deploys)
	if _, err := s.bob.Reactions.Add(t.Context(), s.deploys, mine.ID, "👍"); err != nil {
		t.Fatal(err)
	}
	x.await("[🎉 1]  👍 1")
	if _, err := s.bob.Polls.Create(t.Context(), s.deploys, "Lunch?", []string{"Pizza", "Soup"}, nil); err != nil {
		t.Fatal(err)
	}
	x.await("Lunch?", "1 Pizza", "2 Soup")
	x.press("\x1b[F") // End, and to the poll
	x.press(up)
	x.press("o")
	x.await("1–9 votes")
	x.press("2")
	x.await("✓ 2 Soup", "1 voter")
	golden(t, "terminal-poll", onlyRight(x.await("1 voter"), "id ", "link ", "sent "))
	x.press(escape)
	x.await("r reply", "✓ 2 Soup")

	x.press(ctrlF)
	x.await("Search Deploys")
	x.press("needle" + enter)
	x.await("Enter shows the message")
	x.press(enter)
	x.await("▌  and a needle, live")

	x.resize(60, 16)
	x.await("# Deploys", "▌  and a needle, live")
	x.resize(40, 10)
	x.await("confab needs 50×12, and has 40×10")
	x.resize(90, 30)
	x.await("v1.4 is live", "found it again", "!confab needs")
	x.press("\x1b[F")
	golden(t, "terminal-session", x.await("✓ 2 Soup", "!▌"))

	x.press(ctrlK + "else")
	x.await("Go to a conversation", "# Elsewhere")
	x.press(enter)
	x.await("over here, @Alice", "!@1")
	x.press("\x1b[200~pasted\nin two lines\x1b[201~")
	x.await("› pasted", "  in two lines")
	x.press(click(5, 1))
	x.await("# Deploys", "found it again", "✎")
	x.press(click(5, 2))
	x.await("# Elsewhere", "› pasted")
	x.press("\x15\x7f\x15") // both lines
	x.await("Write a message")

	x.press(ctrlC)
	x.ends()
	want := []string{
		"bob: v1.4 is **live** 🎉, see `make deploy`", "bob: 日本語も大丈夫, \x1b[2J is harmless, and so is \u202eme", "bob: and a needle, live",
		"alice: Thanks, {mention-user1} for all\nof it", "alice: found it again", "bob: {object}",
	}
	if diff := cmp.Diff(want, written(t, s.bob, s.deploys)); diff != "" {
		t.Errorf("what was written (-want +got):\n%s", diff)
	}
	room, err := s.alice.Conversations.Get(t.Context(), s.elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	if room.UnreadMessages != 0 {
		t.Error("what was on the screen is still unread")
	}
}

func newest(t *testing.T, c *talk.Client, token string) *talk.Message {
	t.Helper()
	for m, err := range c.Chat.History(t.Context(), token, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if !m.IsSystem() {
			return m
		}
	}
	t.Fatal("no message")
	return nil
}

// onlyRight leaves out of a screen the lines with what is another each time.
func onlyRight(screen string, words ...string) string {
	lines := strings.Split(screen, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(line, "│ "+word) })
	}), "\n")
}

func TestConnectionLostAtATerminal(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	sends(t, s.bob, s.deploys, "before")
	x := start(t, 100, 20, s.env, "chat", "Deploys", "--theme", "light")
	x.await("before", "Write a message", "Elsewhere", "Sun 1 March", "!1 new")
	if _, err := s.srv.InjectFault(talktest.Fault{Path: "*", Cut: talktest.CutBefore}); err != nil {
		t.Fatal(err)
	}
	s.srv.Disconnect()
	x.await("Connection lost at 12:05", "trying again", "Sun 1 March")
	x.press("during" + enter)
	x.await("not sent yet", "  during")
	x.press("a draft")
	golden(t, "terminal-lost", x.await("› a draft"))
	s.srv.ClearFaults()
	x.await("Connected again", "  during", "!not sent yet", "!sending", "› a draft")
	sends(t, s.bob, s.deploys, "after")
	x.await("  after")
	want := []string{"bob: before", "alice: during", "bob: after"}
	if diff := cmp.Diff(want, written(t, s.bob, s.deploys)); diff != "" {
		t.Errorf("what was written (-want +got):\n%s", diff)
	}
	x.press(ctrlC)
	x.await("Again to quit")
	x.press(ctrlC)
	x.ends()
}

func TestMaintenanceAtATerminal(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	x := start(t, 100, 20, s.env, "chat", "Deploys")
	x.await("Write a message", "Elsewhere")
	if _, err := s.srv.InjectFault(talktest.Fault{Path: "*", Maintenance: true, RetryAfter: time.Second}); err != nil {
		t.Fatal(err)
	}
	x.await("Connection lost at 12:05: the server is in maintenance mode")
	s.srv.ClearFaults()
	x.await("Connected again")
	x.press(ctrlC)
	x.ends()
}

func TestNothingIsMarkedAsReadWhenThatIsWanted(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	sends(t, s.bob, s.deploys, "read me")
	before, err := s.alice.Conversations.Get(t.Context(), s.deploys)
	if err != nil {
		t.Fatal(err)
	}
	x := start(t, 90, 24, s.env, "chat", "Deploys", "--no-read-marker")
	x.await("read me", "Elsewhere")
	x.press(ctrlC)
	x.ends()
	after, err := s.alice.Conversations.Get(t.Context(), s.deploys)
	if err != nil {
		t.Fatal(err)
	}
	if before.LastReadMessage != after.LastReadMessage || before.UnreadMessages != after.UnreadMessages {
		t.Errorf("read up to %d with %d unread, and then up to %d with %d", before.LastReadMessage, before.UnreadMessages, after.LastReadMessage, after.UnreadMessages)
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	x := start(t, 100, 20, s.env, "chat", "Deploys")
	x.await("Write a message")
	if _, err := s.srv.InjectFault(talktest.Fault{Path: "*", Status: 500}); err != nil {
		t.Fatal(err)
	}
	if screen := x.await("Connection lost"); strings.Contains(screen, s.password) {
		t.Errorf("the password is on the screen:\n%s", screen)
	}
	x.press(ctrlC)
	x.ends()
}

func TestDebugLogOfAScreen(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	path := filepath.Join(t.TempDir(), "debug.log")
	log, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	x := startWith(t, 100, 20, s.env, log, "chat", "Deploys", "--debug")
	x.await("Write a message", "Elsewhere")
	x.press("a secret message" + enter)
	x.await("  a secret message", "!sending")
	x.press(ctrlC)
	x.ends()
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(written), "/apps/spreed/api/v4/room") {
		t.Errorf("the log has no requests: %s", written)
	}
	basic := base64.StdEncoding.EncodeToString([]byte("alice:" + s.password))
	for _, secret := range []string{s.password, basic, "a secret message"} {
		if strings.Contains(string(written), secret) {
			t.Errorf("the log has %q in it", secret)
		}
	}
}

func TestNoColourAtATerminal(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	sends(t, s.bob, s.deploys, "**bold** and `code`")
	x := start(t, 100, 20, append(s.env, "NO_COLOR=1"), "chat", "Deploys")
	x.await("bold and code", "Elsewhere", "!1 new")
	x.press(escape)
	x.await("▌  bold and code")
	x.mu.Lock()
	defer x.mu.Unlock()
	bold := false
	for y := range x.screen.Height() {
		for column := range x.screen.Width() {
			cell := x.screen.CellAt(column, y)
			if cell == nil {
				continue
			}
			if cell.Style.Fg != nil || cell.Style.Bg != nil {
				t.Fatalf("%q in line %d has a colour", cell.Content, y)
			}
			bold = bold || cell.Style.Attrs != 0
		}
	}
	if !bold {
		t.Error("nothing is bold any more")
	}
}

func TestTerminatedAtATerminal(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	x := start(t, 100, 20, s.env, "chat", "Deploys")
	x.await("Write a message")
	if err := x.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	x.ends()
	if screen, _ := x.text(); strings.Contains(screen, "Deploys") {
		t.Errorf("the terminal is left with the screen on it:\n%s", screen)
	}
}

func TestFilesAreSentFromATerminal(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	x := start(t, 100, 24, s.env, "chat", "Deploys")
	for _, name := range []string{"plan.txt", "other.txt"} {
		if err := os.WriteFile(filepath.Join(x.cmd.Dir, name), []byte("the plan\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	x.await("Write a message", "Sun 1 March")
	x.press("as promised\x0f") // Ctrl+O
	x.await("with what is written as its caption", "plan.txt", "other.txt")
	x.press("pl" + enter)
	x.await("▣ plan.txt  9 B", "as promised", "!sending", "!Send a file")
	m := newest(t, s.bob, s.deploys)
	if file, ok := m.File(); !ok || file.Name != "plan.txt" || m.Message != "as promised" {
		t.Errorf("the last message is %q with %+v", m.Message, file)
	}
	x.press("/file missing.txt" + enter)
	x.await("✗ not sent", "missing.txt")
	x.press(escape)
	x.await("d take back")
	x.press("d")
	x.await("!✗ not sent")
	x.press(ctrlC)
	x.ends()
}
