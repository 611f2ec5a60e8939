package talk

import (
	"time"

	"github.com/confab-go/confab/internal/wire"
)

// Message is a message of a conversation, as one of its participants sees it.
type Message struct {
	// ID grows with time over all conversations of a server, with gaps.
	ID               int64     `json:"id"`
	Token            string    `json:"token"` // of the conversation
	ActorType        ActorType `json:"actorType"`
	ActorID          string    `json:"actorId"`
	ActorDisplayName string    `json:"actorDisplayName"` // empty for guests without a name, and for deleted users
	Timestamp        time.Time `json:"timestamp"`
	// Message is the raw text, with placeholders such as {mention-user1}: use Text for what a person reads.
	Message string `json:"message"`
	// MessageParameters are the rich objects that the placeholders stand for.
	MessageParameters map[string]RichObject `json:"messageParameters,array"`
	// SystemMessage says what happened, when the message is not one that somebody wrote.
	SystemMessage SystemMessage `json:"systemMessage"`
	MessageType   MessageType   `json:"messageType"`
	IsReplyable   bool          `json:"isReplyable"`
	// ReferenceID is what the sender gave to know the message again; at most 64 characters.
	ReferenceID string `json:"referenceId"`
	// Reactions counts each emoji; ReactionsSelf are the caller's own.
	Reactions map[string]int `json:"reactions"`
	// ExpirationTimestamp is when the message disappears; zero for never.
	ExpirationTimestamp time.Time `json:"expirationTimestamp"`
	Markdown            bool      `json:"markdown"`
	// Parent is the message that this one answers, or that it is about. One that is gone has only an ID, and Deleted set.
	Parent            *Message  `json:"parent,omitempty"`
	ReactionsSelf     []string  `json:"reactionsSelf,omitempty"`
	Deleted           bool      `json:"deleted,omitempty"`
	Silent            bool      `json:"silent,omitempty"`
	LastEditActorType ActorType `json:"lastEditActorType,omitempty"`
	LastEditActorID   string    `json:"lastEditActorId,omitempty"`
	LastEditActorName string    `json:"lastEditActorDisplayName,omitempty"`
	LastEditTimestamp time.Time `json:"lastEditTimestamp,omitempty"`
	// ThreadID is the first message of the chain of answers, from Talk 22 on; only IsThread tells that it is a thread.
	ThreadID      int64  `json:"threadId,omitempty"`
	IsThread      bool   `json:"isThread,omitempty"`
	ThreadTitle   string `json:"threadTitle,omitempty"`
	ThreadReplies int    `json:"threadReplies,omitempty"`
	// MetaData tells who pinned the message, among other things; Talk 23.
	MetaData *MessageMetaData `json:"metaData,omitempty"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a message as a server sends it.
func (m *Message) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, m) }

// MarshalJSON encodes the message as a server sends it.
func (m Message) MarshalJSON() ([]byte, error) { return wire.Marshal(m) }

// IsSystem reports whether the message tells of an event instead of carrying somebody's words.
func (m *Message) IsSystem() bool { return m.SystemMessage != "" }

// Text gives the message as a person reads it in plain text: each placeholder replaced by the name of what it stands for,
// with an @ before people and groups. Markdown stays as it is.
func (m *Message) Text() string { return render(m.Message, m.MessageParameters) }

// MessageMetaData is what newer servers tell about a message beyond its text.
type MessageMetaData struct {
	PinnedActorType ActorType `json:"pinnedActorType,omitempty"`
	PinnedActorID   string    `json:"pinnedActorId,omitempty"`
	PinnedActorName string    `json:"pinnedActorDisplayName,omitempty"`
	PinnedAt        time.Time `json:"pinnedAt,omitempty"`
	PinnedUntil     time.Time `json:"pinnedUntil,omitempty"` // zero for as long as nobody unpins it
	// ThreadID and ThreadTitle are those of a thread that the message began or was put into; Talk 24.
	ThreadID    int64  `json:"threadId,omitempty"`
	ThreadTitle string `json:"threadTitle,omitempty"`
	// ReplyTo… say what the message was in the conversation that it comes from, when it is the Parent of one that answers
	// it in a one-to-one conversation; Talk 24.
	ReplyToMessageID         int64  `json:"replyToMessageId,omitempty"`
	ReplyToConversationToken string `json:"replyToConversationToken,omitempty"`
	ReplyToConversationName  string `json:"replyToConversationName,omitempty"`
	ReplyToActorDisplayName  string `json:"replyToActorDisplayName,omitempty"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes the data as a server sends it.
func (m *MessageMetaData) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, m) }

// MarshalJSON encodes the data as a server sends it.
func (m MessageMetaData) MarshalJSON() ([]byte, error) { return wire.Marshal(m) }
