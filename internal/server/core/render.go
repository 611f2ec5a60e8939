package core

import (
	"strings"

	"github.com/confab-go/confab/internal/server/store"
)

// Field is one key of a rich object.
type Field struct{ Key, Value string }

// Parameter is a rich object that a placeholder in a text stands for.
type Parameter struct {
	Name   string
	Fields []Field
}

// MessageView is a message as one reader sees it.
type MessageView struct {
	ID            int64
	Token         string
	ActorType     string
	ActorID       string
	ActorName     string
	Timestamp     int64
	Text          string
	Parameters    []Parameter
	SystemMessage string
	MessageType   string
	Replyable     bool
	ReferenceID   string
	Expires       int64
	Markdown      bool
	Silent        bool
	Parent        *MessageView
	Deleted       bool
	LastEdit      *Edit           // nil for never
	Reactions     []ReactionCount // the most frequent first
	ReactionsSelf []string        // the reader's own
	// MissingParent is the id of a parent that is gone, 0 for none.
	MissingParent int64
}

// Edit says who edited a message when.
type Edit struct {
	ActorType string
	ActorID   string
	ActorName string
	Timestamp int64 // unix seconds
}

// reader makes views for one reader of one conversation.
type reader struct {
	c       *Core
	room    *store.Room
	self    *store.Attendee // nil for somebody outside
	baseURL string
	// guests holds the names of the conversation's guests and their like by type/id; nil until needed.
	guests map[string]string
	tx     *store.Tx
	// shared holds what messages share, by the share's id, nil for what is gone.
	shared map[int64]*store.SharedNode
	files  *tree // the reader's own; nil until needed
	// brief leaves out where the reader has a file.
	brief bool
	// bots holds the names of the conversation's bots by actor id; nil until needed.
	bots map[string]string
}

func (s *scope) reader() *reader {
	return &reader{c: s.c, room: s.room, self: s.self, baseURL: s.caller.BaseURL, tx: s.tx}
}

func (r *reader) is(actorType, actorID string) bool {
	return r.self != nil && r.self.ActorType == actorType && r.self.ActorID == actorID
}

// guestName returns the present name of a guest in the conversation.
func (r *reader) guestName(actorType, actorID string) (string, bool) {
	if r.guests == nil {
		r.guests = map[string]string{}
		if attendees, err := r.tx.Attendees(r.room.ID); err == nil {
			for _, a := range attendees {
				if a.ActorType != ActorUsers && a.ActorType != ActorGroups {
					r.guests[a.ActorType+"/"+a.ActorID] = a.DisplayName
				}
			}
		}
	}
	name, ok := r.guests[actorType+"/"+actorID]
	return name, ok
}

// view makes the view of a message, without its parent.
func (r *reader) view(m *store.Message) *MessageView {
	v := &MessageView{
		ID: m.ID, Token: r.room.Token,
		Timestamp: m.Created, ReferenceID: m.ReferenceID, Expires: m.Expires, Silent: m.Silent,
		MessageType: "comment", Markdown: true, Replyable: true,
	}
	if renderArchived(m, v) {
		return v
	}
	v.ActorType, v.ActorID, v.ActorName = r.actor(m.ActorType, m.ActorID, m.ActorName)
	switch m.Verb {
	case verbSystem:
		v.MessageType, v.SystemMessage, v.Markdown, v.Replyable = "system", m.Body, false, false
		r.renderSystem(m, v)
		return v
	case verbReaction, verbReactionDeleted:
		v.MessageType, v.SystemMessage, v.Markdown, v.Replyable = "system", m.Verb, false, false
		renderReaction(m, v)
		return v
	case verbDeleted:
		v.MessageType, v.Replyable, v.Deleted = verbDeleted, false, true
		r.renderDeleted(m, v)
		return v
	}
	v.Reactions = reactionCounts(m)
	if m.Edited != 0 {
		v.LastEdit = &Edit{Timestamp: m.Edited}
		v.LastEdit.ActorType, v.LastEdit.ActorID, v.LastEdit.ActorName = r.actor(m.EditActorType, m.EditActorID, m.EditActorName)
	}
	v.Text = m.Body
	if strings.HasPrefix(v.Text, "//") { // an old way to write a text that begins with a slash
		v.Text = v.Text[1:]
	}
	if p, ok := sharedFile(m); ok {
		r.renderFile(m, p, v)
	}
	if o, ok := objectOf(m); ok {
		r.renderObject(m, o, v)
	}
	r.resolveMentions(m, v)
	return v
}

