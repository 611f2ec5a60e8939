package core

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/confab-go/confab/internal/server/store"
)

// kept is what Reset leaves: accounts as they were when they were kept.
type kept struct {
	mu      sync.Mutex
	users   []store.User
	groups  []store.Group
	members []store.Membership
	tokens  []store.HashedToken
}

func (k *kept) all() ([]store.User, []store.Group, []store.Membership, []store.HashedToken) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.users), slices.Clone(k.groups), slices.Clone(k.members), slices.Clone(k.tokens)
}

// KeepAccounts has Reset leave all accounts and groups as they are now, app passwords included.
func (c *Core) KeepAccounts(ctx context.Context) error {
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		users, err := tx.Users()
		if err != nil {
			return err
		}
		groups, err := tx.Groups()
		if err != nil {
			return err
		}
		members, err := tx.Memberships()
		if err != nil {
			return err
		}
		tokens, err := tx.HashedTokens()
		if err != nil {
			return err
		}
		c.kept.mu.Lock()
		defer c.kept.mu.Unlock()
		c.kept.users, c.kept.groups, c.kept.members, c.kept.tokens = users, groups, members, tokens
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep accounts: %w", err)
	}
	return nil
}

// KeepAccount has Reset leave an account as it is now, with its groups, and
// those of its app passwords that were kept before.
func (c *Core) KeepAccount(ctx context.Context, id string) error {
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		u, err := tx.User(id)
		if err != nil {
			return err
		}
		groups, err := tx.Groups()
		if err != nil {
			return err
		}
		members, err := tx.Memberships()
		if err != nil {
			return err
		}
		c.kept.mu.Lock()
		defer c.kept.mu.Unlock()
		c.kept.users = append(slices.DeleteFunc(c.kept.users, func(k store.User) bool { return strings.EqualFold(k.ID, id) }), u)
		c.kept.members = slices.DeleteFunc(c.kept.members, func(k store.Membership) bool { return strings.EqualFold(k.UserID, id) })
		for _, m := range members {
			if !strings.EqualFold(m.UserID, id) {
				continue
			}
			c.kept.members = append(c.kept.members, m)
			for _, g := range groups {
				if g.ID == m.GroupID && !slices.ContainsFunc(c.kept.groups, func(k store.Group) bool { return k.ID == g.ID }) {
					c.kept.groups = append(c.kept.groups, g)
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep account %q: %w", id, err)
	}
	return nil
}

// KeepAppPassword has Reset leave an app password, if it leaves its account.
func (c *Core) KeepAppPassword(ctx context.Context, secret string) error {
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		t, err := tx.Token(tokenHash(secret))
		if err != nil {
			return err
		}
		c.kept.mu.Lock()
		defer c.kept.mu.Unlock()
		c.kept.tokens = append(c.kept.tokens, store.HashedToken{Token: t, Hash: tokenHash(secret)})
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep app password: %w", err)
	}
	return nil
}

// Reset removes everything but the accounts that were kept, and sets the clock right.
func (c *Core) Reset(ctx context.Context) error {
	users, groups, members, tokens := c.kept.all()
	err := c.store.Reset(ctx, func(tx *store.Tx) error {
		for _, u := range users {
			if err := tx.InsertUser(u); err != nil {
				return err
			}
		}
		for _, g := range groups {
			if err := tx.InsertGroup(g); err != nil {
				return err
			}
		}
		for _, m := range members {
			if err := tx.SetMembership(m); err != nil {
				return err
			}
		}
		for _, t := range tokens {
			if !slices.ContainsFunc(users, func(u store.User) bool { return strings.EqualFold(u.ID, t.UserID) }) {
				continue
			}
			if err := tx.InsertHashedToken(t); err != nil {
				return err
			}
		}
		return c.rewritten(tx, 0)
	})
	if err != nil {
		return err
	}
	c.hub.notifyAll()
	return nil
}

// rewritten has memory follow when the store has other contents.
func (c *Core) rewritten(tx *store.Tx, offset time.Duration) error {
	tx.AfterCommit(func() {
		c.clock.offset.Store(int64(offset))
		c.verified.forgetAll()
		c.due.at.Store(0) // whoever asks next finds out what is
	})
	return c.dir.load(tx)
}

// Snapshot is the state of a Core as it was once.
type Snapshot struct {
	state  *store.Snapshot
	offset time.Duration
}

// Snapshot keeps the present state, until the store is closed.
func (c *Core) Snapshot(ctx context.Context) (*Snapshot, error) {
	state, err := c.store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return &Snapshot{state: state, offset: c.ClockAhead()}, nil
}

// Restore brings a state back, with how far the clock was ahead then. Ids that
// were given since are given again, but for those of app passwords.
func (c *Core) Restore(ctx context.Context, snap *Snapshot) error {
	if err := c.store.Restore(ctx, snap.state, func(tx *store.Tx) error { return c.rewritten(tx, snap.offset) }); err != nil {
		return err
	}
	c.hub.notifyAll()
	return nil
}

// ForgetSnapshot removes a snapshot.
func (c *Core) ForgetSnapshot(ctx context.Context, snap *Snapshot) error {
	return c.store.Forget(ctx, snap.state)
}
