package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/ocs"
)

// The kinds of sources that a content comes from.
var sources = map[string]func(content string) io.Reader{
	"seekable":            func(c string) io.Reader { return strings.NewReader(c) },
	"seekable, not at":    func(c string) io.Reader { return struct{ io.ReadSeeker }{strings.NewReader(c)} },
	"read once":           func(c string) io.Reader { return struct{ io.Reader }{strings.NewReader(c)} },
	"read once, bytewise": func(c string) io.Reader { return iotest.OneByteReader(strings.NewReader(c)) },
	"with data and EOF":   func(c string) io.Reader { return iotest.DataErrReader(struct{ io.Reader }{strings.NewReader(c)}) },
}

func text(n int) string {
	rnd := rand.New(rand.NewPCG(1, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = "abcdefghijklmnopqrstuvwxyz"[rnd.IntN(26)]
	}
	return string(b)
}

func TestUpload(t *testing.T) {
	t.Parallel()
	for name, source := range sources {
		for _, size := range []int{0, 1, 9, 10, 11, 19, 20, 21, 100} {
			for _, known := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s, %d bytes, known %v", name, size, known), func(t *testing.T) {
					t.Parallel()
					s, d := fake(t, nil)
					content := text(size)
					var told []int64
					o := &UploadOptions{ChunkSize: 10, ChunkThreshold: 20, Modified: time.Unix(1795486513, 0), Progress: func(sent, total int64) {
						told = append(told, sent)
						if total >= 0 && total != int64(size) {
							t.Errorf("of %d bytes", total)
						}
					}}
					if known {
						o.Size = int64(size)
					}
					node, err := s.Upload(t.Context(), "a b%2F#?ü😀.txt", source(content), o)
					if err != nil {
						t.Fatal(err)
					}
					if got := d.content("/a b%2F#?ü😀.txt"); got != content {
						t.Errorf("the server has %q, want %q", got, content)
					}
					want := &Node{Path: "/a b%2F#?ü😀.txt", Name: "a b%2F#?ü😀.txt", Size: int64(size), Permissions: 27, Modified: o.Modified.UTC(), ID: node.ID, ETag: node.ETag, Link: node.Link}
					if diff := cmp.Diff(want, node); diff != "" || !isNumber(node.ID) || !strings.HasSuffix(node.Link, "/nextcloud/index.php/f/"+node.ID) {
						t.Errorf("%s (link %q)", diff, node.Link)
					}
					for i := 1; i < len(told); i++ {
						if told[i] <= told[i-1] && told[i] != int64(size) {
							t.Errorf("progress %d", told)
						}
					}
					if len(told) == 0 || told[len(told)-1] != int64(size) {
						t.Errorf("progress ends %d, want %d", told, size)
					}
					if n := d.leftUploads(); n != 0 {
						t.Errorf("%d uploads are left", n)
					}
				})
			}
		}
	}
}

