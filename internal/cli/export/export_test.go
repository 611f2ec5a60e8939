package export_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/cli/export"
	"github.com/confab-go/confab/talk"
)

var (
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	room = &talk.Conversation{Token: "abcd1234", DisplayName: "Deploys & <more>"}
)

// story is a conversation with all that needs care.
func story() []*talk.Message {
	first := &talk.Message{
		ID: 11, Token: room.Token, MessageType: talk.MessageComment, ActorType: talk.ActorUser, ActorID: "alice", ActorDisplayName: "Alice *A*",
		Timestamp: noon, Message: "Is <b>it</b> `<live>`?\n```\n<script>\n", Markdown: true, Reactions: map[string]int{"👍": 2, "🎉": 1},
	}
	return []*talk.Message{
		{
			ID: 10, Token: room.Token, MessageType: talk.MessageSystem, SystemMessage: talk.SystemConversationCreated, Timestamp: noon,
			ActorType: talk.ActorUser, ActorID: "alice", Message: "{actor} created the conversation",
			MessageParameters: map[string]talk.RichObject{"actor": {Type: "user", ID: "alice", Name: "Alice"}},
		},
		first,
		{
			ID: 12, Token: room.Token, MessageType: talk.MessageComment, ActorType: talk.ActorUser, ActorID: "bob", Timestamp: noon.Add(time.Minute),
			Message: "Yes \x1b[2J", Parent: first, Silent: true, LastEditTimestamp: noon.Add(time.Hour),
		},
	}
}

