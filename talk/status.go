package talk

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// StatusService tells whether users are available, and lets the account say so of itself. It is a part of Nextcloud of its own:
// servers where the app is turned off give [ErrNotFound].
type StatusService service

// OwnStatus is the status of the account, as nobody else sees it.
type OwnStatus struct {
	UserID  string `json:"userId"`
	Message string `json:"message,null"`
	// MessageID is that of the predefined message, if the message is one.
	MessageID           string     `json:"messageId,null"`
	MessageIsPredefined bool       `json:"messageIsPredefined"`
	Icon                string     `json:"icon,null"`    // an emoji
	ClearAt             time.Time  `json:"clearAt,null"` // when the server clears the message; zero for never
	Type                StatusType `json:"status"`
	// IsUserDefined reports whether the account chose Type itself, so that the server does not change it.
	IsUserDefined bool `json:"statusIsUserDefined"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a status as a server sends it.
func (s *OwnStatus) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, s) }

// MarshalJSON encodes the status as a server sends it.
func (s OwnStatus) MarshalJSON() ([]byte, error) { return wire.Marshal(s) }

// PublicStatus is the status of a user as others see it.
type PublicStatus struct {
	UserID  string     `json:"userId"`
	Message string     `json:"message,null"`
	Icon    string     `json:"icon,null"`    // an emoji
	ClearAt time.Time  `json:"clearAt,null"` // when the server clears the message; zero for never
	Type    StatusType `json:"status"`       // [StatusOffline] for who is invisible

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a status as a server sends it.
func (s *PublicStatus) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, s) }

// MarshalJSON encodes the status as a server sends it.
func (s PublicStatus) MarshalJSON() ([]byte, error) { return wire.Marshal(s) }

const statusPath = "/ocs/v2.php/apps/user_status/api/v1"

// Own gives the status of the account. One that never had any gives [ErrNotFound].
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/OCS/ocs-status-api.html
//
//talk:operation GET /ocs/v2.php/apps/user_status/api/v1/user_status
func (s *StatusService) Own(ctx context.Context) (*OwnStatus, error) {
	return s.own(ctx, "get status", http.MethodGet, "", nil)
}

// Get gives the status of a user. One who never had any, or does not exist, gives [ErrNotFound].
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/OCS/ocs-status-api.html
//
//talk:operation GET /ocs/v2.php/apps/user_status/api/v1/statuses/{userId}
func (s *StatusService) Get(ctx context.Context, userID string) (*PublicStatus, error) {
	const op = "get status of user"
	if userID == "" || userID == "." || userID == ".." {
		return nil, ocs.Invalid(op, "user id", "%q is not a user's id", userID)
	}
	return fetch[*PublicStatus](ctx, s.client, &ocs.Request{Op: op, Path: statusPath + "/statuses/" + url.PathEscape(userID)})
}

// ListStatusOptions narrows a list of statuses.
type ListStatusOptions struct {
	Limit  int // the most to give; 0 for all that the server gives
	Offset int // how many to leave out at the beginning
}

// List gives the statuses of the users of the server who have one.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/OCS/ocs-status-api.html
//
//talk:operation GET /ocs/v2.php/apps/user_status/api/v1/statuses
func (s *StatusService) List(ctx context.Context, options *ListStatusOptions) ([]*PublicStatus, error) {
	const op = "list statuses"
	query := url.Values{}
	if options != nil {
		switch {
		case options.Limit < 0:
			return nil, ocs.Invalid(op, "limit", "%d is negative", options.Limit)
		case options.Offset < 0:
			return nil, ocs.Invalid(op, "offset", "%d is negative", options.Offset)
		}
		if options.Limit > 0 {
			query.Set("limit", strconv.Itoa(options.Limit))
		}
		if options.Offset > 0 {
			query.Set("offset", strconv.Itoa(options.Offset))
		}
	}
	return fetch[[]*PublicStatus](ctx, s.client, &ocs.Request{Op: op, Path: statusPath + "/statuses", Query: query})
}

// Set says how available the account is; its message stays. A type that the server does not know, or that nobody can
// choose, gives [ErrInvalid].
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/OCS/ocs-status-api.html
//
//talk:operation PUT /ocs/v2.php/apps/user_status/api/v1/user_status/status
func (s *StatusService) Set(ctx context.Context, kind StatusType) (*OwnStatus, error) {
	const op = "set status"
	if kind == "" {
		return nil, ocs.Invalid(op, "type", "empty")
	}
	return s.own(ctx, op, http.MethodPut, "/status", map[string]string{"statusType": string(kind)})
}

// StatusMessageOptions says more of the message of a status.
type StatusMessageOptions struct {
	// Icon is one emoji. Predefined messages have their own, and take none.
	Icon string
	// ClearAt is when the server clears the message, to the second; zero for never.
	ClearAt time.Time
}

// maxStatusMessage is the longest message of a status, in characters.
const maxStatusMessage = 80

// SetMessage says what the account does, in at most 80 characters; its availability stays. An icon that is no emoji, or a time
// that has passed, give [ErrInvalid].
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/OCS/ocs-status-api.html
//
//talk:operation PUT /ocs/v2.php/apps/user_status/api/v1/user_status/message/custom
func (s *StatusService) SetMessage(ctx context.Context, message string, options *StatusMessageOptions) (*OwnStatus, error) {
	const op = "set status message"
	switch n := len([]rune(message)); {
	case n == 0:
		return nil, ocs.Invalid(op, "message", "empty") // which servers take for a wish to clear it
	case n > maxStatusMessage:
		return nil, ocs.Invalid(op, "message", "%d characters, more than %d", n, maxStatusMessage)
	}
	body := struct {
		Message string `json:"message"`
		Icon    string `json:"statusIcon,omitempty"`
		ClearAt *int64 `json:"clearAt"`
	}{Message: message}
	if options != nil {
		if options.Icon != "" {
			if err := checkEmoji(op, "icon", options.Icon); err != nil {
				return nil, err
			}
		}
		body.Icon = options.Icon
		var err error
		if body.ClearAt, err = clearAt(op, options.ClearAt); err != nil {
			return nil, err
		}
	}
	return s.own(ctx, op, http.MethodPut, "/message/custom", body)
}

// SetPredefined says what the account does, by one of the messages that Nextcloud has in the languages of its users: "meeting",
// "commuting", "remote-work", "sick-leave", "vacationing" and the like. An id that the server does not know gives [ErrInvalid].
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/OCS/ocs-status-api.html
//
//talk:operation PUT /ocs/v2.php/apps/user_status/api/v1/user_status/message/predefined
func (s *StatusService) SetPredefined(ctx context.Context, messageID string, options *StatusMessageOptions) (*OwnStatus, error) {
	const op = "set predefined status message"
	if messageID == "" {
		return nil, ocs.Invalid(op, "message id", "empty")
	}
	body := struct {
		MessageID string `json:"messageId"`
		ClearAt   *int64 `json:"clearAt"`
	}{MessageID: messageID}
	if options != nil {
		if options.Icon != "" {
			return nil, ocs.Invalid(op, "icon", "predefined messages have their own")
		}
		var err error
		if body.ClearAt, err = clearAt(op, options.ClearAt); err != nil {
			return nil, err
		}
	}
	return s.own(ctx, op, http.MethodPut, "/message/predefined", body)
}

// ClearMessage takes the account's message and its icon away; its availability stays. That there is none is no error.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/OCS/ocs-status-api.html
//
//talk:operation DELETE /ocs/v2.php/apps/user_status/api/v1/user_status/message
func (s *StatusService) ClearMessage(ctx context.Context) error {
	req := &ocs.Request{Op: "clear status message", Method: http.MethodDelete, Path: statusPath + "/user_status/message", Repeatable: true}
	_, err := s.client.call(ctx, req, nil)
	return err
}

func (s *StatusService) own(ctx context.Context, op, method, below string, body any) (*OwnStatus, error) {
	// Once more sets the same.
	return fetch[*OwnStatus](ctx, s.client, &ocs.Request{Op: op, Method: method, Path: statusPath + "/user_status" + below, Body: body, Repeatable: true})
}

// clearAt writes a time as servers want it, null for never.
func clearAt(op string, at time.Time) (*int64, error) {
	if at.IsZero() {
		return nil, nil
	}
	unix := at.Unix()
	if unix <= 0 {
		return nil, ocs.Invalid(op, "clear at", "%v has passed", at)
	}
	return &unix, nil
}
