package talk_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/confab-go/confab/talk"
)

// moreCalls makes each method of the smaller services call the server, and gives its error.
func moreCalls(ctx context.Context, c *talk.Client) map[string]func() error {
	const token, id = "abcd1234", int64(7)
	return map[string]func() error{
		"BansService.List":  func() error { return errOf(c.Bans.List(ctx, token)) },
		"BansService.Ban":   func() error { return errOf(c.Bans.Ban(ctx, token, talk.ActorUser, "bob", nil)) },
		"BansService.Unban": func() error { return c.Bans.Unban(ctx, token, id) },
	}
}

// unsent gives a client for what must be refused before anything is sent.
func unsent(t *testing.T) *talk.Client {
	t.Helper()
	return newerClient(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s was sent", r.Method, r.URL) })
}
