package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/server"
	"github.com/confab-go/confab/talk"
)

// fatal ends a test on an error, and gives the value otherwise.
func fatal[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// lived gives a stage where a lot has happened, and the conversations that bob is in.
func lived(t *testing.T) (s *stage, group, pair, own *talk.Conversation) {
	t.Helper()
	s = newStage(t)
	ctx, alice, bob := t.Context(), s.sdk("alice"), s.sdk("bob")
	group = s.room("Deploys", "bob", "carol")
	first := s.send("alice", group.Token, "Look, @bob: **v1.4** & @all", &talk.SendOptions{ReferenceID: "build-1"})
	s.send("bob", group.Token, "Nice", &talk.SendOptions{ReplyTo: first.ID, Silent: true})
	fatal[map[string][]talk.Reaction](t)(bob.Reactions.Add(ctx, group.Token, first.ID, "🎉"))
	wrong := s.send("carol", group.Token, "Oops", nil)
	fatal[*talk.Message](t)(s.sdk("carol").Chat.Edit(ctx, group.Token, wrong.ID, "Oops, edited for @bob"))
	gone := s.send("carol", group.Token, "secret", nil)
	fatal[*talk.Message](t)(s.sdk("carol").Chat.Delete(ctx, group.Token, gone.ID))
	fatal[*talk.Poll](t)(alice.Polls.Create(ctx, group.Token, "Lunch?", []string{"Pizza", "Soup"}, nil))
	s.as("alice").ok(t, "file", "send", "Deploys", file(t, "plan.txt", "first, second"), "--caption", "The plan, @bob")
	s.as("carol").stdin(png).ok(t, "file", "send", "Deploys", "-", "--name", "square.png")
	pair = fatal[*talk.Conversation](t)(bob.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: "alice"}))
	s.send("bob", pair.Token, "Psst", nil)
	s.send("alice", pair.Token, "Yes?", nil)
	own = fatal[*talk.Conversation](t)(bob.Conversations.NoteToSelf(ctx))
	s.send("bob", own.Token, "Buy milk", nil)
	return s, group, pair, own
}

func TestImportGivesBackWhatWasExported(t *testing.T) {
	t.Parallel()
	s, group, pair, own := lived(t)
	archive, data, again := t.TempDir(), filepath.Join(t.TempDir(), "talk"), t.TempDir()
	s.as("bob").ok(t, "export", "--all", "--output", archive, "--attachments")
	for _, token := range []string{group.Token, pair.Token, own.Token} {
		if s.view("bob", token).Token == "" {
			t.Fatal("a conversation is missing")
		}
	}
	var told []imported
	if err := json.Unmarshal([]byte(newCall().ok(t, "import", archive, "--data", data, "--json")), &told); err != nil || len(told) != 3 {
		t.Fatalf("told %+v, %v", told, err)
	}
	copied := startStage(t, data, []server.User{{ID: "bob"}, {ID: "alice"}})
	copied.as("bob").ok(t, "export", "--all", "--output", again, "--attachments")
	for _, token := range []string{group.Token, pair.Token, own.Token} {
		before, after := keptMessages(t, archive, token), keptMessages(t, again, token)
		if diff := gocmp.Diff(before, after); diff != "" {
			t.Errorf("%s: -exported +imported and exported:\n%s", token, diff)
		}
		was, is := s.view("bob", token), copied.view("bob", token)
		if is.DisplayName != was.DisplayName || is.Type != was.Type || is.UnreadMessages != was.UnreadMessages ||
			is.LastReadMessage != was.LastReadMessage || is.LastMessage.ID != was.LastMessage.ID || is.ParticipantType != was.ParticipantType {
			t.Errorf("%s is %+v, was %+v", token, is, was)
		}
	}
	roles := `[.[] | {actorId, displayName, participantType}] | sort_by(.actorId)`
	same(t, copied.as("bob").ok(t, "participant", "list", group.Token, "--jq", roles), s.as("bob").ok(t, "participant", "list", group.Token, "--jq", roles))

	// It can be gone on with.
	kept := fatal[[]string](t)(filepath.Glob(filepath.Join(again, "deploys-"+group.Token, "files", "*-plan.txt")))
	if len(kept) != 1 {
		t.Fatalf("the files are %q", kept)
	}
	same(t, string(fatal[[]byte](t)(os.ReadFile(kept[0]))), "first, second")
	answer := copied.send("bob", group.Token, "Still there?", &talk.SendOptions{ReplyTo: keptIDs(t, archive, group.Token, "Look")})
	if answer.Parent == nil || answer.Parent.Text() != "Look, @Bob B.: **v1.4** & @Deploys" {
		t.Errorf("the answer is to %+v", answer.Parent)
	}
}

