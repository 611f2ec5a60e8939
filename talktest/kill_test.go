package talktest_test

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/confab-go/confab/internal/faultproxy/victim"
	"github.com/confab-go/confab/internal/server"
	"github.com/confab-go/confab/talk"
)

// TestServe is no test: it is the server process of the tests that kill one.
func TestServe(t *testing.T) { victim.Serve(t) }

// TestKilledServersLoseNothing kills the server while clients send: three times while eight do, or with CONFAB_SOAK as often as
// that says, while twenty do. The clients go on when it is back; every message
// is there in the end, each once, and none that was acknowledged has another id than then.
func TestKilledServersLoseNothing(t *testing.T) {
	t.Parallel()
	senders, each, kills := 8, 100, 3
	if soak := os.Getenv("CONFAB_SOAK"); soak != "" {
		var err error
		if kills, err = strconv.Atoi(soak); err != nil || kills < 1 {
			t.Fatalf("CONFAB_SOAK: %q is no number of kills", soak)
		}
		senders, each = 20, 50*(kills+1)
	}
	p := victim.Start(t, t.TempDir())
	client := func() *talk.Client {
		c, err := talk.NewClient(p.URL(), talk.WithAppPassword(victim.User, victim.Password), talk.WithRetry(talk.Retry{Attempts: 1000, Sleep: p.Wait}))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	ctx := t.Context()
	alice := client()
	room, err := alice.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: "Power cut"})
	if err != nil {
		t.Fatal(err)
	}

	var group errgroup.Group
	acknowledged := make(chan *talk.Message, senders*each)
	for i := range senders {
		c := client()
		group.Go(func() error {
			var last int64
			for n := range each {
				m, err := c.Chat.Send(ctx, room.Token, fmt.Sprintf("%d/%d", i, n), nil)
				if err != nil {
					return err
				}
				if m.ID <= last {
					return fmt.Errorf("sender %d: id %d after %d", i, m.ID, last)
				}
				last = m.ID
				acknowledged <- m
			}
			return nil
		})
	}
	sent := make(chan error, 1)
	go func() {
		sent <- group.Wait()
		close(acknowledged)
	}()
	ids := map[string]int64{}
	for m := range acknowledged {
		ids[m.Message] = m.ID
		if len(ids)%(senders*each/(kills+1)) == 0 && len(ids) < senders*each {
			p.Kill(t)
			p.Start(t)
		}
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}

	found := map[string]int64{}
	next := map[string]int{}
	before := int64(1 << 62)
	for m, err := range alice.Chat.History(ctx, room.Token, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if m.ID >= before {
			t.Errorf("id %d after %d", m.ID, before)
		}
		before = m.ID
		if m.IsSystem() {
			continue
		}
		if found[m.Message] != 0 {
			t.Errorf("%q is there twice, as %d and %d", m.Message, m.ID, found[m.Message])
		}
		found[m.Message] = m.ID
		sender, n, _ := strings.Cut(m.Message, "/")
		next[sender]++
		if n != strconv.Itoa(each-next[sender]) {
			t.Errorf("%q out of order", m.Message)
		}
	}
	if len(found) != senders*each {
		t.Errorf("%d messages of %d", len(found), senders*each)
	}
	t.Logf("%d kills, %d senders: %d of %d messages are there, each once, and in order", kills, senders, len(found), senders*each)
	for text, id := range ids {
		if found[text] != id {
			t.Errorf("%q was acknowledged as %d, and is %d", text, id, found[text])
		}
	}
}

// TestADirectoryHasOneServer: two servers must not write the same data.
func TestADirectoryHasOneServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := server.Open(t.Context(), server.Config{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if second, err := server.Open(t.Context(), server.Config{DataDir: dir}); err == nil {
		t.Error("a second server opened the same directory", errors.Join(second.Close()))
	}
}
