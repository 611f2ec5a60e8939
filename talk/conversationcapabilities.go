package talk

import (
	"context"

	"github.com/confab-go/confab/internal/ocs"
)

// Capabilities tells what can be done in a conversation: of one on another server, what that server can do. Which of it the
// account's own server answers for even then say LocalFeatures and LocalConfig. It needs "federation-v1".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation GET /room/{token}/capabilities
func (s *ConversationsService) Capabilities(ctx context.Context, token string) (*Capabilities, error) {
	const op = "get capabilities of conversation"
	path, err := s.client.roomPathFor(ctx, op, apiV4+"/room", token, FeatureFederationV1)
	if err != nil {
		return nil, err
	}
	return fetch[*Capabilities](ctx, s.client, &ocs.Request{Op: op, Path: path + "/capabilities"})
}
