package safefile_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/confab-go/confab/internal/cli/safefile"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kept")
	text := func(text string) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		}
	}
	if err := safefile.Write(path, 0o600, text("old")); err != nil {
		t.Fatal(err)
	}
	errHalf := errors.New("half of it")
	err := safefile.Write(path, 0o600, func(w io.Writer) error { return errors.Join(text("new")(w), errHalf) })
	if !errors.Is(err, errHalf) {
		t.Errorf("the failure is lost: %v", err)
	}
	check(t, path, "old")
	if err := safefile.Write(path, 0o600, text("newer")); err != nil {
		t.Fatal(err)
	}
	check(t, path, "newer")
	if err := safefile.Write(filepath.Join(path, "below"), 0o600, text("x")); err == nil {
		t.Error("below a file there is another")
	}
	if err := os.MkdirAll(filepath.Join(path+"2", "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := safefile.Write(path+"2", 0o600, text("x")); err == nil {
		t.Error("a folder was replaced")
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 2 {
		t.Errorf("%v are left, %v", entries, err)
	}
}

// check looks whether a file holds a text, is its owner's alone, and is alone.
func check(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("it holds %q, %v; want %q", got, err, want)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("beside it are %v, %v", entries, err)
	}
}