func TestUploadSendsAsLittleAsItCan(t *testing.T) {
	t.Parallel()
	const size = 25
	for name, tt := range map[string]struct {
		o      UploadOptions
		source string
		want   []string
	}{
		"in one go":         {UploadOptions{}, "seekable", []string{"GET", "PUT", "PROPFIND"}},
		"of unknown length": {UploadOptions{}, "read once", []string{"GET", "PUT", "PROPFIND"}},
		"in chunks": {
			UploadOptions{ChunkSize: 10, ChunkThreshold: 10},
			"seekable",
			[]string{"GET", "PROPFIND", "PROPFIND", "MKCOL", "PUT", "PUT", "PUT", "MOVE", "PROPFIND"},
		},
		"of unknown length, in chunks": {
			UploadOptions{ChunkSize: 10, ChunkThreshold: 10},
			"read once",
			[]string{"GET", "PROPFIND", "PROPFIND", "MKCOL", "PUT", "PUT", "PUT", "MOVE", "PROPFIND"},
		},
		"folder made when missing": {UploadOptions{MakeDirs: true}, "seekable", []string{"GET", "PUT", "PROPFIND"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, d := fake(t, nil)
			if _, err := s.Upload(t.Context(), "a", sources[tt.source](text(size)), &tt.o); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, d.requests()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUploadMakesFolders(t *testing.T) {
	t.Parallel()
	for name, threshold := range map[string]int64{"in one go": 100, "in chunks": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, d := fake(t, nil)
			o := &UploadOptions{ChunkSize: 2, ChunkThreshold: threshold}
			if _, err := s.Upload(t.Context(), "x/y/z.txt", strings.NewReader("hello"), o); !errors.Is(err, ocs.ErrNotFound) {
				t.Errorf("without its folder: %v", err)
			}
			o.MakeDirs = true
			if _, err := s.Upload(t.Context(), "x/y/z.txt", strings.NewReader("hello"), o); err != nil {
				t.Fatal(err)
			}
			if got := d.content("/x/y/z.txt"); got != "hello" {
				t.Errorf("stored %q", got)
			}
			if _, err := s.Upload(t.Context(), "x/y/z.txt/deeper", strings.NewReader("hello"), o); !errors.Is(err, ErrNotFolder) {
				t.Errorf("below a file: %v", err)
			}
			if d.leftUploads() != 0 {
				t.Error("an upload is left")
			}
		})
	}
}

func TestUploadReplacesOnlyWhatItMay(t *testing.T) {
	t.Parallel()
	for name, threshold := range map[string]int64{"in one go": 100, "in chunks": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, d := fake(t, nil)
			d.put("/a.txt", "old")
			d.put("/dir/b.txt", "b")
			old, err := s.Stat(t.Context(), "a.txt")
			if err != nil {
				t.Fatal(err)
			}
			try := func(path string, o UploadOptions) error {
				o.ChunkSize, o.ChunkThreshold = 2, threshold
				_, err := s.Upload(t.Context(), path, strings.NewReader("newer"), &o)
				return err
			}
			if err := try("a.txt", UploadOptions{NoOverwrite: true}); !errors.Is(err, ErrExists) || !errors.Is(err, ocs.ErrConflict) {
				t.Errorf("over a file that is there: %v", err)
			}
			if err := try("a.txt", UploadOptions{IfMatch: "0123abcd"}); !errors.Is(err, ErrChanged) || !errors.Is(err, ocs.ErrConflict) {
				t.Errorf("over another version: %v", err)
			}
			if err := try("absent.txt", UploadOptions{IfMatch: old.ETag}); !errors.Is(err, ErrChanged) {
				t.Errorf("over a version of a file that is gone: %v", err)
			}
			if err := try("dir", UploadOptions{}); !errors.Is(err, ocs.ErrConflict) {
				t.Errorf("over a folder: %v", err)
			}
			if got := d.content("/a.txt") + d.content("/dir/b.txt"); got != "oldb" {
				t.Errorf("refused uploads left %q", got)
			}
			if err := try("a.txt", UploadOptions{IfMatch: old.ETag}); err != nil {
				t.Errorf("over the version that is there: %v", err)
			}
			if err := try("new.txt", UploadOptions{NoOverwrite: true}); err != nil {
				t.Errorf("where nothing is: %v", err)
			}
			if got := d.content("/a.txt") + d.content("/new.txt"); got != "newernewer" {
				t.Errorf("uploads left %q", got)
			}
			if d.leftUploads() != 0 {
				t.Error("an upload is left")
			}
		})
	}
}

func TestUploadOfABadContentLeavesNothing(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	once := func(s string) io.Reader { return struct{ io.Reader }{strings.NewReader(s)} }
	broken := func(n int) io.Reader { return io.MultiReader(strings.NewReader(text(n)), iotest.ErrReader(boom)) }
	for name, tt := range map[string]struct {
		r    io.Reader
		size int64
		want error
	}{
		"fails at once":                  {broken(0), 0, boom},
		"fails in the first chunk":       {broken(5), 0, boom},
		"fails at the end of a chunk":    {broken(10), 0, boom},
		"fails in the third chunk":       {broken(25), 0, boom},
		"fails, of known size":           {broken(25), 50, boom},
		"short":                          {once(text(5)), 6, ErrSize},
		"short, in chunks":               {once(text(25)), 26, ErrSize},
		"short by a chunk":               {once(text(20)), 30, ErrSize},
		"long":                           {once(text(5)), 4, ErrSize},
		"long, in chunks":                {once(text(25)), 24, ErrSize},
		"long by a chunk":                {once(text(30)), 20, ErrSize},
		"empty":                          {once(""), 1, ErrSize},
		"seekable, short":                {strings.NewReader(text(25)), 26, ErrSize},
		"seekable, long":                 {strings.NewReader(text(25)), 24, ErrSize},
		"seekable, shrinks":              {&shrinking{strings.NewReader(text(5)), 3}, 0, ErrSize},
		"seekable, shrinks in chunks":    {&shrinking{strings.NewReader(text(35)), 22}, 0, ErrSize},
		"seekable, fails":                {&failing{strings.NewReader(text(5)), 3, boom}, 0, boom},
		"seekable, fails in third chunk": {&failing{strings.NewReader(text(35)), 22, boom}, 0, boom},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, d := fake(t, nil)
			d.put("/a.txt", "old")
			_, err := s.Upload(t.Context(), "a.txt", tt.r, &UploadOptions{Size: tt.size, ChunkSize: 10, ChunkThreshold: 10})
			var e *ocs.Error
			if !errors.Is(err, tt.want) || !errors.As(err, &e) {
				t.Errorf("err = %v, want %v", err, tt.want)
			}
			if strings.Contains(fmt.Sprint(err), "hush") {
				t.Errorf("the error tells a secret: %v", err)
			}
			if got := d.content("/a.txt"); got != "old" {
				t.Errorf("it left %q", got)
			}
			if d.leftUploads() != 0 {
				t.Error("its chunks are left")
			}
		})
	}
}

