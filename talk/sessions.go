package talk

import (
	"context"
	"net/http"

	"github.com/confab-go/confab/internal/ocs"
)

// SessionState says whether somebody looks at a conversation that they have a session in.
type SessionState int

// The states of sessions.
const (
	SessionInactive SessionState = 0 // in the background, so that notifications are wanted
	SessionActive   SessionState = 1
)

var sessionStates = []string{"inactive", "active"}

// String names the state, as in "active".
func (s SessionState) String() string { return named(s, "SessionState", sessionStates) }

// SetSessionState says whether the account looks at a conversation, so that the server knows whether to notify it. It is for
// the session that [ConversationsService.Join] opened; without one it gives [ErrNotFound]. It needs "session-state".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/participant/
//
//talk:operation PUT /room/{token}/participants/state
func (s *ConversationsService) SetSessionState(ctx context.Context, token string, state SessionState) (*Conversation, error) {
	const op = "set session state"
	if state != SessionInactive && state != SessionActive {
		return nil, ocs.Invalid(op, "state", "%v is not active or inactive", state)
	}
	return s.set(ctx, op, FeatureSessionState, http.MethodPut, token, "/participants/state", map[string]SessionState{"state": state})
}
