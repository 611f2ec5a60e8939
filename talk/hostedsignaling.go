package talk

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// HostedSignalingTrial asks for a signaling server on trial.
type HostedSignalingTrial struct {
	URL      string `json:"url"`      // of this Nextcloud
	Name     string `json:"name"`     // who asks
	Email    string `json:"email"`    // where to answer
	Language string `json:"language"` // as in "en"
	Country  string `json:"country"`  // as in "DE"
}

// HostedSignalingAccount is an account with who hosts signaling servers. Talk does not say which fields it has: they are in Extra.
type HostedSignalingAccount struct {
	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes an account as a server sends it.
func (a *HostedSignalingAccount) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, a) }

// MarshalJSON encodes the account as a server sends it.
func (a HostedSignalingAccount) MarshalJSON() ([]byte, error) { return wire.Marshal(a) }

// RequestHosted asks a partner of Nextcloud for a signaling server on trial, and sends the partner what is said here. Only
// administrators may ([ErrForbidden]). What is wrong the Message of [ErrInvalid] says.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/settings/
//
//talk:operation POST /hostedsignalingserver/requesttrial
func (s *SignalingService) RequestHosted(ctx context.Context, trial *HostedSignalingTrial) (*HostedSignalingAccount, error) {
	const op = "request hosted signaling server"
	if trial == nil {
		trial = &HostedSignalingTrial{}
	}
	for _, arg := range []struct{ field, value string }{
		{"url", trial.URL}, {"name", trial.Name}, {"email", trial.Email}, {"language", trial.Language}, {"country", trial.Country},
	} {
		if strings.TrimSpace(arg.value) == "" {
			return nil, ocs.Invalid(op, arg.field, "empty")
		}
	}
	if !strings.HasPrefix(trial.URL, "https://") {
		return nil, ocs.Invalid(op, "url", "%q does not begin with https://", trial.URL)
	}
	if !strings.Contains(trial.Email, "@") {
		return nil, ocs.Invalid(op, "email", "%q is no address", trial.Email)
	}
	req := &ocs.Request{Op: op, Method: http.MethodPost, Path: apiV1 + "/hostedsignalingserver/requesttrial", Body: trial}
	account, err := fetch[*HostedSignalingAccount](ctx, s.client, req)
	if err == nil && account == nil {
		return nil, ocs.BadResponse(op, req.Method, req.Path, errors.New("no account in the answer"))
	}
	return account, err
}

// DeleteHosted gives the hosted signaling server up. Only administrators may ([ErrForbidden]).
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/settings/
//
//talk:operation DELETE /hostedsignalingserver/delete
func (s *SignalingService) DeleteHosted(ctx context.Context) error {
	req := &ocs.Request{Op: "delete hosted signaling server", Method: http.MethodDelete, Path: apiV1 + "/hostedsignalingserver/delete"}
	_, err := s.client.call(ctx, req, nil)
	return err
}
