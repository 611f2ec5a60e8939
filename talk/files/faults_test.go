package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/confab-go/confab/internal/faultproxy"
	"github.com/confab-go/confab/internal/ocs"
)

type (
	fault        = faultproxy.Fault
	faulty       = faultproxy.Transport
	brokenReader = faultproxy.BrokenReader
)

var (
	errBroken               = faultproxy.ErrBroken
	lostRequest, cutRequest = fault(faultproxy.LostRequest), fault(faultproxy.CutRequest)
	lostAnswer, lateAnswer  = fault(faultproxy.LostAnswer), fault(faultproxy.LateAnswer)
)

func status(code int) fault { return faultproxy.Status(code) }

// method matches requests of a method to paths that contain part.
func method(name, part string) func(*http.Request) bool {
	return func(req *http.Request) bool { return req.Method == name && strings.Contains(req.URL.Path, part) }
}

func TestUploadSurvivesFaults(t *testing.T) {
	t.Parallel()
	kinds := map[string][]fault{
		"lost":        {lostRequest},
		"cut":         {cutRequest},
		"unanswered":  {lostAnswer},
		"late":        {lateAnswer},
		"unavailable": {status(503)},
		"thrice":      {lostAnswer, cutRequest, lostRequest},
		"throttled":   {status(429), lostAnswer},
	}
	steps := map[string]struct {
		match     func(*http.Request) bool
		threshold int64
	}{
		"whole":        {method("PUT", "/files/"), 1000},
		"upload's own": {method("MKCOL", "/uploads/"), 10},
		"chunk":        {method("PUT", "/00002"), 10},
		"last chunk":   {method("PUT", "/00003"), 10},
		"assembly":     {method("MOVE", "/uploads/"), 10},
		"look":         {method("PROPFIND", ""), 10},
		"user":         {method("GET", "/cloud/user"), 10},
	}
	conditions := map[string]UploadOptions{"freely": {}, "where nothing is": {NoOverwrite: true}, "over a version": {IfMatch: "set below"}}
	for kind, faults := range kinds {
		for step, at := range steps {
			for condition, o := range conditions {
				for source := range sources {
					t.Run(strings.Join([]string{step, kind, condition, source}, "/"), func(t *testing.T) {
						t.Parallel()
						transport := &faulty{Match: at.match, Faults: faults}
						s, d := fake(t, transport)
						o := o
						o.ChunkSize, o.ChunkThreshold = at.threshold, at.threshold
						if o.IfMatch != "" {
							d.put("/a", "old")
							o.IfMatch = d.nodes["/a"].etag()
						}
						last := int64(-1)
						o.Progress = func(sent, _ int64) {
							if sent < last {
								t.Errorf("progress went from %d back to %d", last, sent)
							}
							last = sent
						}
						content := text(25)
						node, err := s.Upload(t.Context(), "a", sources[source](content), &o)
						if err != nil {
							t.Fatal(err)
						}
						if got := d.content("/a"); got != content || node.Size != 25 || last != 25 {
							t.Errorf("stored %q of %q, %d bytes, told of %d", got, content, node.Size, last)
						}
						if d.leftUploads() != 0 {
							t.Error("an upload is left")
						}
						if transport.Left() == len(faults) { // the later ones may find that all is done
							t.Error("no fault happened")
						}
					})
				}
			}
		}
	}
}

func TestUploadThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	always := func(f fault) []fault {
		all := make([]fault, 50)
		for i := range all {
			all[i] = f
		}
		return all
	}
	for name, tt := range map[string]struct {
		match func(*http.Request) bool
		fault fault
		want  error
	}{
		"the connection, at a chunk":      {method("PUT", "/00002"), cutRequest, ocs.ErrConnection},
		"the connection, at the folder":   {method("MKCOL", ""), lostAnswer, ocs.ErrConnection},
		"the connection, at the assembly": {method("MOVE", ""), lostRequest, ocs.ErrConnection},
		"the space":                       {method("PUT", ""), status(507), ErrQuota},
		"the space, at the end":           {method("MOVE", ""), status(507), ErrQuota},
		"a lock":                          {method("MOVE", ""), status(423), ErrLocked},
		"permission":                      {method("MKCOL", ""), status(403), ocs.ErrForbidden},
		"a proxy's limit":                 {method("PUT", ""), status(413), ocs.ErrTooLarge},
		"a portal before the server":      {method("PUT", ""), status(200), ocs.ErrBadResponse},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, d := fake(t, &faulty{Match: tt.match, Faults: always(tt.fault)})
			d.put("/a", "old")
			_, err := s.Upload(t.Context(), "a", strings.NewReader(text(25)), &UploadOptions{ChunkSize: 10, ChunkThreshold: 10})
			if !errors.Is(err, tt.want) {
				t.Errorf("err = %v, want %v", err, tt.want)
			}
			if strings.Contains(fmt.Sprint(err), "hush") {
				t.Errorf("the error tells a secret: %v", err)
			}
			if d.leftUploads() != 0 || d.content("/a") != "old" {
				t.Errorf("left %q, and %d uploads", d.content("/a"), d.leftUploads())
			}
		})
	}
}

func TestUploadWaitsForALock(t *testing.T) {
	t.Parallel()
	s, d := fake(t, &faulty{Match: method("MOVE", ""), Faults: []fault{status(423), lateAnswer}})
	if _, err := s.Upload(t.Context(), "a", strings.NewReader(text(25)), &UploadOptions{ChunkSize: 10, ChunkThreshold: 10}); err != nil || d.content("/a") != text(25) {
		t.Errorf("%v, stored %q", err, d.content("/a"))
	}
}

func TestUploadThatIsGivenUpRemovesItsChunks(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"/00001", "/00002", ".file"} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		transport := &faulty{Match: func(req *http.Request) bool { return strings.HasSuffix(req.URL.Path, step) }}
		transport.Faults = []fault{func(req *http.Request, _ http.RoundTripper) (*http.Response, error) {
			cancel()
			if req.Body != nil {
				req.Body.Close()
			}
			return nil, req.Context().Err()
		}}
		s, d := fake(t, transport)
		_, err := s.Upload(ctx, "a", strings.NewReader(text(25)), &UploadOptions{ChunkSize: 10, ChunkThreshold: 10})
		if !errors.Is(err, context.Canceled) || d.leftUploads() != 0 || d.content("/a") != "<none>" {
			t.Errorf("given up at %s: %v, %d uploads left, stored %q", step, err, d.leftUploads(), d.content("/a"))
		}
	}
}

func TestUploadSaysWhatItCouldNotRemove(t *testing.T) {
	t.Parallel()
	transport := &faulty{Match: func(req *http.Request) bool {
		return req.Method == "DELETE" || strings.HasSuffix(req.URL.Path, "/00002")
	}}
	for range 10 {
		transport.Faults = append(transport.Faults, status(403))
	}
	s, d := fake(t, transport)
	_, err := s.Upload(t.Context(), "a", strings.NewReader(text(25)), &UploadOptions{ChunkSize: 10, ChunkThreshold: 10})
	if !errors.Is(err, ocs.ErrForbidden) || !strings.Contains(err.Error(), "could not be removed") || d.leftUploads() != 1 {
		t.Errorf("%v, %d uploads left", err, d.leftUploads())
	}
}

// A conditional upload whose answer is lost may have arrived, or another one may have: the content tells.
func TestUploadOvertakenByAnother(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]string{"of another size": "other", "of the same size": strings.Repeat("x", 25)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			transport := &faulty{Match: method("PUT", "")}
			s, d := fake(t, transport)
			transport.Faults = []fault{func(req *http.Request, next http.RoundTripper) (*http.Response, error) {
				d.mu.Lock()
				d.put("/a", other)
				d.mu.Unlock()
				return lostRequest(req, next)
			}}
			_, err := s.Upload(t.Context(), "a", strings.NewReader(text(25)), &UploadOptions{NoOverwrite: true})
			if err == nil || d.content("/a") != other {
				t.Errorf("%v, stored %q", err, d.content("/a"))
			}
		})
	}
}

