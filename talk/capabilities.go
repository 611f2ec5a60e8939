package talk

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// Capabilities is what a server says it can do.
type Capabilities struct {
	// Version is that of Talk, as in "21.1.7".
	Version string `json:"version"`
	// Features are the things that the server can do; LocalFeatures are those of them that, in a federated
	// conversation, the account's own server answers for.
	Features      []Feature          `json:"features"`
	LocalFeatures []Feature          `json:"features-local"`
	Config        CapabilitiesConfig `json:"config"`
	// LocalConfig names the settings of Config that the account's own server answers for, by section.
	LocalConfig map[string][]string `json:"config-local"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes capabilities as a server sends them.
func (c *Capabilities) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, c) }

// MarshalJSON encodes the capabilities as a server sends them.
func (c Capabilities) MarshalJSON() ([]byte, error) { return wire.Marshal(c) }

// Major gives the first number of the version, as in 21; 0 for a version that cannot be read.
func (c *Capabilities) Major() int {
	if c == nil {
		return 0
	}
	first, _, _ := strings.Cut(c.Version, ".")
	n, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	return n
}

// Has reports whether the server has a feature.
func (c *Capabilities) Has(feature Feature) bool {
	return c != nil && slices.Contains(c.Features, feature)
}

// ReactPermission gives the permission that it takes to react to messages: [PermissionReact], or [PermissionChat] on servers
// that know no other.
func (c *Capabilities) ReactPermission() Permissions {
	if c.Has(FeatureReactPermission) {
		return PermissionReact
	}
	return PermissionChat
}

// CapabilitiesConfig are the settings of a server that clients should know, by section. Those that this package has no
// field for are in the Extra of their section.
type CapabilitiesConfig struct {
	Attachments   AttachmentsConfig   `json:"attachments"`
	Call          CallConfig          `json:"call"`
	Chat          ChatConfig          `json:"chat"`
	Conversations ConversationsConfig `json:"conversations"`
	Federation    FederationConfig    `json:"federation"`
	Previews      PreviewsConfig      `json:"previews"`
	Signaling     SignalingConfig     `json:"signaling"`
	Permissions   *PermissionsConfig  `json:"permissions,omitempty"` // Talk 24
	Experiments   ExperimentsConfig   `json:"experiments"`
	FeatureHints  *FeatureHintsConfig `json:"feature-hints,omitempty"` // Talk 24

	Extra Extra `json:"-"`
}

// AttachmentsConfig says whether and where files can be attached.
type AttachmentsConfig struct {
	Allowed bool   `json:"allowed"`
	Folder  string `json:"folder,omitempty"` // in the user's files, as in "/Talk"
	// ConversationSubfolders says that each conversation has a folder of its own in it; Talk 24.
	ConversationSubfolders bool `json:"conversation-subfolders,omitempty"`

	Extra Extra `json:"-"`
}

// CallConfig says what calls can do.
type CallConfig struct {
	Enabled             bool             `json:"enabled"`
	BreakoutRooms       bool             `json:"breakout-rooms"`
	Recording           bool             `json:"recording"`
	RecordingConsent    RecordingConsent `json:"recording-consent"`
	SupportedReactions  []string         `json:"supported-reactions"`
	SIPEnabled          bool             `json:"sip-enabled"`
	SIPDialoutEnabled   bool             `json:"sip-dialout-enabled"`
	CanEnableSIP        bool             `json:"can-enable-sip"`
	StartWithoutMedia   bool             `json:"start-without-media"`
	MaxDuration         int              `json:"max-duration"` // seconds, 0 for no limit
	EndToEndEncryption  bool             `json:"end-to-end-encryption"`
	CanUploadBackground bool             `json:"can-upload-background"`
	// Backgrounds are what the server's web client offers to put behind people, by file name, and from Talk 21 on by path.
	PredefinedBackgrounds   []string `json:"predefined-backgrounds"`
	PredefinedBackgroundsV2 []string `json:"predefined-backgrounds-v2"`
	BlurVirtualBackground   bool     `json:"blur-virtual-background"`
	// From Talk 22 on:
	LiveTranscription                 bool   `json:"live-transcription,omitempty"`
	LiveTranslation                   bool   `json:"live-translation,omitempty"`
	LiveTranscriptionTargetLanguageID string `json:"live-transcription-target-language-id,omitempty"`
	// From Talk 24 on:
	DefaultPhoneRegion string `json:"default-phone-region,omitempty"`
	GridLimit          int    `json:"grid-limit,omitempty"` // videos shown at once, 0 for no limit
	GridLimitEnforced  bool   `json:"grid-limit-enforced,omitempty"`
	PlaySounds         bool   `json:"play-sounds,omitempty"`
	// ExternalCallService is the address of a service of another kind that calls are held on, empty for none; Talk 25.
	ExternalCallService string `json:"external-call-service,omitempty"`

	Extra Extra `json:"-"`
}

// ChatConfig says how messages are handled.
type ChatConfig struct {
	MaxLength                   int     `json:"max-length"` // characters of one message
	ReadPrivacy                 Privacy `json:"read-privacy"`
	TypingPrivacy               Privacy `json:"typing-privacy"`
	HasTranslationProviders     bool    `json:"has-translation-providers"`
	HasTranslationTaskProviders bool    `json:"has-translation-task-providers"`
	SummaryThreshold            int     `json:"summary-threshold"` // unread messages from which on a summary is offered
	// Style is how the account wants chats drawn, as in "split"; Talk 23.
	Style               string `json:"style,omitempty"`
	MatterbridgeEnabled bool   `json:"matterbridge-enabled,omitempty"` // Talk 24

	Extra Extra `json:"-"`
}

// ConversationsConfig says what the account may do with conversations.
type ConversationsConfig struct {
	CanCreate         bool   `json:"can-create"`
	ForcePasswords    bool   `json:"force-passwords"` // public conversations must have one
	ListStyle         string `json:"list-style"`
	DescriptionLength int    `json:"description-length"` // characters
	// After so many days without activity the server deletes conversations of these kinds; 0 for never.
	RetentionEvent           int `json:"retention-event"`
	RetentionPhone           int `json:"retention-phone"`
	RetentionInstantMeetings int `json:"retention-instant-meetings"`
	// How the account wants its list sorted and grouped; Talk 24.
	SortOrder string `json:"sort-order,omitempty"`
	GroupMode string `json:"group-mode,omitempty"`
	// RetentionClassified is the same for classified ones, in seconds; Talk 25.
	RetentionClassified int `json:"retention-classified,omitempty"`

	Extra Extra `json:"-"`
}

// FederationConfig says whether conversations can span servers.
type FederationConfig struct {
	Enabled            bool `json:"enabled"`
	IncomingEnabled    bool `json:"incoming-enabled"`
	OutgoingEnabled    bool `json:"outgoing-enabled"`
	OnlyTrustedServers bool `json:"only-trusted-servers"`

	Extra Extra `json:"-"`
}

// PreviewsConfig says what is previewed.
type PreviewsConfig struct {
	MaxGIFSize int64 `json:"max-gif-size"` // bytes

	Extra Extra `json:"-"`
}

// SignalingConfig says how signaling is done.
type SignalingConfig struct {
	SessionPingLimit int    `json:"session-ping-limit"`
	HelloV2TokenKey  string `json:"hello-v2-token-key,omitempty"` // PEM
	Mode             string `json:"mode,omitempty"`               // "internal", "external" or "conversation_cluster"; Talk 24

	Extra Extra `json:"-"`
}

// PermissionsConfig says which permissions there are.
type PermissionsConfig struct {
	MaxDefault Permissions `json:"max-default"`
	MaxCustom  Permissions `json:"max-custom"`
	Default    Permissions `json:"default"`

	Extra Extra `json:"-"`
}

// ExperimentsConfig are bits for what the server's developers try out.
type ExperimentsConfig struct {
	Enabled int `json:"enabled"`

	Extra Extra `json:"-"`
}

// FeatureHintsConfig says which of the hints to new features the account has seen.
type FeatureHintsConfig struct {
	Current int `json:"current"`
	Hidden  int `json:"hidden"`

	Extra Extra `json:"-"`
}

// Privacy says whether others may see something.
type Privacy int

// The kinds of privacy.
const (
	PrivacyPublic  Privacy = 0
	PrivacyPrivate Privacy = 1
)

// String names the privacy, as in "private".
func (p Privacy) String() string { return named(p, "Privacy", []string{"public", "private"}) }

// capabilityCache keeps the capabilities until the server's settings change.
type capabilityCache struct {
	mu   sync.Mutex
	caps *Capabilities
	hash string // of the settings, as last seen
}

// Capabilities tells what the server can do. They are asked for once, and again after the server told, with the answer to
// another call, that its settings have changed. A server without Talk gives [ErrUnsupported].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/capabilities/
//
//talk:operation GET /ocs/v2.php/cloud/capabilities
func (c *Client) Capabilities(ctx context.Context) (*Capabilities, error) {
	c.caps.mu.Lock()
	caps, hash := c.caps.caps, c.caps.hash
	c.caps.mu.Unlock()
	if caps != nil {
		return caps, nil
	}
	const op = "get capabilities"
	var all struct {
		Capabilities struct {
			Spreed *Capabilities `json:"spreed"`
		} `json:"capabilities"`
	}
	if _, err := c.call(ctx, &ocs.Request{Op: op, Path: "/ocs/v2.php/cloud/capabilities"}, &all); err != nil {
		return nil, err
	}
	caps = all.Capabilities.Spreed
	if caps == nil {
		return nil, ocs.Unsupported(op, "spreed")
	}
	c.caps.mu.Lock()
	defer c.caps.mu.Unlock()
	if c.caps.hash == hash { // else they may be out of date already
		c.caps.caps = caps
	}
	return caps, nil
}

// Supports reports whether the server has a feature.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/capabilities/
//
//talk:operation GET /ocs/v2.php/cloud/capabilities
func (c *Client) Supports(ctx context.Context, feature Feature) (bool, error) {
	caps, err := c.Capabilities(ctx)
	return caps.Has(feature), err
}

// Available reports whether the server has Talk at all, and lets the account use it.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/capabilities/
//
//talk:operation GET /ocs/v2.php/cloud/capabilities
func (c *Client) Available(ctx context.Context) (bool, error) {
	_, err := c.Capabilities(ctx)
	if errors.Is(err, ErrUnsupported) {
		return false, nil
	}
	return err == nil, err
}

// BotsAvailable reports whether the server has bots.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/capabilities/
//
//talk:operation GET /ocs/v2.php/cloud/capabilities
func (c *Client) BotsAvailable(ctx context.Context) (bool, error) {
	available, err := c.Supports(ctx, FeatureBots)
	if errors.Is(err, ErrUnsupported) {
		return false, nil
	}
	return available, err
}

// ConfigHash gives the hash of the server's settings as last seen with a list of conversations or a single one; empty
// before. When it changes, so may the capabilities.
func (c *Client) ConfigHash() string {
	c.caps.mu.Lock()
	defer c.caps.mu.Unlock()
	return c.caps.hash
}

// forgetCapabilities has them asked for anew, after a change of what they tell.
func (c *Client) forgetCapabilities() {
	c.caps.mu.Lock()
	defer c.caps.mu.Unlock()
	c.caps.caps = nil
}

// noteHash sees the settings' hash of an answer, and forgets the capabilities when it has changed.
func (c *Client) noteHash(header http.Header) {
	hash := header.Get("X-Nextcloud-Talk-Hash")
	if hash == "" {
		return
	}
	c.caps.mu.Lock()
	defer c.caps.mu.Unlock()
	if c.caps.hash != "" && c.caps.hash != hash {
		c.caps.caps = nil
	}
	c.caps.hash = hash
}

// require fails with ErrUnsupported when the server lacks a feature.
func (c *Client) require(ctx context.Context, op string, feature Feature) error {
	caps, err := c.Capabilities(ctx)
	if err != nil {
		return err
	}
	if !caps.Has(feature) {
		return ocs.Unsupported(op, string(feature))
	}
	return nil
}

// requireTalk fails with ErrUnsupported when the server's Talk is older than a version, for what no feature announces.
func (c *Client) requireTalk(ctx context.Context, op string, major int) error {
	caps, err := c.Capabilities(ctx)
	if err != nil {
		return err
	}
	if caps.Major() < major {
		return ocs.Unsupported(op, "Talk "+strconv.Itoa(major))
	}
	return nil
}
