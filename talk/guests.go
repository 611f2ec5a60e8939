package talk

import (
	"context"
	"net/http"
	"strings"

	"github.com/confab-go/confab/internal/ocs"
)

// SetGuestName says what a guest is called in a conversation, after [ConversationsService.Join]. Accounts have names already
// ([ErrForbidden]). It needs "guest-display-names".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/participant/
//
//talk:operation POST /guest/{token}/name
func (s *ParticipantsService) SetGuestName(ctx context.Context, token, name string) error {
	const op = "set guest name"
	path, err := roomPath(op, apiV1+"/guest", token)
	if err != nil {
		return err
	}
	if strings.TrimSpace(name) == "" {
		return ocs.Invalid(op, "name", "empty")
	}
	if err := s.client.require(ctx, op, FeatureGuestDisplayNames); err != nil {
		return err
	}
	body := map[string]string{"displayName": name}
	_, err = s.client.call(ctx, &ocs.Request{Op: op, Method: http.MethodPost, Path: path + "/name", Body: body, Repeatable: true}, nil)
	return err
}
