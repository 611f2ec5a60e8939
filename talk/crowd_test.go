package talk_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/confab-go/confab/talk"
)

// TestACrowdHearsEverythingOnceInOrder: 50 clients follow while 5 write 200 messages each.
func TestACrowdHearsEverythingOnceInOrder(t *testing.T) {
	t.Parallel()
	const followers, writers, each = 50, 5, 200
	ctx := t.Context()
	srv := newServer(t)
	alice := srv.Client(t, "alice")
	room := group(t, alice, "Crowd")
	now := must(alice.Chat.Page(ctx, room.Token, nil))(t).Messages[0].ID

	join := func(name string) *talk.Client {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		t.Cleanup(transport.CloseIdleConnections)
		c := srv.Client(t, name, talk.WithHTTPClient(&http.Client{Transport: transport}))
		must(alice.Participants.Add(ctx, room.Token, talk.ActorUser, name))(t)
		return c
	}
	var readers []*talk.Client
	for i := range followers {
		readers = append(readers, join(fmt.Sprintf("reader%d", i)))
	}
	var senders []*talk.Client
	for i := range writers {
		senders = append(senders, join(fmt.Sprintf("writer%d", i)))
	}

	heard := make([][]int64, followers)
	var group errgroup.Group
	for i, reader := range readers {
		group.Go(func() error {
			for m, err := range reader.Chat.Follow(ctx, room.Token, &talk.FollowOptions{After: now}) {
				if err != nil {
					return fmt.Errorf("reader %d after %d messages: %w", i, len(heard[i]), err)
				}
				if m.IsSystem() {
					continue
				}
				if heard[i] = append(heard[i], m.ID); len(heard[i]) == writers*each {
					break
				}
			}
			return nil
		})
	}
	var mu sync.Mutex
	sent := map[int64]bool{}
	for i, sender := range senders {
		group.Go(func() error {
			var last int64
			for n := range each {
				m, err := sender.Chat.Send(ctx, room.Token, fmt.Sprintf("%d from writer %d", n, i), nil)
				if err != nil {
					return fmt.Errorf("writer %d: %w", i, err)
				}
				if m.ID <= last {
					return fmt.Errorf("writer %d: id %d after %d", i, m.ID, last)
				}
				last = m.ID
				mu.Lock()
				sent[m.ID] = true
				mu.Unlock()
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if len(sent) != writers*each {
		t.Fatalf("%d ids for %d messages", len(sent), writers*each)
	}
	for i, ids := range heard {
		for n, id := range ids {
			if !sent[id] || n > 0 && id <= ids[n-1] {
				t.Fatalf("reader %d heard %d after %d", i, id, ids[max(n-1, 0)])
			}
		}
	}
}
