package store_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/server/store"
)

func open(t *testing.T, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func write(t *testing.T, s *store.Store, fn func(*store.Tx) error) {
	t.Helper()
	if err := s.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// newRoom adds a conversation with one attendee.
func newRoom(t *testing.T, s *store.Store, token string) (room store.Room, anna store.Attendee) {
	t.Helper()
	room = store.Room{Token: token, Type: 2, Name: "Room"}
	write(t, s, func(tx *store.Tx) error {
		if err := tx.InsertRoom(&room); err != nil {
			return err
		}
		anna = store.Attendee{RoomID: room.ID, ActorType: "users", ActorID: "anna", ParticipantType: 1}
		return tx.InsertAttendee(&anna)
	})
	return room, anna
}

func send(t *testing.T, s *store.Store, roomID int64, text string, counted bool) store.Message {
	t.Helper()
	m := store.Message{RoomID: roomID, ActorType: "users", ActorID: "anna", Created: 1000, Verb: "comment", Body: text}
	write(t, s, func(tx *store.Tx) error { return tx.InsertMessage(&m, counted, true) })
	return m
}

func TestWhatWasWrittenIsThereAfterReopening(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	room, _ := newRoom(t, s, "abcd")
	want := send(t, s, room.ID, "zero\x00byte, \U0001f389 and \"quotes\"", true)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	var got store.Message
	s = open(t, dir)
	err := s.Read(t.Context(), func(tx *store.Tx) (err error) {
		got, err = tx.Message(room.ID, want.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheDirectoryMayHaveAnyName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"with space", "que?ry=1&x", "frag#ment", "per%20cent", "ümläut"} {
		dir := filepath.Join(t.TempDir(), name)
		s := open(t, dir)
		newRoom(t, s, "abcd")
		if _, err := os.Stat(filepath.Join(dir, store.FileName+"-wal")); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestFilesAreTheirOwnersAlone(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("modes mean nothing there")
	}
	dir := filepath.Join(t.TempDir(), "data")
	open(t, dir)
	for name, want := range map[string]os.FileMode{"": 0o700, store.FileName: 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("mode of %q is %o, want %o", name, got, want)
		}
	}
}

func TestOpenRefusesANewerSchema(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, store.FileName))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO schema_version (version) VALUES (9999)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = store.Open(t.Context(), dir)
	if !errors.Is(err, store.ErrNewerSchema) || !strings.Contains(err.Error(), "9999") {
		t.Errorf("Open: %v, want ErrNewerSchema that names the version", err)
	}
}

func TestOpenRefusesADirectoryInUse(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no lock there")
	}
	dir := t.TempDir()
	s := open(t, dir)
	if _, err := store.Open(t.Context(), dir); !errors.Is(err, store.ErrInUse) {
		t.Errorf("second Open: %v, want ErrInUse", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
}

func TestOpenNamesWhatIsNoDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, store.FileName), []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := store.Open(t.Context(), dir); err == nil {
		_ = s.Close()
		t.Error("Open took a file that is no database")
	}
}

func TestAFailedWriteLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"memory", "file"} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			dir := ""
			if where == "file" {
				dir = t.TempDir()
			}
			s := open(t, dir)
			boom := errors.New("boom")
			committed := false
			err := s.Write(t.Context(), func(tx *store.Tx) error {
				tx.AfterCommit(func() { committed = true })
				if err := tx.InsertGroup(store.Group{ID: "crew"}); err != nil {
					return err
				}
				return boom
			})
			if !errors.Is(err, boom) || committed {
				t.Errorf("Write: %v, AfterCommit called: %v", err, committed)
			}
			func() {
				defer func() { _ = recover() }()
				_ = s.Write(t.Context(), func(tx *store.Tx) error {
					if err := tx.InsertGroup(store.Group{ID: "panicked"}); err != nil {
						t.Error(err)
					}
					panic("on purpose")
				})
			}()
			err = s.Read(t.Context(), func(tx *store.Tx) error {
				groups, err := tx.Groups()
				if len(groups) != 0 {
					t.Errorf("groups after rollback: %v", groups)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAClosedStoreSaysSo(t *testing.T) {
	t.Parallel()
	s := open(t, "")
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	nothing := func(*store.Tx) error { return nil }
	if err := s.Write(t.Context(), nothing); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Write: %v", err)
	}
	if err := s.Read(t.Context(), nothing); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Read: %v", err)
	}
}

func TestWaitingForTheWriterEndsWithTheContext(t *testing.T) {
	t.Parallel()
	s := open(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Write(t.Context(), func(*store.Tx) error {
		waiting := make(chan error, 1)
		go func() { waiting <- s.Write(ctx, func(*store.Tx) error { return nil }) }()
		cancel()
		if err := <-waiting; !errors.Is(err, context.Canceled) {
			t.Errorf("waiting Write: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCountersFollowTheMessages(t *testing.T) {
	t.Parallel()
	s := open(t, "")
	room, anna := newRoom(t, s, "abcd")
	other, _ := newRoom(t, s, "efgh")
	first := send(t, s, room.ID, "first", true)
	elsewhere := send(t, s, other.ID, "elsewhere", true)
	system := send(t, s, room.ID, "not counted", false)
	last := send(t, s, room.ID, "last", true)
	if first.ID >= elsewhere.ID || elsewhere.ID >= system.ID || system.ID >= last.ID {
		t.Errorf("ids do not grow: %d %d %d %d", first.ID, elsewhere.ID, system.ID, last.ID)
	}
	for _, tt := range []struct {
		marker, read int64
	}{{-2, 0}, {first.ID, 1}, {elsewhere.ID, 1}, {system.ID, 1}, {last.ID, 2}, {last.ID + 1000, 2}} {
		write(t, s, func(tx *store.Tx) error { return tx.SetLastRead(&anna, tt.marker) })
		if anna.LastReadSeq != tt.read || anna.LastRead != tt.marker {
			t.Errorf("marker at %d: %d read, want %d", tt.marker, anna.LastReadSeq, tt.read)
		}
	}
	rows, err := userRooms(t, s)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[0].Room.ChatCount != 2 || rows[0].Message == nil || rows[0].Message.ID != last.ID {
		t.Errorf("rooms: %+v", rows)
	}
	write(t, s, func(tx *store.Tx) error { return tx.ClearMessages(room.ID, -2) })
	rows, err = userRooms(t, s)
	if err != nil {
		t.Fatal(err)
	}
	if rows[0].Room.ChatCount != 0 || rows[0].Message != nil || rows[0].Attendee.LastRead != -2 || rows[0].CommonRead != -2 {
		t.Errorf("after clearing: %+v", rows[0])
	}
	if next := send(t, s, room.ID, "next", true); next.ID <= last.ID {
		t.Errorf("an id was used again: %d after %d", next.ID, last.ID)
	}
}

func userRooms(t *testing.T, s *store.Store) (rows []store.RoomRow, err error) {
	t.Helper()
	err = s.Read(t.Context(), func(tx *store.Tx) error {
		rows, err = tx.UserRooms("anna", 0)
		return err
	})
	return rows, err
}

func TestDeletingARoomTakesEverythingAlong(t *testing.T) {
	t.Parallel()
	s := open(t, "")
	room, anna := newRoom(t, s, "abcd")
	m := send(t, s, room.ID, "gone soon", true)
	write(t, s, func(tx *store.Tx) error {
		if err := tx.InsertSession(store.Session{SessionID: "s", AttendeeID: anna.ID, RoomID: room.ID, WebSession: "w"}); err != nil {
			return err
		}
		return tx.DeleteRoom(room.ID)
	})
	err := s.Read(t.Context(), func(tx *store.Tx) error {
		_, messageErr := tx.Message(room.ID, m.ID)
		_, sessionErr := tx.Session("w", room.ID)
		_, attendeeErr := tx.AttendeeByID(room.ID, anna.ID)
		for _, err := range []error{messageErr, sessionErr, attendeeErr} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("after deletion: %v, want ErrNotFound", err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// killedDir is set in the child process of TestAcknowledgedMessagesSurviveAKill.
const killedDir = "CONFAB_TEST_STORE_TO_BE_KILLED"

func TestAcknowledgedMessagesSurviveAKill(t *testing.T) {
	if dir := os.Getenv(killedDir); dir != "" {
		s := open(t, dir)
		room, _ := newRoom(t, s, "abcd")
		for i := 0; ; i++ {
			fmt.Println(room.ID, send(t, s, room.ID, fmt.Sprint(i), true).ID)
		}
	}
	t.Parallel()
	dir := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAcknowledgedMessagesSurviveAKill$")
	child.Env = append(os.Environ(), killedDir+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	acknowledged := map[int64]bool{}
	var roomID int64
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var id int64
		if n, _ := fmt.Sscan(lines.Text(), &roomID, &id); n == 2 {
			acknowledged[id] = true
		}
		if len(acknowledged) == 200 {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = child.Wait() // it was killed
	if len(acknowledged) < 200 {
		t.Fatalf("the child ended after %d messages", len(acknowledged))
	}
	s := open(t, dir)
	err = s.Read(t.Context(), func(tx *store.Tx) error {
		messages, err := tx.MessagesAfter(roomID, 0, 1<<30)
		for _, m := range messages {
			delete(acknowledged, m.ID)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(acknowledged) > 0 {
		t.Errorf("%d acknowledged messages are lost", len(acknowledged))
	}
}
