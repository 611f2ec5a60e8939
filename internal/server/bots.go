package server

import (
	"context"
	"fmt"

	"github.com/confab-go/confab/internal/server/core"
)

// BotState says who decides where a bot is enabled.
type BotState string

// The states of a bot. The empty state is BotEnabled.
const (
	BotEnabled  BotState = "enabled"  // the moderators of a conversation
	BotNoSetup  BotState = "no-setup" // the administrator alone
	BotDisabled BotState = "disabled" // nobody: it is nowhere
)

// The bits of a bot's features.
const (
	BotWebhook  = core.BotWebhook  // it is told what happens
	BotResponse = core.BotResponse // it may answer
	BotEvent    = core.BotEvent    // it is an app of the server's, told without HTTP
	BotReaction = core.BotReaction // it is told of reactions
)

// Bot is a bot that the administrator installs.
type Bot struct {
	Name        string // 1 to 64 bytes
	Secret      string // 40 to 128 bytes; signs what it is sent and what it answers
	URL         string // where it listens, http:// or https://
	Description string
	Features    int      // 0 = BotWebhook | BotResponse
	State       BotState // "" = BotEnabled
}

// Check returns ErrBadBot, and says what is wrong, for a bot that cannot be installed.
func (b Bot) Check() error {
	n, err := b.core()
	if err != nil {
		return err
	}
	return n.Check()
}

// core checks the state and fills in what is left out.
func (b Bot) core() (core.NewBot, error) {
	n := core.NewBot{Name: b.Name, Secret: b.Secret, URL: b.URL, Description: b.Description, Features: b.Features}
	if n.Features == 0 {
		n.Features = BotWebhook | BotResponse
	}
	switch b.State {
	case "", BotEnabled:
		n.State = core.BotEnabled
	case BotNoSetup:
		n.State = core.BotNoSetup
	case BotDisabled:
		n.State = core.BotDisabled
	default:
		return n, fmt.Errorf("%w: there is no state %q", core.ErrBadBot, b.State)
	}
	return n, nil
}

func stateOf(state int) BotState {
	switch state {
	case core.BotEnabled:
		return BotEnabled
	case core.BotNoSetup:
		return BotNoSetup
	default:
		return BotDisabled
	}
}

// EnsureBot installs a bot, or changes the one with its URL to what is given,
// and returns its id. Without a secret it keeps the one that it has. The error
// is ErrBadBot for one that cannot be installed.
func (s *Server) EnsureBot(ctx context.Context, b Bot) (id int64, err error) {
	n, err := b.core()
	if err == nil {
		id, err = s.core.EnsureBot(ctx, n)
	}
	if err != nil {
		return 0, fmt.Errorf("ensure bot %q: %w", b.Name, err)
	}
	return id, nil
}

// Bots returns the bots that are installed, in that order.
func (s *Server) Bots(ctx context.Context) ([]InstalledBot, error) {
	bots, err := installedBots(ctx, s.core)
	if err != nil {
		return nil, fmt.Errorf("list bots: %w", err)
	}
	return bots, nil
}

func installedBots(ctx context.Context, c *core.Core) (bots []InstalledBot, err error) {
	found, err := c.Bots(ctx)
	for _, b := range found {
		bots = append(bots, InstalledBot{
			ID: b.ID, ActorID: core.BotActorID(b.URLHash), Name: b.Name, URL: b.URL, Description: b.Description, Features: b.Features,
			State: stateOf(b.State), Errors: b.ErrorCount, LastError: b.LastError,
		})
	}
	return bots, err
}

// AwaitBots returns when the bots have been told all that has happened before,
// or could not be told: their errors are counted then.
func (s *Server) AwaitBots(ctx context.Context) error {
	if err := s.api.AwaitBots(ctx); err != nil {
		return fmt.Errorf("await bots: %w", err)
	}
	return nil
}
