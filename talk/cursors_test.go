package talk_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

func TestCursorsAreKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cursors.json")
	file := must(talk.OpenFileCursors(path))(t)
	for name, store := range map[string]talk.CursorStore{"memory": &talk.MemoryCursors{}, "file": file} {
		ctx := t.Context()
		if id, err := store.Load(ctx, "a"); id != 0 || err != nil {
			t.Errorf("%s: at first %d, %v", name, id, err)
		}
		for _, id := range []int64{7, 9, 8} {
			if err := store.Save(ctx, "a", id); err != nil {
				t.Fatal(err)
			}
		}
		if err := store.Save(ctx, "b", 1); err != nil {
			t.Fatal(err)
		}
		if id, err := store.Load(ctx, "a"); id != 8 || err != nil {
			t.Errorf("%s: then %d, %v", name, id, err)
		}
	}
	again := must(talk.OpenFileCursors(path))(t)
	if id, err := again.Load(t.Context(), "a"); id != 8 || err != nil {
		t.Errorf("read again it is %d, %v", id, err)
	}
	if info := must(os.Stat(path))(t); info.Mode() != 0o600 {
		t.Errorf("its mode is %v", info.Mode())
	}
	if entries := must(os.ReadDir(filepath.Dir(path)))(t); len(entries) != 1 {
		t.Errorf("beside it are %v", entries)
	}
}

func TestCursorFilesThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty": "", "cut": `{"version":1,"cursors":{"a":`, "of a later version": `{"version":2,"cursors":{}}`, "something else": `[1,2]`,
		"a negative id": `{"version":1,"cursors":{"a":-1}}`, "no number": `{"version":1,"cursors":{"a":"x"}}`,
	} {
		path := filepath.Join(t.TempDir(), "cursors.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := talk.OpenFileCursors(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	file := must(talk.OpenFileCursors(filepath.Join(t.TempDir(), "none", "cursors.json")))(t)
	if err := file.Save(t.Context(), "a", 1); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a folder: %v", err)
	}
	if id, _ := file.Load(t.Context(), "a"); id != 0 {
		t.Errorf("what could not be saved is %d", id)
	}
}

func FuzzOpenFileCursors(f *testing.F) {
	for _, seed := range []string{`{"version":1,"cursors":{"https://x/call/abc":5}}`, `{"version":1}`, `{}`, `null`, `{"version":1,"cursors":{"a":9223372036854775808}}`} {
		f.Add([]byte(seed))
	}
	path := filepath.Join(f.TempDir(), "cursors.json")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := talk.OpenFileCursors(path)
		if err != nil {
			return
		}
		if err := file.Save(t.Context(), "another", 3); err != nil {
			t.Fatal(err)
		}
		again, err := talk.OpenFileCursors(path)
		if err != nil {
			t.Fatalf("what was saved cannot be read: %v", err)
		}
		if id, _ := again.Load(t.Context(), "another"); id != 3 {
			t.Errorf("it is %d", id)
		}
	})
}

// TestFollowGoesOnWhereItWas stops in the middle of handling a message, and another time between two.
func TestFollowGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	alice, bob := srv.Client(t, "alice"), srv.Client(t, "bob")
	room := group(t, alice, "Cursors", "bob")
	path := filepath.Join(t.TempDir(), "cursors.json")
	follow := func(count int, each func(n int, m *talk.Message) bool) (got []string) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		n := 0
		for m, err := range bob.Chat.Follow(ctx, room.Token, &talk.FollowOptions{Cursors: must(talk.OpenFileCursors(path))(t)}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, m.Message)
			if n++; !each(n, m) || n == count {
				break
			}
		}
		return got
	}
	must(alice.Chat.Send(t.Context(), room.Token, "before", nil))(t)
	cursors := must(talk.OpenFileCursors(path))(t)
	newest := must(bob.Chat.Page(t.Context(), room.Token, &talk.PageOptions{Limit: 1}))(t).LastGiven
	if err := cursors.Save(t.Context(), bob.BaseURL().String()+"/call/"+room.Token, newest); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"one", "two", "three", "four"} {
		must(alice.Chat.Send(t.Context(), room.Token, text, nil))(t)
	}
	got := follow(9, func(n int, _ *talk.Message) bool { return n < 3 }) // dies with the third
	if diff := cmp.Diff([]string{"one", "two", "three"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"three", "four"}, follow(2, func(int, *talk.Message) bool { return true })); diff != "" {
		t.Error(diff)
	}
	must(alice.Chat.Send(t.Context(), room.Token, "five", nil))(t)
	if diff := cmp.Diff([]string{"four", "five"}, follow(2, func(int, *talk.Message) bool { return true })); diff != "" {
		t.Error(diff)
	}
}

// brokenCursors fail to keep anything.
type brokenCursors struct{ talk.MemoryCursors }

var errFullDisk = errors.New("the disk is full")

func (*brokenCursors) Save(context.Context, string, int64) error { return errFullDisk }

func TestFollowEndsWithoutItsCursors(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	alice := srv.Client(t, "alice")
	room := group(t, alice, "Cursors")
	for _, err := range alice.Chat.Follow(t.Context(), room.Token, &talk.FollowOptions{Cursors: &brokenCursors{}}) {
		if !errors.Is(err, errFullDisk) {
			t.Errorf("ended with %v", err)
		}
	}
}
