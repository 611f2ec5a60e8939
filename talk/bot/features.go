package bot

import (
	"context"
	"net/http"
	"strconv"
	"sync"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
	"github.com/confab-go/confab/talk"
)

// Features tells what the bot's administrator lets it do in a conversation that it is in. It works for a bot that may do nothing, too. It
// needs "bot-features-api", which Talk has from version 25 on, and late ones of 24.
//
// A wrong secret, and a conversation that the bot is not in, give [talk.ErrUnauthorized].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/bots/
//
//talk:operation POST /bot/ask-features
func (c *Client) Features(ctx context.Context, token string) (talk.BotFeatures, error) {
	const op = "ask for the bot's features"
	if err := checkToken(op, token); err != nil {
		return 0, err
	}
	if err := c.require(ctx, op, 0, talk.FeatureBotFeatures); err != nil {
		return 0, err
	}
	resp, err := c.ask(ctx, op, http.MethodPost, "ask-features", token, map[string]string{"token": token}, true)
	if err != nil {
		return 0, explain(err)
	}
	var answer struct {
		Features talk.BotFeatures `json:"features"`
	}
	if err := wire.Unmarshal(resp.Data, &answer); err != nil {
		return 0, ocs.BadResponse(op, http.MethodPost, apiBot+"ask-features", err)
	}
	return answer.Features, nil
}

// capabilities are what the server can do, as it tells everybody. Bots have no account to ask with, and live long: what it could do once
// it still can, and what it could not is asked for again.
type capabilities struct {
	mu    sync.Mutex
	known *talk.Capabilities
}

// require fails with [talk.ErrUnsupported] when the server lacks a feature, or its Talk is older than a version.
func (c *Client) require(ctx context.Context, op string, major int, feature talk.Feature) error {
	c.caps.mu.Lock()
	known := c.caps.known
	c.caps.mu.Unlock()
	if known.Has(feature) && known.Major() >= major {
		return nil
	}
	resp, err := c.ocs.Do(ctx, &ocs.Request{Op: "get capabilities", Path: "/ocs/v2.php/cloud/capabilities"})
	if err != nil {
		return err
	}
	var all struct {
		Capabilities struct {
			Spreed *talk.Capabilities `json:"spreed"`
		} `json:"capabilities"`
	}
	if err := wire.Unmarshal(resp.Data, &all); err != nil {
		return ocs.BadResponse("get capabilities", http.MethodGet, "/ocs/v2.php/cloud/capabilities", err)
	}
	known = all.Capabilities.Spreed
	c.caps.mu.Lock()
	c.caps.known = known
	c.caps.mu.Unlock()
	switch {
	case !known.Has(feature):
		return ocs.Unsupported(op, string(feature))
	case known.Major() < major:
		return ocs.Unsupported(op, "Talk "+strconv.Itoa(major))
	}
	return nil
}
