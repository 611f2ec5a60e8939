package core

import (
	"context"
	"encoding/json"

	"github.com/confab-go/confab/internal/server/store"
)

const wordRevoked = "reaction_revoked"

// ReactionCount is how many have reacted to a message by an emoji.
type ReactionCount struct {
	Reaction string
	Count    int
}

// Reactor is somebody who has reacted.
type Reactor struct {
	ActorType string
	ActorID   string
	ActorName string
	Timestamp int64 // unix seconds
}

// ReactionGroup is who has reacted to a message by one emoji, the newest first.
type ReactionGroup struct {
	Reaction string
	Reactors []Reactor
}

// AddReaction reacts to a message for the caller and returns all reactions to
// it, the newest emoji first; added says that the caller had not done so before.
func (c *Core) AddReaction(ctx context.Context, caller Caller, token string, id int64, reaction string) (groups []ReactionGroup, added bool, err error) {
	err = c.write(ctx, caller, token, needWritable|needLobby|needChat, func(s *scope) error {
		if added, err = s.addReaction(id, reaction); err != nil {
			return err
		}
		groups, err = s.reactions(id, "")
		return err
	})
	return groups, added, err
}

// addReaction reacts to a message for the scope's actor, unless that has happened before.
func (s *scope) addReaction(id int64, reaction string) (added bool, err error) {
	parent, err := s.reactable(id)
	if err != nil {
		return false, err
	}
	_, err = s.tx.Reaction(parent.ID, s.self.ActorType, s.self.ActorID, reaction)
	switch {
	case err == nil:
		return false, nil
	case !isNotFound(err):
		return false, err
	case !isEmoji(reaction):
		return false, refuse(Invalid, "")
	}
	if err := s.react(parent, reaction); err != nil {
		return false, err
	}
	return true, s.tellReaction(BotToldReaction, parent, reaction)
}

// react adds the caller's reaction, and its row in the chat.
func (s *scope) react(parent *store.Message, reaction string) error {
	m := store.Message{
		RoomID: s.room.ID, ActorType: s.self.ActorType, ActorID: s.self.ActorID, ActorName: s.self.DisplayName,
		Created: s.now, Verb: verbReaction, Body: reaction, ParentID: parent.ID,
	}
	if err := s.tx.InsertHidden(&m); err != nil {
		return err
	}
	return s.tx.InsertReaction(store.Reaction{
		MessageID: m.ID, ParentID: parent.ID, ActorType: m.ActorType, ActorID: m.ActorID, ActorName: m.ActorName,
		Reaction: reaction, Created: s.now,
	})
}

// RemoveReaction takes a reaction of the caller back and returns all that are
// left. Its row in the chat stays and says so, and another one tells of it.
func (c *Core) RemoveReaction(ctx context.Context, caller Caller, token string, id int64, reaction string) (groups []ReactionGroup, err error) {
	err = c.write(ctx, caller, token, needWritable|needLobby|needChat, func(s *scope) error {
		if err := s.removeReaction(id, reaction); err != nil {
			return err
		}
		groups, err = s.reactions(id, "")
		return err
	})
	return groups, err
}

// removeReaction takes a reaction of the scope's actor back.
func (s *scope) removeReaction(id int64, reaction string) error {
	parent, err := s.reactable(id)
	if err != nil {
		return err
	}
	r, err := s.tx.Reaction(parent.ID, s.self.ActorType, s.self.ActorID, reaction)
	if err != nil {
		return orRefuse(err, NotFound, "")
	}
	if err := s.tx.DeleteReaction(r, verbReactionDeleted); err != nil {
		return err
	}
	if _, err := s.note(wordRevoked, parent.ID); err != nil {
		return err
	}
	return s.tellReaction(BotToldUnreaction, parent, reaction)
}

// Reactions returns the reactions to a message, the newest emoji first; those
// of one emoji only unless it is "".
func (c *Core) Reactions(ctx context.Context, caller Caller, token string, id int64, reaction string) (groups []ReactionGroup, err error) {
	err = c.read(ctx, caller, token, needLobby, func(s *scope) error {
		parent, err := s.reactable(id)
		if err != nil {
			return refuseAs(err, NotFound)
		}
		groups, err = s.reactions(parent.ID, reaction)
		return err
	})
	return groups, err
}

// reactable finds a message that can be reacted to.
func (s *scope) reactable(id int64) (*store.Message, error) {
	m, err := s.tx.Message(s.room.ID, id)
	switch {
	case err != nil:
		return nil, orRefuse(err, NotFound, "")
	case expired(&m, s.now):
		return nil, refuse(NotFound, "")
	case m.Verb != verbComment && m.Verb != verbObject:
		return nil, refuse(Invalid, "")
	}
	return &m, nil
}

// reactions groups the reactions to a message.
func (s *scope) reactions(parentID int64, reaction string) ([]ReactionGroup, error) {
	found, err := s.tx.Reactions(parentID, reaction)
	if err != nil {
		return nil, err
	}
	r := s.reader()
	var groups []ReactionGroup
	index := map[string]int{}
	for _, f := range found {
		i, ok := index[f.Reaction]
		if !ok {
			i = len(groups)
			index[f.Reaction] = i
			groups = append(groups, ReactionGroup{Reaction: f.Reaction})
		}
		by := Reactor{Timestamp: f.Created}
		by.ActorType, by.ActorID, by.ActorName = r.actor(f.ActorType, f.ActorID, f.ActorName)
		groups[i].Reactors = append(groups[i].Reactors, by)
	}
	return groups, nil
}

// reactionCounts reads the summary of a message.
func reactionCounts(m *store.Message) []ReactionCount {
	if m.Reactions == "" {
		return nil
	}
	var pairs []reactionPair
	if json.Unmarshal([]byte(m.Reactions), &pairs) != nil {
		return nil // the store writes nothing else
	}
	var out []ReactionCount
	for _, p := range pairs {
		out = append(out, ReactionCount(p))
	}
	return out
}

// reactionPair is a ReactionCount as a list of two.
type reactionPair ReactionCount

func (p *reactionPair) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[2]any{&p.Reaction, &p.Count})
}

// renderReaction makes the text of a reaction's own row.
func renderReaction(m *store.Message, v *MessageView) {
	v.Text = m.Body
	if m.Verb == verbReactionDeleted {
		v.Text = "Reaction deleted by author"
	}
}

// addOwnReactions adds the reader's own reactions to messages and their
// parents, in one query for all of them.
func (r *reader) addOwnReactions(views []*MessageView) error {
	of := map[int64][]*MessageView{}
	var ids []int64
	for _, v := range views {
		for _, m := range []*MessageView{v, v.Parent} {
			if m == nil || len(m.Reactions) == 0 {
				continue
			}
			if of[m.ID] == nil {
				ids = append(ids, m.ID)
			}
			of[m.ID] = append(of[m.ID], m)
		}
	}
	if len(ids) == 0 || r.self == nil {
		return nil
	}
	own, err := r.tx.ReactionsBy(r.self.ActorType, r.self.ActorID, ids)
	for _, o := range own {
		for _, m := range of[o.ParentID] {
			m.ReactionsSelf = append(m.ReactionsSelf, o.Reaction)
		}
	}
	return err
}
