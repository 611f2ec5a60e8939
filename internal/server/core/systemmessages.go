package core

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/confab-go/confab/internal/server/store"
)

// verbs of messages, as the store keeps them.
const (
	verbComment         = "comment"
	verbObject          = "object_shared"
	verbSystem          = "system"
	verbDeleted         = "comment_deleted"
	verbReaction        = "reaction"
	verbReactionDeleted = "reaction_deleted"
)

// countedVerbs are the messages that unread counters count.
var countedVerbs = []string{verbComment, verbObject}

// systemText holds the texts of a system message. They are made when somebody
// reads, because they depend on who does.
type systemText struct {
	base    string // somebody did it
	you     string // the reader did it
	target  string // it was done to the reader
	self    string // somebody did it to themselves
	youSelf string // the reader did it to themselves
}

var systemTexts = map[string]systemText{
	"conversation_created": {base: "{actor} created the conversation", you: "You created the conversation"},
	"conversation_renamed": {
		base: "{actor} renamed the conversation from \"%[1]s\" to \"%[2]s\"",
		you:  "You renamed the conversation from \"%[1]s\" to \"%[2]s\"",
	},
	"description_set":     {base: "{actor} set the description", you: "You set the description"},
	"description_removed": {base: "{actor} removed the description", you: "You removed the description"},
	"read_only":           {base: "{actor} locked the conversation", you: "You locked the conversation"},
	"read_only_off":       {base: "{actor} unlocked the conversation", you: "You unlocked the conversation"},
	"listable_none": {
		base: "{actor} limited the conversation to the current participants",
		you:  "You limited the conversation to the current participants",
	},
	"listable_users": {
		base: "{actor} opened the conversation to registered users",
		you:  "You opened the conversation to registered users",
	},
	"listable_all": {
		base: "{actor} opened the conversation to registered users and users created with the Guests app",
		you:  "You opened the conversation to registered users and users created with the Guests app",
	},
	"guests_allowed":    {base: "{actor} allowed guests", you: "You allowed guests"},
	"guests_disallowed": {base: "{actor} disallowed guests", you: "You disallowed guests"},
	"avatar_set":        {base: "{actor} set the conversation picture", you: "You set the conversation picture"},
	"avatar_removed":    {base: "{actor} removed the conversation picture", you: "You removed the conversation picture"},
	"password_set":      {base: "{actor} set a password", you: "You set a password"},
	"password_removed":  {base: "{actor} removed the password", you: "You removed the password"},
	"history_cleared": {
		base: "{actor} cleared the history of the conversation",
		you:  "You cleared the history of the conversation",
	},
	"user_added": {
		base: "{actor} added {user}", you: "You added {user}", target: "{actor} added you",
		self: "{actor} joined the conversation", youSelf: "You joined the conversation",
	},
	"user_removed": {
		base: "{actor} removed {user}", you: "You removed {user}", target: "{actor} removed you",
		self: "{actor} left the conversation", youSelf: "You left the conversation",
	},
	"group_added":   {base: "{actor} added group {group}", you: "You added group {group}"},
	"group_removed": {base: "{actor} removed group {group}", you: "You removed group {group}"},
	"moderator_promoted": {
		base: "{actor} promoted {user} to moderator", you: "You promoted {user} to moderator",
		target: "{actor} promoted you to moderator",
	},
	"moderator_demoted": {
		base: "{actor} demoted {user} from moderator", you: "You demoted {user} from moderator",
		target: "{actor} demoted you from moderator",
	},
	"guest_moderator_promoted": {
		base: "{actor} promoted {user} to moderator", you: "You promoted {user} to moderator",
		target: "{actor} promoted you to moderator",
	},
	"guest_moderator_demoted": {
		base: "{actor} demoted {user} from moderator", you: "You demoted {user} from moderator",
		target: "{actor} demoted you from moderator",
	},
	"lobby_none": {
		base: "{actor} opened the conversation to everyone", you: "You opened the conversation to everyone",
	},
	"lobby_non_moderators": {
		base: "{actor} restricted the conversation to moderators", you: "You restricted the conversation to moderators",
	},
	"lobby_timer_reached": {
		base: "The conversation is now open to everyone", you: "The conversation is now open to everyone",
	},
	"breakout_rooms_started": {base: "{actor} started breakout rooms", you: "You started breakout rooms"},
	"breakout_rooms_stopped": {base: "{actor} stopped breakout rooms", you: "You stopped breakout rooms"},
	"message_expiration_enabled": {
		base: "{actor} set the message expiration to %[1]s", you: "You set the message expiration to %[1]s",
	},
	"message_expiration_disabled": {
		base: "{actor} disabled message expiration", you: "You disabled message expiration",
	},
	wordEdited:     {base: "{actor} edited a message", you: "You edited a message"},
	wordDeleted:    {base: "{actor} deleted a message", you: "You deleted a message"},
	wordRevoked:    {base: "{actor} deleted a reaction", you: "You deleted a reaction"},
	wordPollVoted:  {base: "Someone voted on the poll {poll}", you: "Someone voted on the poll {poll}"},
	wordPollClosed: {base: "{actor} ended the poll {poll}", you: "You ended the poll {poll}"},
}

