package core

import (
	"slices"
	"strings"
	"sync"

	"github.com/confab-go/confab/internal/server/store"
)

// directory keeps all accounts and groups in memory: every message shows
// names, and every request is somebody's. It changes when what changes it is
// committed, in the same order.
type directory struct {
	mu      sync.RWMutex
	users   map[string]store.User // by lower-case id
	groups  map[string]store.Group
	members []store.Membership
}

func (d *directory) load(tx *store.Tx) error {
	users, err := tx.Users()
	if err != nil {
		return err
	}
	byID := make(map[string]store.User, len(users))
	for _, u := range users {
		byID[strings.ToLower(u.ID)] = u
	}
	tx.AfterCommit(func() {
		d.mu.Lock()
		d.users = byID
		d.mu.Unlock()
	})
	return d.loadGroups(tx)
}

func (d *directory) loadGroups(tx *store.Tx) error {
	groups, err := tx.Groups()
	if err != nil {
		return err
	}
	members, err := tx.Memberships()
	if err != nil {
		return err
	}
	byID := make(map[string]store.Group, len(groups))
	for _, g := range groups {
		byID[g.ID] = g
	}
	tx.AfterCommit(func() {
		d.mu.Lock()
		d.groups, d.members = byID, members
		d.mu.Unlock()
	})
	return nil
}

func (d *directory) setUser(tx *store.Tx, u store.User) {
	tx.AfterCommit(func() { d.addUser(u) })
}

// addUser adds an account before that is committed: for whoever shares the directory with nobody.
func (d *directory) addUser(u store.User) {
	d.mu.Lock()
	d.users[strings.ToLower(u.ID)] = u
	d.mu.Unlock()
}

func (d *directory) removeUser(tx *store.Tx, id string) {
	tx.AfterCommit(func() {
		d.mu.Lock()
		delete(d.users, strings.ToLower(id))
		d.members = slices.DeleteFunc(slices.Clone(d.members), func(m store.Membership) bool { return strings.EqualFold(m.UserID, id) })
		d.mu.Unlock()
	})
}

// user finds an account, whatever the case of the id.
func (d *directory) user(id string) (store.User, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	u, ok := d.users[strings.ToLower(id)]
	return u, ok
}

func (d *directory) group(id string) (store.Group, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	g, ok := d.groups[id]
	return g, ok
}

// allUsers returns all accounts by id.
func (d *directory) allUsers() []store.User {
	d.mu.RLock()
	out := make([]store.User, 0, len(d.users))
	for _, u := range d.users {
		out = append(out, u)
	}
	d.mu.RUnlock()
	slices.SortFunc(out, func(a, b store.User) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// allGroups returns all groups by id.
func (d *directory) allGroups() []store.Group {
	d.mu.RLock()
	out := make([]store.Group, 0, len(d.groups))
	for _, g := range d.groups {
		out = append(out, g)
	}
	d.mu.RUnlock()
	slices.SortFunc(out, func(a, b store.Group) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// memberships returns those that keep wants.
func (d *directory) memberships(keep func(store.Membership) bool) []store.Membership {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var out []store.Membership
	for _, m := range d.members {
		if keep(m) {
			out = append(out, m)
		}
	}
	return out
}

// membersOf returns the ids of a group's members.
func (d *directory) membersOf(groupID string) []string {
	var out []string
	for _, m := range d.memberships(func(m store.Membership) bool { return m.Member && m.GroupID == groupID }) {
		out = append(out, m.UserID)
	}
	return out
}

// groupsOf returns the ids of the groups that a user is in.
func (d *directory) groupsOf(userID string) []string {
	var out []string
	for _, m := range d.memberships(func(m store.Membership) bool { return m.Member && strings.EqualFold(m.UserID, userID) }) {
		out = append(out, m.GroupID)
	}
	return out
}

// administered returns the ids of the groups that a user is a sub-admin of.
func (d *directory) administered(userID string) []string {
	var out []string
	for _, m := range d.memberships(func(m store.Membership) bool { return m.SubAdmin && strings.EqualFold(m.UserID, userID) }) {
		out = append(out, m.GroupID)
	}
	return out
}

// displayName returns the name to show for an account, "" when there is none.
func (d *directory) displayName(userID string) string {
	u, _ := d.user(userID)
	return u.DisplayName
}
