package files

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/confab-go/confab/internal/ocs"
)

// data serves OCS answers: the ocs.data of each path, or a refusal.
type data map[string]string

func (d data) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, ok := d[r.Method+" "+r.URL.Path]
	code := 200
	if refused, is := strings.CutPrefix(body, "403 "); is {
		w.WriteHeader(403)
		fmt.Fprintf(w, `{"ocs":{"meta":{"status":"failure","statuscode":403,"message":%q},"data":[]}}`, refused)
		return
	}
	if !ok {
		code, body = 404, "[]"
	}
	w.WriteHeader(code)
	fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":%d,"message":"OK"},"data":%s}}`, code, body)
}

const (
	sharesRoute = "/nextcloud/ocs/v2.php/apps/files_sharing/api/v1/shares"
	capsRoute   = "GET /nextcloud/ocs/v2.php/cloud/capabilities"
)

func TestShareThatIsSharedAlready(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answers data
		already bool
	}{
		"in English":         {data{"POST " + sharesRoute: "403 Path is already shared with this conversation"}, true},
		"in German":          {data{"POST " + sharesRoute: "403 Pfad ist bereits geteilt", "GET " + sharesRoute: `[{"id":"1","share_type":10,"share_with":"abc123"}]`}, true},
		"with somebody else": {data{"POST " + sharesRoute: "403 Nein", "GET " + sharesRoute: `[{"id":"1","share_type":10,"share_with":"other"},{"id":"2","share_type":0,"share_with":"abc123"}]`}, false},
		"nobody knows":       {data{"POST " + sharesRoute: "403 Nein"}, false},
	} {
		_, err := serviceFor(t, tt.answers, nil).Share(t.Context(), "a", "abc123", nil)
		if errors.Is(err, ErrAlreadyShared) != tt.already || !errors.Is(err, ocs.ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestShareKeepsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	s := serviceFor(t, data{"POST " + sharesRoute: `{"id":7,"share_type":"10","permissions":"19","attributes":"[]","mail_send":true,"new":{"a":1},"expiration":"2026-12-31 00:00:00"}`}, nil)
	share := must(s.Share(t.Context(), "a", "abc123", nil))(t)
	raw, ok := share.Extra.Get("new")
	if share.ID != "7" || share.ShareType != ShareTypeRoom || share.Permissions != 19 || !share.MailSend || share.Expiration != "2026-12-31 00:00:00" || !ok || string(raw) != `{"a":1}` {
		t.Errorf("%+v", share)
	}
	if _, err := serviceFor(t, data{"POST " + sharesRoute: `"no"`}, nil).Share(t.Context(), "a", "abc123", nil); !errors.Is(err, ocs.ErrBadResponse) {
		t.Errorf("another answer: %v", err)
	}
}

func TestShareRefusesBadArguments(t *testing.T) {
	t.Parallel()
	s := serviceFor(t, data{}, nil)
	for field, tt := range map[string]struct {
		path, token string
		o           ShareOptions
	}{
		"path":         {"a/../b", "abc123", ShareOptions{}},
		"token":        {"a", "abc/../123", ShareOptions{}},
		"reply to":     {"a", "abc123", ShareOptions{ReplyTo: -1}},
		"permissions":  {"a", "abc123", ShareOptions{Permissions: -1}},
		"caption":      {"a", "abc123", ShareOptions{Caption: "\xff"}},
		"reference id": {"a", "abc123", ShareOptions{ReferenceID: strings.Repeat("ü", 65)}},
	} {
		_, err := s.Share(t.Context(), tt.path, tt.token, &tt.o)
		var e *ocs.Error
		if !errors.Is(err, ocs.ErrInvalid) || !errors.As(err, &e) || e.Field != field || e.Attempts != 0 {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, id := range []string{"", "../1", "1?x", "a"} {
		if err := s.Unshare(t.Context(), id); !errors.Is(err, ocs.ErrInvalid) {
			t.Errorf("share id %q: %v", id, err)
		}
	}
	if err := s.Unshare(t.Context(), "9"); !errors.Is(err, ocs.ErrNotFound) {
		t.Errorf("no such share: %v", err)
	}
}

func TestAttachmentFolder(t *testing.T) {
	t.Parallel()
	caps := func(attachments string) data {
		return data{capsRoute: `{"version":{},"capabilities":{"spreed":{"config":{"attachments":` + attachments + `}}}}`}
	}
	for folder, want := range map[string]string{"/Talk": "/Talk", "/": "/", "Talk/x/": "/Talk/x"} {
		got, err := serviceFor(t, caps(`{"allowed":true,"folder":"`+folder+`"}`), nil).AttachmentFolder(t.Context())
		if err != nil || got != want {
			t.Errorf("%q: %q, %v", folder, got, err)
		}
	}
	for name, tt := range map[string]struct {
		answers data
		want    error
	}{
		"not allowed":  {caps(`{"allowed":false}`), ocs.ErrUnsupported},
		"no Talk":      {data{capsRoute: `{"capabilities":{"core":{}}}`}, ocs.ErrUnsupported},
		"no folder":    {caps(`{"allowed":true}`), ocs.ErrBadResponse},
		"a way out":    {caps(`{"allowed":true,"folder":"/../x"}`), ocs.ErrBadResponse},
		"not answered": {data{}, ocs.ErrNotFound},
	} {
		if _, err := serviceFor(t, tt.answers, nil).AttachmentFolder(t.Context()); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func TestUserIDIsAskedOnceAndChecked(t *testing.T) {
	t.Parallel()
	s, d := fake(t, nil)
	d.put("/a", "x")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := s.Stat(t.Context(), "a"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	asked := strings.Count(strings.Join(d.requests(), " "), "GET")
	must(s.Stat(t.Context(), "a"))(t)
	if again := strings.Count(strings.Join(d.requests(), " "), "GET"); again != asked {
		t.Errorf("asked %d times, and then again", asked)
	}
	for _, id := range []string{"", "..", "a/b"} {
		s := serviceFor(t, data{"GET /nextcloud/ocs/v2.php/cloud/user": fmt.Sprintf(`{"id":%q}`, id)}, nil)
		if _, err := s.Stat(t.Context(), "a"); !errors.Is(err, ocs.ErrBadResponse) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestPreviewsThatAreNone(t *testing.T) {
	t.Parallel()
	s := serviceFor(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(404)
		_, _ = io.WriteString(w, "[]")
	}), nil)
	if _, err := s.Preview(t.Context(), "7", nil); !errors.Is(err, ocs.ErrNotFound) {
		t.Errorf("%v", err)
	}
}
