package talk

import (
	"context"
	"strings"

	"github.com/confab-go/confab/internal/ocs"
)

// OfFile gives the token of the conversation about a file, by the ID of its node; the server makes it when there is none
// yet. A file that the account shares with nobody gives [ErrNotFound]; a server on which files have no conversations refuses
// all of them ([ErrInvalid]).
//
// Whoever has the file can join the conversation, and takes part only from then on: [ConversationsService.Join].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/integration/
//
//talk:operation GET /file/{fileId}
func (s *ConversationsService) OfFile(ctx context.Context, fileID string) (token string, err error) {
	const op = "get conversation of file"
	if fileID == "" || strings.Trim(fileID, "0123456789") != "" {
		return "", ocs.Invalid(op, "file id", "%q is not a file's id", fileID)
	}
	type result struct {
		Token string `json:"token"`
	}
	// Once more finds the conversation that was made before.
	r, err := fetch[result](ctx, s.client, &ocs.Request{Op: op, Path: apiV1 + "/file/" + fileID})
	return r.Token, err
}
