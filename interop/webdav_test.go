package interop_test

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/studio-b12/gowebdav"

	"github.com/confab-go/confab/talktest"
)

// TestGoWebDAV does with gowebdav what its users do.
func TestGoWebDAV(t *testing.T) {
	t.Parallel()
	s := talktest.NewServer(t)
	password, err := s.AppPassword(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	c := gowebdav.NewClient(s.URL+"/remote.php/dav/files/anna", "anna", password)
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"connect", c.Connect},
		{"make folders", func() error { return c.MkdirAll("Talk/notes & more/ü", 0o755) }},
		{"make them again", func() error { return c.MkdirAll("Talk/notes & more/ü", 0o755) }},
		{"write", func() error { return c.Write("Talk/notes & more/ü/first.txt", []byte("hello, world"), 0o644) }},
		{"write into no folder", func() error { return c.Write("Talk/new/folders/second.txt", []byte("two"), 0o644) }},
		{"write a stream", func() error { return c.WriteStream("Talk/stream.txt", strings.NewReader("streamed"), 0o644) }},
		{"copy", func() error { return c.Copy("Talk/stream.txt", "Talk/copy.txt", false) }},
		{"copy over", func() error { return c.Copy("Talk/new/folders/second.txt", "Talk/copy.txt", true) }},
		{"move", func() error { return c.Rename("Talk/copy.txt", "Talk/moved.txt", false) }},
		{"remove a folder", func() error { return c.RemoveAll("Talk/new") }},
		{"remove nothing", func() error { return c.Remove("Talk/none.txt") }},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
	}

	if got, err := c.Read("Talk/moved.txt"); err != nil || string(got) != "two" {
		t.Errorf("read: %q, %v", got, err)
	}
	if r, err := c.ReadStreamRange("Talk/notes & more/ü/first.txt", 7, 5); err != nil {
		t.Errorf("read a part: %v", err)
	} else if got, err := io.ReadAll(r); err != nil || string(got) != "world" {
		t.Errorf("read a part: %q, %v", got, err)
	}
	if f, err := c.Stat("Talk/stream.txt"); err != nil || f.Size() != 8 || f.IsDir() || f.ModTime().IsZero() {
		t.Errorf("stat: %v, %v", f, err)
	}
	entries, err := c.ReadDir("Talk")
	names := make([]string, 0, len(entries))
	for _, f := range entries {
		names = append(names, f.Name())
	}
	slices.Sort(names)
	if want := []string{"moved.txt", "notes & more", "stream.txt"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("folder: %v, want %v, %v", names, want, err)
	}

	if err := c.Copy("Talk/stream.txt", "Talk/moved.txt", false); !gowebdav.IsErrCode(err, 412) {
		t.Errorf("copy over what is there: %v", err)
	}
	if _, err := c.Stat("Talk/new"); !gowebdav.IsErrNotFound(err) {
		t.Errorf("stat of what was removed: %v", err)
	}
	if err := gowebdav.NewClient(s.URL+"/remote.php/dav/files/anna", "anna", "wrong").Connect(); !gowebdav.IsErrCode(err, 401) {
		t.Errorf("wrong password: %v", err)
	}
	if entries, err := gowebdav.NewClient(s.URL+"/remote.php/webdav", "anna", password).ReadDir("/"); err != nil || len(entries) != 1 {
		t.Errorf("the old address: %v, %v", entries, err)
	}
}
