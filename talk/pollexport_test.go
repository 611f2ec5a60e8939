package talk_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/confab-go/confab/talk"
)

func TestPollExport(t *testing.T) {
	t.Parallel()
	c := newerClient(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/api/v1/poll/abcd1234/7/export/csv") && r.Method == http.MethodGet:
			w.Header().Set("Content-Type", "text/csv; charset=utf-8")
			w.Header().Set("Content-Disposition", `attachment; filename="Lunch?.csv"`)
			fmt.Fprint(w, "Option,Votes\nPizza,2\n")
		case strings.HasSuffix(r.URL.Path, "/7/export/ods"):
			w.Header().Set("Content-Type", "application/vnd.oasis.opendocument.spreadsheet")
			fmt.Fprint(w, "PK\x03\x04")
		case strings.HasSuffix(r.URL.Path, "/8/export/csv"):
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"failure","statuscode":403},"data":{"error":"permission"}}}`)
		case strings.HasSuffix(r.URL.Path, "/10/export/csv"):
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, "<!DOCTYPE html><title>Log in</title>")
		default:
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"failure","statuscode":404},"data":{"error":"poll"}}}`)
		}
	})
	ctx := t.Context()
	for format, want := range map[talk.PollFormat]struct{ name, mime, body string }{
		talk.PollCSV: {"Lunch?.csv", "text/csv", "Option,Votes\nPizza,2\n"},
		talk.PollODS: {"", "application/vnd.oasis.opendocument.spreadsheet", "PK\x03\x04"},
	} {
		export := must(c.Polls.Export(ctx, "abcd1234", 7, format))(t)
		body := must(io.ReadAll(export.Body))(t)
		if err := export.Body.Close(); err != nil {
			t.Error(err)
		}
		if export.Name != want.name || export.MimeType != want.mime || string(body) != want.body {
			t.Errorf("%s: %q, %q, %q", format, export.Name, export.MimeType, body)
		}
	}
	refused(t, "another's", errOf(c.Polls.Export(ctx, "abcd1234", 8, talk.PollCSV)), talk.ErrForbidden, "permission")
	refused(t, "none", errOf(c.Polls.Export(ctx, "abcd1234", 9, talk.PollCSV)), talk.ErrNotFound, "poll")
	if _, err := c.Polls.Export(ctx, "abcd1234", 10, talk.PollCSV); !errors.Is(err, talk.ErrBadResponse) {
		t.Errorf("a page: %v", err)
	}
	refusedHere(t, "a format", errOf(c.Polls.Export(ctx, "abcd1234", 7, "pdf")), "format")
}

// TestFeaturesThatNothingAnnounces: where only the version tells, it is read.
func TestFeaturesThatNothingAnnounces(t *testing.T) {
	t.Parallel()
	for version, works := range map[string]bool{"24.0.0": true, "25.0.0-alpha.1": true, "23.0.7": false, "9": false, "": false, "x.y": false} {
		c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/capabilities") {
				fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"capabilities":{"spreed":{"version":%q,"features":["talk-polls","threads"]}}}}}`, version)
			}
		})
		export, err := c.Polls.Export(t.Context(), "abcd1234", 7, talk.PollCSV)
		if err == nil {
			err = export.Body.Close()
		}
		if works && err != nil || !works && (!errors.Is(err, talk.ErrUnsupported) || !strings.Contains(err.Error(), "Talk 24")) {
			t.Errorf("%q: %v", version, err)
		}
	}
}
