package core

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/confab-go/confab/internal/server/store"
)

// The states of a poll.
const (
	PollOpen   = 0
	PollClosed = 1
	PollDraft  = 2
)

// pollPublic is the result mode in which everybody who has voted sees the
// results. Any other hides them until the poll is closed.
const pollPublic = 0

const (
	pollObject      = "talk-poll"
	wordPollVoted   = "poll_voted"
	wordPollClosed  = "poll_closed"
	maxPollQuestion = 32000 // bytes
	maxPollOptions  = 60000 // bytes of their JSON
)

// NewPoll is a poll to be made, or what a draft is to become.
type NewPoll struct {
	Question   string
	Options    []string
	ResultMode int64
	MaxVotes   int64 // 0 for any number
	Draft      bool
}

// PollView is a poll as one reader sees it.
type PollView struct {
	store.Poll
	Votes     []store.Tally // empty while the reader may not see them
	NumVoters int64
	VotedSelf []int64
	Details   []store.Vote // who voted for what, when Detailed
	Detailed  bool
}

// check brings a new poll into shape, or says what is wrong with it.
func (n *NewPoll) check(room *store.Room) error {
	if room.Type != Group && room.Type != Public {
		return refuse(Invalid, "room")
	}
	n.Question = strings.Trim(n.Question, phpSpace)
	if n.Question == "" || len(n.Question) > maxPollQuestion {
		return refuse(Invalid, "question")
	}
	shown := 0
	for _, o := range n.Options {
		if strings.Trim(o, phpSpace) != "" {
			shown++
		}
	}
	encoded, err := json.Marshal(n.Options)
	if err != nil || shown < 2 || len(encoded) > maxPollOptions {
		return refuse(Invalid, "options")
	}
	return nil
}

// CreatePoll asks the participants of a conversation, or drafts a poll, which moderators may.
func (c *Core) CreatePoll(ctx context.Context, caller Caller, token string, in NewPoll) (v PollView, err error) {
	err = c.write(ctx, caller, token, needWritable|needLobby|needChat, func(s *scope) error {
		if s.room.Type != Group && s.room.Type != Public {
			return refuse(Invalid, "room")
		}
		if in.Draft && !s.moderator() {
			return refuse(Invalid, "draft")
		}
		if err := in.check(s.room); err != nil {
			return err
		}
		p := store.Poll{
			RoomID: s.room.ID, ActorType: s.self.ActorType, ActorID: s.self.ActorID, ActorName: s.self.DisplayName,
			Question: in.Question, Options: in.Options, ResultMode: in.ResultMode, MaxVotes: in.MaxVotes,
		}
		if in.Draft {
			p.Status = PollDraft
		}
		if err := s.tx.InsertPoll(&p); err != nil {
			return err
		}
		if !in.Draft {
			o := object{Type: pollObject, ID: strconv.FormatInt(p.ID, 10), Fields: []Field{{"name", p.Question}}}
			if err := s.shareObject(o, ""); err != nil {
				return err
			}
		}
		v, err = s.pollView(&p)
		return err
	})
	return v, err
}

// EditPollDraft changes a draft, which its author and moderators may.
func (c *Core) EditPollDraft(ctx context.Context, caller Caller, token string, id int64, in NewPoll) (v PollView, err error) {
	err = c.write(ctx, caller, token, needWritable|needLobby|needChat, func(s *scope) error {
		p, err := s.poll(id)
		if err != nil {
			return err
		}
		switch {
		case p.Status != PollDraft:
			return refuse(Invalid, "poll")
		case !s.mayChangePoll(&p):
			return refuse(Forbidden, "poll")
		}
		if err := in.check(s.room); err != nil {
			return err
		}
		p.Question, p.Options, p.ResultMode, p.MaxVotes = in.Question, in.Options, in.ResultMode, in.MaxVotes
		if err := s.tx.UpdatePoll(&p); err != nil {
			return err
		}
		v, err = s.pollView(&p)
		return err
	})
	return v, err
}

// PollDrafts returns the drafts of a conversation in the order of their creation.
func (c *Core) PollDrafts(ctx context.Context, caller Caller, token string) (out []PollView, err error) {
	err = c.read(ctx, caller, token, needModerator, func(s *scope) error {
		drafts, err := s.tx.Polls(s.room.ID, PollDraft)
		if err != nil {
			return err
		}
		for i := range drafts {
			v, err := s.pollView(&drafts[i])
			if err != nil {
				return err
			}
			out = append(out, v)
		}
		return nil
	})
	return out, err
}

// Poll returns a poll; drafts are for moderators only.
func (c *Core) Poll(ctx context.Context, caller Caller, token string, id int64) (v PollView, err error) {
	err = c.read(ctx, caller, token, needLobby, func(s *scope) error {
		p, err := s.poll(id)
		if err != nil {
			return err
		}
		if p.Status == PollDraft && !s.moderator() {
			return refuse(NotFound, "poll")
		}
		v, err = s.pollView(&p)
		return err
	})
	return v, err
}

