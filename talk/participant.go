package talk

import (
	"time"

	"github.com/confab-go/confab/internal/wire"
)

// Participant is somebody, or a group or team, who takes part in a conversation.
type Participant struct {
	// RoomToken is the conversation, or the breakout room of it that the participant is in.
	RoomToken string      `json:"roomToken"`
	InCall    InCallFlags `json:"inCall"`
	// LastPing is when the participant was last seen in the conversation; zero without a session.
	LastPing        time.Time       `json:"lastPing"`
	SessionIDs      []string        `json:"sessionIds"`
	ParticipantType ParticipantType `json:"participantType"`
	// AttendeeID is the key by which a participant is removed, promoted and the like.
	AttendeeID  int64     `json:"attendeeId"`
	ActorID     string    `json:"actorId"`
	ActorType   ActorType `json:"actorType"`
	DisplayName string    `json:"displayName"`
	// Permissions are what the participant may do, everything considered; AttendeePermissions were given to them in person.
	Permissions         Permissions `json:"permissions"`
	AttendeePermissions Permissions `json:"attendeePermissions"`
	AttendeePIN         string      `json:"attendeePin"` // for moderators only
	PhoneNumber         string      `json:"phoneNumber"`
	CallID              string      `json:"callId"`
	// InvitedActorID is the address that an e-mail guest was invited by; for moderators only.
	InvitedActorID string `json:"invitedActorId,omitempty"`
	// Status is a user's availability, where it was asked for.
	Status UserStatus `json:"status,inline"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a participant as a server sends it.
func (p *Participant) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, p) }

// MarshalJSON encodes the participant as a server sends it.
func (p Participant) MarshalJSON() ([]byte, error) { return wire.Marshal(p) }