// keptMessages gives the messages of an exported conversation, without what an import cannot bring back: the other server's
// ids of files, the reader's own reactions, and when messages expire.
func keptMessages(t *testing.T, dir, token string) (out []map[string]any) {
	t.Helper()
	paths := fatal[[]string](t)(filepath.Glob(filepath.Join(dir, "*"+token, "messages.jsonl")))
	if len(paths) != 1 {
		t.Fatalf("%s is in %q", token, paths)
	}
	for line := range strings.Lines(string(fatal[[]byte](t)(os.ReadFile(paths[0])))) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		parent, _ := m["parent"].(map[string]any)
		for _, m := range []map[string]any{m, parent} {
			delete(m, "reactionsSelf")
			parameters, _ := m["messageParameters"].(map[string]any)
			file, _ := parameters["file"].(map[string]any)
			for _, key := range []string{"id", "link", "etag", "path"} {
				delete(file, key)
			}
		}
		out = append(out, m)
	}
	return out
}

// keptIDs gives the id of the exported message that begins with a text.
func keptIDs(t *testing.T, dir, token, text string) int64 {
	t.Helper()
	for _, m := range keptMessages(t, dir, token) {
		if s, _ := m["message"].(string); strings.HasPrefix(s, text) {
			id, _ := m["id"].(float64)
			return int64(id)
		}
	}
	t.Fatalf("no message begins with %q", text)
	return 0
}

func TestImportTellsHowFarItIs(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys", "bob")
	s.as("alice").ok(t, "send", "Deploys", "hello")
	archive := t.TempDir()
	s.as("alice").ok(t, "export", "Deploys", "--output", archive)
	r := newCall().tty(80).run(t, "import", archive, "--data", filepath.Join(t.TempDir(), "talk"))
	if r.code != exitOK || !strings.HasPrefix(r.err, "\rImporting  1 messages\x1b[K") || !strings.Contains(r.err, "\r\x1b[K") {
		t.Errorf("at a terminal: %+v", r)
	}
	if r := newCall().run(t, "import", archive, "--data", filepath.Join(t.TempDir(), "talk")); r.code != exitOK || strings.Contains(r.err, "Importing") {
		t.Errorf("in a pipe: %+v", r)
	}
}

func TestImportAgainAddsWhatIsNew(t *testing.T) {
	t.Parallel()
	s, group, _, _ := lived(t)
	archive, data := t.TempDir(), t.TempDir()
	s.as("bob").ok(t, "export", "Deploys", "--output", archive, "--attachments")
	newCall().ok(t, "import", archive, "--data", data)
	same(t, newCall().ok(t, "import", archive, "--data", data), group.Token+"\tDeploys\t0\t0\t0\n")

	s.send("alice", group.Token, "And now?", nil)
	first := keptIDs(t, archive, group.Token, "Look")
	fatal[*talk.Message](t)(s.sdk("alice").Chat.Edit(t.Context(), group.Token, first, "Look again"))
	s.as("bob").ok(t, "export", "Deploys", "--output", archive, "--full", "--attachments")
	same(t, newCall().ok(t, "import", filepath.Join(archive, "deploys-"+group.Token), "--data", data), group.Token+"\tDeploys\t2\t1\t0\n")
	copied := startStage(t, data, []server.User{{ID: "bob"}})
	same(t, copied.as("bob").ok(t, "read", group.Token, "--all", "--jq", `.[] | select(.message | startswith("Look again"), startswith("And now")) | .message`), "Look again\nAnd now?\n")

	copied.send("bob", group.Token, "Mine", nil)
	c := newCall()
	c.fails(t, exitFailed, []string{"in use"}, "import", archive, "--data", data)
	if err := copied.srv.Close(); err != nil {
		t.Fatal(err)
	}
	newCall().fails(t, exitFailed, []string{group.Token, "written into it"}, "import", archive, "--data", data)
}

