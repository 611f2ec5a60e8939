package core

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/server/store"
)

const (
	maxRoomName    = 255
	maxDescription = 2000
	maxObject      = 64
	unnamed        = "---"
)

// objectTypes are what a conversation may be made for.
var objectTypes = []string{"event", "extended_conversation", "instant_meeting", "phone_persist", "phone_temporary"}

// NewRoom describes a conversation to make.
type NewRoom struct {
	Type               int
	Name               string
	Description        string
	ObjectType         string
	ObjectID           string
	Password           string
	ReadOnly           int
	Listable           int
	MessageExpiration  int64
	LobbyState         int
	LobbyTimer         int64 // unix seconds, 0 or less for never
	Permissions        int
	MentionPermissions int
	Emoji              string
	AvatarColor        string // six hexadecimal digits, "" for the usual one
	// InviteGroup is a group to add, as older clients do it.
	InviteGroup string
	// Participants to add, by their sources: users, groups, emails.
	Users, Groups, Emails []string
	// Teams, FederatedUsers and Phones cannot be added here.
	Teams, FederatedUsers, Phones []string
}

// Created is a new conversation.
type Created struct {
	Room *RoomView
	// Invalid holds who could not be added, by source; empty when all could.
	Invalid map[string][]string
}

// CreateRoom makes a group or public conversation.
func (c *Core) CreateRoom(ctx context.Context, caller Caller, n NewRoom) (out Created, err error) {
	room, err := c.checkNewRoom(&n)
	if err != nil {
		return out, err
	}
	var avatar *store.Avatar
	if n.Emoji != "" {
		a, err := emojiAvatar(n.Emoji, n.AvatarColor)
		if err != nil {
			return out, refuse(Invalid, "avatar")
		}
		avatar = &a
	}
	if n.InviteGroup != "" {
		if _, ok := c.dir.group(n.InviteGroup); !ok {
			return out, refuse(NotFound, "invite")
		}
	}
	invalid := c.invalidParticipants(&n)
	wanted := len(n.Users) + len(n.Groups) + len(n.Emails) + len(n.Teams) + len(n.FederatedUsers) + len(n.Phones)
	refused := 0
	for _, ids := range invalid {
		refused += len(ids)
	}
	if wanted > 0 && refused == wanted {
		return out, refuse(NotFound, "invite")
	}
	out.Invalid = invalid
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		s := &scope{c: c, tx: tx, caller: caller, now: c.unix()}
		c.due.by(tx, room.LobbyTimer)
		if err := s.found(room, &store.Attendee{}, true); err != nil {
			return err
		}
		if avatar != nil {
			if err := s.setAvatar(*avatar, ""); err != nil {
				return err
			}
		}
		if err := s.invite(&n, invalid); err != nil {
			return err
		}
		out.Room, err = s.view()
		return err
	})
	return out, err
}

func (c *Core) checkNewRoom(n *NewRoom) (*store.Room, error) {
	if n.Type != Group && n.Type != Public {
		return nil, refuse(Invalid, "type")
	}
	name := strings.Trim(n.Name, phpSpace)
	if n.Name == "" {
		name = unnamed
	}
	for _, check := range []struct {
		bad    bool
		reason string
	}{
		{name == "" || utf8.RuneCountInString(name) > maxRoomName, "name"},
		{n.ObjectType != "" && !slices.Contains(objectTypes, n.ObjectType), "object-type"},
		{utf8.RuneCountInString(n.ObjectID) > maxObject || n.ObjectType == "" && n.ObjectID != "" || n.ObjectType != "" && n.ObjectID == "", "object-id"},
		{utf8.RuneCountInString(n.Description) > maxDescription, "description"},
		{n.ReadOnly != 0 && n.ReadOnly != 1, "read-only"},
		{n.Listable < 0 || n.Listable > 2, "listable"},
		{n.MessageExpiration < 0 || n.MessageExpiration > maxExpiration, "message-expiration"},
		{n.Permissions < 0 || n.Permissions > maxPerm, "permissions"},
		{n.MentionPermissions != 0 && n.MentionPermissions != 1, "mention-permissions"},
		{n.LobbyState != LobbyNone && n.LobbyState != LobbyNonModerators, "lobby"},
	} {
		if check.bad {
			return nil, refuse(Invalid, check.reason)
		}
	}
	room := &store.Room{
		Type: n.Type, Name: name, Description: n.Description, ObjectType: n.ObjectType, ObjectID: n.ObjectID,
		ReadOnly: n.ReadOnly, Listable: n.Listable, MessageExpiration: n.MessageExpiration,
		DefaultPermissions: withCustom(n.Permissions), MentionPermissions: n.MentionPermissions,
	}
	setLobby(room, n.LobbyState, n.LobbyTimer)
	if len(n.Emails) > 0 {
		room.Type = Public // who comes by e-mail comes as a guest
	}
	if n.Password != "" && room.Type == Public {
		hash, err := c.hashPassword(n.Password)
		if err != nil {
			return nil, err
		}
		room.PasswordHash = hash
	}
	return room, nil
}

// withCustom marks permissions as chosen, unless they are none at all.
func withCustom(p int) int {
	if p == 0 {
		return 0
	}
	return p | PermCustom
}

// invalidParticipants returns who cannot be added, by source.
func (c *Core) invalidParticipants(n *NewRoom) map[string][]string {
	invalid := map[string][]string{}
	for _, id := range n.Users {
		if _, ok := c.dir.user(id); !ok {
			invalid["users"] = append(invalid["users"], id)
		}
	}
	for _, id := range n.Groups {
		if _, ok := c.dir.group(id); !ok {
			invalid["groups"] = append(invalid["groups"], id)
		}
	}
	for source, ids := range map[string][]string{"teams": n.Teams, "federated_users": n.FederatedUsers, "phones": n.Phones} {
		if len(ids) > 0 {
			invalid[source] = ids
		}
	}
	return invalid
}

// invite adds those whom a new conversation is made with.
func (s *scope) invite(n *NewRoom, invalid map[string][]string) error {
	known := map[string]bool{}
	for _, id := range n.Users {
		if slices.Contains(invalid["users"], id) {
			continue
		}
		if err := s.addUserAloud(id); err != nil {
			return err
		}
		known[strings.ToLower(id)] = true
	}
	for _, email := range n.Emails {
		if err := s.addEmail(email, ""); err != nil {
			return err
		}
	}
	for _, id := range n.Groups {
		if slices.Contains(invalid["groups"], id) {
			continue
		}
		if err := s.addGroup(id); err != nil {
			return err
		}
		// Talk compares with those it has just invited, whom the owner is not among: the owner joins once more.
		if slices.Contains(s.c.dir.membersOf(id), s.caller.UserID) && !known[strings.ToLower(s.caller.UserID)] {
			if err := s.system("user_added", systemParams{User: s.caller.UserID}); err != nil {
				return err
			}
			known[strings.ToLower(s.caller.UserID)] = true
		}
	}
	if n.InviteGroup != "" {
		return s.addGroup(n.InviteGroup)
	}
	return nil
}
