package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/confab-go/confab/internal/server/core"
	"github.com/confab-go/confab/internal/server/store"
)

// Errors of what is done to a data directory while no server runs on it.
var (
	ErrInUse     = store.ErrInUse    // a server runs on it
	ErrBotExists = core.ErrBotExists // a bot with the URL is installed already
	ErrNoSuchBot = core.ErrNoSuchBot
	ErrBadBot    = core.ErrBadBot // the message says what is wrong with it
	ErrNoData    = errors.New("there is no server's data")
)

// InstalledBot is a bot that is installed. Its secret is not told.
type InstalledBot struct {
	ID          int64
	ActorID     string // as whom it writes
	Name        string
	URL         string
	Description string
	Features    int // BotWebhook and the like
	State       BotState
	Errors      int64 // how many deliveries have failed
	LastError   string
}

// InstallBot installs a bot in a data directory, which is made when absent, and
// returns its id. It refuses a directory that a server runs on, with ErrInUse,
// and a URL that is taken, with ErrBotExists.
func InstallBot(ctx context.Context, dataDir string, b Bot) (id int64, err error) {
	n, err := b.core()
	if err != nil {
		return 0, fmt.Errorf("install bot %q: %w", b.Name, err)
	}
	err = offline(ctx, dataDir, true, func(c *core.Core) error {
		id, err = c.InstallBot(ctx, n)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("install bot %q: %w", b.Name, err)
	}
	return id, nil
}

// ListBots returns the bots that are installed in a data directory, in that
// order. It refuses one that a server runs on, with ErrInUse.
func ListBots(ctx context.Context, dataDir string) (bots []InstalledBot, err error) {
	err = offline(ctx, dataDir, false, func(c *core.Core) error {
		bots, err = installedBots(ctx, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list bots: %w", err)
	}
	return bots, nil
}

// RemoveBot removes a bot from a data directory, or returns ErrNoSuchBot. It
// refuses a directory that a server runs on, with ErrInUse.
func RemoveBot(ctx context.Context, dataDir string, id int64) error {
	err := offline(ctx, dataDir, false, func(c *core.Core) error { return c.RemoveBot(ctx, id) })
	if err != nil {
		return fmt.Errorf("remove bot: %w", err)
	}
	return nil
}

// offline runs fn on the state in a data directory, which nobody else uses meanwhile.
func offline(ctx context.Context, dataDir string, create bool, fn func(*core.Core) error) (err error) {
	if dataDir == "" {
		return fmt.Errorf("%w: no data directory is given, and a server in memory leaves none", ErrNoData)
	}
	if _, err := os.Stat(filepath.Join(dataDir, store.FileName)); !create && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w in %s", ErrNoData, dataDir)
	}
	st, err := store.Open(ctx, dataDir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	c, err := core.New(ctx, st, core.Options{})
	if err != nil {
		return err
	}
	return fn(c)
}
