package core

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/server/store"
)

// Sentinels of the accounts. What the API says about them is the API's business.
var (
	ErrUserExists  = errors.New("user already exists")
	ErrNoSuchUser  = errors.New("no such user")
	ErrNoSuchGroup = errors.New("no such group")
	ErrGroupExists = errors.New("group exists")
	ErrTooLong     = errors.New("too long")
	ErrBadUserID   = errors.New("only these characters are allowed in an account name: a-z, A-Z, 0-9, spaces and _.@-'")
)

// NewUser describes an account to make or to bring to a wanted state.
type NewUser struct {
	ID          string
	Password    string // "" = no password login
	DisplayName string // "" = the ID
	Email       string
	Groups      []string
	Admin       bool
}

// Account is what is known of a user.
type Account struct {
	store.User
	Groups   []string
	SubAdmin []string
}

func validUserID(id string) error {
	if id == "" || id != strings.TrimSpace(id) || id == "." || id == ".." || len(id) > 64 {
		return ErrBadUserID
	}
	for _, r := range id {
		if !strings.ContainsRune(alphanumeric+" _.@-'", r) {
			return ErrBadUserID
		}
	}
	return nil
}

// The longest names, in characters.
const (
	maxDisplayName = 64
	maxEmail       = 254
	maxGroupID     = 64
)

// validProfile checks what people may choose freely; nil is not chosen.
func validProfile(displayName, email *string) error {
	if displayName != nil && utf8.RuneCountInString(*displayName) > maxDisplayName {
		return fmt.Errorf("display name: %w: more than %d characters", ErrTooLong, maxDisplayName)
	}
	if email != nil && utf8.RuneCountInString(*email) > maxEmail {
		return fmt.Errorf("email: %w: more than %d characters", ErrTooLong, maxEmail)
	}
	return nil
}

// Account returns an account, or ErrNoSuchUser.
func (c *Core) Account(id string) (Account, error) {
	u, ok := c.dir.user(id)
	if !ok {
		return Account{}, fmt.Errorf("user %q: %w", id, ErrNoSuchUser)
	}
	return Account{User: u, Groups: c.dir.groupsOf(u.ID), SubAdmin: c.dir.administered(u.ID)}, nil
}

// Accounts returns the accounts whose id, name or address contains the text, by id.
func (c *Core) Accounts(search string) []Account {
	var out []Account
	search = strings.ToLower(search)
	for _, u := range c.dir.allUsers() {
		if strings.Contains(strings.ToLower(u.ID+"\n"+u.DisplayName+"\n"+u.Email), search) {
			out = append(out, Account{User: u, Groups: c.dir.groupsOf(u.ID)})
		}
	}
	return out
}

// CreateUser makes an account, or returns ErrUserExists, ErrBadUserID or ErrNoSuchGroup.
func (c *Core) CreateUser(ctx context.Context, n NewUser) error {
	if err := validUserID(n.ID); err != nil {
		return err
	}
	if err := validProfile(&n.DisplayName, &n.Email); err != nil {
		return err
	}
	for _, g := range n.Groups {
		if _, ok := c.dir.group(g); !ok {
			return fmt.Errorf("group %q: %w", g, ErrNoSuchGroup)
		}
	}
	u := store.User{ID: n.ID, DisplayName: n.DisplayName, Email: n.Email, Admin: n.Admin, Enabled: true}
	if u.DisplayName == "" {
		u.DisplayName = n.ID
	}
	var err error
	if n.Password != "" {
		if u.PasswordHash, err = c.hashPassword(n.Password); err != nil {
			return err
		}
	}
	return c.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.User(n.ID); err == nil {
			return fmt.Errorf("user %q: %w", n.ID, ErrUserExists)
		} else if !isNotFound(err) {
			return err
		}
		if err := tx.InsertUser(u); err != nil {
			return err
		}
		for _, g := range n.Groups {
			if err := tx.SetMembership(store.Membership{GroupID: g, UserID: n.ID, Member: true}); err != nil {
				return err
			}
		}
		c.dir.setUser(tx, u)
		return c.dir.loadGroups(tx)
	})
}

// EnsureUser makes an account, or changes it to what is given; groups are made when absent.
func (c *Core) EnsureUser(ctx context.Context, n NewUser) error {
	for _, g := range n.Groups {
		if err := c.CreateGroup(ctx, g, ""); err != nil && !errors.Is(err, ErrGroupExists) {
			return err
		}
	}
	err := c.CreateUser(ctx, n)
	if !errors.Is(err, ErrUserExists) {
		return err
	}
	if err := validProfile(&n.DisplayName, &n.Email); err != nil {
		return err
	}
	password := &n.Password
	if u, ok := c.dir.user(n.ID); n.Password == "" || ok && u.PasswordHash != "" && checkPassword(u.PasswordHash, n.Password) {
		password = nil // as it should be already: a new hash would end cookies for nothing
	}
	hash, err := c.newHash(password)
	if err != nil {
		return err
	}
	err = c.changeUser(ctx, n.ID, func(u *store.User) error {
		if n.DisplayName != "" {
			u.DisplayName = n.DisplayName
		}
		if n.Email != "" {
			u.Email = n.Email
		}
		u.Admin = u.Admin || n.Admin
		setHash(u, hash)
		return nil
	})
	if err != nil {
		return err
	}
	for _, g := range n.Groups {
		if err := c.SetMember(ctx, g, n.ID, true); err != nil {
			return err
		}
	}
	return nil
}

