package talk

import (
	"time"

	"github.com/confab-go/confab/internal/wire"
)

// Extra is what a value remembers of the JSON it was decoded from: the members that a newer server sent and this
// package has no field for stay reachable through it. Encoding the value gives them back.
type Extra = wire.Extra

// Conversation is a conversation as one of its participants sees it.
//
// Times are zero for "never" and "not set". A key that an older server does not send leaves its field at zero.
type Conversation struct {
	// ID is the server's own number. Every call wants the Token instead.
	ID int64 `json:"id"`
	// Token is the key of the conversation, as in its web link /call/TOKEN.
	Token string           `json:"token"`
	Type  ConversationType `json:"type"`
	// Name is the stored name: of a one-to-one conversation, the id of the other user.
	Name string `json:"name"`
	// DisplayName is what a person should see.
	DisplayName string `json:"displayName"`
	// ObjectType and ObjectID say what the conversation belongs to, as in "file" or "event"; empty for most.
	ObjectType string `json:"objectType"`
	ObjectID   string `json:"objectId"`
	// ParticipantType is the caller's role.
	ParticipantType ParticipantType `json:"participantType"`
	// ParticipantFlags say how the caller's session takes part in the call.
	ParticipantFlags InCallFlags `json:"participantFlags"`
	ReadOnly         bool        `json:"readOnly,number"`
	HasPassword      bool        `json:"hasPassword"`
	// HasCall reports whether a call is going on.
	HasCall       bool                `json:"hasCall"`
	CallStartTime time.Time           `json:"callStartTime"`
	CallRecording CallRecordingStatus `json:"callRecording"`
	CanStartCall  bool                `json:"canStartCall"`
	LastActivity  time.Time           `json:"lastActivity"`
	// LastReadMessage is the id of the last message that the caller has read, [NothingRead] for none.
	LastReadMessage int64 `json:"lastReadMessage"`
	UnreadMessages  int   `json:"unreadMessages"`
	// UnreadMention reports whether an unread message mentions the caller, everybody or a group of the caller.
	UnreadMention bool `json:"unreadMention"`
	// UnreadMentionDirect reports whether one mentions or answers the caller in person.
	UnreadMentionDirect   bool                  `json:"unreadMentionDirect"`
	IsFavorite            bool                  `json:"isFavorite"`
	CanLeaveConversation  bool                  `json:"canLeaveConversation"`
	CanDeleteConversation bool                  `json:"canDeleteConversation"`
	NotificationLevel     NotificationLevel     `json:"notificationLevel"`
	NotificationCalls     CallNotificationLevel `json:"notificationCalls"`
	LobbyState            LobbyState            `json:"lobbyState"`
	// LobbyTimer is when the lobby opens by itself.
	LobbyTimer time.Time `json:"lobbyTimer"`
	LastPing   time.Time `json:"lastPing"`
	// SessionID is the caller's session in the conversation, "0" for none.
	SessionID  string    `json:"sessionId"`
	SIPEnabled SIPState  `json:"sipEnabled"`
	ActorType  ActorType `json:"actorType"` // of the caller, as ActorID
	ActorID    string    `json:"actorId"`
	AttendeeID int64     `json:"attendeeId"`
	// Permissions are what the caller may do, everything considered.
	Permissions Permissions `json:"permissions"`
	// AttendeePermissions were given to the caller in person, CallPermissions (no longer used by servers) for the
	// call, DefaultPermissions to every participant of the conversation.
	AttendeePermissions   Permissions        `json:"attendeePermissions"`
	CallPermissions       Permissions        `json:"callPermissions"`
	DefaultPermissions    Permissions        `json:"defaultPermissions"`
	CanEnableSIP          bool               `json:"canEnableSIP"`
	AttendeePIN           string             `json:"attendeePin"`
	Description           string             `json:"description"`
	LastCommonReadMessage int64              `json:"lastCommonReadMessage"` // read by everybody; 0 when the caller hides their own
	Listable              ListableScope      `json:"listable"`
	CallFlag              InCallFlags        `json:"callFlag"` // of all in the call together
	MessageExpiration     time.Duration      `json:"messageExpiration"`
	AvatarVersion         string             `json:"avatarVersion"` // changes with the avatar
	IsCustomAvatar        bool               `json:"isCustomAvatar"`
	BreakoutRoomMode      BreakoutRoomMode   `json:"breakoutRoomMode"`
	BreakoutRoomStatus    BreakoutRoomStatus `json:"breakoutRoomStatus"`
	RecordingConsent      RecordingConsent   `json:"recordingConsent"`
	MentionPermissions    MentionPermissions `json:"mentionPermissions"`
	IsArchived            bool               `json:"isArchived"`
	IsImportant           bool               `json:"isImportant"`
	IsSensitive           bool               `json:"isSensitive"`
	// Status is that of the other user of a one-to-one conversation, where it was asked for.
	Status UserStatus `json:"status,inline"`
	// LastMessage is absent when it was not asked for, has expired, or is hidden as sensitive.
	LastMessage *Message `json:"lastMessage,omitempty"`
	// InvitedActorID is the address that an e-mail guest was invited by.
	InvitedActorID string `json:"invitedActorId,omitempty"`
	// RemoteServer and RemoteToken say where a federated conversation lives.
	RemoteServer string `json:"remoteServer,omitempty"`
	RemoteToken  string `json:"remoteToken,omitempty"`
	// InvalidParticipants are those who could not be invited at its creation.
	InvalidParticipants *ParticipantList `json:"invalidParticipants,omitempty"`
	// LiveTranscriptionLanguageID is the language spoken in calls; Talk 22.
	LiveTranscriptionLanguageID string `json:"liveTranscriptionLanguageId,omitempty"`
	// LastPinnedID is the message pinned last, HiddenPinnedID the one whose pin the caller dismissed; Talk 23.
	LastPinnedID   int64 `json:"lastPinnedId,omitempty"`
	HiddenPinnedID int64 `json:"hiddenPinnedId,omitempty"`
	// HasScheduledMessages counts the caller's messages that wait to be sent, [ScheduledFailed] when one of them could not be; Talk 23.
	HasScheduledMessages int `json:"hasScheduledMessages,omitempty"`
	// TagIDs are the caller's tags on the conversation; Talk 24.
	TagIDs []string `json:"tagIds,omitempty"`
	// Attributes tell what the conversation was made for; Talk 24.
	Attributes ConversationAttributes `json:"attributes,omitempty"`

	Extra Extra `json:"-"`
}

