package cli

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

// The environment that says which account to speak for. It goes before what is stored.
const (
	envURL      = "CONFAB_URL"
	envUser     = "CONFAB_USER"
	envPassword = "CONFAB_PASSWORD"
)

type clientOnce struct {
	once   sync.Once
	client *talk.Client
	err    error
}

// credentials are an account to speak for, and where it comes from.
type credentials struct {
	url, user, password string
	stored              bool // rather than from the environment alone
}

// talk gives the client of the account to speak for, made once.
func (f *factory) talk() (*talk.Client, error) {
	f.client.once.Do(func() { f.client.client, f.client.err = f.newClient() })
	return f.client.client, f.client.err
}

func (f *factory) newClient() (*talk.Client, error) {
	c, err := f.credentials(context.Background())
	if err != nil {
		return nil, err
	}
	return f.clientOf(c)
}

// clientOf makes a client for an account.
func (f *factory) clientOf(c credentials) (*talk.Client, error) {
	f.speaksFor = c
	client, err := talk.NewClient(c.url, f.options(talk.WithAppPassword(c.user, c.password))...)
	if err != nil && !c.stored {
		return nil, fmt.Errorf("%s, %s or %s cannot be used: %w", envURL, envUser, envPassword, err)
	}
	if err != nil {
		return nil, fmt.Errorf("the account cannot be used: %w", err)
	}
	if base := client.BaseURL(); base.Scheme == "http" && !isLoopback(base.Hostname()) {
		f.warn("the password goes to %s unencrypted; use its https address if it has one", base.Host)
	}
	return client, nil
}

// options are those of every client.
func (f *factory) options(more ...talk.Option) []talk.Option {
	return append(more, talk.WithHTTPClient(&http.Client{Transport: f.app.Transport}), talk.WithLogger(f.logger()))
}

// credentials gives the account to speak for: that of the environment, completed by the stored one that fits it.
func (f *factory) credentials(ctx context.Context) (credentials, error) {
	c := credentials{url: f.app.Getenv(envURL), user: f.app.Getenv(envUser), password: f.app.Getenv(envPassword)}
	if c.url != "" && c.user != "" && c.password != "" {
		return c, nil
	}
	known, err := f.loadAccounts()
	if err != nil {
		return c, err
	}
	if one, ok := known.choose(c.url, c.user); ok {
		c.url, c.user, c.stored = one.URL, one.User, true
		if c.password == "" {
			c.password, err = f.secret(ctx, one)
		}
		return c, err
	}
	var missing []string
	for _, name := range []string{envURL, envUser, envPassword} {
		if f.app.Getenv(name) == "" {
			missing = append(missing, name)
		}
	}
	return c, &accountError{missing: missing}
}

// target is what errors say of the server.
type target struct {
	url    string // as it can be shown
	stored bool
}

// target tells of the account that is spoken for; before one is, of the environment.
func (f *factory) target() target {
	address := f.speaksFor.url
	if address == "" {
		address = f.app.Getenv(envURL)
	}
	u, err := url.Parse(address)
	if err != nil {
		return target{"not a URL", f.speaksFor.stored}
	}
	return target{u.Redacted(), f.speaksFor.stored}
}

// logger sees the client's requests with --debug; without, only what it must recover from.
func (f *factory) logger() *slog.Logger {
	if f.debug {
		return slog.New(slog.NewTextHandler(f.app.Err, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return slog.New(warnings{f})
}

// warnings is a log handler that tells a person what goes wrong without being a failure yet.
type warnings struct{ f *factory }

func (warnings) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

func (h warnings) Handle(_ context.Context, r slog.Record) error {
	text, next := r.Message, ""
	r.Attrs(func(a slog.Attr) bool {
		switch v := a.Value.Any().(type) {
		case error:
			text = inWords(v)
		case time.Duration:
			next = fmt.Sprintf("; trying again in %v", v.Round(100*time.Millisecond))
		}
		return true
	})
	h.f.warn("%s", render.Form{Terminal: true}.Value(text+next))
	return nil
}

func (h warnings) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h warnings) WithGroup(string) slog.Handler      { return h }

// isLoopback reports whether a host is this machine, and nobody else can reach it.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