// newHash hashes a password, nil for none, before the transaction that stores it.
func (c *Core) newHash(password *string) (string, error) {
	if password == nil {
		return "", nil
	}
	return c.hashPassword(*password)
}

// setHash changes a password; what was proven by the old one ends. "" keeps it.
func setHash(u *store.User, hash string) {
	if hash != "" {
		u.PasswordHash = hash
		u.Epoch++
	}
}

// changeUser changes an account and its entry in the directory together.
func (c *Core) changeUser(ctx context.Context, id string, change func(*store.User) error) error {
	return c.store.Write(ctx, func(tx *store.Tx) error {
		u, err := tx.User(id)
		if isNotFound(err) {
			return fmt.Errorf("user %q: %w", id, ErrNoSuchUser)
		}
		if err != nil {
			return err
		}
		if err := change(&u); err != nil {
			return err
		}
		if err := tx.UpdateUser(u); err != nil {
			return err
		}
		c.dir.setUser(tx, u)
		return nil
	})
}

// UserChange is a change of one account; nil fields stay as they are.
type UserChange struct {
	DisplayName, Email, Password *string
	Enabled                      *bool
	Profile                      map[string]string // changes to the other fields
}

// Profile returns the fields of an account that the server only keeps, like a telephone number.
func (a *Account) Profile() map[string]string {
	fields := make(map[string]string)
	_ = json.Unmarshal([]byte(a.User.Profile), &fields) // our own
	return fields
}

// maxProfileField is how long a field of a profile may be, in characters.
const maxProfileField = 2048

// ChangeUser changes an account, or returns ErrNoSuchUser.
func (c *Core) ChangeUser(ctx context.Context, id string, ch UserChange) error {
	if err := validProfile(ch.DisplayName, ch.Email); err != nil {
		return err
	}
	hash, err := c.newHash(ch.Password)
	if err != nil {
		return err
	}
	return c.changeUser(ctx, id, func(u *store.User) error {
		if ch.DisplayName != nil {
			u.DisplayName = *ch.DisplayName
		}
		if ch.Email != nil {
			u.Email = *ch.Email
		}
		if ch.Enabled != nil && u.Enabled != *ch.Enabled {
			u.Enabled = *ch.Enabled
			u.Epoch++
		}
		setHash(u, hash)
		return changeProfile(u, ch.Profile)
	})
}

func changeProfile(u *store.User, changes map[string]string) error {
	if len(changes) == 0 {
		return nil
	}
	a := Account{User: *u}
	fields := a.Profile()
	for name, value := range changes {
		if utf8.RuneCountInString(value) > maxProfileField {
			return fmt.Errorf("%s: %w: more than %d characters", name, ErrTooLong, maxProfileField)
		}
		if fields[name] = value; value == "" {
			delete(fields, name)
		}
	}
	text, err := json.Marshal(fields)
	u.Profile = string(text)
	return err
}

// DeleteUser removes an account, or returns ErrNoSuchUser. It leaves its
// conversations; what it wrote stays, as a deleted user's.
func (c *Core) DeleteUser(ctx context.Context, id string) error {
	var changed []string
	err := c.store.Write(ctx, func(tx *store.Tx) error {
		u, err := tx.User(id)
		if isNotFound(err) {
			return fmt.Errorf("user %q: %w", id, ErrNoSuchUser)
		}
		if err != nil {
			return err
		}
		places, err := tx.AttendeesOf(ActorUsers, u.ID)
		if err != nil {
			return err
		}
		for i := range places {
			token, err := c.removeDeleted(tx, &places[i])
			if err != nil {
				return err
			}
			changed = append(changed, token)
		}
		// Those that the other user has not left, or this one has not entered yet.
		pairs, err := tx.RoomsOfPair(OneToOne, u.ID)
		if err != nil {
			return err
		}
		for i := range pairs {
			if err := closePair(tx, &u, &pairs[i]); err != nil {
				return err
			}
			changed = append(changed, pairs[i].Token)
		}
		if err := c.forgetFiles(tx, u.ID); err != nil {
			return err
		}
		if err := tx.DeleteUser(u.ID); err != nil {
			return err
		}
		c.dir.removeUser(tx, u.ID)
		return nil
	})
	if err == nil {
		for _, token := range changed {
			c.hub.notify(token)
		}
	}
	return err
}

// closePair makes a one-to-one conversation a former one, that nobody writes
// in any more. It keeps the name of who is gone.
func closePair(tx *store.Tx, u *store.User, room *store.Room) error {
	room.Type, room.Name, room.UniqueKey, room.ReadOnly = FormerOneToOne, u.DisplayName, "", 1
	return tx.UpdateRoom(room)
}

// removeDeleted takes a user who is being deleted out of a conversation, which goes when nobody is left.
func (c *Core) removeDeleted(tx *store.Tx, place *store.Attendee) (token string, err error) {
	room, err := tx.RoomByID(place.RoomID)
	if err != nil {
		return "", err
	}
	s := &scope{c: c, tx: tx, room: &room, self: place, now: c.unix()}
	if err := s.takeAway(place); err != nil {
		return "", err
	}
	users, err := tx.CountAttendees(room.ID, ActorUsers, Owner, Moderator, User, SelfJoined)
	if err != nil {
		return "", err
	}
	if users == 0 {
		return room.Token, tx.DeleteRoom(room.ID)
	}
	return room.Token, nil
}
