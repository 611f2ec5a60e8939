package talk

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// SignalingService carries what the clients in a call say to each other, in order to send sound and pictures. All of it needs
// "signaling-v3".
//
// How it goes is told by [SignalingService.Settings]. In the mode [SignalingInternal] messages go through the server: [SignalingService.Send]
// and [SignalingService.Pull], for the session that [ConversationsService.Join] opened. In other modes they go through
// a server of its own, by a protocol of its own, and these two are refused ([ErrInvalid]).
type SignalingService service

// SignalingMode says where signaling goes.
type SignalingMode string

// The modes of signaling.
const (
	SignalingInternal SignalingMode = "internal"             // through Nextcloud itself
	SignalingExternal SignalingMode = "external"             // through a signaling server
	SignalingCluster  SignalingMode = "conversation_cluster" // through one of several, by conversation
)

// SignalingSettings say how a client signals. They hold secrets: tickets that let in who has them, and the passwords of TURN
// servers.
type SignalingSettings struct {
	Mode   SignalingMode `json:"signalingMode"`
	UserID string        `json:"userId,null"` // empty for guests
	// HideWarning is true where the administrator knows that no signaling server is set up.
	HideWarning bool `json:"hideWarning"`
	// Server is the address of the signaling server, empty for none.
	Server          string                   `json:"server"`
	Ticket          string                   `json:"ticket"` // of the first version of its protocol
	HelloAuthParams SignalingHelloAuthParams `json:"helloAuthParams"`
	// Federation is where to signal for a conversation of another server, nil for the account's own.
	Federation *SignalingFederation `json:"federation"`
	// The servers that help clients to reach each other.
	STUNServers []*STUNServer `json:"stunservers"`
	TURNServers []*TURNServer `json:"turnservers"`
	// SIPDialinInfo tells people how to dial in.
	SIPDialinInfo string `json:"sipDialinInfo"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes settings as a server sends them.
func (s *SignalingSettings) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, s) }

// MarshalJSON encodes the settings as a server sends them.
func (s SignalingSettings) MarshalJSON() ([]byte, error) { return wire.Marshal(s) }

// SignalingHelloAuthParams prove to a signaling server who a client is, by the version of its protocol.
type SignalingHelloAuthParams struct {
	V1 *SignalingTicket `json:"1.0,omitempty"`
	V2 *SignalingToken  `json:"2.0,omitempty"`

	Extra Extra `json:"-"`
}

// SignalingTicket proves who a client is, in the first version of the protocol.
type SignalingTicket struct {
	UserID string `json:"userid,null"`
	Ticket string `json:"ticket"`

	Extra Extra `json:"-"`
}

// SignalingToken proves who a client is, in the second version of the protocol.
type SignalingToken struct {
	Token string `json:"token"` // a JSON web token, good for a minute

	Extra Extra `json:"-"`
}

// SignalingFederation says where to signal for a conversation of another server.
type SignalingFederation struct {
	Server          string         `json:"server"`
	NextcloudServer string         `json:"nextcloudServer"`
	HelloAuthParams SignalingToken `json:"helloAuthParams"`
	RoomID          string         `json:"roomId"`

	Extra Extra `json:"-"`
}

// STUNServer tells clients by which address others see them.
type STUNServer struct {
	URLs []string `json:"urls"` // as in "stun:stun.example.com:443"

	Extra Extra `json:"-"`
}

// TURNServer passes on what clients cannot send to each other.
type TURNServer struct {
	URLs       []string `json:"urls"` // as in "turn:turn.example.com:3478?transport=udp"
	Username   string   `json:"username"`
	Credential string   `json:"credential"`

	Extra Extra `json:"-"`
}

// SignalingSettingsOptions says for what settings are wanted.
type SignalingSettingsOptions struct {
	// Token is the conversation that they are for, empty for none. One that the account cannot enter gives [ErrNotFound].
	Token string
}

// Settings tell how a client signals. Tickets and tokens are made for each answer.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/internal-signaling/
//
//talk:operation GET /signaling/settings
func (s *SignalingService) Settings(ctx context.Context, options *SignalingSettingsOptions) (*SignalingSettings, error) {
	const op = "get signaling settings"
	query := url.Values{}
	if options != nil && options.Token != "" {
		if _, err := roomPath(op, "", options.Token); err != nil {
			return nil, err
		}
		query.Set("token", options.Token)
	}
	if err := s.client.require(ctx, op, FeatureSignalingV3); err != nil {
		return nil, err
	}
	return fetch[*SignalingSettings](ctx, s.client, &ocs.Request{Op: op, Path: apiV3 + "/signaling/settings", Query: query})
}

// SignalType says what a signal is.
type SignalType string

// The types of signals.
const (
	SignalMessage     SignalType = "message"     // somebody says something to the session
	SignalUsersInRoom SignalType = "usersInRoom" // who is there
)

// Signal is one thing that a pull gives.
type Signal struct {
	Type SignalType      `json:"type"`
	Data json.RawMessage `json:"data"` // what it is, [Signal.Message] and [Signal.Sessions] tell

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a signal as a server sends it.
func (s *Signal) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, s) }

// MarshalJSON encodes the signal as a server sends it.
func (s Signal) MarshalJSON() ([]byte, error) { return wire.Marshal(s) }

// Sessions gives who is present in the conversation; of another signal than [SignalUsersInRoom] it is nil.
func (s *Signal) Sessions() ([]*SignalingSession, error) {
	if s.Type != SignalUsersInRoom {
		return nil, nil
	}
	var sessions []*SignalingSession
	err := wire.Unmarshal(s.Data, &sessions)
	return sessions, err
}

// Message gives what somebody says to the session; of another signal than [SignalMessage] it is nil.
func (s *Signal) Message() (*SignalingMessage, error) {
	if s.Type != SignalMessage {
		return nil, nil
	}
	var text string // with JSON in it
	if err := wire.Unmarshal(s.Data, &text); err != nil {
		return nil, err
	}
	var message SignalingMessage
	if err := wire.Unmarshal([]byte(text), &message); err != nil {
		return nil, err
	}
	return &message, nil
}

// SignalingSession is a session that is present in a conversation.
type SignalingSession struct {
	UserID      string      `json:"userId"` // empty for guests
	RoomID      int64       `json:"roomId"` // the ID of the conversation
	LastPing    time.Time   `json:"lastPing"`
	SessionID   string      `json:"sessionId"`
	InCall      InCallFlags `json:"inCall"`
	Permissions Permissions `json:"participantPermissions"`
	ActorType   ActorType   `json:"actorType"`
	ActorID     string      `json:"actorId"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a session as a server sends it.
func (s *SignalingSession) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, s) }

