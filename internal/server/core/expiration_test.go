package core_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/server/core"
)

// TestUnreadCountsSurviveExpiration compares the counters, which are kept and
// never counted, with a count of what is there, while messages come, are
// deleted and expire in any order.
func TestUnreadCountsSurviveExpiration(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			ctx := t.Context()
			token := w.room(core.NewRoom{Name: "Counters"}, "ben")
			rng := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // to be the same each time
			users := []string{"anna", "ben"}
			type line struct {
				id      int64
				expires bool
			}
			var alive []line
			var all []int64
			expiring := false
			for step := range 120 {
				user := users[rng.IntN(2)]
				switch what := rng.IntN(12); {
				case what < 5:
					id := w.send(user, token, fmt.Sprint("message ", step)).ID
					alive, all = append(alive, line{id, expiring}), append(all, id)
				case what < 6 && len(alive) > 0:
					i := rng.IntN(len(alive))
					w.must(second(w.DeleteMessage(ctx, as("anna"), token, alive[i].id)))
					alive = append(alive[:i:i], alive[i+1:]...)
				case what < 7:
					expiring = !expiring
					seconds := int64(0)
					if expiring {
						seconds = 1
					}
					w.must(second(w.SetMessageExpiration(ctx, as("anna"), token, seconds)))
				case what < 8:
					w.advance(10 * time.Minute)
					w.must(w.Settle(ctx))
					var kept []line
					for _, l := range alive {
						if !l.expires {
							kept = append(kept, l)
						}
					}
					alive = kept
				case what < 10 && len(all) > 0:
					w.must(second(w.MarkRead(ctx, as(user), token, &all[rng.IntN(len(all))])))
				case what < 11:
					w.must(second(w.MarkUnread(ctx, as(user), token)))
				default:
					w.must(second(w.MarkRead(ctx, as(user), token, nil)))
				}
				for _, reader := range users {
					room := w.see(reader, token)
					var want int64
					for _, l := range alive {
						if l.id > room.Self.LastRead {
							want++
						}
					}
					if room.Self.LastRead < 0 && want == 0 {
						want = 1 // nothing read at all always shows
					}
					if room.Unread != want {
						t.Fatalf("step %d: %s has %d unread after %d, want %d", step, reader, room.Unread, room.Self.LastRead, want)
					}
				}
			}
		})
	}
}