// after gives those messages of a story that come after an id, and counts how often it was asked.
func after(messages []*talk.Message, asked *[]int64) export.Source {
	return func(_ context.Context, last int64) iter.Seq2[*talk.Message, error] {
		*asked = append(*asked, last)
		return func(yield func(*talk.Message, error) bool) {
			for _, m := range messages {
				if m.ID > last && !yield(m, nil) {
					return
				}
			}
		}
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for format, want := range map[export.Format]string{
		export.Markdown: "# Deploys \\& \\<more\\>\n\n" +
			"*Alice created the conversation* · 2026-03-01 12:00:00 UTC\n\n" +
			"**Alice \\*A\\*** · 2026-03-01 12:00:00 UTC · #11\n\n> Is \\<b>it\\</b> `<live>`?\n> ```\n> <script>\n> \n>\n> 🎉 1  👍 2\n\n" +
			"**bob** · 2026-03-01 12:01:00 UTC · #12, silent, edited\n\n" +
			"> > Alice \\*A\\*: Is \\<b\\>it\\</b\\> \\<live\\>? \\<script\\>\n>\n> Yes ␛\\[2J\n\n",
		export.Text: "Deploys & <more>\n================\n\n" +
			"* Alice created the conversation (2026-03-01 12:00:00 UTC)\n\n" +
			"Alice *A*, 2026-03-01 12:00:00 UTC, #11\n    Is <b>it</b> `<live>`?\n    ```\n    <script>\n    \n    🎉 1  👍 2\n\n" +
			"bob, 2026-03-01 12:01:00 UTC, #12, silent, edited\n    > Alice *A*: Is <b>it</b> <live>? <script>\n    Yes ␛[2J\n\n",
	} {
		var b strings.Builder
		var asked []int64
		if n, err := export.Stream(t.Context(), &b, room, format, after(story(), &asked)); err != nil || n != 3 {
			t.Errorf("%s: %d messages, %v", format, n, err)
		}
		if diff := cmp.Diff(want, b.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}

func TestJSONLLosesNothing(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	var asked []int64
	if _, err := export.Stream(t.Context(), &b, room, export.JSONL, after(story(), &asked)); err != nil {
		t.Fatal(err)
	}
	for i, l := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
		var got talk.Message
		if err := json.Unmarshal([]byte(l), &got); err != nil {
			t.Fatal(err)
		}
		if want := story()[i]; got.ID != want.ID || got.Text() != want.Text() || !got.Timestamp.Equal(want.Timestamp) {
			t.Errorf("message %d became %+v", want.ID, got)
		}
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	for _, format := range export.Formats() {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			folder, err := export.Folder(t.TempDir(), room)
			if err != nil {
				t.Fatal(err)
			}
			var whole strings.Builder
			var asked []int64
			if _, err := export.Stream(t.Context(), &whole, room, format, after(story(), &asked)); err != nil {
				t.Fatal(err)
			}
			asked = nil
			update := func(messages []*talk.Message, full bool) export.Result {
				t.Helper()
				result, err := export.Update(t.Context(), folder, room, format, full, after(messages, &asked), nil)
				if err != nil {
					t.Fatal(err)
				}
				return result
			}
			path := filepath.Join(folder, "messages."+format.Extension())
			if diff := cmp.Diff(export.Result{Path: path, New: 2, Messages: 2}, update(story()[:2], false)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(export.Result{Path: path, New: 1, Messages: 3}, update(story(), false)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(export.Result{Path: path, New: 0, Messages: 3}, update(story(), false)); diff != "" {
				t.Error(diff)
			}
			same(t, path, whole.String())
			if diff := cmp.Diff([]int64{0, 11, 12}, asked); diff != "" {
				t.Errorf("asked after (-want +got):\n%s", diff)
			}

			// A crash between the file and its cursor leaves the file ahead: nothing is doubled.
			cursor, err := os.ReadFile(filepath.Join(folder, ".export.json"))
			if err != nil {
				t.Fatal(err)
			}
			later := append(story(), &talk.Message{ID: 13, ActorID: "bob", MessageType: talk.MessageComment, Message: "late", Timestamp: noon})
			update(later, false)
			if err := os.WriteFile(filepath.Join(folder, ".export.json"), cursor, 0o600); err != nil {
				t.Fatal(err)
			}
			if result := update(later, false); result.New != 1 || result.Messages != 4 {
				t.Errorf("after a crash: %+v", result)
			}
			if got, err := os.ReadFile(path); err != nil || strings.Count(string(got), "late") != 1 {
				t.Errorf("after a crash it holds %q, %v", got, err)
			}
			if result := update(story(), true); result.New != 3 || result.Messages != 3 {
				t.Errorf("made anew: %+v", result)
			}
			same(t, path, whole.String())

			// A file that is gone, or was shortened, is made anew.
			if err := os.Truncate(path, 1); err != nil {
				t.Fatal(err)
			}
			update(story(), false)
			same(t, path, whole.String())
		})
	}
}

func TestUpdateFailsAsAWhole(t *testing.T) {
	t.Parallel()
	folder, err := export.Folder(t.TempDir(), room)
	if err != nil {
		t.Fatal(err)
	}
	var asked []int64
	result, err := export.Update(t.Context(), folder, room, export.Text, false, after(story()[:2], &asked), nil)
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(result.Path)
	if err != nil {
		t.Fatal(err)
	}
	errBroken := errors.New("broken off")
	broken := func(context.Context, int64) iter.Seq2[*talk.Message, error] {
		return func(yield func(*talk.Message, error) bool) {
			_ = yield(story()[2], nil) && yield(nil, errBroken)
		}
	}
	if _, err := export.Update(t.Context(), folder, room, export.Text, false, broken, nil); !errors.Is(err, errBroken) {
		t.Errorf("the failure is %v", err)
	}
	attach := func(context.Context, string, *talk.Message) (*export.Attachment, error) { return nil, errBroken }
	if _, err := export.Update(t.Context(), folder, room, export.Text, false, after(story(), &asked), attach); !errors.Is(err, errBroken) {
		t.Errorf("the failure is %v", err)
	}
	same(t, result.Path, string(before))
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 2 {
		t.Errorf("left are %v, %v", entries, err)
	}
	if err := os.WriteFile(filepath.Join(folder, ".export.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := export.Update(t.Context(), folder, room, export.Text, false, after(story(), &asked), nil); err == nil {
		t.Error("a broken cursor was taken for none")
	}
}

func same(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", filepath.Base(path), diff)
	}
}

func TestFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	for name, want := range map[string]string{
		"Deploys & <more>":       "deploys-more-abcd1234",
		"../../etc":              "etc-abcd1235",
		"日本 🚀":                   "日本-abcd1236",
		"🚀":                      "abcd1237",
		strings.Repeat("ä", 100): strings.Repeat("ä", 30) + "-abcd1238",
	} {
		room := &talk.Conversation{Token: want[strings.LastIndex(want, "-")+1:], DisplayName: name}
		got, err := export.Folder(dir, room)
		if err != nil || got != filepath.Join(dir, want) {
			t.Errorf("%q is in %q, %v", name, got, err)
		}
		room.DisplayName = "Another name"
		if again, err := export.Folder(dir, room); err != nil || again != got {
			t.Errorf("renamed, it is in %q, %v", again, err)
		}
	}
}

func TestFileName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"plan.pdf":                       "files/7-plan.pdf",
		"../../.ssh/id":                  "files/7-.._.._.ssh_id",
		"a\x00b\nc":                      "files/7-a_b_c",
		strings.Repeat("x", 300) + ".md": "files/7-" + strings.Repeat("x", 120) + ".md",
	} {
		if got := export.FileName("7/..", name); got != filepath.FromSlash(want) {
			t.Errorf("%q is kept as %q, want %q", name, got, want)
		}
	}
}

// FuzzHTML has no message break out of its place on the page.
func FuzzHTML(f *testing.F) {
	f.Add("<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "👍")
	f.Add("</article>", "&lt;", "'")
	f.Fuzz(func(t *testing.T, text, name, emoji string) {
		page := func(text, name, emoji string) string {
			var b strings.Builder
			var asked []int64
			room := &talk.Conversation{Token: "abcd1234", DisplayName: name}
			m := &talk.Message{ID: 1, ActorDisplayName: name, MessageType: talk.MessageComment, Message: text, Reactions: map[string]int{emoji: 1}, Timestamp: noon}
			m.Parent = &talk.Message{ID: 2, ActorDisplayName: name, MessageType: talk.MessageComment, Message: text}
			if _, err := export.Stream(t.Context(), &b, room, export.HTML, after([]*talk.Message{m}, &asked)); err != nil {
				t.Fatal(err)
			}
			return b.String()
		}
		got, harmless := page(text, name, emoji), page("x", "x", "x")
		for _, c := range []string{"<", ">", `"`} {
			if strings.Count(got, c) != strings.Count(harmless, c) {
				t.Errorf("%s gets through: %q", c, got)
			}
		}
	})
}
