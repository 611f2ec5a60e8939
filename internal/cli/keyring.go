package cli

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/zalando/go-keyring"
)

// Keyring keeps secrets.
type Keyring interface {
	Set(service, user, secret string) error
	Get(service, user string) (string, error)
	Delete(service, user string) error
}

// systemKeyring is the one of the operating system.
type systemKeyring struct{}

func (systemKeyring) Set(service, user, secret string) error {
	return keyring.Set(service, user, secret)
}
func (systemKeyring) Get(service, user string) (string, error) { return keyring.Get(service, user) }
func (systemKeyring) Delete(service, user string) error        { return keyring.Delete(service, user) }

const (
	keyringService = "confab"
	// keyringPatience is how long a person has to unlock the keyring, should it ask them.
	keyringPatience = time.Minute

	windows = runtime.GOOS == "windows"
)

var errNoKeyring = errors.New("there is none here")

// withKeyring does something with the keyring, which may take its time, or never answer.
func (f *factory) withKeyring(ctx context.Context, do func(Keyring) (string, error)) (string, error) {
	if f.app.Keyring == nil {
		return "", fmt.Errorf("keyring: %w", errNoKeyring)
	}
	type result struct {
		secret string
		err    error
	}
	ctx, cancel := context.WithTimeout(ctx, keyringPatience)
	defer cancel()
	done := make(chan result, 1)
	go func() {
		secret, err := do(f.app.Keyring)
		done <- result{secret, err}
	}()
	select {
	case <-ctx.Done():
		return "", fmt.Errorf("keyring: no answer: %w", ctx.Err())
	case r := <-done:
		if r.err != nil {
			return "", fmt.Errorf("keyring: %w", r.err)
		}
		return r.secret, nil
	}
}

// secret gives the password of a stored account.
func (f *factory) secret(ctx context.Context, a account) (string, error) {
	if a.Storage == inFile {
		return a.Password, nil
	}
	secret, err := f.withKeyring(ctx, func(k Keyring) (string, error) { return k.Get(keyringService, a.name()) })
	if err != nil {
		return "", &accountError{next: fmt.Sprintf("the password of %s cannot be had: %v; log in again, or set %s", a.name(), err, envPassword)}
	}
	return secret, nil
}

// keep stores the password of an account: in the keyring, or in the account itself where that is what the user wants.
func (f *factory) keep(ctx context.Context, a *account, secret string, insecure bool) error {
	if insecure {
		a.Storage, a.Password = inFile, secret
		return nil
	}
	a.Storage = inKeyring
	_, err := f.withKeyring(ctx, func(k Keyring) (string, error) { return "", k.Set(keyringService, a.name(), secret) })
	if err != nil {
		return fmt.Errorf("%w; --insecure-storage keeps the password in a file that only you can read", err)
	}
	return nil
}

// forget takes the password of an account out of the keyring, if it is there.
func (f *factory) forget(ctx context.Context, a account) error {
	if a.Storage != inKeyring {
		return nil
	}
	_, err := f.withKeyring(ctx, func(k Keyring) (string, error) { return "", k.Delete(keyringService, a.name()) })
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return err
}
