package core

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"github.com/confab-go/confab/internal/server/store"
)

// RoomView is a conversation as one caller sees it.
type RoomView struct {
	store.Room
	// Self is the caller's place, nil for somebody outside.
	Self *store.Attendee
	// Session is the caller's presence, nil for none.
	Session *store.Session
	// Preview says that the caller is outside and may see no more than that the conversation exists.
	Preview             bool
	Name                string
	DisplayName         string
	Unread              int64
	UnreadMention       bool
	UnreadMentionDirect bool
	CommonRead          int64
	CanStartCall        bool
	InLobby             bool // the caller is not told that there is a call
	CanLeave            bool
	CanDelete           bool
	NotificationLevel   int
	Permissions         int
	AvatarVersion       string
	CustomAvatar        bool
	LastMessage         *MessageView // nil for none to show
}

// view makes the caller's view of the scope's conversation.
func (s *scope) view() (*RoomView, error) {
	row := store.RoomRow{Room: *s.room, Attendee: *s.self}
	if !s.self.ReadPrivate {
		common, err := s.tx.CommonRead(s.room.ID)
		if err != nil {
			return nil, err
		}
		row.CommonRead = common
	}
	if id := s.room.LastMessageID; id != 0 {
		m, err := s.tx.Message(s.room.ID, id)
		if err != nil && !isNotFound(err) {
			return nil, err
		}
		if err == nil {
			row.Message = &m
		}
	}
	var session *store.Session
	if s.caller.WebSession != "" {
		found, err := s.tx.Session(s.caller.WebSession, s.room.ID)
		if err != nil && !isNotFound(err) {
			return nil, err
		}
		if err == nil && found.AttendeeID == s.self.ID {
			session = &found
		}
	}
	return s.assemble(&row, session), nil
}

// assemble makes a view of what was read, without reading more.
func (s *scope) assemble(row *store.RoomRow, session *store.Session) *RoomView {
	room, self := &row.Room, &row.Attendee
	in := &scope{c: s.c, tx: s.tx, caller: s.caller, room: room, self: self, now: s.now}
	v := &RoomView{
		Room: *room, Self: self, Session: session,
		Name: roomName(room, self), DisplayName: roomDisplayName(s.c, room, self),
		UnreadMention:       self.LastMention > max(0, self.LastRead),
		UnreadMentionDirect: self.LastMentionDirect > max(0, self.LastRead),
		Permissions:         permissions(room, self),
		CanLeave:            self.ActorType == ActorUsers && room.Type != NoteToSelf,
		CanDelete:           in.loggedInModerator() && !isPair(room),
		NotificationLevel:   notificationLevel(room, self),
		AvatarVersion:       avatarVersion(room),
		CustomAvatar:        customAvatar(room),
	}
	v.CanStartCall = v.Permissions&PermStartCall != 0 && room.Type != NoteToSelf
	if !self.ReadPrivate {
		v.CommonRead = row.CommonRead
	}
	if in.inLobby() {
		v.UnreadMention, v.UnreadMentionDirect, v.CanStartCall, v.InLobby = false, false, false, true
		return v
	}
	if self.ActorType == ActorUsers { // nothing is counted for guests
		if self.LastRead < room.LastMessageID {
			v.Unread = max(0, room.ChatCount-self.LastReadSeq)
		}
		if self.LastRead == unreadFirst && v.Unread == 0 {
			v.Unread = 1
		}
	}
	if m := row.Message; m != nil && !self.Sensitive && !expired(m, s.now) {
		r := in.reader()
		r.brief = true
		v.LastMessage = r.view(m)
	}
	return v
}

// outside makes the view of somebody who does not take part.
func outside(c *Core, room *store.Room, preview bool) *RoomView {
	v := &RoomView{
		Room: *room, Preview: preview, NotificationLevel: 3, Permissions: PermCustom,
		AvatarVersion: avatarVersion(room), CustomAvatar: customAvatar(room),
	}
	if !preview {
		v.Name, v.DisplayName = roomName(room, nil), roomDisplayName(c, room, nil)
	}
	return v
}

func notificationLevel(room *store.Room, self *store.Attendee) int {
	switch {
	case self.NotificationLevel != 0:
		return self.NotificationLevel
	case self.ParticipantType == Guest || self.ParticipantType == GuestModerator:
		return 3
	case isPair(room):
		return 1
	default:
		return 2
	}
}

// pairOf returns the two users of a one-to-one conversation.
func pairOf(room *store.Room) (a, b string) {
	var ids []string
	if json.Unmarshal([]byte(room.Name), &ids) != nil || len(ids) != 2 {
		return "", ""
	}
	return ids[0], ids[1]
}

// otherOf returns the user whom the attendee talks with in a one-to-one conversation.
func otherOf(room *store.Room, self *store.Attendee) string {
	a, b := pairOf(room)
	if self != nil && self.ActorID == a {
		return b
	}
	return a
}

func roomName(room *store.Room, self *store.Attendee) string {
	if room.Type == OneToOne {
		return otherOf(room, self)
	}
	return room.Name
}

func roomDisplayName(c *Core, room *store.Room, self *store.Attendee) string {
	if room.Type == OneToOne {
		return c.dir.displayName(otherOf(room, self))
	}
	if room.Type == Changelog {
		return changelogName
	}
	return room.Name
}

// avatarVersion changes with the conversation's picture. The default pictures
// have the versions that Talk gives them.
func avatarVersion(room *store.Room) string {
	if room.Avatar != "" {
		return customVersion(room)
	}
	switch room.Type {
	case OneToOne, FormerOneToOne:
		return "55e724cd"
	case Public:
		return "6ede515b"
	case Changelog:
		return "9e58c549"
	case NoteToSelf:
		sum := sha256.Sum256([]byte("avatar of " + room.Token))
		return base64.RawURLEncoding.EncodeToString(sum[:12])
	default:
		return "be859ef2"
	}
}
