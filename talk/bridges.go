package talk

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// BridgesService ties conversations to chats elsewhere with Matterbridge, a program beside the server. Only moderators with an
// account may; others get [ErrForbidden]. What cannot be done is refused with the status 406.
type BridgesService service

// Bridge is what ties a conversation to chats elsewhere. It holds secrets: the passwords of its parts.
type Bridge struct {
	Enabled bool         `json:"enabled"`
	PID     int64        `json:"pid"` // of the program, 0 when it does not run
	Parts   []BridgePart `json:"parts"`
	// How the program does, as of [BridgesService.Process].
	Running bool   `json:"running"`
	Log     string `json:"log"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a bridge as a server sends it.
func (b *Bridge) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, b) }

// MarshalJSON encodes the bridge as a server sends it.
func (b Bridge) MarshalJSON() ([]byte, error) { return wire.Marshal(b) }

// BridgeProcess is how the program of a bridge does.
type BridgeProcess struct {
	Running bool   `json:"running"`
	Log     string `json:"log"` // the last it said

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a process as a server sends it.
func (p *BridgeProcess) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, p) }

// MarshalJSON encodes the process as a server sends it.
func (p BridgeProcess) MarshalJSON() ([]byte, error) { return wire.Marshal(p) }

// BridgePart is one of the chats that a bridge ties together, by its settings: "type" is its kind, such as "matrix" or "irc",
// and the others are what that kind needs, such as "server", "channel", "login" and "password". [NewBridgePart] makes one.
type BridgePart map[string]json.RawMessage

// NewBridgePart gives a chat of a kind such as "irc", with settings that are texts.
func NewBridgePart(kind string, settings map[string]string) BridgePart {
	part := BridgePart{}
	for name, value := range settings {
		part[name] = quoted(value)
	}
	part[bridgeKind] = quoted(kind)
	return part
}

const bridgeKind = "type"

func quoted(text string) json.RawMessage {
	data, err := wire.Marshal(text)
	if err != nil { // a text has an encoding
		return nil
	}
	return data
}

// Kind gives the kind of chat, empty when the part does not say.
func (p BridgePart) Kind() string { return p.Setting(bridgeKind) }

// Setting gives a setting that is a text, empty for one that is not there.
func (p BridgePart) Setting(name string) string {
	var text string
	if raw, ok := p[name]; !ok || wire.Unmarshal(raw, &text) != nil {
		return ""
	}
	return text
}

// Get gives the bridge of a conversation; one that is not enabled, and has no parts, where there is none.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/matterbridge/
//
//talk:operation GET /bridge/{token}
func (s *BridgesService) Get(ctx context.Context, token string) (*Bridge, error) {
	const op = "get bridge"
	path, err := roomPath(op, bridgePath, token)
	if err != nil {
		return nil, err
	}
	return fetch[*Bridge](ctx, s.client, &ocs.Request{Op: op, Path: path})
}

// Set replaces the parts of a conversation's bridge, and turns it on or off.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/matterbridge/
//
//talk:operation PUT /bridge/{token}
func (s *BridgesService) Set(ctx context.Context, token string, enabled bool, parts ...BridgePart) (*BridgeProcess, error) {
	const op = "set bridge"
	for i, part := range parts {
		if part.Kind() == "" {
			return nil, ocs.Invalid(op, "parts", "number %d has no type", i+1)
		}
	}
	if parts == nil {
		parts = []BridgePart{}
	}
	path, err := roomPath(op, bridgePath, token)
	if err != nil {
		return nil, err
	}
	body := struct {
		Enabled bool         `json:"enabled"`
		Parts   []BridgePart `json:"parts"`
	}{enabled, parts}
	return fetch[*BridgeProcess](ctx, s.client, &ocs.Request{Op: op, Method: http.MethodPut, Path: path, Body: body, Repeatable: true})
}

// Delete takes the bridge of a conversation away. That there is none is no error.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/matterbridge/
//
//talk:operation DELETE /bridge/{token}
func (s *BridgesService) Delete(ctx context.Context, token string) error {
	const op = "delete bridge"
	path, err := roomPath(op, bridgePath, token)
	if err != nil {
		return err
	}
	_, err = s.client.call(ctx, &ocs.Request{Op: op, Method: http.MethodDelete, Path: path, Repeatable: true}, nil)
	return err
}

// Process tells how the program of a conversation's bridge does.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/matterbridge/
//
//talk:operation GET /bridge/{token}/process
func (s *BridgesService) Process(ctx context.Context, token string) (*BridgeProcess, error) {
	const op = "get process of bridge"
	path, err := roomPath(op, bridgePath, token)
	if err != nil {
		return nil, err
	}
	return fetch[*BridgeProcess](ctx, s.client, &ocs.Request{Op: op, Path: path + "/process"})
}

// Version gives the version of Matterbridge on the server, to administrators; others get [ErrForbidden]. Without the program it
// gives [ErrNotFound], or [ErrInvalid] when it does not run.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/matterbridge/
//
//talk:operation GET /bridge/version
func (s *BridgesService) Version(ctx context.Context) (string, error) {
	type result struct {
		Version string `json:"version"`
	}
	r, err := fetch[result](ctx, s.client, &ocs.Request{Op: "get version of Matterbridge", Path: bridgePath + "/version"})
	return r.Version, err
}

// StopAll turns the bridges of all conversations off, as an administrator; others get [ErrForbidden].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/matterbridge/
//
//talk:operation DELETE /bridge
func (s *BridgesService) StopAll(ctx context.Context) error {
	_, err := s.client.call(ctx, &ocs.Request{Op: "stop all bridges", Method: http.MethodDelete, Path: bridgePath, Repeatable: true}, nil)
	return err
}

const bridgePath = apiV1 + "/bridge"
