package store_test

import (
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/server/store"
)

// content stores a content and a file of anna's that has it.
func content(t *testing.T, s *store.Store, name, text string) store.Node {
	t.Helper()
	w, err := s.Blobs().Create()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	n := store.Node{Owner: "anna", Name: name, ETag: "etag"}
	if n.Blob, err = w.Commit(); err != nil {
		t.Fatal(err)
	}
	write(t, s, func(tx *store.Tx) error {
		root, err := tx.Root("anna")
		if errors.Is(err, store.ErrNotFound) {
			root = store.Node{Owner: "anna", Folder: true, ETag: "root"}
			err = tx.InsertNode(&root)
		}
		if err != nil {
			return err
		}
		n.ParentID = root.ID
		return tx.InsertNode(&n)
	})
	return n
}

// there reports whether a content is on disk.
func there(t *testing.T, s *store.Store, n store.Node) bool {
	t.Helper()
	f, err := s.Blobs().Open(n.Blob)
	if err != nil {
		return false
	}
	_ = f.Close()
	return true
}

func nothingMore(*store.Tx) error { return nil }

func addAnna(t *testing.T, s *store.Store) {
	t.Helper()
	write(t, s, func(tx *store.Tx) error { return tx.InsertUser(store.User{ID: "anna", Enabled: true}) })
}

func TestRestoreBringsRowsAndContentsBack(t *testing.T) {
	t.Parallel()
	for name, dir := range map[string]string{"in memory": "", "in a directory": t.TempDir()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, dir)
			addAnna(t, s)
			room, anna := newRoom(t, s, "before00")
			first := send(t, s, room.ID, "first", true)
			kept := content(t, s, "kept", "kept")
			snap, err := s.Snapshot(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			send(t, s, room.ID, "second", true)
			added := content(t, s, "added", "added")
			write(t, s, func(tx *store.Tx) error {
				orphans, err := tx.DeleteNode(kept.ID)
				s.Blobs().Remove(orphans...)
				return err
			})
			newRoom(t, s, "after000")

			if err := s.Restore(t.Context(), snap, nothingMore); err != nil {
				t.Fatal(err)
			}
			if !there(t, s, kept) || there(t, s, added) {
				t.Errorf("contents: kept %v, added %v", there(t, s, kept), there(t, s, added))
			}
			err = s.Read(t.Context(), func(tx *store.Tx) error {
				if _, err := tx.Room("after000"); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("a conversation of after: %v", err)
				}
				messages, err := tx.MessagesAfter(room.ID, 0, 10)
				if len(messages) != 1 || messages[0].Body != "first" {
					t.Errorf("messages: %+v", messages)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if again := send(t, s, room.ID, "second", true); again.ID != first.ID+1 {
				t.Errorf("the next message is %d, after %d", again.ID, first.ID)
			}

			// Rows that refer to nothing are refused again.
			err = s.Write(t.Context(), func(tx *store.Tx) error {
				a := store.Attendee{RoomID: 99999, ActorType: "users", ActorID: anna.ActorID, ParticipantType: 1}
				return tx.InsertAttendee(&a)
			})
			if err == nil {
				t.Error("foreign keys are not checked any more")
			}

			write(t, s, func(tx *store.Tx) error {
				_, err := tx.DeleteNode(kept.ID)
				return err
			})
			if err := s.Forget(t.Context(), snap); err != nil {
				t.Fatal(err)
			}
			if there(t, s, kept) {
				t.Error("a content that nothing refers to any more stays")
			}
			if err := s.Restore(t.Context(), snap, nothingMore); err == nil {
				t.Error("a forgotten snapshot is restored")
			}
			send(t, s, room.ID, "third", true) // the failure has left the store in order
		})
	}
}

func TestARestoreThatFailsChangesNothing(t *testing.T) {
	t.Parallel()
	s := open(t, "")
	addAnna(t, s)
	snap, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	room, _ := newRoom(t, s, "after000")
	kept := content(t, s, "kept", "kept")
	wrong := errors.New("wrong")
	if err := s.Restore(t.Context(), snap, func(*store.Tx) error { return wrong }); !errors.Is(err, wrong) {
		t.Errorf("restore: %v", err)
	}
	if err := s.Reset(t.Context(), func(*store.Tx) error { return wrong }); !errors.Is(err, wrong) {
		t.Errorf("reset: %v", err)
	}
	if !there(t, s, kept) {
		t.Error("a content is gone")
	}
	send(t, s, room.ID, "still here", true)
}

func TestResetLeavesSettingsAlone(t *testing.T) {
	t.Parallel()
	s := open(t, "")
	addAnna(t, s)
	newRoom(t, s, "before00")
	gone := content(t, s, "gone", "gone")
	write(t, s, func(tx *store.Tx) error {
		_, err := tx.InsertToken(store.Token{UserID: "anna", Name: "old"}, []byte("old"))
		return errors.Join(err, tx.SetSetting("secret", []byte("kept")))
	})
	err := s.Reset(t.Context(), func(tx *store.Tx) error { return tx.InsertUser(store.User{ID: "ben", Enabled: true}) })
	if err != nil {
		t.Fatal(err)
	}
	if there(t, s, gone) {
		t.Error("a content is left")
	}
	room, _ := newRoom(t, s, "after000")
	write(t, s, func(tx *store.Tx) error {
		users, err := tx.Users()
		var ids []string
		for _, u := range users {
			ids = append(ids, u.ID)
		}
		if diff := cmp.Diff([]string{"ben"}, ids); diff != "" || err != nil {
			t.Errorf("users: %v %s", err, diff)
		}
		if v, err := tx.Setting("secret"); string(v) != "kept" || err != nil {
			t.Errorf("setting: %q %v", v, err)
		}
		id, err := tx.InsertToken(store.Token{UserID: "ben", Name: "new"}, []byte("new"))
		if id != 2 || room.ID != 1 {
			t.Errorf("ids: app password %d, want 2, which no cookie knows; conversation %d, want 1", id, room.ID)
		}
		return err
	})
}
