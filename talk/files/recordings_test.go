package files

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/ocs"
)

// exchange is one of those recorded with a real server.
type exchange struct {
	N            int               `json:"n"`
	As           string            `json:"as"`
	Method       string            `json:"method"`
	Path         string            `json:"path"`
	Query        map[string]any    `json:"query"`
	Body         map[string]any    `json:"body"`
	Status       int               `json:"status"`
	Header       map[string]string `json:"response_headers"`
	Response     json.RawMessage   `json:"response"`
	ResponseText string            `json:"response_text"`
	ResponseData []byte            `json:"response_base64"`
	Captured     map[string]any    `json:"captured"`
}

func recorded(t testing.TB) (all []exchange) {
	t.Helper()
	f, err := os.Open("testdata/files.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewReader(f); ; {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 && !bytes.HasPrefix(line, []byte(`{"story"`)) {
			var x exchange
			if err := json.Unmarshal(line, &x); err != nil {
				t.Fatal(err)
			}
			all = append(all, x)
		}
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// replay answers each request as the real server did to the exchange with that number.
type replay struct {
	t   *testing.T
	all []exchange
	n   int
	got *http.Request
	in  []byte // the body of got
}

func (r *replay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if strings.HasSuffix(req.URL.Path, "/cloud/user") {
		_, _ = io.WriteString(w, `{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"},"data":{"id":"anna"}}}`)
		return
	}
	x := r.all[r.n]
	r.got, r.in = req, must(io.ReadAll(req.Body))(r.t)
	if path := strings.TrimPrefix(req.URL.Path, "/nextcloud"); req.Method != x.Method || path != strings.NewReplacer("{share}", "21", "{fileid}", "26677").Replace(x.Path) {
		r.t.Errorf("asked %s %s, recorded is %s %s", req.Method, path, x.Method, x.Path)
	}
	for k, v := range x.Header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(x.Status)
	for _, b := range [][]byte{x.Response, []byte(x.ResponseText), x.ResponseData} {
		_, _ = w.Write(b)
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// replaying gives a service, and what sets the exchange that answers it next.
func replaying(t *testing.T) (*Service, *replay) {
	t.Helper()
	r := &replay{t: t, all: recorded(t)}
	return serviceFor(t, r, nil), r
}

func TestRecordedNodes(t *testing.T) {
	t.Parallel()
	s, r := replaying(t)
	link := func(id string) string { return s.conn.BaseURL().String() + "/index.php/f/" + id }
	at := time.Date(2026, 11, 24, 2, 15, 13, 0, time.UTC)
	hello := &Node{
		ID: "26677", Path: "/Talk/hello.txt", Name: "hello.txt", Size: 11, MimeType: "text/plain", ETag: "bde7a663c964f8380c860ac843d443ba",
		Permissions: 27, Modified: at, PreviewAvailable: true, Link: link("26677"),
	}
	r.n = 9
	if diff := cmp.Diff(hello, must(s.Stat(t.Context(), "/Talk/hello.txt"))(t)); diff != "" {
		t.Error(diff)
	}
	r.n = 8
	var got []*Node
	for n, err := range s.List(t.Context(), "Talk/") {
		got = append(got, must(n, err)(t))
	}
	want := []*Node{hello, {
		ID: "26678", Path: "/Talk/pic.png", Name: "pic.png", Size: 179, MimeType: "image/png", ETag: "18c54fe69e543ae83093ae4aa4955dba",
		Permissions: 27, Modified: at, PreviewAvailable: true, Link: link("26678"),
	}, {
		ID: "26679", Path: "/Talk/voice.wav", Name: "voice.wav", Size: 44, MimeType: "audio/wav", ETag: "0b676271a206148e5e3040d3547f665e",
		Permissions: 27, Modified: at, Link: link("26679"),
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	folder := must(s.Stat(t.Context(), "Talk"))(t)
	if !folder.IsDir || folder.Size != 234 || folder.Permissions != 31 || folder.ID != "26676" || folder.ETag != "6b04f3317bdba" || folder.MimeType != "" {
		t.Errorf("the folder is %+v", folder)
	}
	r.n = 10
	_, err := s.Stat(t.Context(), "absent")
	var e *ocs.Error
	if !errors.Is(err, ocs.ErrNotFound) || !errors.As(err, &e) || !strings.Contains(e.Message, "could not be located") {
		t.Errorf("absent: %v", err)
	}
}

func TestRecordedFolderAndFile(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, r := replaying(t)
	r.n = 2
	if err := s.MkdirAll(ctx, "Talk"); err != nil {
		t.Error(err)
	}
	r.n = 4
	p, _ := parseFile("", "", "Talk/hello.txt")
	at := must(s.fileURL(ctx, "", p))(t)
	header := must(s.send(ctx, &ocs.Request{Method: "PUT", Path: at, Body: &ocs.Raw{Reader: strings.NewReader("Hello file\n")}}, nil, 201))(t)
	if id, tag := fileID(header.Get("OC-FileId")), bareETag(header.Get("ETag")); id != "26677" || tag != "bde7a663c964f8380c860ac843d443ba" {
		t.Errorf("stored as %s, %s", id, tag)
	}
	r.n = 7
	if _, err := s.Upload(ctx, "nodir/x.txt", strings.NewReader("x"), nil); !errors.Is(err, ocs.ErrNotFound) {
		t.Errorf("into no folder: %v", err)
	}
	r.n = 11
	d := must(s.Download(ctx, "/Talk/hello.txt", nil))(t)
	defer d.Close()
	if content := must(io.ReadAll(d))(t); string(content) != "Hello file\n" || d.Size != 11 || d.FileSize != 11 || d.MimeType != "text/plain" || d.ETag != "bde7a663c964f8380c860ac843d443ba" {
		t.Errorf("%q, %+v", content, d)
	}
	r.n = 12
	if _, err := s.Download(ctx, "Talk/absent.txt", nil); !errors.Is(err, ocs.ErrNotFound) {
		t.Errorf("absent: %v", err)
	}
	r.n = 35
	d = must(s.Preview(ctx, "26677", &PreviewOptions{Width: 32, Height: 32}))(t)
	defer d.Close()
	if picture := must(io.ReadAll(d))(t); !bytes.HasPrefix(picture, []byte("\x89PNG")) || d.MimeType != "image/png" || int64(len(picture)) != d.Size {
		t.Errorf("%d bytes of %s", len(picture), d.MimeType)
	}
	if diff := cmp.Diff(url.Values{"fileId": {"26677"}, "x": {"32"}, "y": {"32"}, "a": {"1"}}, r.got.URL.Query()); diff != "" {
		t.Error(diff)
	}
	r.n = 38
	if err := s.Delete(ctx, "Talk/voice.wav"); err != nil {
		t.Error(err)
	}
}

func TestRecordedShares(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, r := replaying(t)
	options := map[int]*ShareOptions{
		14: {ReferenceID: strings.Repeat("d", 64)},
		16: {Caption: "Look, @ben", Silent: true},
		17: {MessageType: MessageVoice},
	}
	for n, x := range r.all {
		if x.Method != "POST" || !strings.HasSuffix(x.Path, "/shares") {
			continue
		}
		r.n = n
		token, _ := x.Body["shareWith"].(string)
		if token == "{room}" {
			token = "43956our"
			x.Body["shareWith"] = token
		}
		path, _ := x.Body["path"].(string)
		share, err := s.Share(ctx, path, token, options[x.N])
		var sent map[string]any
		if err := json.Unmarshal(r.in, &sent); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(x.Body, sent); diff != "" {
			t.Errorf("%d: sent (-recorded +ours) %s", x.N, diff)
		}
		switch {
		case x.Status == 200:
			if err != nil {
				t.Fatalf("%d: %v", x.N, err)
			}
			sameJSON(t, x.Response, share)
			if share.ShareType != ShareTypeRoom || share.ShareWith != token || share.Path != path || share.Permissions != 19 || share.STime.Unix() != 1795486514 || share.Extra.Len() != 0 {
				t.Errorf("%d: %+v", x.N, share)
			}
		case x.Status == 403:
			if !errors.Is(err, ErrAlreadyShared) || !errors.Is(err, ocs.ErrForbidden) || !errors.Is(err, ocs.ErrConflict) {
				t.Errorf("%d: %v", x.N, err)
			}
		case !errors.Is(err, ocs.ErrNotFound):
			t.Errorf("%d: %v", x.N, err)
		}
	}
	r.n = 29
	shares := must(s.Shares(ctx, "Talk/hello.txt"))(t)
	sameJSON(t, r.all[29].Response, shares)
	if len(shares) != 1 || shares[0].ID != "21" || shares[0].FileSource != 26677 || shares[0].ItemMTime.Unix() != 1795486513 {
		t.Errorf("%+v", shares)
	}
	r.n = 36
	if err := s.Unshare(ctx, "21"); err != nil {
		t.Error(err)
	}
}

// sameJSON checks that a value encodes to the data of a recorded answer.
func sameJSON(t *testing.T, answer json.RawMessage, v any) {
	t.Helper()
	var recorded struct {
		OCS struct{ Data any }
	}
	if err := json.Unmarshal(answer, &recorded); err != nil {
		t.Fatal(err)
	}
	var ours any
	if err := json.Unmarshal(must(json.Marshal(v))(t), &ours); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(recorded.OCS.Data, ours); diff != "" {
		t.Errorf("(-recorded +ours) %s", diff)
	}
}
