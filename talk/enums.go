package talk

import (
	"fmt"
	"strconv"
	"strings"
)

// named gives the name of an enum's value, or Type(7) for one that this package does not know.
func named[T ~int](value T, typeName string, names []string) string {
	if value >= 0 && int(value) < len(names) && names[value] != "" {
		return names[value]
	}
	return typeName + "(" + strconv.Itoa(int(value)) + ")"
}

// flags gives the names of the bits that are set, joined by "|"; bits without a name as a hexadecimal rest.
func flags[T ~int](value T, none string, names []string) string {
	if value == 0 {
		return none
	}
	var set []string
	for i, name := range names {
		if bit := T(1) << i; value&bit != 0 && name != "" {
			set = append(set, name)
			value &^= bit
		}
	}
	if value != 0 {
		set = append(set, fmt.Sprintf("%#x", int(value)))
	}
	return strings.Join(set, "|")
}

// ConversationType is the kind of a conversation. A value that is not listed here comes from a newer server.
type ConversationType int

// The kinds of conversations.
const (
	ConversationOneToOne       ConversationType = 1 // two users
	ConversationGroup          ConversationType = 2 // its participants only
	ConversationPublic         ConversationType = 3 // anybody who has the link
	ConversationChangelog      ConversationType = 4 // "Talk updates": read-only news of the server
	ConversationFormerOneToOne ConversationType = 5 // a one-to-one whose other user was deleted
	ConversationNoteToSelf     ConversationType = 6 // one user's own notes
)

var conversationTypes = []string{1: "one-to-one", "group", "public", "changelog", "former-one-to-one", "note-to-self"}

// String names the type, as in "group".
func (t ConversationType) String() string { return named(t, "ConversationType", conversationTypes) }

// ParticipantType is the role of a participant in a conversation.
type ParticipantType int

// The roles of participants.
const (
	ParticipantOwner          ParticipantType = 1
	ParticipantModerator      ParticipantType = 2
	ParticipantUser           ParticipantType = 3
	ParticipantGuest          ParticipantType = 4
	ParticipantSelfJoined     ParticipantType = 5 // a user who followed the link of a public conversation
	ParticipantGuestModerator ParticipantType = 6
)

var participantTypes = []string{1: "owner", "moderator", "user", "guest", "self-joined", "guest-moderator"}

// String names the role, as in "moderator".
func (t ParticipantType) String() string { return named(t, "ParticipantType", participantTypes) }

// IsModerator reports whether the role may moderate: owners, moderators and guest moderators do.
func (t ParticipantType) IsModerator() bool {
	return t == ParticipantOwner || t == ParticipantModerator || t == ParticipantGuestModerator
}

// Permissions is a set of bits that say what a participant may do.
type Permissions int

// The permissions of participants.
const (
	PermissionsDefault      Permissions = 0   // whatever the conversation or the server grants
	PermissionCustom        Permissions = 1   // set for this participant or conversation alone
	PermissionStartCall     Permissions = 2   // start a call
	PermissionJoinCall      Permissions = 4   // join a call
	PermissionIgnoreLobby   Permissions = 8   // enter while the lobby holds others back
	PermissionPublishAudio  Permissions = 16  // speak in a call
	PermissionPublishVideo  Permissions = 32  // send video in a call
	PermissionPublishScreen Permissions = 64  // share the screen in a call
	PermissionChat          Permissions = 128 // send and share, and react where there is no bit for it
	PermissionReact         Permissions = 256 // react; Talk 24
)

var permissionNames = []string{"custom", "start-call", "join-call", "ignore-lobby", "publish-audio", "publish-video", "publish-screen", "chat", "react"}

// Has reports whether all the given bits are set.
func (p Permissions) Has(bits Permissions) bool { return p&bits == bits }

// String names the bits that are set, as in "custom|chat".
func (p Permissions) String() string { return flags(p, "default", permissionNames) }

// InCallFlags is a set of bits that say how a session takes part in a call.
type InCallFlags int

// The flags of sessions in a call.
const (
	InCallDisconnected InCallFlags = 0
	InCallJoined       InCallFlags = 1
	InCallWithAudio    InCallFlags = 2
	InCallWithVideo    InCallFlags = 4
	InCallWithPhone    InCallFlags = 8
)