func TestImportOfABrokenArchiveLeavesNothing(t *testing.T) {
	t.Parallel()
	s, group, _, _ := lived(t)
	good := t.TempDir()
	s.as("bob").ok(t, "export", "Deploys", "--output", good, "--attachments")
	name := "deploys-" + group.Token
	for _, tt := range []struct {
		what  string
		harm  func(dir string) error
		words []string
	}{
		{"a line that is no JSON", spoil("messages.jsonl", `{"id":`, `{"id";`), []string{"messages.jsonl:1:"}},
		{"another conversation's message", spoil("messages.jsonl", group.Token, "other"), []string{"messages.jsonl:1:", group.Token}},
		{"messages in disorder", func(dir string) error {
			path := filepath.Join(dir, "messages.jsonl")
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			line, _, _ := strings.Cut(string(text), "\n")
			return os.WriteFile(path, []byte(string(text)+line+"\n"), 0o600)
		}, []string{"comes after"}},
		{"no conversation", func(dir string) error { return os.Remove(filepath.Join(dir, "conversation.json")) }, []string{"no conversation was exported"}},
		{"a token that leads elsewhere", spoil("conversation.json", group.Token, "../../x"), []string{"token", "../../x"}},
		{"a guest's archive", spoil("conversation.json", `"actorType": "users"`, `"actorType": "guests"`), []string{"guests", "only a user"}},
		{"a type that is none", spoil("conversation.json", `"type": 2`, `"type": 77`), []string{"type", "77"}},
	} {
		t.Run(tt.what, func(t *testing.T) {
			t.Parallel()
			archive, data := t.TempDir(), t.TempDir()
			if err := os.CopyFS(archive, os.DirFS(good)); err != nil {
				t.Fatal(err)
			}
			if err := tt.harm(filepath.Join(archive, name)); err != nil {
				t.Fatal(err)
			}
			newCall().fails(t, exitFailed, tt.words, "import", archive, "--data", data)
			newCall().ok(t, "import", good, "--data", data) // as if nothing had been
			left := fatal[[]string](t)(filepath.Glob(filepath.Join(data, "files", "*", "*")))
			if len(left) > 2 {
				t.Errorf("contents are left: %q", left)
			}
		})
	}
}

// spoil replaces a text, once, in a file of an archive.
func spoil(name, good, bad string) func(dir string) error {
	return func(dir string) error {
		path := filepath.Join(dir, name)
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		spoilt := strings.Replace(string(text), good, bad, 1)
		if spoilt == string(text) {
			return fmt.Errorf("%s has no %q: %w", name, good, errors.ErrUnsupported)
		}
		return os.WriteFile(path, []byte(spoilt), 0o600)
	}
}

func TestImportRefuses(t *testing.T) {
	t.Parallel()
	newCall().fails(t, exitUsage, []string{"DIRECTORY is missing"}, "import")
	newCall().fails(t, exitUsage, []string{"--data is missing"}, "import", t.TempDir())
	newCall().fails(t, exitFailed, []string{"no conversation was exported"}, "import", t.TempDir(), "--data", t.TempDir())
	newCall().fails(t, exitFailed, []string{"no such file"}, "import", filepath.Join(t.TempDir(), "none"), "--data", t.TempDir())
}
