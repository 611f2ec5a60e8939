package api

import (
	"encoding/json"

	"github.com/confab-go/confab/internal/server/core"
)

// room is a conversation on the wire.
type room struct {
	ID                    int64  `json:"id"`
	Token                 string `json:"token"`
	Type                  int    `json:"type"`
	Name                  string `json:"name"`
	DisplayName           string `json:"displayName"`
	ObjectType            string `json:"objectType"`
	ObjectID              string `json:"objectId"`
	ParticipantType       int    `json:"participantType"`
	ParticipantFlags      int    `json:"participantFlags"`
	ReadOnly              int    `json:"readOnly"`
	HasPassword           bool   `json:"hasPassword"`
	HasCall               bool   `json:"hasCall"`
	CallStartTime         int64  `json:"callStartTime"`
	CallRecording         int    `json:"callRecording"`
	CanStartCall          bool   `json:"canStartCall"`
	LastActivity          int64  `json:"lastActivity"`
	LastReadMessage       int64  `json:"lastReadMessage"`
	UnreadMessages        int64  `json:"unreadMessages"`
	UnreadMention         bool   `json:"unreadMention"`
	UnreadMentionDirect   bool   `json:"unreadMentionDirect"`
	IsFavorite            bool   `json:"isFavorite"`
	CanLeaveConversation  bool   `json:"canLeaveConversation"`
	CanDeleteConversation bool   `json:"canDeleteConversation"`
	NotificationLevel     int    `json:"notificationLevel"`
	NotificationCalls     int    `json:"notificationCalls"`
	LobbyState            int    `json:"lobbyState"`
	LobbyTimer            int64  `json:"lobbyTimer"`
	LastPing              int64  `json:"lastPing"`
	SessionID             string `json:"sessionId"`
	SIPEnabled            int    `json:"sipEnabled"`
	ActorType             string `json:"actorType"`
	ActorID               string `json:"actorId"`
	AttendeeID            int64  `json:"attendeeId"`
	Permissions           int    `json:"permissions"`
	AttendeePermissions   int    `json:"attendeePermissions"`
	CallPermissions       int    `json:"callPermissions"`
	DefaultPermissions    int    `json:"defaultPermissions"`
	CanEnableSIP          bool   `json:"canEnableSIP"`
	AttendeePin           string `json:"attendeePin"`
	Description           string `json:"description"`
	LastCommonReadMessage int64  `json:"lastCommonReadMessage"`
	Listable              int    `json:"listable"`
	CallFlag              int    `json:"callFlag"`
	MessageExpiration     int64  `json:"messageExpiration"`
	AvatarVersion         string `json:"avatarVersion"`
	IsCustomAvatar        bool   `json:"isCustomAvatar"`
	BreakoutRoomMode      int    `json:"breakoutRoomMode"`
	BreakoutRoomStatus    int    `json:"breakoutRoomStatus"`
	RecordingConsent      int    `json:"recordingConsent"`
	MentionPermissions    int    `json:"mentionPermissions"`
	IsArchived            bool   `json:"isArchived"`
	IsImportant           bool   `json:"isImportant"`
	IsSensitive           bool   `json:"isSensitive"`
	InvitedActorID        string `json:"invitedActorId,omitempty"`
	*userStatus
	LastMessage         *message `json:"lastMessage,omitempty"`
	InvalidParticipants any      `json:"invalidParticipants,omitempty"`
}

func wireRoom(v *core.RoomView) *room {
	w := &room{
		ID: v.ID, Token: v.Token, Type: v.Type, HasPassword: v.PasswordHash != "", SessionID: "0",
		AvatarVersion: v.AvatarVersion, IsCustomAvatar: v.CustomAvatar, NotificationLevel: v.NotificationLevel, Permissions: v.Permissions,
	}
	if v.Self == nil {
		w.ParticipantType = core.Guest
		w.AttendeePermissions, w.CallPermissions, w.DefaultPermissions = core.PermCustom, core.PermCustom, core.PermCustom
		if v.Preview {
			return w
		}
	}
	w.Name, w.DisplayName, w.Description = v.Name, v.DisplayName, v.Description
	w.ObjectType, w.ObjectID, w.ReadOnly = v.ObjectType, v.ObjectID, v.ReadOnly
	w.HasCall, w.CallStartTime, w.CallRecording, w.CallFlag = v.CallStart != 0 && !v.InLobby, v.CallStart, v.CallRecording, v.CallFlag
	w.LastActivity, w.LobbyState, w.LobbyTimer, w.Listable = v.LastActivity, v.LobbyState, v.LobbyTimer, v.Listable
	w.BreakoutRoomMode, w.BreakoutRoomStatus = v.BreakoutMode, v.BreakoutStatus
	if v.Self == nil {
		return w
	}
	w.ParticipantType, w.ActorType, w.ActorID, w.AttendeeID = v.Self.ParticipantType, v.Self.ActorType, v.Self.ActorID, v.Self.ID
	w.InvitedActorID = v.Self.InvitedEmail
	w.CanStartCall, w.CanLeaveConversation, w.CanDeleteConversation = v.CanStartCall, v.CanLeave, v.CanDelete
	w.LastReadMessage, w.LastCommonReadMessage = v.Self.LastRead, v.CommonRead
	w.UnreadMessages, w.UnreadMention, w.UnreadMentionDirect = v.Unread, v.UnreadMention, v.UnreadMentionDirect
	w.IsFavorite, w.IsArchived, w.IsImportant, w.IsSensitive = v.Self.Favorite, v.Self.Archived, v.Self.Important, v.Self.Sensitive
	w.NotificationCalls = v.Self.NotificationCalls
	w.AttendeePermissions, w.CallPermissions, w.DefaultPermissions = v.Self.Permissions, 0, v.DefaultPermissions
	w.MessageExpiration, w.RecordingConsent, w.MentionPermissions = v.MessageExpiration, v.RecordingConsent, v.MentionPermissions
	if v.Session != nil {
		w.SessionID, w.LastPing, w.ParticipantFlags = v.Session.SessionID, v.Session.LastPing, v.Session.InCall
	}
	if v.LastMessage != nil {
		w.LastMessage = wireMessage(v.LastMessage)
	}
	return w
}

