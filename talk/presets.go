package talk

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// The identifiers of presets that Talk brings along. Servers leave some out, and newer ones have others.
const (
	PresetDefault      = "default" // what a conversation gets that says nothing else
	PresetForced       = "forced"  // what every conversation gets, whatever it says; not to be chosen
	PresetWebinar      = "webinar"
	PresetPresentation = "presentation"
	PresetVoiceRoom    = "voiceroom"
	PresetClassified   = "classified"   // Talk 25
	PresetChannel      = "channel"      // Talk 25
	PresetAnnouncement = "announcement" // Talk 25; for administrators
)

// PresetParameter is the name of a setting that a preset decides.
type PresetParameter string

// The settings that presets decide.
const (
	PresetRoomType           PresetParameter = "roomType" // a ConversationType
	PresetReadOnly           PresetParameter = "readOnly" // 0 or 1
	PresetListable           PresetParameter = "listable" // a ListableScope
	PresetMessageExpiration  PresetParameter = "messageExpiration"
	PresetLobbyState         PresetParameter = "lobbyState"
	PresetSIPEnabled         PresetParameter = "sipEnabled"         // a SIPState
	PresetPermissions        PresetParameter = "permissions"        // of participants
	PresetRecordingConsent   PresetParameter = "recordingConsent"   // 0 or 1
	PresetMentionPermissions PresetParameter = "mentionPermissions" // who may mention everybody
)

// Preset is a kind of conversation that the server's administrator offers.
type Preset struct {
	// Identifier is for [CreateOptions].Preset.
	Identifier string `json:"identifier"`
	// Name and Description are in the account's language.
	Name        string `json:"name"`
	Description string `json:"description"`
	// Parameters are the settings that it decides; times are in seconds.
	Parameters map[PresetParameter]int `json:"parameters,array"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a preset as a server sends it.
func (p *Preset) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, p) }

// MarshalJSON encodes the preset as a server sends it.
func (p Preset) MarshalJSON() ([]byte, error) { return wire.Marshal(p) }

// Presets gives the kinds of conversations that the account may create, with [PresetDefault] and [PresetForced] among them.
// It needs "conversation-presets", which Talk has from version 24 on.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation GET /presets/room
func (s *ConversationsService) Presets(ctx context.Context) ([]*Preset, error) {
	const op = "list presets"
	if err := s.client.require(ctx, op, FeatureConversationPresets); err != nil {
		return nil, err
	}
	return fetch[[]*Preset](ctx, s.client, &ocs.Request{Op: op, Path: apiV1 + "/presets/room"})
}

// withPreset fills into options what a preset decides and they leave open, then what the server has by default; what it
// forces goes before all. Servers leave that to their clients, and look only at what is forced.
func (s *ConversationsService) withPreset(ctx context.Context, op string, kind ConversationType, o CreateOptions) (ConversationType, CreateOptions, error) {
	if kind != 0 && kind != ConversationGroup && kind != ConversationPublic {
		return kind, o, ocs.Invalid(op, "preset", "a %v conversation has none", kind)
	}
	presets, err := s.Presets(ctx)
	if err != nil {
		return kind, o, err
	}
	chosen := slices.IndexFunc(presets, func(p *Preset) bool { return p.Identifier == o.Preset })
	if chosen < 0 || o.Preset == PresetForced {
		return kind, o, ocs.Invalid(op, "preset", "the server has no preset %q for this account", o.Preset)
	}
	var order []*Preset
	for _, want := range []string{PresetForced, o.Preset, PresetDefault} {
		if i := slices.IndexFunc(presets, func(p *Preset) bool { return p.Identifier == want }); i >= 0 {
			order = append(order, presets[i])
		}
	}
	for _, preset := range order {
		for parameter, value := range preset.Parameters {
			fillIn(&kind, &o, parameter, value, preset.Identifier == PresetForced)
		}
	}
	fill(&kind, ConversationGroup, false)
	return kind, o, nil
}

// fillIn puts a value into a setting that is at zero, or into any when it is forced.
func fillIn(kind *ConversationType, o *CreateOptions, parameter PresetParameter, value int, forced bool) {
	switch parameter {
	case PresetRoomType:
		fill(kind, ConversationType(value), forced)
	case PresetReadOnly:
		fill(&o.ReadOnly, value != 0, forced)
	case PresetListable:
		fill(&o.Listable, ListableScope(value), forced)
	case PresetMessageExpiration:
		fill(&o.MessageExpiration, time.Duration(value)*time.Second, forced)
	case PresetLobbyState:
		fill(&o.LobbyState, LobbyState(value), forced)
	case PresetSIPEnabled:
		fill(&o.SIPEnabled, SIPState(value), forced)
	case PresetPermissions:
		fill(&o.Permissions, Permissions(value), forced)
	case PresetRecordingConsent:
		fill(&o.RecordingConsent, RecordingConsent(value), forced)
	case PresetMentionPermissions:
		fill(&o.MentionPermissions, MentionPermissions(value), forced)
	}
}

func fill[T comparable](setting *T, value T, forced bool) {
	var zero T
	if forced || *setting == zero {
		*setting = value
	}
}

// ForcedValue gives the value that a setting must have on a server whose administrator forces one, out of the error with
// which a change to something else is refused ([ErrInvalid] with Reason "forced"). Of other errors, and where the server
// does not tell the value, ok is false.
func ForcedValue(err error) (value int, ok bool) {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Reason != "forced" {
		return 0, false
	}
	var data struct {
		Forced *int `json:"forced"`
	}
	if json.Unmarshal(e.Data, &data) != nil || data.Forced == nil {
		return 0, false
	}
	return *data.Forced, true
}

// SetPreserved protects a conversation: it cannot be deleted, its history cannot be cleared, and who can find and enter it
// cannot be changed; that gives [ErrForbidden] with Reason "preserved". Or it takes the protection back. Only owners may
// ([ErrForbidden]). It needs "preserve-conversation", which Talk has from version 25 on.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation POST /room/{token}/preserve
//talk:operation DELETE /room/{token}/preserve
func (s *ConversationsService) SetPreserved(ctx context.Context, token string, preserved bool) (*Conversation, error) {
	return s.set(ctx, "set preserved", FeaturePreserveConversation, onOff(preserved), token, "/preserve", nil)
}
