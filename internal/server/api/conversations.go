package api

import (
	"net/http"
	"strconv"

	"github.com/confab-go/confab/internal/server/core"
)

func conversationRoutes() []route {
	return []route{
		{http.MethodGet, talk4 + "/room", user, listRooms},
		{http.MethodPost, talk4 + "/room", user, createRoom},
		{http.MethodGet, talk4 + "/room/note-to-self", user, noteToSelf},
		{http.MethodGet, talk4 + "/listed-room", user, listedRooms},
		{http.MethodGet, talk4 + "/room/{token}", public, getRoom},
		{http.MethodPut, talk4 + "/room/{token}", public, renameRoom},
		{http.MethodDelete, talk4 + "/room/{token}", public, deleteRoom},
	}
}

// roomReply answers with a conversation.
func (rq *request) roomReply(v *core.RoomView, err error) (reply, error) {
	if err != nil {
		return reply{}, err
	}
	w, err := rq.wireRoom(v)
	return ok(w), err
}

// wireRoom encodes a conversation, and in one of two people what the other one says of themselves.
func (rq *request) wireRoom(v *core.RoomView) (*room, error) {
	w := wireRoom(v)
	return w, rq.addRoomStatuses(w)
}

func listRooms(rq *request) (reply, error) {
	since, err := rq.number("modifiedSince", 0)
	if err != nil {
		return reply{}, err
	}
	lastMessages := rq.flag("includeLastMessage", true)
	statuses := rq.flag("includeStatus", false)
	// Taken before reading: what changes meanwhile is in the next list.
	now := rq.core.Now().Unix()
	views, err := rq.core.Rooms(rq.r.Context(), rq.caller, since, lastMessages)
	if err != nil {
		return reply{}, err
	}
	rooms := wireRooms(views)
	if statuses {
		if err := rq.addRoomStatuses(rooms...); err != nil {
			return reply{}, err
		}
	}
	return ok(rooms).with("X-Nextcloud-Talk-Hash", rq.hash()).
		with("X-Nextcloud-Talk-Modified-Before", strconv.FormatInt(now, 10)), nil
}

func getRoom(rq *request) (reply, error) {
	v, err := rq.core.Room(rq.r.Context(), rq.caller, rq.token())
	if err != nil {
		return reply{}, err
	}
	rep, err := rq.roomReply(v, nil)
	return rep.with("X-Nextcloud-Talk-Hash", rq.hash()), err
}

func noteToSelf(rq *request) (reply, error) {
	rep, err := rq.roomReply(rq.core.NoteToSelf(rq.r.Context(), rq.caller))
	return rep.with("X-Nextcloud-Talk-Hash", rq.hash()), err
}

func listedRooms(rq *request) (reply, error) {
	search, err := rq.text("searchTerm", "")
	if err != nil {
		return reply{}, err
	}
	views, err := rq.core.ListedRooms(rq.r.Context(), rq.caller, search)
	return ok(wireRooms(views)), err
}

func createRoom(rq *request) (reply, error) {
	kind, err := rq.number("roomType", core.Group)
	if err != nil {
		return reply{}, err
	}
	if kind == core.OneToOne {
		return createOneToOne(rq)
	}
	n, err := rq.newRoom(int(kind))
	if err != nil {
		return reply{}, err
	}
	created, err := rq.core.CreateRoom(rq.r.Context(), rq.caller, n)
	if err != nil {
		return reply{}, err
	}
	w := wireRoom(created.Room)
	if len(created.Invalid) == 0 {
		return reply{status: http.StatusCreated, data: w}, nil
	}
	w.InvalidParticipants = created.Invalid
	return reply{status: http.StatusAccepted, data: w}, nil
}

func createOneToOne(rq *request) (reply, error) {
	other, err := rq.text("invite", "")
	if err != nil {
		return reply{}, err
	}
	if other == "" {
		users, err := rq.texts("participants", "users")
		if err != nil {
			return reply{}, err
		}
		if len(users) > 0 {
			other = users[0]
		}
	}
	v, created, err := rq.core.OneToOne(rq.r.Context(), rq.caller, other)
	rep, err := rq.roomReply(v, err)
	if created {
		rep.status = http.StatusCreated
	}
	return rep, err
}

// newRoom reads the arguments of a new conversation.
func (rq *request) newRoom(kind int) (n core.NewRoom, err error) {
	n.Type = kind
	for name, to := range map[string]*string{
		"roomName": &n.Name, "description": &n.Description, "objectType": &n.ObjectType,
		"objectId": &n.ObjectID, "password": &n.Password, "emoji": &n.Emoji, "avatarColor": &n.AvatarColor,
	} {
		if *to, err = rq.text(name, ""); err != nil {
			return n, err
		}
	}
	for name, to := range map[string]*int{
		"readOnly": &n.ReadOnly, "listable": &n.Listable, "permissions": &n.Permissions,
		"mentionPermissions": &n.MentionPermissions, "lobbyState": &n.LobbyState,
		"sipEnabled": &n.SIP, "recordingConsent": &n.RecordingConsent,
	} {
		v, err := rq.number(name, 0)
		if err != nil {
			return n, err
		}
		*to = clampInt(v)
	}
	if n.LobbyTimer, err = rq.number("lobbyTimer", 0); err != nil {
		return n, err
	}
	if n.MessageExpiration, err = rq.number("messageExpiration", 0); err != nil {
		return n, err
	}
	for name, to := range map[string]*[]string{
		"users": &n.Users, "groups": &n.Groups, "emails": &n.Emails,
		"teams": &n.Teams, "federated_users": &n.FederatedUsers, "phones": &n.Phones,
	} {
		if *to, err = rq.texts("participants", name); err != nil {
			return n, err
		}
	}
	invite, err := rq.text("invite", "")
	if err != nil {
		return n, err
	}
	source, err := rq.text("source", "groups")
	if err != nil {
		return n, err
	}
	switch {
	case invite == "":
	case source == "circles":
		n.Teams = append(n.Teams, invite)
	default:
		n.Invite = invite
	}
	return n, nil
}

// clampInt keeps numbers out of range out of range, whatever the size of an int.
func clampInt(v int64) int { return int(max(-1<<31, min(v, 1<<31-1))) }

func renameRoom(rq *request) (reply, error) {
	name, err := rq.needText("roomName")
	if err != nil {
		return reply{}, err
	}
	return rq.roomReply(rq.core.Rename(rq.r.Context(), rq.caller, rq.token(), name))
}

func deleteRoom(rq *request) (reply, error) {
	return ok(nil), rq.core.DeleteRoom(rq.r.Context(), rq.caller, rq.token())
}
