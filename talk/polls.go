package talk

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// PollsService makes polls in group and public conversations, votes in them and ends them. All of it needs "talk-polls".
type PollsService service

// PollStatus says whether a poll takes votes.
type PollStatus int

// The states of polls.
const (
	PollOpen   PollStatus = 0
	PollClosed PollStatus = 1
	PollDraft  PollStatus = 2 // not shown to anybody yet
)

// String names the status, as in "open".
func (s PollStatus) String() string {
	return named(s, "PollStatus", []string{"open", "closed", "draft"})
}

// PollMode says who sees a poll's results, and when.
type PollMode int

// The modes of polls.
const (
	PollPublic PollMode = 0 // everybody who has voted, at once; in the end with the names of the voters
	PollHidden PollMode = 1 // nobody before the end, and never the names
)

// String names the mode, as in "hidden".
func (m PollMode) String() string { return named(m, "PollMode", []string{"public", "hidden"}) }

// Poll is a question with some answers to choose from.
type Poll struct {
	ID       int64    `json:"id"`
	Question string   `json:"question"`
	Options  []string `json:"options"`
	// Votes counts the votes by "option-N", N being the place in Options; VotesFor reads it. Nil or empty while they are hidden.
	Votes            map[string]int `json:"votes,omitempty,array"`
	ActorType        ActorType      `json:"actorType"` // of who asks
	ActorID          string         `json:"actorId"`
	ActorDisplayName string         `json:"actorDisplayName"`
	Status           PollStatus     `json:"status"`
	ResultMode       PollMode       `json:"resultMode"`
	// MaxVotes is how many options one may choose, 0 for all of them.
	MaxVotes int `json:"maxVotes"`
	// VotedSelf are the options that the account chose, by their place.
	VotedSelf []int `json:"votedSelf,omitempty"`
	// NumVoters is 0 while the results are hidden from the account.
	NumVoters int `json:"numVoters,omitempty"`
	// ConversationToken is the conversation that the poll was asked for in.
	ConversationToken string `json:"-"`
	// Details say who chose what, in a public poll that has ended.
	Details []PollDetail `json:"details,omitempty"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a poll as a server sends it.
func (p *Poll) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, p) }

// MarshalJSON encodes the poll as a server sends it.
func (p Poll) MarshalJSON() ([]byte, error) { return wire.Marshal(p) }

// Closed reports whether the poll has ended.
func (p *Poll) Closed() bool { return p.Status == PollClosed }

// HiddenResults reports whether the results stay hidden until the end.
func (p *Poll) HiddenResults() bool { return p.ResultMode == PollHidden }

// VotesFor counts the votes for the option at a place of Options.
func (p *Poll) VotesFor(option int) int { return p.Votes["option-"+strconv.Itoa(option)] }

// PollDetail is one vote.
type PollDetail struct {
	ActorType        ActorType `json:"actorType"`
	ActorID          string    `json:"actorId"`
	ActorDisplayName string    `json:"actorDisplayName"`
	// Option is the place of what was chosen in the poll's Options.
	Option int `json:"optionId"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a vote as a server sends it.
func (d *PollDetail) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, d) }

// MarshalJSON encodes the vote as a server sends it.
func (d PollDetail) MarshalJSON() ([]byte, error) { return wire.Marshal(d) }

// UnlimitedVotes lets everybody choose as many options as they like.
const UnlimitedVotes = -1

// PollOptions says how a poll is done. The zero value is a public one with one vote each.
type PollOptions struct {
	// HiddenResults keeps the results from everybody until the end, and the names for ever.
	HiddenResults bool
	// MaxVotes is how many options one may choose: 0 for one, [UnlimitedVotes] for all.
	MaxVotes int
	// Draft keeps the poll for the moderators until it is made. It needs "talk-polls-drafts".
	Draft bool
	// ThreadID puts the poll into a thread. It needs "threads", and Talk 23.
	ThreadID int64
}

type pollRequest struct {
	Question   string   `json:"question"`
	Options    []string `json:"options"`
	ResultMode PollMode `json:"resultMode"`
	MaxVotes   int      `json:"maxVotes"`
	Draft      bool     `json:"draft,omitempty"`
	ThreadID   int64    `json:"threadId,omitempty"`
}

// maxQuestion is the longest question of a poll, in bytes.
const maxQuestion = 32000

func newPollRequest(op, question string, options []string, o *PollOptions) (pollRequest, error) {
	r := pollRequest{Question: question, Options: options, MaxVotes: 1}
	filled := 0
	for _, option := range options {
		if strings.TrimSpace(option) != "" {
			filled++
		}
	}
	switch n := len(strings.TrimSpace(question)); {
	case n == 0:
		return r, ocs.Invalid(op, "question", "empty")
	case n > maxQuestion:
		return r, ocs.Invalid(op, "question", "%d bytes, more than %d", n, maxQuestion)
	case filled < 2:
		return r, ocs.Invalid(op, "options", "%d that are not blank; a poll needs at least 2", filled)
	}
	if o == nil {
		return r, nil
	}
	if o.HiddenResults {
		r.ResultMode = PollHidden
	}
	switch {
	case o.MaxVotes == UnlimitedVotes:
		r.MaxVotes = 0
	case o.MaxVotes < 0:
		return r, ocs.Invalid(op, "max votes", "%d is less than 1", o.MaxVotes)
	case o.MaxVotes > 0:
		r.MaxVotes = o.MaxVotes
	}
	switch {
	case o.ThreadID < 0:
		return r, ocs.Invalid(op, "thread id", "%d is not a thread's id", o.ThreadID)
	case o.ThreadID > 0 && o.Draft:
		return r, ocs.Invalid(op, "thread id", "a draft is in no thread")
	}
	r.Draft, r.ThreadID = o.Draft, o.ThreadID
	return r, nil
}

