package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/ocs"
)

// cutAfter breaks the connection after n bytes of the answer's body.
func cutAfter(n int64) fault {
	return func(req *http.Request, next http.RoundTripper) (*http.Response, error) {
		resp, err := next.RoundTrip(req)
		if err == nil {
			resp.Body = struct {
				io.Reader
				io.Closer
			}{io.MultiReader(io.LimitReader(resp.Body, n), brokenReader{}), resp.Body}
		}
		return resp, err
	}
}

// noRanges sends everything, whatever was asked for, as some proxies do.
func noRanges(f fault) fault {
	return func(req *http.Request, next http.RoundTripper) (*http.Response, error) {
		req = req.Clone(req.Context())
		req.Header.Del("Range")
		return f(req, next)
	}
}

// noLength sends the answer without saying how long it is.
func noLength(f fault) fault {
	return func(req *http.Request, next http.RoundTripper) (*http.Response, error) {
		resp, err := f(req, next)
		if err == nil {
			resp.ContentLength = -1
			resp.Header.Del("Content-Length")
		}
		return resp, err
	}
}

func pass(req *http.Request, next http.RoundTripper) (*http.Response, error) {
	return next.RoundTrip(req)
}

var isGet = method("GET", "/files/")

func TestDownload(t *testing.T) {
	t.Parallel()
	const content = "0123456789"
	for name, tt := range map[string]struct {
		o      DownloadOptions
		faults []fault
		want   string
		size   int64
	}{
		"all":                           {DownloadOptions{}, nil, content, 10},
		"from the middle":               {DownloadOptions{Offset: 4}, nil, "456789", 6},
		"up to the middle":              {DownloadOptions{Length: 4}, nil, "0123", 4},
		"a part":                        {DownloadOptions{Offset: 4, Length: 3}, nil, "456", 3},
		"more than there is":            {DownloadOptions{Offset: 4, Length: 30}, nil, "456789", 6},
		"from the end":                  {DownloadOptions{Offset: 10}, nil, "", 0},
		"a part, without ranges":        {DownloadOptions{Offset: 4, Length: 3}, []fault{noRanges(pass)}, "456", 3},
		"of unknown length":             {DownloadOptions{}, []fault{noLength(pass)}, content, -1},
		"a part, of unknown length":     {DownloadOptions{Offset: 4, Length: 3}, []fault{noRanges(noLength(pass))}, "456", -1},
		"cut":                           {DownloadOptions{}, []fault{cutAfter(3)}, content, 10},
		"cut at once":                   {DownloadOptions{}, []fault{cutAfter(0)}, content, 10},
		"cut before the end is seen":    {DownloadOptions{}, []fault{noLength(cutAfter(10))}, content, -1},
		"cut again and again":           {DownloadOptions{}, []fault{cutAfter(1), cutAfter(0), cutAfter(2), lostAnswer, cutAfter(0)}, content, 10},
		"cut, of unknown length":        {DownloadOptions{}, []fault{noLength(cutAfter(3))}, content, -1},
		"a part, cut":                   {DownloadOptions{Offset: 2, Length: 6}, []fault{cutAfter(3), cutAfter(1)}, "234567", 6},
		"cut, no ranges":                {DownloadOptions{}, []fault{cutAfter(3), noRanges(pass)}, content, 10},
		"a part, cut, no ranges at all": {DownloadOptions{Offset: 2, Length: 6}, []fault{noRanges(cutAfter(5)), noRanges(cutAfter(4)), noRanges(pass)}, "234567", 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			transport := &faulty{Match: isGet, Faults: tt.faults}
			s, d := fake(t, transport)
			d.put("/a", content)
			d.nodes["/a"].modified = time.Unix(1795486513, 0)
			var told []int64
			tt.o.Progress = func(received, total int64) {
				if total != tt.size {
					t.Errorf("of %d", total)
				}
				told = append(told, received)
			}
			f, err := s.Download(t.Context(), "a", &tt.o)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if f.Size != tt.size || tt.want != "" && f.MimeType != "text/plain" || f.ETag != d.nodes["/a"].etag() || f.Modified.Unix() != 1795486513 {
				t.Errorf("%+v", f)
			}
			got, err := io.ReadAll(iotest.OneByteReader(f))
			if err != nil || string(got) != tt.want {
				t.Errorf("read %q, %v, want %q", got, err, tt.want)
			}
			if n := transport.Left(); n > 0 {
				t.Errorf("%d faults did not happen", n)
			}
			var want []int64
			for i := range tt.want {
				want = append(want, int64(i+1))
			}
			if diff := cmp.Diff(want, told); diff != "" {
				t.Errorf("progress %s", diff)
			}
		})
	}
}

func TestDownloadGoesOnAsLongAsItGains(t *testing.T) {
	t.Parallel()
	transport := &faulty{Match: isGet}
	for range 2 * maxResumes {
		transport.Faults = append(transport.Faults, cutAfter(resumeGain))
	}
	s, d := fake(t, transport)
	content := text((2*maxResumes + 1) * resumeGain)
	d.put("/a", content)
	f := must(s.Download(t.Context(), "a", nil))(t)
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || string(got) != content {
		t.Errorf("%d of %d bytes, %v", len(got), len(content), err)
	}
	if tag := d.headers["GET"].Get("If-Range"); tag != `"`+d.nodes["/a"].etag()+`"` {
		t.Errorf("went on with whatever is there now: If-Range %q", tag)
	}
}