// MarshalJSON encodes the session as a server sends it.
func (s SignalingSession) MarshalJSON() ([]byte, error) { return wire.Marshal(s) }

// SignalingMessage is what one session says to another.
type SignalingMessage struct {
	From string `json:"from,omitempty"` // the session that it comes from, which the server fills in
	To   string `json:"to"`             // the session that it is for
	// Type is "offer", "answer", "candidate", "control" and so on; servers let only moderators control.
	Type     string          `json:"type"`
	RoomType string          `json:"roomType,omitempty"` // "video" or "screen"
	Payload  json.RawMessage `json:"payload,omitempty"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a message as a server sends it.
func (m *SignalingMessage) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, m) }

// MarshalJSON encodes the message as a server sends it.
func (m SignalingMessage) MarshalJSON() ([]byte, error) { return wire.Marshal(m) }

// pullTimeout is how long a server lets a pull wait, and then some.
const pullTimeout = 30*time.Second + pollGrace

// Pull waits until there is something for the account's session, at most 30 seconds, and gives it; the last signal tells who
// is there. A session counts as present for as long as it pulls.
//
// [ErrNotFound] says that there is no session, or no conversation any more; [ErrConflict] that another took it over.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/internal-signaling/
//
//talk:operation GET /signaling/{token}
func (s *SignalingService) Pull(ctx context.Context, token string) ([]*Signal, error) {
	const op = "pull signals"
	path, err := s.client.roomPathFor(ctx, op, apiV3+"/signaling", token, FeatureSignalingV3)
	if err != nil {
		return nil, err
	}
	return fetch[[]*Signal](ctx, s.client, &ocs.Request{Op: op, Path: path, Timeout: pullTimeout})
}

// Send says something to other sessions of a conversation, from the account's own session there, whose id the conversation
// that [ConversationsService.Join] gives has. Servers drop what the account has no permission for, and what is for a session
// that is not there, without a word.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/internal-signaling/
//
//talk:operation POST /signaling/{token}
func (s *SignalingService) Send(ctx context.Context, token, sessionID string, messages ...*SignalingMessage) error {
	const op = "send signals"
	if sessionID == "" || sessionID == noSession {
		return ocs.Invalid(op, "session id", "empty: no session was opened in the conversation")
	}
	if len(messages) == 0 {
		return ocs.Invalid(op, "messages", "none")
	}
	type envelope struct {
		Event     string `json:"ev"`
		Function  string `json:"fn"` // JSON
		SessionID string `json:"sessionId"`
	}
	envelopes := make([]envelope, len(messages))
	for i, m := range messages {
		if m == nil || m.To == "" || m.Type == "" {
			return ocs.Invalid(op, "messages", "number %d is for nobody, or of no type", i+1)
		}
		text, err := json.Marshal(m)
		if err != nil {
			return ocs.Invalid(op, "messages", "number %d cannot be encoded: %w", i+1, err)
		}
		envelopes[i] = envelope{"message", string(text), sessionID}
	}
	text, err := json.Marshal(envelopes)
	if err != nil {
		return ocs.Invalid(op, "messages", "%w", err)
	}
	path, err := s.client.roomPathFor(ctx, op, apiV3+"/signaling", token, FeatureSignalingV3)
	if err != nil {
		return err
	}
	body := map[string]string{"messages": string(text)}
	_, err = s.client.call(ctx, &ocs.Request{Op: op, Method: http.MethodPost, Path: path, Body: body}, nil)
	return err
}

// noSession is the id of the session of who has none.
const noSession = "0"

// SignalingWelcome is what a signaling server says of itself.
type SignalingWelcome struct {
	Version string `json:"version"`
	// Warning is "UPDATE_OPTIONAL" for a server that lacks features which this Talk could use.
	Warning  string   `json:"warning,omitempty"`
	Features []string `json:"features,omitempty"` // those that it lacks

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a welcome as a server sends it.
func (w *SignalingWelcome) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, w) }

// MarshalJSON encodes the welcome as a server sends it.
func (w SignalingWelcome) MarshalJSON() ([]byte, error) { return wire.Marshal(w) }

// Welcome gives what one of the signaling servers, counted from 0 in the administrator's settings, says of itself. Only
// administrators may ask ([ErrForbidden]). A server that is not set up gives [ErrNotFound]; one that does not answer, or too
// old, gives an error with the status 500 and a Reason such as "CAN_NOT_CONNECT".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/settings/
//
//talk:operation GET /signaling/welcome/{serverId}
func (s *SignalingService) Welcome(ctx context.Context, serverID int) (*SignalingWelcome, error) {
	const op = "get welcome of signaling server"
	path, err := s.serverPath(ctx, op, serverID)
	if err != nil {
		return nil, err
	}
	return fetch[*SignalingWelcome](ctx, s.client, &ocs.Request{Op: op, Path: path, NoRetry: true})
}

func (s *SignalingService) serverPath(ctx context.Context, op string, serverID int) (string, error) {
	if serverID < 0 {
		return "", ocs.Invalid(op, "server id", "%d is not the place of a server", serverID)
	}
	return apiV3 + "/signaling/welcome" + idPath(int64(serverID)), s.client.require(ctx, op, FeatureSignalingV3)
}