// shrinking is a file that somebody cuts off while it is read.
type shrinking struct {
	*strings.Reader
	to int64
}

func (r *shrinking) ReadAt(p []byte, off int64) (int, error) {
	n, err := io.NewSectionReader(r.Reader, 0, r.to).ReadAt(p, off)
	return n, err
}

// failing is a file on a disk that breaks.
type failing struct {
	*strings.Reader
	from int64
	err  error
}

func (r *failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > r.from {
		return 0, r.err
	}
	return r.Reader.ReadAt(p, off)
}

func TestUploadGoesOnFromWhereItsSourceStands(t *testing.T) {
	t.Parallel()
	for name, source := range sources {
		s, d := fake(t, nil)
		r := source("skip the rest")
		if _, err := io.CopyN(io.Discard, r, 5); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Upload(t.Context(), "a", r, &UploadOptions{Size: 8, ChunkSize: 3, ChunkThreshold: 3}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := d.content("/a"); got != "the rest" {
			t.Errorf("%s: stored %q", name, got)
		}
	}
}

func TestUploadFromPipeAndFile(t *testing.T) {
	t.Parallel()
	s, d := fake(t, nil)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() {
		_, _ = io.WriteString(w, "through a pipe")
		w.Close()
	}()
	if _, err := s.Upload(t.Context(), "pipe", r, &UploadOptions{ChunkSize: 4, ChunkThreshold: 4}); err != nil || d.content("/pipe") != "through a pipe" {
		t.Errorf("%q, %v", d.content("/pipe"), err)
	}
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("in a file"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(3, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Upload(t.Context(), "file", f, &UploadOptions{ChunkSize: 4, ChunkThreshold: 4}); err != nil || d.content("/file") != "a file" {
		t.Errorf("%q, %v", d.content("/file"), err)
	}
}

func TestUploadTakesNoMoreChunksThanTheServer(t *testing.T) {
	t.Parallel()
	const size = 3*maxChunks + 1
	s, d := fake(t, nil)
	if testing.Short() {
		t.Skip("sends thousands of requests")
	}
	content := text(size)
	if _, err := s.Upload(t.Context(), "raised", strings.NewReader(content), &UploadOptions{ChunkSize: 1, ChunkThreshold: 1}); err != nil {
		t.Fatal(err)
	}
	if d.content("/raised") != content {
		t.Error("it did not arrive")
	}
	_, err := s.Upload(t.Context(), "endless", struct{ io.Reader }{bytes.NewReader(make([]byte, maxChunks+1))}, &UploadOptions{ChunkSize: 1, ChunkThreshold: 1})
	if !errors.Is(err, ocs.ErrTooLarge) || d.content("/endless") != "<none>" || d.leftUploads() != 0 {
		t.Errorf("of unknown size, too many chunks: %v", err)
	}
	_, err = s.Upload(t.Context(), "huge", struct{ io.Reader }{strings.NewReader("")}, &UploadOptions{Size: maxBuffer*maxChunks + 1})
	if !errors.Is(err, ocs.ErrTooLarge) || !errors.Is(err, ocs.ErrInvalid) {
		t.Errorf("too many chunks to keep in memory: %v", err)
	}
}

func TestUploadRefusesBadArguments(t *testing.T) {
	t.Parallel()
	s, d := fake(t, nil)
	r := strings.NewReader("x")
	for field, tt := range map[string]struct {
		path string
		r    io.Reader
		o    UploadOptions
	}{
		"path":            {"/", r, UploadOptions{}},
		"content":         {"a", nil, UploadOptions{}},
		"chunk size":      {"a", r, UploadOptions{ChunkSize: -1}},
		"chunk threshold": {"a", r, UploadOptions{ChunkThreshold: -1}},
		"if match":        {"a", r, UploadOptions{IfMatch: "x\r\ny"}},
		"modified":        {"a", r, UploadOptions{Modified: time.Unix(-1, 0)}},
		"size":            {"a", r, UploadOptions{Size: 2}},
		"content type":    {"a", r, UploadOptions{ContentType: "text/plain\r\nX: y"}},
	} {
		_, err := s.Upload(t.Context(), tt.path, tt.r, &tt.o)
		var e *ocs.Error
		if !errors.Is(err, ocs.ErrInvalid) || !errors.As(err, &e) || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := s.Upload(t.Context(), "a", r, &UploadOptions{NoOverwrite: true, IfMatch: "abc"}); !errors.Is(err, ocs.ErrInvalid) {
		t.Errorf("two conditions: %v", err)
	}
	for _, method := range d.requests() {
		if method != "GET" {
			t.Errorf("something was sent: %s", method)
		}
	}
}