var inCallNames = []string{"in-call", "with-audio", "with-video", "with-phone"}

// Has reports whether all the given bits are set.
func (f InCallFlags) Has(bits InCallFlags) bool { return f&bits == bits }

// String names the flags that are set, as in "in-call|with-audio".
func (f InCallFlags) String() string { return flags(f, "disconnected", inCallNames) }

// ConversationAttributes is a set of bits that say what a conversation was made for, and what therefore is not possible in it.
type ConversationAttributes int

// The attributes of conversations.
const (
	AttributeVoiceRoom    ConversationAttributes = 1  // who opens it shall join the call
	AttributePreserved    ConversationAttributes = 2  // cannot be deleted or cleared; Talk 25
	AttributeClassified   ConversationAttributes = 4  // no guests, no recordings, no bots; Talk 25
	AttributeChannel      ConversationAttributes = 8  // no calls, and only moderators see who takes part; Talk 25
	AttributeAnnouncement ConversationAttributes = 16 // a channel that only moderators can leave; Talk 25
)

var attributeNames = []string{"voice-room", "preserved", "classified", "channel", "announcement"}

// Has reports whether all the given bits are set.
func (a ConversationAttributes) Has(bits ConversationAttributes) bool { return a&bits == bits }

// String names the attributes that are set, as in "channel|announcement".
func (a ConversationAttributes) String() string { return flags(a, "none", attributeNames) }

// ListableScope says who can find and join a conversation without an invitation.
type ListableScope int

// The scopes in which a conversation can be found.
const (
	ListableParticipants ListableScope = 0 // its participants only
	ListableUsers        ListableScope = 1 // registered users
	ListableEveryone     ListableScope = 2 // registered users and users of the Guests app
)

var listableScopes = []string{"participants", "users", "everyone"}

// String names the scope, as in "users".
func (s ListableScope) String() string { return named(s, "ListableScope", listableScopes) }

// NotificationLevel says which messages of a conversation notify a participant.
type NotificationLevel int

// The levels of notification.
const (
	NotifyDefault NotificationLevel = 0 // what the kind of conversation has by default; a server never reports it
	NotifyAlways  NotificationLevel = 1
	NotifyMention NotificationLevel = 2
	NotifyNever   NotificationLevel = 3
)

var notificationLevels = []string{"default", "always", "mention", "never"}

// String names the level, as in "mention".
func (l NotificationLevel) String() string { return named(l, "NotificationLevel", notificationLevels) }

// CallNotificationLevel says whether calls in a conversation notify a participant.
type CallNotificationLevel int

// The levels of notification for calls.
const (
	NotifyCallsOff CallNotificationLevel = 0
	NotifyCallsOn  CallNotificationLevel = 1
)

var callNotificationLevels = []string{"off", "on"}

// String names the level, as in "on".
func (l CallNotificationLevel) String() string {
	return named(l, "CallNotificationLevel", callNotificationLevels)
}

// LobbyState says whether the lobby holds participants back.
type LobbyState int

// The states of the lobby.
const (
	LobbyNone          LobbyState = 0 // everybody may enter
	LobbyNonModerators LobbyState = 1 // only moderators may
)

var lobbyStates = []string{"none", "non-moderators"}

// String names the state, as in "non-moderators".
func (s LobbyState) String() string { return named(s, "LobbyState", lobbyStates) }

// SIPState says whether a conversation can be dialled into.
type SIPState int

// The states of dial-in.
const (
	SIPDisabled   SIPState = 0
	SIPWithPIN    SIPState = 1 // each participant has a number of their own
	SIPWithoutPIN SIPState = 2 // the conversation's number is enough
)

var sipStates = []string{"disabled", "with-pin", "without-pin"}

// String names the state, as in "with-pin".
func (s SIPState) String() string { return named(s, "SIPState", sipStates) }

// CallRecordingStatus is the state of a call's recording.
type CallRecordingStatus int

// The states of recordings.
const (
	RecordingNone          CallRecordingStatus = 0
	RecordingVideo         CallRecordingStatus = 1
	RecordingAudio         CallRecordingStatus = 2
	RecordingStartingVideo CallRecordingStatus = 3
	RecordingStartingAudio CallRecordingStatus = 4
	RecordingFailed        CallRecordingStatus = 5
)