func TestDownloadOfAFileThatChanges(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*dav){
		"another content": func(d *dav) { d.nodes["/a"].data = []byte("9876543210") },
		"shorter":         func(d *dav) { d.nodes["/a"].data = []byte("0") },
		"gone":            func(d *dav) { delete(d.nodes, "/a") },
	} {
		for _, how := range []func(fault) fault{func(f fault) fault { return f }, noRanges} {
			s, d := fake(t, &faulty{Match: isGet, Faults: []fault{cutAfter(3), how(pass)}})
			d.put("/a", "0123456789")
			f := must(s.Download(t.Context(), "a", nil))(t)
			defer f.Close()
			d.mu.Lock()
			change(d)
			d.mu.Unlock()
			got, err := io.ReadAll(f)
			if !errors.Is(err, ErrChanged) || string(got) != "012" {
				t.Errorf("%s: %q, %v", name, got, err)
			}
		}
	}
}

func TestDownloadOfACertainVersion(t *testing.T) {
	t.Parallel()
	s, d := fake(t, nil)
	d.put("/a", "0123456789")
	tag := d.nodes["/a"].etag()
	for _, o := range []DownloadOptions{{IfMatch: tag}, {IfMatch: `"` + tag + `"`, Offset: 3}, {IfMatch: tag, Offset: 10}} {
		f, err := s.Download(t.Context(), "a", &o)
		if err != nil {
			t.Errorf("%+v: %v", o, err)
			continue
		}
		f.Close()
		o.IfMatch = "other"
		if _, err := s.Download(t.Context(), "a", &o); !errors.Is(err, ErrChanged) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestDownloadThatFails(t *testing.T) {
	t.Parallel()
	all := func(f fault) (many []fault) {
		for range 100 {
			many = append(many, f)
		}
		return many
	}
	for name, tt := range map[string]struct {
		faults []fault
		want   error
	}{
		"the connection, always":      {append([]fault{cutAfter(3)}, all(cutAfter(0))...), io.ErrUnexpectedEOF},
		"the server goes":             {append([]fault{cutAfter(3)}, all(lostRequest)...), ocs.ErrConnection},
		"permission goes":             {append([]fault{cutAfter(3)}, all(status(403))...), ocs.ErrForbidden},
		"the answer is of other kind": {append([]fault{cutAfter(3)}, all(status(204))...), ocs.ErrBadResponse},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, d := fake(t, &faulty{Match: isGet, Faults: tt.faults})
			d.put("/a", "0123456789")
			f := must(s.Download(t.Context(), "a", nil))(t)
			defer f.Close()
			got, err := io.ReadAll(f)
			var e *ocs.Error
			if !errors.Is(err, tt.want) || !errors.As(err, &e) || string(got) != "012" || strings.Contains(fmt.Sprint(err), "hush") {
				t.Errorf("%q, %v, want %v", got, err, tt.want)
			}
			if _, again := f.Read(make([]byte, 1)); !errors.Is(again, err) {
				t.Errorf("read on: %v", again)
			}
		})
	}
}

func TestDownloadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s, d := fake(t, &faulty{Match: isGet, Faults: []fault{cutAfter(3)}})
	d.put("/a", "0123456789")
	f := must(s.Download(ctx, "a", nil))(t)
	defer f.Close()
	if _, err := io.ReadFull(f, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := f.Read(make([]byte, 3)); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	f.Close()
	if _, err := f.Read(make([]byte, 3)); err == nil {
		t.Error("a closed download can be read")
	}
}

func TestDownloadRefusesBadArgumentsAndAnswers(t *testing.T) {
	t.Parallel()
	s, d := fake(t, nil)
	d.put("/a", "0123456789")
	for field, o := range map[string]DownloadOptions{"offset": {Offset: -1}, "length": {Length: -1}, "if match": {IfMatch: `a"b`}} {
		_, err := s.Download(t.Context(), "a", &o)
		var e *ocs.Error
		if !errors.As(err, &e) || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := s.Download(t.Context(), "a", &DownloadOptions{Offset: 11}); !errors.Is(err, ocs.ErrInvalid) {
		t.Errorf("beyond the end: %v", err)
	}
	if _, err := s.Preview(t.Context(), "7&x=1", nil); !errors.Is(err, ocs.ErrInvalid) {
		t.Errorf("preview of no id: %v", err)
	}
	if _, err := s.Preview(t.Context(), "7", &PreviewOptions{Width: -1}); !errors.Is(err, ocs.ErrInvalid) {
		t.Errorf("preview of no width: %v", err)
	}
	spoil := func(key, value string) fault {
		return func(req *http.Request, next http.RoundTripper) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if err == nil {
				resp.Header.Set(key, value)
			}
			return resp, err
		}
	}
	for _, value := range []string{"", "bytes", "bytes 0-9/10", "bytes 3-9/x", "bytes 3-9/2", "bytes x-9/10", "items 3-9/10"} {
		s, d := fake(t, &faulty{Match: isGet, Faults: []fault{spoil("Content-Range", value)}})
		d.put("/a", "0123456789")
		if _, err := s.Download(t.Context(), "a", &DownloadOptions{Offset: 3}); !errors.Is(err, ocs.ErrBadResponse) {
			t.Errorf("range %q: %v", value, err)
		}
	}
	s, d = fake(t, &faulty{Match: isGet, Faults: []fault{spoil("Content-Encoding", "br")}})
	d.put("/a", "0123456789")
	if _, err := s.Download(t.Context(), "a", nil); !errors.Is(err, ocs.ErrBadResponse) {
		t.Errorf("packed: %v", err)
	}
}