// Create asks a question in a conversation, with two options or more. In other conversations than group and public ones
// it gives [ErrInvalid] with Reason "room".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/poll/
//
//talk:operation POST /poll/{token}
func (s *PollsService) Create(ctx context.Context, token, question string, options []string, o *PollOptions) (*Poll, error) {
	const op = "create poll"
	body, err := newPollRequest(op, question, options, o)
	if err != nil {
		return nil, err
	}
	feature := FeatureTalkPolls
	if body.Draft {
		feature = FeatureTalkPollsDrafts
	}
	if body.ThreadID > 0 {
		if err := s.client.require(ctx, op, FeatureThreads); err != nil {
			return nil, err
		}
		if err := s.client.requireTalk(ctx, op, 23); err != nil { // others would put it beside the thread
			return nil, err
		}
	}
	return s.poll(ctx, op, feature, http.MethodPost, token, "", body)
}

// Get gives a poll as the account may see it.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/poll/
//
//talk:operation GET /poll/{token}/{pollId}
func (s *PollsService) Get(ctx context.Context, token string, pollID int64) (*Poll, error) {
	return s.poll(ctx, "get poll", FeatureTalkPolls, http.MethodGet, token, idPath(pollID), nil)
}

// Vote chooses options of a poll by their place, instead of those chosen before; without any it takes the account's vote
// back. Too many, the same twice, or ones that do not exist give [ErrInvalid] with Reason "options"; a poll that has ended, with Reason "poll".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/poll/
//
//talk:operation POST /poll/{token}/{pollId}
func (s *PollsService) Vote(ctx context.Context, token string, pollID int64, options ...int) (*Poll, error) {
	const op = "vote"
	for _, option := range options {
		if option < 0 {
			return nil, ocs.Invalid(op, "options", "%d is not the place of an option", option)
		}
	}
	body := map[string][]int{"optionIds": append([]int{}, options...)}
	return s.poll(ctx, op, FeatureTalkPolls, http.MethodPost, token, idPath(pollID), body)
}

// Close ends a poll, and shows its results to everybody. Only who asked and moderators may ([ErrForbidden]). Of a draft,
// which has no results, it deletes and gives nil.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/poll/
//
//talk:operation DELETE /poll/{token}/{pollId}
func (s *PollsService) Close(ctx context.Context, token string, pollID int64) (*Poll, error) {
	return s.poll(ctx, "close poll", FeatureTalkPolls, http.MethodDelete, token, idPath(pollID), nil)
}

// Drafts gives the polls of a conversation that wait to be made, to moderators. It needs "talk-polls-drafts".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/poll/
//
//talk:operation GET /poll/{token}/drafts
func (s *PollsService) Drafts(ctx context.Context, token string) ([]*Poll, error) {
	const op = "list drafts of polls"
	path, err := s.path(ctx, op, FeatureTalkPollsDrafts, token)
	if err != nil {
		return nil, err
	}
	drafts, err := fetch[[]*Poll](ctx, s.client, &ocs.Request{Op: op, Path: path + "/drafts"})
	if err != nil {
		return nil, err
	}
	for _, draft := range drafts {
		draft.ConversationToken = token
	}
	return drafts, nil
}

// EditDraft changes a draft. It needs "edit-draft-poll".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/poll/
//
//talk:operation POST /poll/{token}/draft/{pollId}
func (s *PollsService) EditDraft(ctx context.Context, token string, pollID int64, question string, options []string, o *PollOptions) (*Poll, error) {
	const op = "edit draft of poll"
	body, err := newPollRequest(op, question, options, o)
	if err != nil {
		return nil, err
	}
	body.Draft, body.ThreadID = false, 0 // it is one, and in no thread; the endpoint knows no such arguments
	return s.poll(ctx, op, FeatureEditDraftPoll, http.MethodPost, token, "/draft"+idPath(pollID), body)
}

func idPath(id int64) string { return "/" + strconv.FormatInt(id, 10) }

func (s *PollsService) path(ctx context.Context, op string, feature Feature, token string) (string, error) {
	path, err := roomPath(op, apiV1+"/poll", token)
	if err != nil {
		return "", err
	}
	return path, s.client.require(ctx, op, feature)
}

func (s *PollsService) poll(ctx context.Context, op string, feature Feature, method, token, below string, body any) (*Poll, error) {
	path, err := s.path(ctx, op, feature, token)
	if err != nil {
		return nil, err
	}
	poll, err := fetch[*Poll](ctx, s.client, &ocs.Request{Op: op, Method: method, Path: path + below, Body: body})
	if poll != nil {
		poll.ConversationToken = token
	}
	return poll, err
}
