package core

import (
	"context"
	"crypto/sha1" //nolint:gosec // Talk names bots by the SHA-1 of their address; nothing is proven by it
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"

	"github.com/confab-go/confab/internal/server/store"
)

// The states of a bot.
const (
	BotDisabled = 0
	BotEnabled  = 1
	BotNoSetup  = 2 // only the administrator says where it is enabled
)

// The bits of what a bot can do.
const (
	BotWebhook  = 1
	BotResponse = 2
	BotEvent    = 4
	BotReaction = 8

	allBotFeatures = BotWebhook | BotResponse | BotEvent | BotReaction
)

// ErrBadBot is returned for a bot that cannot be installed; the message says what is wrong with it.
var ErrBadBot = errors.New("bad bot")

var (
	// ErrNoSuchBot is returned for a bot that is not installed.
	ErrNoSuchBot = errors.New("there is no such bot")
	// ErrBotExists is returned for a bot whose URL another one has.
	ErrBotExists = errors.New("a bot with this URL is installed already")
)

// NewBot describes a bot to install.
type NewBot struct {
	Name        string
	Secret      string
	URL         string
	Description string
	State       int
	Features    int
}

// Check returns ErrBadBot for a bot that cannot be installed.
func (n *NewBot) Check() error {
	u, err := url.Parse(n.URL)
	switch {
	case len(n.Name) < 1 || len(n.Name) > 64:
		return fmt.Errorf("%w: the name must have 1 to 64 bytes, and has %d", ErrBadBot, len(n.Name))
	case len(n.Secret) < 40 || len(n.Secret) > 128:
		return fmt.Errorf("%w: the secret must have 40 to 128 bytes, and has %d", ErrBadBot, len(n.Secret))
	case err != nil || len(n.URL) > 4000 || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "nextcloudapp":
		return fmt.Errorf("%w: the URL must begin with http://, https:// or nextcloudapp:// and a host, and have no more than 4000 bytes", ErrBadBot)
	case len(n.Description) > 4000:
		return fmt.Errorf("%w: the description must not have more than 4000 bytes, and has %d", ErrBadBot, len(n.Description))
	case n.State < BotDisabled || n.State > BotNoSetup:
		return fmt.Errorf("%w: there is no state %d", ErrBadBot, n.State)
	case n.Features&^allBotFeatures != 0:
		return fmt.Errorf("%w: there are no features %#x", ErrBadBot, n.Features&^allBotFeatures)
	}
	return nil
}

// EnsureBot installs a bot, or changes the one with its URL to what is given,
// and returns its id. Without a secret it keeps the one that it has.
func (c *Core) EnsureBot(ctx context.Context, n NewBot) (id int64, err error) {
	return c.installBot(ctx, n, true)
}

// InstallBot installs a bot and returns its id, or ErrBotExists.
func (c *Core) InstallBot(ctx context.Context, n NewBot) (id int64, err error) {
	return c.installBot(ctx, n, false)
}

func (c *Core) installBot(ctx context.Context, n NewBot, mayExist bool) (id int64, err error) {
	sum := sha1.Sum([]byte(n.URL)) //nolint:gosec // see above
	hash := hex.EncodeToString(sum[:])
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		b, err := tx.BotByURLHash(hash)
		if err != nil && !isNotFound(err) {
			return err
		}
		exists := err == nil
		if exists && mayExist && n.Secret == "" {
			n.Secret = b.Secret
		}
		if err := n.Check(); err != nil {
			return err
		}
		if exists && !mayExist {
			return fmt.Errorf("%w: %q, with id %d", ErrBotExists, b.Name, b.ID)
		}
		b.Name, b.Secret, b.Description, b.State, b.Features = n.Name, n.Secret, n.Description, n.State, n.Features
		if b.ID == 0 {
			b.URL, b.URLHash = n.URL, hash
			err = tx.InsertBot(&b)
		} else {
			err = tx.UpdateBot(&b)
		}
		id = b.ID
		return err
	})
	return id, err
}

// RemoveBot removes a bot from the server and all its conversations, or returns ErrNoSuchBot.
func (c *Core) RemoveBot(ctx context.Context, id int64) error {
	err := c.store.Write(ctx, func(tx *store.Tx) error { return tx.DeleteBot(id) })
	if isNotFound(err) {
		return fmt.Errorf("bot %d: %w", id, ErrNoSuchBot)
	}
	return err
}

// Bots returns all bots in the order they were installed.
func (c *Core) Bots(ctx context.Context) (out []store.Bot, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		out, err = tx.Bots()
		return err
	})
	return out, err
}

// RoomBot is a bot as the moderators of a conversation see it.
type RoomBot struct {
	ID          int64
	Name        string
	Description string
	State       int // whether it is enabled in the conversation
}

func roomBot(b *store.Bot, enabled bool) RoomBot {
	v := RoomBot{ID: b.ID, Name: b.Name, Description: b.Description, State: BotDisabled}
	switch {
	case enabled && b.State == BotNoSetup:
		v.State = BotNoSetup
	case enabled:
		v.State = BotEnabled
	}
	return v
}

// RoomBots returns the bots that a conversation's moderators may enable, and
// those that are without their doing.
func (c *Core) RoomBots(ctx context.Context, caller Caller, token string) (out []RoomBot, err error) {
	err = c.read(ctx, caller, token, needLoggedInModerator, func(s *scope) error {
		bots, err := s.tx.Bots()
		if err != nil {
			return err
		}
		here, err := s.tx.BotsOf(s.room.ID)
		if err != nil {
			return err
		}
		enabled := map[int64]bool{}
		for _, b := range here {
			enabled[b.ID] = true
		}
		for i := range bots {
			if b := &bots[i]; enabled[b.ID] || b.State != BotNoSetup {
				out = append(out, roomBot(b, enabled[b.ID]))
			}
		}
		return nil
	})
	return out, err
}

// EnableBot enables a bot in a conversation; added says that it was not so before.
func (c *Core) EnableBot(ctx context.Context, caller Caller, token string, id int64) (v RoomBot, added bool, err error) {
	err = c.write(ctx, caller, token, needLoggedInModerator, func(s *scope) error {
		b, err := s.bot(id)
		if err != nil {
			return err
		}
		v = roomBot(b, true)
		if added, err = s.tx.EnableBot(b.ID, s.room.ID); added {
			s.tellEnabled(BotToldEnabled, b)
		}
		return err
	})
	return v, added, err
}

// DisableBot disables a bot in a conversation, where it may be disabled already.
func (c *Core) DisableBot(ctx context.Context, caller Caller, token string, id int64) (v RoomBot, err error) {
	err = c.write(ctx, caller, token, needLoggedInModerator, func(s *scope) error {
		b, err := s.bot(id)
		if err != nil {
			return err
		}
		v = roomBot(b, false)
		s.tellEnabled(BotToldDisabled, b) // also where it was disabled already, as Talk does
		return s.tx.DisableBot(b.ID, s.room.ID)
	})
	return v, err
}

// bot finds a bot that moderators may enable and disable.
func (s *scope) bot(id int64) (*store.Bot, error) {
	b, err := s.tx.Bot(id)
	if err != nil {
		return nil, orRefuse(err, Invalid, "bot")
	}
	if b.State != BotEnabled {
		return nil, refuse(Invalid, "bot")
	}
	return &b, nil
}

// heard reports whether a bot is told what happens in the conversation.
func (s *scope) heard() (bool, error) {
	bots, err := s.tx.BotsOf(s.room.ID)
	for _, b := range bots {
		if b.State != BotDisabled && b.Features&BotWebhook != 0 {
			return true, err
		}
	}
	return false, err
}
