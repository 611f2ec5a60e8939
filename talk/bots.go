package talk

import (
	"context"
	"net/http"
	"time"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// BotsService lists the bots of a server, and lets them into conversations. All of it needs "bots-v1".
//
// Bots are installed by an administrator on the server itself.
type BotsService service

// BotState says whether a bot takes part.
type BotState int

// The states of bots.
const (
	BotDisabled BotState = 0
	BotEnabled  BotState = 1
	BotNoSetup  BotState = 2 // in the hands of the administrator alone
	// BotUnavailable takes part, but cannot be reached: the app that it belongs to is not there; Talk 24.
	BotUnavailable BotState = 3
)

// String names the state, as in "enabled".
func (s BotState) String() string {
	return named(s, "BotState", []string{"disabled", "enabled", "no-setup", "unavailable"})
}

// BotFeatures is a set of bits that say what a bot does.
type BotFeatures int

// What bots do.
const (
	BotWebhook  BotFeatures = 1 // is told of messages
	BotResponse BotFeatures = 2 // may write and react
	BotEvent    BotFeatures = 4 // lives on the server, and is told by events instead of requests
	BotReaction BotFeatures = 8 // is told of reactions
)

// Has reports whether all the given bits are set.
func (f BotFeatures) Has(bits BotFeatures) bool { return f&bits == bits }

// String names the features, as in "webhook|response".
func (f BotFeatures) String() string {
	return flags(f, "none", []string{"webhook", "response", "event", "reaction"})
}

// Bot is a bot as moderators see it.
type Bot struct {
	ID          int64    `json:"id"`
	Name        string   `json:"name"`
	Description string   `json:"description,null"`
	State       BotState `json:"state"` // in the conversation

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a bot as a server sends it.
func (b *Bot) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, b) }

// MarshalJSON encodes the bot as a server sends it.
func (b Bot) MarshalJSON() ([]byte, error) { return wire.Marshal(b) }

// BotDetails is a bot as administrators see it.
type BotDetails struct {
	ID          int64    `json:"id"`
	Name        string   `json:"name"`
	Description string   `json:"description,null"`
	State       BotState `json:"state"` // on the server
	URL         string   `json:"url"`
	// URLHash is the SHA-1 of the URL. The bot writes as the actor "bot-" and this.
	URLHash string `json:"url_hash"`
	// ErrorCount counts the deliveries that failed; the last one is told by the other two.
	ErrorCount       int         `json:"error_count"`
	LastErrorDate    time.Time   `json:"last_error_date"`
	LastErrorMessage string      `json:"last_error_message,null"`
	Features         BotFeatures `json:"features"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a bot as a server sends it.
func (b *BotDetails) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, b) }

// MarshalJSON encodes the bot as a server sends it.
func (b BotDetails) MarshalJSON() ([]byte, error) { return wire.Marshal(b) }

// ListAll gives all bots of the server, to administrators; others get [ErrForbidden].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/bot-management/
//
//talk:operation GET /bot/admin
func (s *BotsService) ListAll(ctx context.Context) ([]*BotDetails, error) {
	const op = "list bots of the server"
	if err := s.client.require(ctx, op, FeatureBots); err != nil {
		return nil, err
	}
	return fetch[[]*BotDetails](ctx, s.client, &ocs.Request{Op: op, Path: apiV1 + "/bot/admin"})
}

// List gives the bots that a conversation can have, and whether it has them, to moderators; others get [ErrForbidden].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/bot-management/
//
//talk:operation GET /bot/{token}
func (s *BotsService) List(ctx context.Context, token string) ([]*Bot, error) {
	req, err := s.request(ctx, "list bots", http.MethodGet, token, "")
	if err != nil {
		return nil, err
	}
	return fetch[[]*Bot](ctx, s.client, req)
}

// Enable lets a bot into a conversation. Only moderators may ([ErrForbidden]). An unknown one, or one that is in the
// administrator's hands, gives [ErrInvalid] with Reason "bot".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/bot-management/
//
//talk:operation POST /bot/{token}/{botId}
func (s *BotsService) Enable(ctx context.Context, token string, botID int64) (*Bot, error) {
	return s.change(ctx, "enable bot", http.MethodPost, token, botID)
}

// Disable takes a bot out of a conversation, under the conditions of [BotsService.Enable].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/bot-management/
//
//talk:operation DELETE /bot/{token}/{botId}
func (s *BotsService) Disable(ctx context.Context, token string, botID int64) (*Bot, error) {
	return s.change(ctx, "disable bot", http.MethodDelete, token, botID)
}

func (s *BotsService) change(ctx context.Context, op, method, token string, botID int64) (*Bot, error) {
	req, err := s.request(ctx, op, method, token, idPath(botID))
	if err != nil {
		return nil, err
	}
	return fetch[*Bot](ctx, s.client, req)
}

func (s *BotsService) request(ctx context.Context, op, method, token, below string) (*ocs.Request, error) {
	path, err := roomPath(op, apiV1+"/bot", token)
	if err != nil {
		return nil, err
	}
	return &ocs.Request{Op: op, Method: method, Path: path + below}, s.client.require(ctx, op, FeatureBots)
}