var callRecordingStatuses = []string{"none", "video", "audio", "starting-video", "starting-audio", "failed"}

// String names the status, as in "video".
func (s CallRecordingStatus) String() string {
	return named(s, "CallRecordingStatus", callRecordingStatuses)
}

// RecordingConsent says whether participants must agree to a recording before they join a call.
type RecordingConsent int

// The kinds of recording consent.
const (
	RecordingConsentNone     RecordingConsent = 0
	RecordingConsentRequired RecordingConsent = 1
	RecordingConsentOptional RecordingConsent = 2 // moderators decide, conversation by conversation; in the server's configuration only
)

var recordingConsents = []string{"none", "required", "optional"}

// String names the consent, as in "required".
func (c RecordingConsent) String() string { return named(c, "RecordingConsent", recordingConsents) }

// BreakoutRoomMode says how participants are put into breakout rooms.
type BreakoutRoomMode int

// The modes of breakout rooms.
const (
	BreakoutNotConfigured BreakoutRoomMode = 0 // there are none
	BreakoutAutomatic     BreakoutRoomMode = 1 // the server distributes them
	BreakoutManual        BreakoutRoomMode = 2 // a moderator says who goes where
	BreakoutFree          BreakoutRoomMode = 3 // everybody chooses
)

var breakoutRoomModes = []string{"not-configured", "automatic", "manual", "free"}

// String names the mode, as in "manual".
func (m BreakoutRoomMode) String() string { return named(m, "BreakoutRoomMode", breakoutRoomModes) }

// BreakoutRoomStatus says whether breakout rooms are open, or whether one of them asks for help.
type BreakoutRoomStatus int

// The states of breakout rooms.
const (
	BreakoutStopped             BreakoutRoomStatus = 0
	BreakoutStarted             BreakoutRoomStatus = 1
	BreakoutAssistanceRequested BreakoutRoomStatus = 2
)

var breakoutRoomStatuses = []string{"stopped", "started", "assistance-requested"}

// String names the status, as in "started".
func (s BreakoutRoomStatus) String() string {
	return named(s, "BreakoutRoomStatus", breakoutRoomStatuses)
}

// MentionPermissions says who may mention everybody with @all.
type MentionPermissions int

// Who may mention everybody.
const (
	MentionEveryone   MentionPermissions = 0
	MentionModerators MentionPermissions = 1
)

var mentionPermissions = []string{"everyone", "moderators"}

// String names who may, as in "moderators".
func (p MentionPermissions) String() string {
	return named(p, "MentionPermissions", mentionPermissions)
}

// ActorType says what kind of actor did something or takes part in a conversation.
type ActorType string

// The types of actors.
const (
	ActorUser          ActorType = "users"
	ActorGuest         ActorType = "guests"
	ActorEmail         ActorType = "emails"
	ActorGroup         ActorType = "groups"
	ActorCircle        ActorType = "circles" // a team
	ActorFederatedUser ActorType = "federated_users"
	ActorPhone         ActorType = "phones"
	ActorBot           ActorType = "bots"
	ActorBridged       ActorType = "bridged"
	ActorDeletedUser   ActorType = "deleted_users"
	ActorIP            ActorType = "ip" // an address or a range of them; in bans only
)

// MessageType says what kind of message one is.
type MessageType string

// The types of messages.
const (
	MessageComment     MessageType = "comment"
	MessageDeleted     MessageType = "comment_deleted"
	MessageSystem      MessageType = "system"
	MessageVoice       MessageType = "voice-message"
	MessageRecordAudio MessageType = "record-audio"
	MessageRecordVideo MessageType = "record-video"
	MessageCommand     MessageType = "command" // of servers of long ago
)

// StatusType is a user's availability.
type StatusType string

// The types of user status.
const (
	StatusOnline       StatusType = "online"
	StatusAway         StatusType = "away"
	StatusDoNotDisturb StatusType = "dnd"
	StatusBusy         StatusType = "busy"
	StatusInvisible    StatusType = "invisible"
	StatusOffline      StatusType = "offline"
)
