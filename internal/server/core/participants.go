package core

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/confab-go/confab/internal/server/store"
)

// ParticipantView is a participant as one caller sees it.
type ParticipantView struct {
	store.Attendee
	DisplayName  string
	RoomToken    string
	Permissions  int
	InCall       int
	LastPing     int64
	SessionIDs   []string
	InvitedEmail string // for moderators only
}

// Participants returns everybody in a conversation.
func (c *Core) Participants(ctx context.Context, caller Caller, token string) (out []ParticipantView, err error) {
	err = c.read(ctx, caller, token, needLobby, func(s *scope) error {
		if s.self.ParticipantType == Guest {
			return refuse(Forbidden, "")
		}
		attendees, err := s.tx.Attendees(s.room.ID)
		if err != nil {
			return err
		}
		out, err = s.participants(attendees)
		return err
	})
	return out, err
}

func (s *scope) participants(attendees []store.Attendee) ([]ParticipantView, error) {
	sessions, err := s.tx.SessionsIn(s.room.ID)
	if err != nil {
		return nil, err
	}
	of := map[int64][]store.Session{}
	for _, session := range sessions {
		if session.LastPing <= s.now-sessionTimeout {
			continue // nobody is there any more
		}
		of[session.AttendeeID] = append(of[session.AttendeeID], session)
	}
	out := make([]ParticipantView, 0, len(attendees))
	for i := range attendees {
		a := &attendees[i]
		v := ParticipantView{
			Attendee: *a, DisplayName: a.DisplayName, RoomToken: s.room.Token,
			Permissions: permissions(s.room, a), SessionIDs: []string{},
		}
		if u, ok := s.c.dir.user(a.ActorID); ok && a.ActorType == ActorUsers {
			v.DisplayName = u.DisplayName
		}
		if s.moderator() || a.ID == s.self.ID {
			v.InvitedEmail = a.InvitedEmail
		}
		if a.ActorType == ActorGuests && a.ParticipantType == Guest && a.Permissions&^PermCustom == 0 && len(of[a.ID]) == 0 {
			continue // their names alone are kept, for what they have said
		}
		for _, session := range of[a.ID] {
			v.InCall |= session.InCall
			v.LastPing = max(v.LastPing, session.LastPing)
			v.SessionIDs = append(v.SessionIDs, session.SessionID)
		}
		out = append(out, v)
	}
	return out, nil
}

// maxActorID is the longest name of somebody to add, in bytes.
const maxActorID = 255

// AddParticipant adds somebody to a conversation by a source. It returns the
// conversation's new type when adding changed it, 0 otherwise.
func (c *Core) AddParticipant(ctx context.Context, caller Caller, token, id, source string) (newType int, err error) {
	err = c.write(ctx, caller, token, needLoggedInModerator, func(s *scope) error {
		switch {
		case s.room.Type != Group && s.room.Type != Public:
			return refuse(Invalid, "room-type")
		case source != "users" && isBreakout(s.room):
			return refuse(Invalid, "source")
		case len(id) > maxActorID || id == "" && source == "emails":
			return refuse(Invalid, "new-participant")
		}
		switch source {
		case "users":
			return s.addNewUser(id)
		case "groups":
			if _, ok := c.dir.group(id); !ok {
				return refuse(NotFound, "new-participant")
			}
			return s.addGroup(id)
		case "emails":
			newType = Public
			return s.addEmail(id, "")
		case "circles", "teams":
			return refuse(NotFound, "new-participant")
		case "phones":
			return refuse(NotImplemented, "sip")
		case "federated_users":
			return refuse(Invalid, "federation")
		default:
			return refuse(Invalid, "source")
		}
	})
	return newType, err
}

func (s *scope) addNewUser(id string) error {
	u, ok := s.c.dir.user(id)
	if !ok {
		return refuse(NotFound, "new-participant")
	}
	if banned, err := s.tx.Banned(s.room.ID, ActorUsers, u.ID); err != nil || banned {
		return orElse(err, refuse(Invalid, "ban"))
	}
	a, err := s.tx.Attendee(s.room.ID, ActorUsers, u.ID)
	switch {
	case err == nil && a.ParticipantType == SelfJoined:
		a.ParticipantType, a.LastChange = User, s.now
		if err := s.tx.UpdateAttendee(&a); err != nil {
			return err
		}
		return s.system("user_added", systemParams{User: u.ID})
	case err == nil:
		return nil
	case isNotFound(err):
		return s.addUserAloud(id)
	default:
		return err
	}
}

