package store_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/confab-go/confab/internal/server/store"
)

// contents counts the files under the directory of contents.
func contents(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(dir, store.FilesName), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			n++
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return n
}

func writeBlob(t *testing.T, s *store.Store, text string) (string, error) {
	t.Helper()
	w, err := s.Blobs().Create()
	if err != nil {
		return "", err
	}
	defer w.Abort()
	if _, err := io.Copy(w, strings.NewReader(text)); err != nil {
		return "", err
	}
	return w.Commit()
}

func TestContentsThatDoNotReachTheDiskAreNotThere(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left on device")
	for name, breakIt := range map[string]func(*store.Blobs){
		"sync":   func(b *store.Blobs) { b.Break(func(*os.File) error { return full }, nil) },
		"rename": func(b *store.Blobs) { b.Break(nil, func(string, string) error { return full }) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, dir)
			breakIt(s.Blobs())
			if _, err := writeBlob(t, s, "lost"); !errors.Is(err, full) {
				t.Errorf("Commit: %v", err)
			}
			if n := contents(t, dir); n != 0 {
				t.Errorf("%d files are left", n)
			}
		})
	}
}

func TestContentsWithoutARowAreSwept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	kept, err := writeBlob(t, s, "kept")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writeBlob(t, s, "its transaction was never committed"); err != nil {
		t.Fatal(err)
	}
	half, err := s.Blobs().Create() // and this one was never finished
	if err != nil {
		t.Fatal(err)
	}
	defer half.Abort()
	write(t, s, func(tx *store.Tx) error {
		if err := tx.InsertUser(store.User{ID: "anna"}); err != nil {
			return err
		}
		return tx.InsertNode(&store.Node{Owner: "anna", Folder: true, ETag: "e", Blob: kept})
	})
	if n := contents(t, dir); n != 3 {
		t.Fatalf("%d files", n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	f, err := s.Blobs().Open(kept)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := io.ReadAll(f)
	if err != nil || string(got) != "kept" || contents(t, dir) != 1 {
		t.Errorf("%q %v, %d files", got, err, contents(t, dir))
	}
}

func TestAClosedStoreHasNoContents(t *testing.T) {
	t.Parallel()
	s := open(t, "")
	name, err := writeBlob(t, s, "text")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Blobs().Open(name); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Open: %v", err)
	}
	if _, err := s.Blobs().Create(); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Create: %v", err)
	}
}