func wireRooms(views []*core.RoomView) []*room {
	out := make([]*room, 0, len(views))
	for _, v := range views {
		out = append(out, wireRoom(v))
	}
	return out
}

// message is a chat message on the wire.
type message struct {
	ID                  int64  `json:"id"`
	Token               string `json:"token"`
	ActorType           string `json:"actorType"`
	ActorID             string `json:"actorId"`
	ActorDisplayName    string `json:"actorDisplayName"`
	Timestamp           int64  `json:"timestamp"`
	Message             string `json:"message"`
	MessageParameters   any    `json:"messageParameters"`
	SystemMessage       string `json:"systemMessage"`
	MessageType         string `json:"messageType"`
	IsReplyable         bool   `json:"isReplyable"`
	ReferenceID         string `json:"referenceId"`
	Reactions           object `json:"reactions"`
	ExpirationTimestamp int64  `json:"expirationTimestamp"`
	Markdown            bool   `json:"markdown"`
	*lastEdit
	Deleted       bool     `json:"deleted,omitempty"`
	Silent        bool     `json:"silent,omitempty"`
	Parent        any      `json:"parent,omitempty"`
	ReactionsSelf []string `json:"reactionsSelf,omitempty"`
}

// lastEdit says who edited a message when, in the message itself.
type lastEdit struct {
	ActorType        string `json:"lastEditActorType"`
	ActorID          string `json:"lastEditActorId"`
	ActorDisplayName string `json:"lastEditActorDisplayName"`
	Timestamp        int64  `json:"lastEditTimestamp"`
}

func wireMessage(v *core.MessageView) *message {
	w := &message{
		ID: v.ID, Token: v.Token, ActorType: v.ActorType, ActorID: v.ActorID, ActorDisplayName: v.ActorName,
		Timestamp: v.Timestamp, Message: v.Text, MessageParameters: wireParameters(v.Parameters), SystemMessage: v.SystemMessage,
		MessageType: v.MessageType, IsReplyable: v.Replyable, ReferenceID: v.ReferenceID, ExpirationTimestamp: v.Expires,
		Markdown: v.Markdown, Silent: v.Silent, Deleted: v.Deleted, ReactionsSelf: v.ReactionsSelf,
	}
	for _, r := range v.Reactions {
		w.Reactions = append(w.Reactions, member{r.Reaction, r.Count})
	}
	if e := v.LastEdit; e != nil {
		w.lastEdit = &lastEdit{e.ActorType, e.ActorID, e.ActorName, e.Timestamp}
	}
	switch {
	case v.Parent != nil:
		w.Parent = wireMessage(v.Parent)
	case v.MissingParent != 0:
		w.Parent = object{{"id", v.MissingParent}, {"deleted", true}}
	}
	return w
}

func wireMessages(views []*core.MessageView) []*message {
	out := make([]*message, 0, len(views))
	for _, v := range views {
		out = append(out, wireMessage(v))
	}
	return out
}

// wireParameters encodes rich parameters; none are PHP's empty array.
func wireParameters(params []core.Parameter) json.Marshaler {
	if len(params) == 0 {
		return json.RawMessage("[]")
	}
	out := make(object, 0, len(params))
	for _, p := range params {
		fields := make(object, 0, len(p.Fields))
		for _, f := range p.Fields {
			fields = append(fields, member{f.Key, f.Value})
		}
		out = append(out, member{p.Name, fields})
	}
	return out
}

// participant is a participant on the wire.
type participant struct {
	RoomToken           string   `json:"roomToken"`
	InCall              int      `json:"inCall"`
	LastPing            int64    `json:"lastPing"`
	SessionIDs          []string `json:"sessionIds"`
	ParticipantType     int      `json:"participantType"`
	AttendeeID          int64    `json:"attendeeId"`
	ActorID             string   `json:"actorId"`
	ActorType           string   `json:"actorType"`
	DisplayName         string   `json:"displayName"`
	Permissions         int      `json:"permissions"`
	AttendeePermissions int      `json:"attendeePermissions"`
	AttendeePin         string   `json:"attendeePin"`
	PhoneNumber         string   `json:"phoneNumber"`
	CallID              string   `json:"callId"`
	InvitedActorID      string   `json:"invitedActorId,omitempty"`
	*userStatus
}

func wireParticipants(views []core.ParticipantView) []participant {
	out := make([]participant, 0, len(views))
	for _, v := range views {
		w := participant{
			RoomToken: v.RoomToken, InCall: v.InCall, LastPing: v.LastPing, SessionIDs: v.SessionIDs,
			ParticipantType: v.ParticipantType, AttendeeID: v.ID, ActorID: v.ActorID, ActorType: v.ActorType,
			DisplayName: v.DisplayName, Permissions: v.Permissions, AttendeePermissions: v.Attendee.Permissions,
			InvitedActorID: v.InvitedEmail,
		}
		out = append(out, w)
	}
	return out
}
