package api

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/confab-go/confab/internal/server/core"
)

func pollRoutes() []route {
	path := talk1 + "/poll/{token}"
	return []route{
		{http.MethodPost, path, public, createPoll},
		{http.MethodGet, path + "/drafts", public, listPollDrafts},
		{http.MethodPost, path + "/draft/{pollId}", public, editPollDraft},
		{http.MethodGet, path + "/{pollId}", public, getPoll},
		{http.MethodPost, path + "/{pollId}", public, votePoll},
		{http.MethodDelete, path + "/{pollId}", public, closePoll},
	}
}

// pollDraft is the draft of a poll on the wire, and what every poll begins with.
type pollDraft struct {
	ID               int64    `json:"id"`
	Question         string   `json:"question"`
	Options          []string `json:"options"`
	ActorType        string   `json:"actorType"`
	ActorID          string   `json:"actorId"`
	ActorDisplayName string   `json:"actorDisplayName"`
	Status           int      `json:"status"`
	ResultMode       int64    `json:"resultMode"`
	MaxVotes         int64    `json:"maxVotes"`
}

// poll is a poll on the wire.
type poll struct {
	pollDraft
	Votes     any     `json:"votes"` // PHP's empty array when there are none to see
	NumVoters int64   `json:"numVoters"`
	Details   any     `json:"details,omitempty"` // a list, which may be empty, or nothing
	VotedSelf []int64 `json:"votedSelf"`
}

// pollVote is somebody's vote on the wire.
type pollVote struct {
	ActorType        string `json:"actorType"`
	ActorID          string `json:"actorId"`
	ActorDisplayName string `json:"actorDisplayName"`
	OptionID         int64  `json:"optionId"`
}

func wirePollDraft(v *core.PollView) pollDraft {
	return pollDraft{
		ID: v.ID, Question: v.Question, Options: v.Options, ActorType: v.ActorType, ActorID: v.ActorID,
		ActorDisplayName: v.ActorName, Status: v.Status, ResultMode: v.ResultMode, MaxVotes: v.MaxVotes,
	}
}

func wirePoll(v *core.PollView) poll {
	w := poll{pollDraft: wirePollDraft(v), Votes: list{}, NumVoters: v.NumVoters, VotedSelf: v.VotedSelf}
	if w.VotedSelf == nil {
		w.VotedSelf = []int64{}
	}
	if len(v.Votes) > 0 {
		votes := make(object, 0, len(v.Votes))
		for _, t := range v.Votes {
			votes = append(votes, member{"option-" + strconv.FormatInt(t.Option, 10), t.Votes})
		}
		w.Votes = votes
	}
	if v.Detailed {
		details := make([]pollVote, 0, len(v.Details))
		for _, d := range v.Details {
			details = append(details, pollVote{d.ActorType, d.ActorID, d.ActorName, d.Option})
		}
		w.Details = details
	}
	return w
}

// newPoll reads the arguments of a poll.
func newPoll(rq *request) (in core.NewPoll, err error) {
	if in.Question, err = rq.needText("question"); err != nil {
		return in, err
	}
	if !rq.has("options") {
		return in, &argumentError{"options", "is missing"}
	}
	items, isList := rq.args["options"].([]any)
	if !isList {
		return in, &argumentError{"options", "must be a list"}
	}
	for _, item := range items {
		text, isText := item.(string)
		if !isText {
			return in, &argumentError{"options", "must be a list of strings"}
		}
		in.Options = append(in.Options, text)
	}
	if in.ResultMode, err = rq.needNumber("resultMode"); err != nil {
		return in, err
	}
	in.MaxVotes, err = rq.needNumber("maxVotes")
	return in, err
}

func createPoll(rq *request) (reply, error) {
	in, err := newPoll(rq)
	if err != nil {
		return reply{}, err
	}
	in.Draft = rq.flag("draft", false)
	v, err := rq.core.CreatePoll(rq.r.Context(), rq.caller, rq.token(), in)
	if err != nil {
		return reply{}, err
	}
	if in.Draft {
		return ok(wirePollDraft(&v)), nil
	}
	return reply{status: http.StatusCreated, data: wirePoll(&v)}, nil
}

func editPollDraft(rq *request) (reply, error) {
	in, err := newPoll(rq)
	if err != nil {
		return reply{}, err
	}
	v, err := rq.core.EditPollDraft(rq.r.Context(), rq.caller, rq.token(), rq.pathID("pollId"), in)
	return ok(wirePollDraft(&v)), err
}

func listPollDrafts(rq *request) (reply, error) {
	drafts, err := rq.core.PollDrafts(rq.r.Context(), rq.caller, rq.token())
	out := make([]pollDraft, 0, len(drafts))
	for i := range drafts {
		out = append(out, wirePollDraft(&drafts[i]))
	}
	return ok(out), err
}

func getPoll(rq *request) (reply, error) {
	v, err := rq.core.Poll(rq.r.Context(), rq.caller, rq.token(), rq.pathID("pollId"))
	return ok(wirePoll(&v)), err
}

// noOption is what stands for something that is no option's number.
const noOption = -1

func votePoll(rq *request) (reply, error) {
	options := []int64{}
	if rq.has("optionIds") {
		items, isList := rq.args["optionIds"].([]any)
		if !isList {
			return reply{}, &argumentError{"optionIds", "must be a list"}
		}
		for _, item := range items {
			options = append(options, optionID(item))
		}
	}
	v, err := rq.core.Vote(rq.r.Context(), rq.caller, rq.token(), rq.pathID("pollId"), options)
	return ok(wirePoll(&v)), err
}

// optionID reads the number of an option, which forms give as a text.
func optionID(item any) int64 {
	var text string
	switch item := item.(type) {
	case json.Number:
		text = item.String()
	case string:
		text = item
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return noOption
	}
	return n
}

func closePoll(rq *request) (reply, error) {
	v, deleted, err := rq.core.ClosePoll(rq.r.Context(), rq.caller, rq.token(), rq.pathID("pollId"))
	if deleted {
		return reply{status: http.StatusAccepted}, err
	}
	return ok(wirePoll(&v)), err
}