// NothingRead is the LastReadMessage of a participant who has read nothing yet.
const NothingRead int64 = -2

// ScheduledFailed is the HasScheduledMessages of a conversation in which a scheduled message could not be sent.
const ScheduledFailed = -1

// UnmarshalJSON decodes a conversation as a server sends it.
func (c *Conversation) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, c) }

// MarshalJSON encodes the conversation as a server sends it.
func (c Conversation) MarshalJSON() ([]byte, error) { return wire.Marshal(c) }

// UserStatus is what a user tells others about their availability. Its Type is empty when the server did not tell.
type UserStatus struct {
	Type    StatusType `json:"status"`
	Icon    string     `json:"statusIcon,null"` // an emoji
	Message string     `json:"statusMessage,null"`
	ClearAt time.Time  `json:"statusClearAt,null"` // when the server clears the message; zero for never
}

// ParticipantList names people to invite, by where they come from.
type ParticipantList struct {
	Users          []string `json:"users,omitempty"`
	FederatedUsers []string `json:"federated_users,omitempty"` // cloud ids, as in bob@cloud.example.org
	Groups         []string `json:"groups,omitempty"`
	Emails         []string `json:"emails,omitempty"`
	Phones         []string `json:"phones,omitempty"`
	Teams          []string `json:"teams,omitempty"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes the list as a server sends it.
func (l *ParticipantList) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, l) }

// MarshalJSON encodes the list as a server expects it.
func (l ParticipantList) MarshalJSON() ([]byte, error) { return wire.Marshal(l) }
