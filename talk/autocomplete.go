package talk

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// Candidate is somebody, or a group, who can be invited into conversations.
type Candidate struct {
	ID    string `json:"id"`
	Label string `json:"label"` // what a person should see
	Icon  string `json:"icon"`
	// Source says of what kind ID is. [ParticipantsService.Add] takes both.
	Source ActorType `json:"source"`
	// Status is a user's availability; nil when there is none.
	Status  *CandidateStatus `json:"status,string"`
	Subline string           `json:"subline"`
	// Unique tells people of the same name apart: an e-mail address, or nothing.
	Unique string `json:"shareWithDisplayNameUnique"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a candidate as a server sends it.
func (c *Candidate) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, c) }

// MarshalJSON encodes the candidate as a server sends it.
func (c Candidate) MarshalJSON() ([]byte, error) { return wire.Marshal(c) }

// CandidateStatus is the availability of a candidate.
type CandidateStatus struct {
	Type    StatusType `json:"status"`
	Message string     `json:"message,null"`
	Icon    string     `json:"icon,null"`    // an emoji
	ClearAt time.Time  `json:"clearAt,null"` // when the server clears the message; zero for never

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a status as a server sends it.
func (s *CandidateStatus) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, s) }

// MarshalJSON encodes the status as a server sends it.
func (s CandidateStatus) MarshalJSON() ([]byte, error) { return wire.Marshal(s) }

// CandidateOptions says who is looked for.
type CandidateOptions struct {
	// Token is the conversation to invite into; who takes part in it is left out. Empty for a new one.
	Token string
	// Sources are what to look among: [ActorUser], [ActorGroup], [ActorEmail], [ActorCircle], [ActorFederatedUser]; none for
	// users.
	Sources []ActorType
	// Limit is the most to give; 0 for the server's own choice of 10.
	Limit int
}

// shareType gives Nextcloud's number for whom something can be shared with.
func shareType(source ActorType) (number string, ok bool) {
	switch source {
	case ActorUser:
		return "0", true
	case ActorGroup:
		return "1", true
	case ActorEmail:
		return "4", true
	case ActorFederatedUser:
		return "6", true
	case ActorCircle:
		return "7", true
	}
	return "", false
}

// Candidates finds those who can be invited into a conversation, and whose names or ids contain what is searched for. What the
// server does not let the account see is not found.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/OCS/ocs-sharee-api.html
//
//talk:operation GET /ocs/v2.php/core/autocomplete/get
func (s *ParticipantsService) Candidates(ctx context.Context, search string, options *CandidateOptions) ([]*Candidate, error) {
	const op = "find participants"
	query := url.Values{"search": {search}, "itemType": {"call"}, "itemId": {"new"}, "shareTypes[]": {"0"}}
	if options != nil {
		if options.Token != "" {
			if _, err := roomPath(op, "", options.Token); err != nil {
				return nil, err
			}
			query.Set("itemId", options.Token)
		}
		if len(options.Sources) > 0 {
			query.Del("shareTypes[]")
		}
		for _, source := range options.Sources {
			number, ok := shareType(source)
			if !ok {
				return nil, ocs.Invalid(op, "source", "%q is not users, groups, emails, circles or federated_users", source)
			}
			query.Add("shareTypes[]", number)
		}
		if options.Limit < 0 {
			return nil, ocs.Invalid(op, "limit", "%d is negative", options.Limit)
		}
		if options.Limit > 0 {
			query.Set("limit", strconv.Itoa(options.Limit))
		}
	}
	return fetch[[]*Candidate](ctx, s.client, &ocs.Request{Op: op, Path: "/ocs/v2.php/core/autocomplete/get", Query: query})
}