// actor returns somebody as they are known now: what they were called then is
// only for those whom nobody knows any more.
func (r *reader) actor(actorType, actorID, name string) (nowType, nowID, nowName string) {
	switch actorType {
	case ActorUsers:
		u, ok := r.c.dir.user(actorID)
		if !ok {
			return "deleted_users", "deleted_users", ""
		}
		name = u.DisplayName
	case ActorGuests, ActorEmails:
		if actorID != systemActorID {
			if current, ok := r.guestName(actorType, actorID); ok {
				name = current
			}
		}
	case ActorBots:
		if own, ok := ownBots[actorID]; ok {
			name = own
		} else {
			name = r.botName(actorID)
		}
	}
	return actorType, actorID, name
}

// actorParameter is the rich object of somebody in a system message.
func (r *reader) actorParameter(name, actorType, actorID, storedName string) Parameter {
	p := Parameter{Name: name}
	switch actorType {
	case ActorUsers:
		u, ok := r.c.dir.user(actorID)
		if !ok {
			p.Fields = []Field{{"type", "highlight"}, {"id", "deleted_users"}, {"name", "Deleted user"}}
			return p
		}
		p.Fields = []Field{{"type", "user"}, {"id", u.ID}, {"name", u.DisplayName}, {"mention-id", u.ID}}
	case ActorGuests, ActorEmails:
		kind := strings.TrimSuffix(actorType, "s")
		if current, ok := r.guestName(actorType, actorID); ok {
			storedName = current
		}
		shown := "Guest"
		switch {
		case actorType == ActorGuests && actorID == systemActorID:
			shown = "System"
		case storedName != "":
			shown = storedName + " (guest)"
		}
		id := kind + "/" + actorID
		p.Fields = []Field{{"type", "guest"}, {"id", id}, {"name", shown}, {"mention-id", id}}
	default:
		p.Fields = []Field{{"type", "highlight"}, {"id", "deleted_users"}, {"name", "Deleted user"}}
	}
	return p
}

// views makes the views of messages with their parents, leaving out what has expired.
func (s *scope) views(messages []store.Message) ([]*MessageView, error) {
	r := s.reader()
	var parentIDs []int64
	for i := range messages {
		if id := messages[i].ParentID; id != 0 {
			parentIDs = append(parentIDs, id)
		}
	}
	found, err := s.tx.Messages(parentIDs)
	if err != nil {
		return nil, err
	}
	if err := r.preloadFiles(messages, found); err != nil {
		return nil, err
	}
	parents := make(map[int64]*store.Message, len(found))
	for i := range found {
		parents[found[i].ID] = &found[i]
	}
	out := make([]*MessageView, 0, len(messages))
	for i := range messages {
		m := &messages[i]
		if expired(m, s.now) {
			continue
		}
		v := r.view(m)
		if m.ParentID != 0 {
			if p := parents[m.ParentID]; p != nil && p.RoomID == s.room.ID && !expired(p, s.now) {
				v.Parent = r.view(p)
			} else {
				v.MissingParent = m.ParentID
			}
		}
		out = append(out, v)
	}
	return out, r.addOwnReactions(out)
}

func expired(m *store.Message, now int64) bool { return m.Expires != 0 && m.Expires <= now }

// replyable reports whether a stored message may be answered to.
func replyable(m *store.Message) bool { return m.Verb == verbComment || m.Verb == verbObject }