// The actor of what the server does by itself.
const systemActorID = "system"

// systemParams are the parameters of a system message as they are stored:
// ids, because names may change until somebody reads.
type systemParams struct {
	User      string `json:"user,omitempty"`
	Guest     string `json:"guest,omitempty"`
	GuestName string `json:"guestName,omitempty"`
	Group     string `json:"group,omitempty"`
	Old       string `json:"old,omitempty"`
	New       string `json:"new,omitempty"`
	Poll      int64  `json:"poll,omitempty"`
	PollName  string `json:"pollName,omitempty"`
	Seconds   int64  `json:"seconds,omitempty"`
	// Call is set for what is about a call alone.
	Call *callParams `json:"call,omitempty"`
}

// system leaves a system message by the caller.
func (s *scope) system(word string, params systemParams) error {
	actorType, actorID, name := ActorGuests, systemActorID, ""
	if s.self != nil {
		actorType, actorID, name = s.self.ActorType, s.self.ActorID, s.self.DisplayName
	}
	return s.systemBy(actorType, actorID, name, word, params)
}

func (s *scope) systemBy(actorType, actorID, name, word string, params systemParams) error {
	stored, err := json.Marshal(params)
	if err != nil {
		return err
	}
	m := s.newMessage(verbSystem)
	m.ActorType, m.ActorID, m.ActorName = actorType, actorID, name
	m.Body, m.Parameters = word, string(stored)
	return s.insert(&m)
}

// newMessage returns a message of now in the scope's conversation.
func (s *scope) newMessage(verb string) store.Message {
	return store.Message{RoomID: s.room.ID, Created: s.now, Verb: verb, Expires: s.expires()}
}

func isCounted(m *store.Message) bool { return slices.Contains(countedVerbs, m.Verb) }

// insert stores a message and keeps the scope's conversation in step.
func (s *scope) insert(m *store.Message) error {
	counted := isCounted(m)
	if err := s.tx.InsertMessage(m, counted, true); err != nil {
		return err
	}
	if counted {
		s.room.ChatCount++
	}
	s.room.LastMessageID, s.room.LastActivity = m.ID, m.Created
	return s.tellMessage(m)
}

// renderSystem makes the text and parameters of a system message for its reader.
func (r *reader) renderSystem(m *store.Message, v *MessageView) {
	var p systemParams
	// What this program did not write itself renders as a message without parameters.
	_ = json.Unmarshal([]byte(m.Parameters), &p)
	if p.Call != nil {
		r.renderCall(m, p.Call, v)
		return
	}
	t, ok := systemTexts[m.Body]
	if !ok {
		v.Text = m.Body
		return
	}
	mine := r.is(m.ActorType, m.ActorID)
	targetType, targetID := ActorUsers, p.User
	if p.Guest != "" {
		targetType, targetID = ActorGuests, p.Guest
	}
	self := targetID != "" && m.ActorType == targetType && m.ActorID == targetID
	text := t.base
	switch {
	case self && mine && t.youSelf != "":
		text = t.youSelf
	case self && t.self != "":
		text = t.self
	case mine:
		text = t.you
	case t.target != "" && targetID != "" && r.is(targetType, targetID):
		text = t.target
	}
	if p.Old != "" || p.New != "" {
		text = fmt.Sprintf(text, p.Old, p.New)
	}
	if p.Seconds != 0 {
		text = fmt.Sprintf(text, durationText(p.Seconds))
	}
	v.Text = text
	if m.ActorType == ActorGuests && m.ActorID == systemActorID && m.Body == "conversation_created" {
		v.Text = "System created the conversation"
	}
	if m.Body != wordPollVoted { // nobody is told who did
		v.Parameters = append(v.Parameters, r.actorParameter("actor", m.ActorType, m.ActorID, m.ActorName))
	}
	switch {
	case p.Poll != 0:
		v.Parameters = append(v.Parameters, pollParameter("poll", p.Poll, p.PollName))
	case p.User != "":
		v.Parameters = append(v.Parameters, r.actorParameter("user", ActorUsers, p.User, ""))
	case p.Guest != "":
		v.Parameters = append(v.Parameters, r.actorParameter("user", ActorGuests, p.Guest, p.GuestName))
	case p.Group != "":
		name := p.Group
		if g, ok := r.c.dir.group(p.Group); ok {
			name = g.DisplayName
		}
		v.Parameters = append(v.Parameters, Parameter{Name: "group", Fields: []Field{
			{"type", "group"}, {"id", p.Group}, {"name", name}, {"mention-id", "user-group/" + p.Group},
		}})
	}
}
