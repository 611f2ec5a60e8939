package core

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/server/store"
)

const (
	wordEdited  = "message_edited"
	wordDeleted = "message_deleted"
)

// maxEditAge is how long a message may be edited, in seconds.
const maxEditAge = 24 * 60 * 60

// deletion is what the parameters of a deleted message say: who deleted it.
type deletion struct {
	ActorType string `json:"actorType"`
	ActorID   string `json:"actorId"`
	ActorName string `json:"actorName,omitempty"`
}

// EditMessage replaces the text of a message and returns the note that says so.
func (c *Core) EditMessage(ctx context.Context, caller Caller, token string, id int64, text string) (out Posted, err error) {
	err = c.write(ctx, caller, token, needKnown|needWritable|needLobby|needChat, func(s *scope) error {
		m, err := s.changeable(id, true)
		if err != nil {
			return err
		}
		if s.room.Type != NoteToSelf && m.Created < s.now-maxEditAge {
			return refuse(Invalid, "age")
		}
		text := strings.Trim(text, phpSpace)
		switch {
		case text == "":
			return refuse(Invalid, "message")
		case utf8.RuneCountInString(text) > MaxMessageLength:
			return refuse(TooLarge, "message")
		}
		if err := s.edit(m, text); err != nil {
			return err
		}
		return s.noted(wordEdited, m.ID, &out)
	})
	return out, err
}

// changeable finds a message that the caller may edit or delete: one's own, in
// a conversation that one moderates everybody's, but in one of two people only
// a bot's, and that only to edit it.
func (s *scope) changeable(id int64, edit bool) (*store.Message, error) {
	m, err := s.tx.Message(s.room.ID, id)
	if err != nil {
		return nil, orRefuse(err, NotFound, "message")
	}
	own := m.ActorType == s.self.ActorType && m.ActorID == s.self.ActorID
	moderated := s.loggedInModerator() && !isPair(s.room) ||
		edit && isPair(s.room) && m.ActorType == ActorBots && strings.HasPrefix(m.ActorID, botPrefix)
	switch {
	case expired(&m, s.now):
		return nil, refuse(NotFound, "message")
	case !own && !moderated:
		return nil, refuse(Forbidden, "permission")
	case m.Verb != verbComment && m.Verb != verbObject:
		return nil, refuse(NotAllowed, "message")
	}
	return &m, nil
}

// edit stores a new text, and tells those whom the old one did not mention.
func (s *scope) edit(m *store.Message, text string) error {
	if _, ok := objectOf(m); ok { // which has no text
		return refuse(Invalid, "message")
	}
	before, beforeDirect, err := s.mentioned(m)
	if err != nil {
		return err
	}
	m.Body = text
	if isArchived(m) { // what its placeholders stood for is gone with the text
		m.Parameters = ""
	}
	m.EditActorType, m.EditActorID, m.EditActorName, m.Edited = s.self.ActorType, s.self.ActorID, s.self.DisplayName, s.now
	if err := s.tx.EditMessage(m); err != nil || m.Silent {
		return err
	}
	after, afterDirect, err := s.mentioned(m)
	if err != nil {
		return err
	}
	return s.tellMentioned(m, without(after, before), without(afterDirect, beforeDirect))
}

func without(set, other map[string]bool) map[string]bool {
	out := map[string]bool{}
	for k := range set {
		if !other[k] {
			out[k] = true
		}
	}
	return out
}

// DeleteMessage deletes a message and returns the note that says so. The
// message stays, as one whose text is gone.
func (c *Core) DeleteMessage(ctx context.Context, caller Caller, token string, id int64) (out Posted, err error) {
	err = c.write(ctx, caller, token, needKnown|needWritable|needLobby|needChat, func(s *scope) error {
		m, err := s.changeable(id, false)
		if err != nil {
			return err
		}
		if err := s.messageDeleted(m); err != nil {
			return err
		}
		if err := s.erase(m); err != nil {
			return err
		}
		return s.noted(wordDeleted, m.ID, &out)
	})
	return out, err
}

// messageDeleted removes what a message shows, before the message is erased.
func (s *scope) messageDeleted(m *store.Message) error {
	if o, ok := objectOf(m); ok && o.Type == pollObject {
		if err := s.pollMessageDeleted(o.ID); err != nil {
			return err
		}
	}
	return s.unshareMessage(m)
}

// erase leaves nothing of a message but who wrote it when, and who deleted it.
func (s *scope) erase(m *store.Message) error {
	by, err := json.Marshal(deletion{ActorType: s.self.ActorType, ActorID: s.self.ActorID, ActorName: s.self.DisplayName})
	if err != nil {
		return err
	}
	counted := isCounted(m)
	m.Verb, m.Body, m.Parameters = verbDeleted, "", string(by)
	if err := s.tx.EraseMessage(m, counted); err != nil || !counted {
		return err
	}
	s.room.ChatCount--
	if s.self.LastRead >= m.ID {
		s.self.LastReadSeq--
	}
	return nil
}

// note leaves a system message about another message. It is for those who
// follow the chat: it neither is the conversation's last message nor an activity in it.
func (s *scope) note(word string, parentID int64) (store.Message, error) {
	m := s.newMessage(verbSystem)
	m.ActorType, m.ActorID, m.ActorName = s.self.ActorType, s.self.ActorID, s.self.DisplayName
	m.Body, m.ParentID = word, parentID
	if err := s.tx.InsertHidden(&m); err != nil {
		return m, err
	}
	return m, s.tellMessage(&m)
}

// noted leaves a note, which is the answer.
func (s *scope) noted(word string, parentID int64, out *Posted) error {
	m, err := s.note(word, parentID)
	if err != nil {
		return err
	}
	if out.Heard, err = s.heard(); err != nil {
		return err
	}
	return s.posted(m, out)
}

// renderDeleted makes what a reader sees in place of a deleted message.
func (r *reader) renderDeleted(m *store.Message, v *MessageView) {
	var by deletion
	// What this program did not write itself renders as deleted by somebody who is gone.
	_ = json.Unmarshal([]byte(m.Parameters), &by)
	switch {
	case r.is(by.ActorType, by.ActorID):
		v.Text = "Message deleted by you"
	case by.ActorType == m.ActorType && by.ActorID == m.ActorID:
		v.Text = "Message deleted by author"
	default:
		v.Text = "Message deleted by {actor}"
	}
	v.Parameters = append(v.Parameters, r.actorParameter("actor", by.ActorType, by.ActorID, by.ActorName))
}
