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

// The environment that says which account to speak for.
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

// talk gives the client of the account that the environment names, made once.
func (f *factory) talk() (*talk.Client, error) {
	f.client.once.Do(func() { f.client.client, f.client.err = f.newClient() })
	return f.client.client, f.client.err
}

func (f *factory) newClient() (*talk.Client, error) {
	var missing []string
	for _, name := range []string{envURL, envUser, envPassword} {
		if f.app.Getenv(name) == "" {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return nil, &accountError{missing}
	}
	address := f.app.Getenv(envURL)
	client, err := talk.NewClient(address,
		talk.WithAppPassword(f.app.Getenv(envUser), f.app.Getenv(envPassword)),
		talk.WithHTTPClient(&http.Client{Transport: f.app.Transport}),
		talk.WithLogger(f.logger()))
	if err != nil {
		return nil, fmt.Errorf("%s, %s or %s cannot be used: %w", envURL, envUser, envPassword, err)
	}
	if base := client.BaseURL(); base.Scheme == "http" && !isLoopback(base.Hostname()) {
		f.warn("the password goes to %s unencrypted; use its https address if it has one", base.Host)
	}
	return client, nil
}

// url is the server's address as it can be shown: parsed, so that it holds no password.
func (f *factory) url() string {
	u, err := url.Parse(f.app.Getenv(envURL))
	if err != nil {
		return "not a URL"
	}
	return u.Redacted()
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