// What happens to a destination while chunks are on their way is seen at the end.
func TestUploadInChunksOvertakenByAnother(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		o    UploadOptions
		want error
	}{
		"where nothing was": {UploadOptions{NoOverwrite: true}, ErrExists},
		"over a version":    {UploadOptions{IfMatch: "set below"}, ErrChanged},
	} {
		for _, step := range []string{"PUT", "MOVE"} {
			t.Run(name+"/"+step, func(t *testing.T) {
				t.Parallel()
				transport := &faulty{Match: method(step, "/uploads/")}
				s, d := fake(t, transport)
				if tt.o.IfMatch != "" {
					d.put("/a", "old")
					tt.o.IfMatch = d.nodes["/a"].etag()
				}
				transport.Faults = []fault{func(req *http.Request, next http.RoundTripper) (*http.Response, error) {
					d.mu.Lock()
					d.put("/a", "other")
					d.mu.Unlock()
					return next.RoundTrip(req)
				}}
				tt.o.ChunkSize, tt.o.ChunkThreshold = 10, 10
				_, err := s.Upload(t.Context(), "a", strings.NewReader(text(25)), &tt.o)
				if !errors.Is(err, tt.want) || d.content("/a") != "other" || d.leftUploads() != 0 {
					t.Errorf("%v, stored %q", err, d.content("/a"))
				}
			})
		}
	}
}

// A transport may keep the body of a request that failed, and read it while the next one is sent, or later still.
func TestUploadTakesItsContentBack(t *testing.T) {
	t.Parallel()
	for name, source := range sources {
		for _, threshold := range []int64{10, 100} {
			var kept []io.Reader
			keep := func(req *http.Request, _ http.RoundTripper) (*http.Response, error) {
				kept = append(kept, req.Body)
				return nil, errBroken
			}
			s, d := fake(t, &faulty{Match: method("PUT", ""), Faults: []fault{keep, keep}})
			if _, err := s.Upload(t.Context(), "a", source(text(25)), &UploadOptions{ChunkSize: threshold, ChunkThreshold: threshold}); err != nil || d.content("/a") != text(25) {
				t.Errorf("%s: %v", name, err)
			}
			for _, body := range kept {
				if n, err := body.Read(make([]byte, 10)); n != 0 || !errors.Is(err, os.ErrClosed) {
					t.Errorf("%s: after the upload its content can be read: %d bytes, %v", name, n, err)
				}
			}
		}
	}
}

func TestCopyIsRepeatedOnlyWhereItMayReplace(t *testing.T) {
	t.Parallel()
	for overwrite, want := range map[bool]error{true: nil, false: ocs.ErrConnection} {
		s, d := fake(t, &faulty{Match: method("COPY", ""), Faults: []fault{lostAnswer}})
		d.put("/a", "x")
		if err := s.Copy(t.Context(), "a", "b", overwrite); !errors.Is(err, want) || d.content("/b") != "x" {
			t.Errorf("overwrite %v: %v", overwrite, err)
		}
	}
}

func TestDeleteAndMoveSurviveLostAnswers(t *testing.T) {
	t.Parallel()
	for _, f := range []fault{lostRequest, lostAnswer, lateAnswer} {
		transport := &faulty{Match: func(req *http.Request) bool { return req.Method == "DELETE" || req.Method == "MKCOL" }, Faults: []fault{f, f}}
		s, d := fake(t, transport)
		d.put("/a", "x")
		if err := s.Delete(t.Context(), "a"); err != nil || d.content("/a") != "<none>" {
			t.Errorf("delete: %v", err)
		}
		if err := s.MkdirAll(t.Context(), "d"); err != nil {
			t.Errorf("make folder: %v", err)
		}
	}
	for name, f := range map[string]fault{"lost": lostAnswer, "late": lateAnswer} {
		s, d := fake(t, &faulty{Match: method("MOVE", ""), Faults: []fault{f}})
		d.put("/a", "x")
		if err := s.Move(t.Context(), "a", "b", false); err != nil || d.content("/b") != "x" {
			t.Errorf("move, answer %s: %v", name, err)
		}
	}
	s, d := fake(t, &faulty{Match: method("MOVE", ""), Faults: []fault{lostRequest}})
	d.put("/a", "x")
	if err := s.Move(t.Context(), "a", "b", false); !errors.Is(err, ocs.ErrConnection) || d.content("/a") != "x" {
		t.Errorf("move that never arrived: %v", err)
	}
}
