package core

import (
	"cmp"
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
	maxUnnamed     = 64
	extendedObject = "extended_conversation"
	phoneObject    = "phone" // the type's beginning, and the id of what it is made for
)

// objectTypes are what a conversation may be made for.
var objectTypes = []string{"event", extendedObject, "instant_meeting", phoneObject, "phone_persist", "phone_temporary"}

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
	LobbyTimer         int64 // unix seconds, 0 for never
	Permissions        int
	MentionPermissions int
	SIP                int // checked, and not kept: there is no bridge to telephones
	RecordingConsent   int // checked, and not kept: nothing records
	Emoji              string
	AvatarColor        string // six hexadecimal digits, "" for the usual one
	// Invite is a group to add, as older clients do it; it names what has no name.
	Invite string
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
	if n.ObjectType == extendedObject && n.ObjectID != "" {
		if err := c.mayExtend(ctx, caller, n.ObjectID); err != nil {
			return out, err
		}
	}
	invalid, err := c.checkInvitations(&n)
	if err != nil {
		return out, err
	}
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

// mayExtend refuses to make a larger conversation out of any but one of the caller's with another user.
func (c *Core) mayExtend(ctx context.Context, caller Caller, token string) error {
	err := c.read(ctx, caller, token, 0, func(s *scope) error {
		if s.room.Type != OneToOne {
			return refuse(Invalid, "object")
		}
		return nil
	})
	if isRefusal(err) {
		return refuse(Invalid, "object")
	}
	return err
}

// checkInvitations returns who of those to be invited cannot be, by source. When that is everybody it refuses.
func (c *Core) checkInvitations(n *NewRoom) (invalid map[string][]string, err error) {
	if n.Invite != "" && !slices.Contains(n.Groups, n.Invite) {
		n.Groups = append(n.Groups, n.Invite)
	}
	invalid = c.invalidParticipants(n)
	wanted := len(n.Users) + len(n.Groups) + len(n.Emails) + len(n.Teams) + len(n.FederatedUsers) + len(n.Phones)
	refused := 0
	for _, ids := range invalid {
		refused += len(ids)
	}
	if wanted > 0 && refused == wanted {
		return nil, refuse(NotFound, "invite")
	}
	return invalid, nil
}

// unnamedAs is what a conversation is called that was given no name: as the group that it is made for.
func (c *Core) unnamedAs(n *NewRoom) string {
	name := cmp.Or(n.Invite, unnamed)
	if g, ok := c.dir.group(n.Invite); ok {
		name = g.DisplayName
	}
	return strings.Trim(cut(strings.TrimLeft(name, phpSpace), maxUnnamed), phpSpace)
}

func (c *Core) checkNewRoom(n *NewRoom) (*store.Room, error) {
	if n.Name == "" {
		n.Name = c.unnamedAs(n)
	}
	name := strings.Trim(n.Name, phpSpace)
	n.ObjectType, n.ObjectID = strings.Trim(n.ObjectType, phpSpace), strings.Trim(n.ObjectID, phpSpace)
	if strings.HasPrefix(n.ObjectType, phoneObject) {
		n.ObjectID = phoneObject
	}
	kind := n.Type
	if len(n.Emails) > 0 {
		kind = Public // who comes by e-mail comes as a guest
	}
	for _, check := range []struct {
		bad    bool
		reason string
	}{
		{name == "" || utf8.RuneCountInString(name) > maxRoomName, "name"},
		{kind != Group && kind != Public, "type"},
		{len(n.ObjectType) > maxObject, "object-type"},
		{len(n.ObjectID) > maxObject, "object-id"},
		{n.ObjectType != "" && !slices.Contains(objectTypes, n.ObjectType), "object-type"},
		{(n.ObjectType == "") != (n.ObjectID == ""), "object"},
		{n.ReadOnly != 0 && n.ReadOnly != 1, "read-only"},
		{n.Listable < 0 || n.Listable > 2, "listable"},
		{n.MessageExpiration < 0 || n.MessageExpiration > maxExpiration, "message-expiration"},
		{n.LobbyState != LobbyNone && n.LobbyState != LobbyNonModerators, "lobby"},
		{n.LobbyState != LobbyNone && n.LobbyTimer < 0, "lobby-timer"},
		{n.SIP < 0 || n.SIP > 2, "sip-enabled"},
		{n.Permissions < 0 || n.Permissions > maxPerm, "permissions"},
		{n.RecordingConsent != 0 && n.RecordingConsent != 1, "recording-consent"},
		{n.MentionPermissions != 0 && n.MentionPermissions != 1, "mention-permissions"},
		{utf8.RuneCountInString(n.Description) > maxDescription, "description"},
	} {
		if check.bad {
			return nil, refuse(Invalid, check.reason)
		}
	}
	room := &store.Room{
		Type: kind, Name: name, Description: n.Description, ObjectType: n.ObjectType, ObjectID: n.ObjectID,
		ReadOnly: n.ReadOnly, Listable: n.Listable, MessageExpiration: n.MessageExpiration,
		DefaultPermissions: withCustom(n.Permissions), MentionPermissions: n.MentionPermissions,
	}
	setLobby(room, n.LobbyState, n.LobbyTimer)
	if n.Password != "" && n.Type == Public {
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
		// When Talk has just invited others, it compares with them, whom the owner is not among: the owner joins once more.
		if len(known) > 0 && slices.Contains(s.c.dir.membersOf(id), s.caller.UserID) && !known[strings.ToLower(s.caller.UserID)] {
			if err := s.system("user_added", systemParams{User: s.caller.UserID}); err != nil {
				return err
			}
			known[strings.ToLower(s.caller.UserID)] = true
		}
	}
	return nil
}
