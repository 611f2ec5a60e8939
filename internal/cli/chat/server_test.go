package chat_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/cli/chat"
	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talktest"
)

func TestWhatArrivedIsNotSentAgain(t *testing.T) {
	t.Parallel()
	srv := talktest.NewServer(t)
	alice := srv.Client(t, "alice")
	room, err := alice.Conversations.Create(t.Context(), talk.ConversationGroup, &talk.CreateOptions{Name: "Main"})
	if err != nil {
		t.Fatal(err)
	}
	s := chat.NewServer(alice)
	first, err := s.Send(t.Context(), room.Token, chat.Outgoing{Reference: "abc", Text: "once"}, false)
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Send(t.Context(), room.Token, chat.Outgoing{Reference: "abc", Text: "once"}, true)
	if err != nil {
		t.Fatal(err)
	}
	if again.ID != first.ID {
		t.Errorf("sent again as %d, after %d", again.ID, first.ID)
	}
	other, err := s.Send(t.Context(), room.Token, chat.Outgoing{Reference: "def", Text: "twice"}, true)
	if err != nil {
		t.Fatal(err)
	}
	if other.ID == first.ID || other.Message != "twice" {
		t.Errorf("what did not arrive is not sent: %+v", other)
	}
	for name, path := range map[string]string{"a missing file": "missing", "a directory": t.TempDir()} {
		if _, err := s.Send(t.Context(), room.Token, chat.Outgoing{Reference: name, Path: path}, false); err == nil {
			t.Errorf("%s is sent", name)
		}
	}
}

func TestPathsAreCompleted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() + "/"
	for _, name := range []string{"docs/a.txt", "docs/.hidden", "done.txt", ".secret", "main.go"} {
		if err := os.MkdirAll(filepath.Dir(dir+name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(dir+name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := chat.NewServer(talktest.NewServer(t).Client(t, "alice"))
	tests := []struct {
		typed string
		want  []string
	}{
		{"", []string{"docs/", "done.txt", "main.go"}},
		{"do", []string{"docs/", "done.txt"}},
		{"docs/", []string{"docs/a.txt"}},
		{"docs/.", []string{"docs/.hidden"}},
		{".", []string{".secret"}},
		{"nothing", nil},
		{"nowhere/x", nil},
	}
	for _, tt := range tests {
		var want []string
		for _, w := range tt.want {
			want = append(want, dir+w)
		}
		if diff := cmp.Diff(want, s.Complete(dir+tt.typed)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.typed, diff)
		}
	}
}