// Vote replaces the caller's votes in a poll; no options take them back.
// Options are counted from 0.
func (c *Core) Vote(ctx context.Context, caller Caller, token string, id int64, options []int64) (v PollView, err error) {
	err = c.write(ctx, caller, token, needLobby, func(s *scope) error {
		p, err := s.poll(id)
		if err != nil {
			return err
		}
		switch p.Status {
		case PollDraft:
			return refuse(NotFound, "poll")
		case PollClosed:
			return refuse(Invalid, "poll")
		}
		if !validVotes(&p, options) {
			return refuse(Invalid, "options")
		}
		if err := s.tx.SetVotes(p.ID, s.self, options); err != nil {
			return err
		}
		if p.ResultMode == pollPublic {
			err := s.systemBy(ActorGuests, systemActorID, "", wordPollVoted, systemParams{Poll: p.ID, PollName: p.Question})
			if err != nil {
				return err
			}
		}
		v, err = s.pollView(&p)
		return err
	})
	return v, err
}

func validVotes(p *store.Poll, options []int64) bool {
	if p.MaxVotes != 0 && int64(len(options)) > p.MaxVotes {
		return false
	}
	seen := map[int64]bool{}
	for _, o := range options {
		if o < 0 || o >= int64(len(p.Options)) || seen[o] {
			return false
		}
		seen[o] = true
	}
	return true
}

// ClosePoll ends a poll, which its author and moderators may. A draft is
// deleted instead: deleted says so, and there is nothing to see then.
func (c *Core) ClosePoll(ctx context.Context, caller Caller, token string, id int64) (v PollView, deleted bool, err error) {
	err = c.write(ctx, caller, token, needLobby, func(s *scope) error {
		p, err := s.poll(id)
		if err != nil {
			return err
		}
		switch {
		case p.Status == PollDraft && s.self.ParticipantType != Owner && s.self.ParticipantType != Moderator:
			return refuse(NotFound, "poll")
		case p.Status == PollDraft:
			deleted = true
			return s.tx.DeletePoll(p.ID)
		case p.Status == PollClosed:
			return refuse(Invalid, "poll")
		case !s.mayChangePoll(&p):
			return refuse(Forbidden, "poll")
		}
		if err := s.system(wordPollClosed, systemParams{Poll: p.ID, PollName: p.Question}); err != nil {
			return err
		}
		p.Status, p.ClosedMessageID = PollClosed, s.room.LastMessageID
		if err := s.tx.UpdatePoll(&p); err != nil {
			return err
		}
		if err := s.tx.SetLastRead(s.self, p.ClosedMessageID); err != nil {
			return err
		}
		v, err = s.pollView(&p)
		return err
	})
	return v, deleted, err
}

func (s *scope) poll(id int64) (store.Poll, error) {
	p, err := s.tx.Poll(s.room.ID, id)
	return p, orRefuse(err, NotFound, "poll")
}

func (s *scope) mayChangePoll(p *store.Poll) bool {
	return s.moderator() || p.ActorType == s.self.ActorType && p.ActorID == s.self.ActorID
}

// pollView makes the caller's view of a poll.
func (s *scope) pollView(p *store.Poll) (v PollView, err error) {
	r := s.reader()
	v.Poll = *p
	v.ActorType, v.ActorID, v.ActorName = r.actor(p.ActorType, p.ActorID, p.ActorName)
	if p.Status == PollDraft {
		return v, nil
	}
	if v.VotedSelf, err = s.tx.VotesOf(p.ID, s.self.ActorType, s.self.ActorID); err != nil {
		return v, err
	}
	if v.Votes, v.NumVoters, err = s.tx.Tally(p.ID); err != nil {
		return v, err
	}
	switch {
	case p.Status == PollOpen && (p.ResultMode != pollPublic || len(v.VotedSelf) == 0):
		v.Votes = nil
		if !s.mayChangePoll(p) { // who may close it has to know when
			v.NumVoters = 0
		}
	case p.Status == PollClosed && p.ResultMode == pollPublic:
		v.Detailed = true
		v.Details, err = s.tx.Votes(p.ID)
		for i := range v.Details {
			d := &v.Details[i]
			d.ActorType, d.ActorID, d.ActorName = r.actor(d.ActorType, d.ActorID, d.ActorName)
		}
	}
	return v, err
}

// pollMessageDeleted removes a poll whose message is being deleted, and the
// message that told of its end.
func (s *scope) pollMessageDeleted(objectID string) error {
	id, _ := strconv.ParseInt(objectID, 10, 64) // 0 is no poll either
	p, err := s.tx.Poll(s.room.ID, id)
	if isNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.tx.DeletePoll(p.ID); err != nil || p.ClosedMessageID == 0 {
		return err
	}
	if s.self == nil { // nobody deletes it: it has expired, as what told of its end will by itself
		return nil
	}
	closing, err := s.tx.Message(s.room.ID, p.ClosedMessageID)
	if isNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.erase(&closing); err != nil {
		return err
	}
	_, err = s.note(wordDeleted, closing.ID)
	return err
}

// pollParameter is the rich object of a poll in a system message.
func pollParameter(name string, id int64, question string) Parameter {
	return Parameter{Name: name, Fields: []Field{{"type", pollObject}, {"id", strconv.FormatInt(id, 10)}, {"name", question}}}
}
