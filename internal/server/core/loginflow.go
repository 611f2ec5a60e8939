package core

import (
	"context"

	"github.com/confab-go/confab/internal/server/store"
)

const (
	// loginTokenLength is the number of characters of a login flow's tokens.
	loginTokenLength = 128
	// loginFlowLife is how long a program may wait to be let in, in seconds.
	loginFlowLife = 20 * 60
	// maxProgramName is how much of a program's name is kept, in characters.
	maxProgramName = 120
)

// StartLogin begins to let a program in. The program asks with the token poll,
// a person lets it in with the token flow.
func (c *Core) StartLogin(ctx context.Context, program string) (poll, flow string, err error) {
	if poll, err = c.randomString(loginTokenLength, alphanumeric); err != nil {
		return "", "", err
	}
	if flow, err = c.randomString(loginTokenLength, alphanumeric); err != nil {
		return "", "", err
	}
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.DeleteLoginFlowsBefore(c.unix() - loginFlowLife); err != nil {
			return err
		}
		return tx.InsertLoginFlow(store.LoginFlow{
			PollHash: tokenHash(poll), FlowHash: tokenHash(flow), Name: cut(program, maxProgramName), Created: c.unix(),
		})
	})
	return poll, flow, err
}

// LoginProgram returns the name of the program that waits for a person's token.
func (c *Core) LoginProgram(ctx context.Context, flow string) (name string, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		f, err := c.waitingFlow(tx, flow)
		name = f.Name
		return err
	})
	return name, err
}

// waitingFlow finds what waits and has not been let in.
func (c *Core) waitingFlow(tx *store.Tx, flow string) (store.LoginFlow, error) {
	f, err := tx.LoginFlow(tokenHash(flow))
	if err == nil && (f.UserID != "" || c.lapsed(f)) {
		err = store.ErrNotFound
	}
	return f, orRefuse(err, NotFound, "")
}

func (c *Core) lapsed(f store.LoginFlow) bool { return f.Created < c.unix()-loginFlowLife }

// GrantLogin lets the program in as whoever the password proves, or returns ErrBadCredentials.
func (c *Core) GrantLogin(ctx context.Context, flow, user, password string) error {
	if _, err := c.LoginProgram(ctx, flow); err != nil {
		return err
	}
	caller, err := c.Login(ctx, user, password)
	if err != nil {
		return err
	}
	return c.store.Write(ctx, func(tx *store.Tx) error {
		f, err := c.waitingFlow(tx, flow)
		if err != nil {
			return err
		}
		return tx.GrantLoginFlow(f.FlowHash, caller.UserID)
	})
}

// PollLogin gives a program that was let in its app password, once. Until then there is none.
func (c *Core) PollLogin(ctx context.Context, poll string) (loginName, appPassword string, err error) {
	secret, err := c.randomString(appPasswordLength, alphanumeric)
	if err != nil {
		return "", "", err
	}
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		f, err := tx.PolledLoginFlow(tokenHash(poll))
		if err == nil && (f.UserID == "" || c.lapsed(f)) {
			err = store.ErrNotFound
		}
		if err != nil {
			return orRefuse(err, NotFound, "")
		}
		u, ok := c.dir.user(f.UserID)
		if !ok || !u.Enabled {
			return refuse(NotFound, "")
		}
		if err := tx.DeleteLoginFlow(f.PollHash); err != nil {
			return err
		}
		loginName = u.ID
		_, err = tx.InsertToken(store.Token{UserID: u.ID, Name: f.Name, Created: c.unix()}, tokenHash(secret))
		return err
	})
	return loginName, secret, err
}
