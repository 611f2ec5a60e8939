package talk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// maxImport is the largest table of addresses, in bytes.
const maxImport = 10 << 20

// EmailImport tells what came of a table of addresses.
type EmailImport struct {
	Invites      int   `json:"invites"`                // how many were invited, or would be
	Duplicates   int   `json:"duplicates"`             // how many had been before
	Invalid      int   `json:"invalid,omitempty"`      // how many are no addresses
	InvalidLines []int `json:"invalidLines,omitempty"` // in which lines those stand, the header being the first
	// Type is the conversation's type when the import has changed it, 0 otherwise.
	Type ConversationType `json:"type,omitempty"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes what came of an import as a server sends it.
func (i *EmailImport) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, i) }

// MarshalJSON encodes what came of an import as a server sends it.
func (i EmailImport) MarshalJSON() ([]byte, error) { return wire.Marshal(i) }

// ImportEmailsOptions says how a table is read.
type ImportEmailsOptions struct {
	// TestRun only checks the table: nobody is invited.
	TestRun bool
}

// ImportEmails invites everybody in a table of addresses into a group or public conversation: text with commas, whose first
// line names the columns, "email" and if there is one "name". The conversation becomes public by it. Only moderators may
// ([ErrForbidden]). It needs "email-csv-import".
//
// [ErrInvalid] has the Reason "room" for another kind of conversation, "header-email" or "header-name" for a first line that is
// not understood, "rows" when a test run finds lines that are wrong, and "file"; its Message is for people. What was counted
// comes with the error, too.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/participant/
//
//talk:operation POST /room/{token}/import-emails
func (s *ParticipantsService) ImportEmails(ctx context.Context, token string, table io.Reader, options *ImportEmailsOptions) (*EmailImport, error) {
	const op = "import e-mails"
	path, err := s.client.roomPathFor(ctx, op, apiV4+"/room", token, FeatureEmailCSVImport)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(table, maxImport+1))
	switch {
	case err != nil:
		return nil, ocs.Invalid(op, "table", "read: %w", err)
	case len(bytes.TrimSpace(data)) == 0:
		return nil, ocs.Invalid(op, "table", "empty")
	case len(data) > maxImport:
		return nil, ocs.Invalid(op, "table", "more than 10 MiB: %w", ErrTooLarge)
	}
	fields := map[string]string{}
	if options != nil && options.TestRun {
		fields["testRun"] = "1"
	}
	body, err := formFile("file", "emails.csv", data, fields)
	if err != nil {
		return nil, ocs.Invalid(op, "table", "%w", err)
	}
	// Once more invites nobody twice, but it would count them as duplicates.
	done, err := fetch[*EmailImport](ctx, s.client, &ocs.Request{Op: op, Method: http.MethodPost, Path: path + "/import-emails", Body: body})
	var e *Error
	if errors.As(err, &e) && e.Data != nil {
		var counted EmailImport
		if json.Unmarshal(e.Data, &counted) == nil {
			return &counted, err
		}
	}
	return done, err
}

// formFile makes a form with a file in it.
func formFile(field, name string, data []byte, values map[string]string) (*ocs.Raw, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for key, value := range values {
		if err := form.WriteField(key, value); err != nil {
			return nil, fmt.Errorf("write form: %w", err)
		}
	}
	part, err := form.CreateFormFile(field, name)
	if err == nil {
		_, err = part.Write(data)
	}
	if err = errors.Join(err, form.Close()); err != nil {
		return nil, fmt.Errorf("write form: %w", err)
	}
	return &ocs.Raw{Reader: bytes.NewReader(body.Bytes()), ContentType: form.FormDataContentType()}, nil
}
