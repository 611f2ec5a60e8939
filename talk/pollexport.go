package talk

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/confab-go/confab/internal/ocs"
)

// PollFormat is a format that the results of a poll can be had in.
type PollFormat string

// The formats of results.
const (
	PollCSV PollFormat = "csv" // text with commas
	PollODS PollFormat = "ods" // a spreadsheet of OpenDocument
)

// PollExport is the results of a poll in a file.
type PollExport struct {
	// Name is what the server calls the file; empty when it does not say.
	Name string
	// MimeType is "text/csv" or "application/vnd.oasis.opendocument.spreadsheet".
	MimeType string
	// Body is the file. Whoever asked for it closes it.
	Body io.ReadCloser
}

// Export gives the results of a poll in a file, as far as they are known: of public polls that have ended, with the names of
// the voters. Only who asked and moderators may ([ErrForbidden], Reason "permission"). It needs Talk 24, which announces it
// by nothing else than its version.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/poll/
//
//talk:operation GET /poll/{token}/{pollId}/export/{format}
func (s *PollsService) Export(ctx context.Context, token string, pollID int64, format PollFormat) (*PollExport, error) {
	const op = "export poll"
	if format != PollCSV && format != PollODS {
		return nil, ocs.Invalid(op, "format", "%q is neither %s nor %s", string(format), PollCSV, PollODS)
	}
	path, err := s.path(ctx, op, FeatureTalkPolls, token)
	if err != nil {
		return nil, err
	}
	if err := s.client.requireTalk(ctx, op, 24); err != nil {
		return nil, err
	}
	resp, err := s.client.ocs.Raw(ctx, &ocs.Request{Op: op, Path: path + idPath(pollID) + "/export/" + string(format)})
	if err != nil {
		return nil, err
	}
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	if kind == "text/html" {
		_ = resp.Body.Close()
		return nil, ocs.BadResponse(op, http.MethodGet, path, errors.New("a page, and no file"))
	}
	export := &PollExport{MimeType: kind, Body: resp.Body}
	if _, params, err := mime.ParseMediaType(resp.Header.Get("Content-Disposition")); err == nil {
		export.Name = params["filename"]
	}
	return export, nil
}
