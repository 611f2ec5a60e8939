package core

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/server/store"
)

// CreateGroup makes a group, or returns ErrGroupExists. It is called by its id unless a name is given.
func (c *Core) CreateGroup(ctx context.Context, id, displayName string) error {
	if id == "" {
		return errors.New("create group: the name is empty")
	}
	if utf8.RuneCountInString(id) > maxGroupID || utf8.RuneCountInString(displayName) > maxDisplayName {
		return fmt.Errorf("group: %w: more than %d characters", ErrTooLong, maxGroupID)
	}
	return c.store.Write(ctx, func(tx *store.Tx) error {
		if _, ok := c.dir.group(id); ok {
			return fmt.Errorf("group %q: %w", id, ErrGroupExists)
		}
		if err := tx.InsertGroup(store.Group{ID: id, DisplayName: cmp.Or(displayName, id)}); err != nil {
			return err
		}
		return c.dir.loadGroups(tx)
	})
}

// DeleteGroup removes a group, or returns ErrNoSuchGroup.
func (c *Core) DeleteGroup(ctx context.Context, id string) error {
	return c.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.DeleteGroup(id); isNotFound(err) {
			return fmt.Errorf("group %q: %w", id, ErrNoSuchGroup)
		} else if err != nil {
			return err
		}
		return c.dir.loadGroups(tx)
	})
}

// Groups returns the groups whose id or name contains the text, by id.
func (c *Core) Groups(search string) (out []store.Group) {
	search = strings.ToLower(search)
	for _, g := range c.dir.allGroups() {
		if strings.Contains(strings.ToLower(g.ID+"\n"+g.DisplayName), search) {
			out = append(out, g)
		}
	}
	return out
}

// RenameGroup gives a group another name to be shown.
func (c *Core) RenameGroup(ctx context.Context, id, displayName string) error {
	if utf8.RuneCountInString(displayName) > maxDisplayName {
		return fmt.Errorf("group: %w: more than %d characters", ErrTooLong, maxDisplayName)
	}
	return c.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.RenameGroup(store.Group{ID: id, DisplayName: displayName}); isNotFound(err) {
			return fmt.Errorf("group %q: %w", id, ErrNoSuchGroup)
		} else if err != nil {
			return err
		}
		return c.dir.loadGroups(tx)
	})
}

// SubAdmins returns the ids of those who administer a group, or ErrNoSuchGroup.
func (c *Core) SubAdmins(groupID string) ([]string, error) {
	if _, ok := c.dir.group(groupID); !ok {
		return nil, fmt.Errorf("group %q: %w", groupID, ErrNoSuchGroup)
	}
	var out []string
	for _, m := range c.dir.memberships(func(m store.Membership) bool { return m.SubAdmin && m.GroupID == groupID }) {
		out = append(out, m.UserID)
	}
	return out, nil
}

// Members returns the ids of a group's members, or ErrNoSuchGroup.
func (c *Core) Members(groupID string) ([]string, error) {
	if _, ok := c.dir.group(groupID); !ok {
		return nil, fmt.Errorf("group %q: %w", groupID, ErrNoSuchGroup)
	}
	return c.dir.membersOf(groupID), nil
}

// SetMember puts a user into a group, or takes it out.
func (c *Core) SetMember(ctx context.Context, groupID, userID string, member bool) error {
	return c.setMembership(ctx, groupID, userID, func(m *store.Membership) { m.Member = member })
}

// SetSubAdmin has a user administer a group, or no longer.
func (c *Core) SetSubAdmin(ctx context.Context, groupID, userID string, subAdmin bool) error {
	return c.setMembership(ctx, groupID, userID, func(m *store.Membership) { m.SubAdmin = subAdmin })
}

func (c *Core) setMembership(ctx context.Context, groupID, userID string, change func(*store.Membership)) error {
	u, ok := c.dir.user(userID)
	if !ok {
		return fmt.Errorf("user %q: %w", userID, ErrNoSuchUser)
	}
	if _, ok := c.dir.group(groupID); !ok {
		return fmt.Errorf("group %q: %w", groupID, ErrNoSuchGroup)
	}
	return c.store.Write(ctx, func(tx *store.Tx) error {
		m := store.Membership{
			GroupID: groupID, UserID: u.ID,
			Member: slices.Contains(c.dir.groupsOf(u.ID), groupID), SubAdmin: slices.Contains(c.dir.administered(u.ID), groupID),
		}
		change(&m)
		if err := tx.SetMembership(m); err != nil {
			return err
		}
		return c.dir.loadGroups(tx)
	})
}
