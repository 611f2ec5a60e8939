package files

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/ocs"
)

func TestPaths(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "/", "/": "/", "a": "/a", "/a": "/a", "a/b": "/a/b",
		"a b/%2F?#;,&=+@:$!*'()~": "/a%20b/%252F%3F%23%3B%2C&=+@:$%21%2A%27%28%29~",
		"ü/😀":                     "/%C3%BC/%F0%9F%98%80",
		"…/...":                   "/%E2%80%A6/...",
		`a\b"<>|^{}`:              "/a%5Cb%22%3C%3E%7C%5E%7B%7D",
	} {
		p, err := parsePath("op", "path", in)
		if err != nil || p.escaped() != want {
			t.Errorf("%q: %s, %v, want %s", in, p.escaped(), err, want)
		}
		back, err := hrefPath("https://x.example.com/remote.php/dav/files/anna"+p.escaped(), "anna")
		if err != nil || back != p {
			t.Errorf("%q comes back as %q, %v", in, back, err)
		}
	}
	for _, in := range []string{"..", "/..", "a/../b", "a/..", ".", "a/./b", "a//b", "//a", "a/", "a\x00b", "a\xffb"} {
		_, err := parsePath("op", "path", in)
		var e *ocs.Error
		if !errors.Is(err, ocs.ErrInvalid) || !errors.As(err, &e) || e.Field != "path" {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestFolders(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, d := fake(t, nil)
	if err := s.MkdirAll(ctx, "/a/b ü/c/"); err != nil {
		t.Fatal(err)
	}
	if err := s.MkdirAll(ctx, "a/b ü/c"); err != nil {
		t.Errorf("again: %v", err)
	}
	if err := s.MkdirAll(ctx, "/"); err != nil {
		t.Errorf("the root: %v", err)
	}
	must(s.Upload(ctx, "a/b ü/f", strings.NewReader("f"), nil))(t)
	if err := s.MkdirAll(ctx, "a/b ü/f/g"); !errors.Is(err, ErrNotFolder) {
		t.Errorf("below a file: %v", err)
	}
	if err := s.MkdirAll(ctx, "a/b ü/f"); !errors.Is(err, ErrNotFolder) {
		t.Errorf("where a file is: %v", err)
	}
	names := func(dir string) (all []string) {
		for n, err := range s.List(ctx, dir) {
			all = append(all, must(n, err)(t).Path)
		}
		slices.Sort(all)
		return all
	}
	if diff := cmp.Diff([]string{"/a/b ü/c", "/a/b ü/f"}, names("a/b ü")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"/a"}, names("")); diff != "" {
		t.Error(diff)
	}
	if err := s.Copy(ctx, "a/b ü", "a/copy", false); err != nil {
		t.Error(err)
	}
	if err := s.Copy(ctx, "a/b ü/f", "a/copy/f", false); !errors.Is(err, ErrExists) {
		t.Errorf("copy over a file: %v", err)
	}
	if err := s.Move(ctx, "a/copy/f", "a/b ü/f", false); !errors.Is(err, ErrExists) {
		t.Errorf("move over a file: %v", err)
	}
	if err := s.Move(ctx, "a/copy/f", "a/b ü/f", true); err != nil {
		t.Error(err)
	}
	if err := s.Move(ctx, "a/copy/f", "a/x", true); !errors.Is(err, ocs.ErrNotFound) {
		t.Errorf("move what is not there: %v", err)
	}
	if err := s.Move(ctx, "a/b ü/f", "nodir/x", true); !errors.Is(err, ocs.ErrConflict) || errors.Is(err, ErrExists) {
		t.Errorf("move into no folder: %v", err)
	}
	if err := s.Delete(ctx, "a/b ü/"); err != nil {
		t.Error(err)
	}
	if err := s.Delete(ctx, "a/b ü"); !errors.Is(err, ocs.ErrNotFound) {
		t.Errorf("again: %v", err)
	}
	if diff := cmp.Diff([]string{"/a/copy"}, names("a")); diff != "" {
		t.Error(diff)
	}
	requests := len(d.requests())
	for _, err := range []error{
		s.Delete(ctx, "/"), s.Move(ctx, "/", "a", true), s.Move(ctx, "a", "/", true), s.Copy(ctx, "a", "a", true),
		s.Copy(ctx, "a", "a/b", true), s.Move(ctx, "../x", "y", true), s.MkdirAll(ctx, "a//b"),
	} {
		if !errors.Is(err, ocs.ErrInvalid) {
			t.Errorf("accepted: %v", err)
		}
	}
	if n := len(d.requests()); n != requests {
		t.Errorf("%d requests for what cannot be", n-requests)
	}
}

func TestListSaysWhatWentWrong(t *testing.T) {
	t.Parallel()
	s, d := fake(t, nil)
	d.put("/dir/a", "x")
	last := func(s *Service, dir string) (n int, err error) {
		for node, e := range s.List(t.Context(), dir) {
			if n, err = n+1, e; (e == nil) == (node == nil) {
				t.Errorf("%v with %v", node, e)
			}
		}
		return n, err
	}
	if _, err := last(s, "dir/a"); !errors.Is(err, ErrNotFolder) {
		t.Errorf("of a file: %v", err)
	}
	if _, err := last(s, "absent"); !errors.Is(err, ocs.ErrNotFound) {
		t.Errorf("of nothing: %v", err)
	}
	if _, err := last(s, "x/../y"); !errors.Is(err, ocs.ErrInvalid) {
		t.Errorf("of no path: %v", err)
	}
	for _, err := range s.List(t.Context(), "dir") {
		if err != nil {
			t.Error(err)
		}
		break // must not be asked on
	}
	cut, d2 := fake(t, &faulty{Match: method("PROPFIND", ""), Faults: []fault{cutAfter(1200)}})
	d2.put("/dir/a", "x")
	d2.nodes["/dir/b"] = &davNode{id: 7}
	if n, err := last(cut, "dir"); !errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(err, ocs.ErrBadResponse) || n != 2 {
		t.Errorf("cut: %d, %v", n, err)
	}
	portal, _ := fake(t, &faulty{Match: method("PROPFIND", ""), Faults: []fault{status(http.StatusOK)}})
	if _, err := last(portal, "dir"); !errors.Is(err, ocs.ErrBadResponse) {
		t.Errorf("a portal: %v", err)
	}
	// A single look is made again.
	cut, d2 = fake(t, &faulty{Match: method("PROPFIND", ""), Faults: []fault{cutAfter(100), cutAfter(0)}})
	d2.put("/dir/a", "x")
	if n, err := cut.Stat(t.Context(), "dir/a"); err != nil || n.Size != 1 {
		t.Errorf("cut: %v, %v", n, err)
	}
}

func TestFreeName(t *testing.T) {
	t.Parallel()
	s, d := fake(t, nil)
	for _, name := range []string{"a.png", "b.png", "b (2).png", "b (3).png", "b (5).png", "b (02).png", "b (4).jpg", ".rc", "plain", "x.tar.gz", "c (2).png"} {
		d.put("/Talk/"+name, "x")
	}
	for name, want := range map[string]string{
		"new.png": "new.png", "a.png": "a (2).png", "b.png": "b (4).png", ".rc": ".rc (2)", "plain": "plain (2)",
		"x.tar.gz": "x.tar (2).gz", "c.png": "c.png", "c (2).png": "c (2) (2).png",
	} {
		if got, err := s.FreeName(t.Context(), "Talk/", name); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", name, got, err, want)
		}
	}
	if got, err := s.FreeName(t.Context(), "absent", "a.png"); err != nil || got != "a.png" {
		t.Errorf("in no folder: %s, %v", got, err)
	}
	for _, name := range []string{"", ".", "..", "a/b", "a\x00"} {
		if _, err := s.FreeName(t.Context(), "Talk", name); !errors.Is(err, ocs.ErrInvalid) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