// addUserAloud adds a user who is not in the conversation yet, and says so in it.
func (s *scope) addUserAloud(id string) error {
	u, ok := s.c.dir.user(id)
	if !ok {
		return refuse(NotFound, "new-participant")
	}
	if _, err := s.tx.Attendee(s.room.ID, ActorUsers, u.ID); !isNotFound(err) {
		return err
	}
	if err := s.addUser(&store.Attendee{ActorID: u.ID, ParticipantType: User}); err != nil {
		return err
	}
	return s.system("user_added", systemParams{User: u.ID})
}

// addGroup adds a group and those of its members who are not in yet.
func (s *scope) addGroup(id string) error {
	g, ok := s.c.dir.group(id)
	if !ok {
		return refuse(NotFound, "new-participant")
	}
	if _, err := s.tx.Attendee(s.room.ID, ActorGroups, id); isNotFound(err) {
		a := store.Attendee{
			RoomID: s.room.ID, ActorType: ActorGroups, ActorID: id, DisplayName: g.DisplayName,
			ParticipantType: User, NotificationCalls: 1, LastChange: s.now,
		}
		if err := s.tx.InsertAttendee(&a); err != nil {
			return err
		}
		if err := s.system("group_added", systemParams{Group: id}); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	for _, member := range s.c.dir.membersOf(id) {
		if banned, err := s.tx.Banned(s.room.ID, ActorUsers, member); err != nil {
			return err
		} else if banned {
			continue
		}
		if err := s.addUserAloud(member); err != nil {
			return err
		}
	}
	return nil
}

// addEmail adds somebody who is invited by e-mail; the conversation has to be open for guests then.
func (s *scope) addEmail(email, name string) error {
	if s.room.Type != Public {
		if err := s.setType(Public); err != nil {
			return err
		}
	}
	email = strings.ToLower(email)
	sum := sha256.Sum256([]byte(email))
	id := hex.EncodeToString(sum[:])
	if _, err := s.tx.Attendee(s.room.ID, ActorEmails, id); !isNotFound(err) {
		return err
	}
	return s.tx.InsertAttendee(&store.Attendee{
		RoomID: s.room.ID, ActorType: ActorEmails, ActorID: id, InvitedEmail: email, DisplayName: name,
		ParticipantType: Guest, NotificationCalls: 1, LastChange: s.now,
	})
}

// target finds a participant by its attendee id.
func (s *scope) target(attendeeID int64, reason string) (*store.Attendee, error) {
	a, err := s.tx.AttendeeByID(s.room.ID, attendeeID)
	return &a, orRefuse(err, NotFound, reason)
}

// Promote makes a participant a moderator.
func (c *Core) Promote(ctx context.Context, caller Caller, token string, attendeeID int64) error {
	return c.setModerator(ctx, caller, token, attendeeID, map[int]int{User: Moderator, SelfJoined: Moderator, Guest: GuestModerator}, "promoted")
}

// Demote makes a moderator a plain participant.
func (c *Core) Demote(ctx context.Context, caller Caller, token string, attendeeID int64) error {
	return c.setModerator(ctx, caller, token, attendeeID, map[int]int{Moderator: User, GuestModerator: Guest}, "demoted")
}

func (c *Core) setModerator(ctx context.Context, caller Caller, token string, attendeeID int64, change map[int]int, verb string) error {
	return c.write(ctx, caller, token, needModerator, func(s *scope) error {
		a, err := s.target(attendeeID, "")
		if err != nil {
			return err
		}
		if a.ID == s.self.ID {
			return refuse(Forbidden, "")
		}
		to, ok := change[a.ParticipantType]
		if !ok || a.ActorType != ActorUsers && a.ActorType != ActorGuests && a.ActorType != ActorEmails {
			return refuse(Invalid, "")
		}
		a.ParticipantType, a.Permissions, a.LastChange = to, 0, s.now
		if err := s.tx.UpdateAttendee(a); err != nil {
			return err
		}
		if err := s.signalChange(); err != nil {
			return err
		}
		if err := s.followModerator(a); err != nil {
			return err
		}
		if a.ActorType == ActorUsers {
			return s.system("moderator_"+verb, systemParams{User: a.ActorID})
		}
		return s.system("guest_moderator_"+verb, systemParams{Guest: a.ActorID, GuestName: a.DisplayName})
	})
}

// SetPermissions changes what one participant may do; method is set, add or remove.
func (c *Core) SetPermissions(ctx context.Context, caller Caller, token string, attendeeID int64, method string, bits int) (out []ParticipantView, err error) {
	err = c.write(ctx, caller, token, needModerator, func(s *scope) error {
		a, err := s.target(attendeeID, "participant")
		if err != nil {
			return err
		}
		switch {
		case s.room.Type == OneToOne || s.room.Type == FormerOneToOne:
			return refuse(Invalid, "room-type")
		case isModeratorType(a.ParticipantType):
			return refuse(Forbidden, "moderator")
		case a.ActorType == ActorGroups:
			return refuse(Invalid, "type")
		case bits < 0 || bits > maxPerm:
			return refuse(Invalid, "value")
		}
		switch method {
		case "set":
			a.Permissions = withCustom(bits)
		case "add":
			a.Permissions = permissions(s.room, a) | bits | PermCustom
		case "remove":
			a.Permissions = permissions(s.room, a)&^bits | PermCustom
		default:
			return refuse(Invalid, "method")
		}
		if a.ParticipantType == SelfJoined {
			a.ParticipantType = User
		}
		a.LastChange = s.now
		if err := s.tx.UpdateAttendee(a); err != nil {
			return err
		}
		if err := s.signalChange(); err != nil {
			return err
		}
		out, err = s.participants([]store.Attendee{*a})
		return err
	})
	return out, err
}

// RemoveParticipant takes somebody out of a conversation.
func (c *Core) RemoveParticipant(ctx context.Context, caller Caller, token string, attendeeID int64) error {
	return c.write(ctx, caller, token, needModerator, func(s *scope) error {
		a, err := s.target(attendeeID, "participant")
		if err != nil {
			return err
		}
		switch {
		case s.room.Type == OneToOne || s.room.Type == FormerOneToOne:
			return refuse(Invalid, "room-type")
		case a.ID == s.self.ID:
			return s.leave()
		case a.ParticipantType == Owner:
			return refuse(Forbidden, "owner")
		}
		return s.remove(a)
	})
}

// remove takes an attendee out of the conversation and says so in it.
func (s *scope) remove(a *store.Attendee) error {
	if err := s.takeAway(a); err != nil {
		return err
	}
	if err := s.followOut(a); err != nil {
		return err
	}
	switch a.ActorType {
	case ActorUsers:
		if s.room.Type == OneToOne || a.ParticipantType == SelfJoined && a.ID == s.self.ID {
			return nil
		}
		return s.system("user_removed", systemParams{User: a.ActorID})
	case ActorGroups:
		if err := s.removeMembers(a.ActorID); err != nil {
			return err
		}
		return s.system("group_removed", systemParams{Group: a.ActorID})
	}
	return nil
}

// removeMembers takes out those who were in the conversation through the
// group alone; moderators stay.
func (s *scope) removeMembers(groupID string) error {
	attendees, err := s.tx.Attendees(s.room.ID)
	if err != nil {
		return err
	}
	members := s.c.dir.membersOf(groupID)
	for i := range attendees {
		a := &attendees[i]
		if a.ActorType != ActorUsers || a.ParticipantType != User || !slices.Contains(members, a.ActorID) {
			continue
		}
		through := slices.ContainsFunc(attendees, func(g store.Attendee) bool {
			return g.ActorType == ActorGroups && slices.Contains(s.c.dir.groupsOf(a.ActorID), g.ActorID)
		})
		if through {
			continue
		}
		if err := s.remove(a); err != nil {
			return err
		}
	}
	return nil
}

// Leave takes the caller out of a conversation for good.
func (c *Core) Leave(ctx context.Context, caller Caller, token string) error {
	return c.write(ctx, caller, token, needAccount, func(s *scope) error { return s.leave() })
}

func (s *scope) leave() error {
	users, err := s.tx.CountAttendees(s.room.ID, ActorUsers, Owner, Moderator, User)
	if err != nil {
		return err
	}
	moderators, err := s.tx.CountAttendees(s.room.ID, ActorUsers, Owner, Moderator)
	if err != nil {
		return err
	}
	switch {
	case !isPair(s.room) && s.loggedInModerator() && users > 1 && moderators == 1:
		return refuse(Invalid, "last-moderator")
	case users == 1 && s.self.ParticipantType <= User && s.room.Type != Changelog && s.room.ObjectType != fileObject:
		if err := s.deleteBreakoutRooms(); err != nil {
			return err
		}
		return s.tx.DeleteRoom(s.room.ID) // nobody could ever come back
	}
	return s.remove(s.self)
}
