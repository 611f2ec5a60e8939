package core_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/server/core"
)

// page returns what a user reads, oldest first.
func (w *world) page(user, token string) []*core.MessageView {
	w.t.Helper()
	page, err := w.Messages(w.t.Context(), as(user), token, core.Query{Future: true})
	w.must(err)
	return page.Messages
}

// TestUnreadCountsSurviveDeletions compares the counters, which are kept and
// never counted, with a count of what is there, after each of many steps.
func TestUnreadCountsSurviveDeletions(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			ctx := t.Context()
			token := w.room(core.NewRoom{Name: "Counters"}, "ben", "cleo")
			rng := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // to be the same each time
			users := []string{"anna", "ben", "cleo"}
			var alive, all []int64
			for step := range 80 {
				user := users[rng.IntN(3)]
				switch what := rng.IntN(10); {
				case what < 4:
					id := w.send(user, token, fmt.Sprint("message ", step)).ID
					alive, all = append(alive, id), append(all, id)
				case what < 6 && len(alive) > 0:
					i := rng.IntN(len(alive))
					_, err := w.DeleteMessage(ctx, as("anna"), token, alive[i])
					w.must(err)
					alive = append(alive[:i], alive[i+1:]...)
				case what < 7 && len(alive) > 0:
					_, _, err := w.AddReaction(ctx, as(user), token, alive[rng.IntN(len(alive))], "👍")
					w.must(err)
				case what < 8 && len(all) > 0:
					_, err := w.MarkRead(ctx, as(user), token, &all[rng.IntN(len(all))])
					w.must(err)
				case what < 9:
					_, err := w.MarkUnread(ctx, as(user), token)
					w.must(err)
				default:
					_, err := w.MarkRead(ctx, as(user), token, nil)
					w.must(err)
				}
				for _, reader := range users {
					room := w.see(reader, token)
					var want int64
					for _, id := range alive {
						if id > room.Self.LastRead {
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

func TestHiddenRowsAreNoActivity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	token := w.room(core.NewRoom{Name: "Quiet"}, "ben")
	id := w.send("anna", token, "hello").ID
	before := w.see("ben", token)
	w.advance(time.Minute)

	_, _, err := w.AddReaction(ctx, as("anna"), token, id, "👍")
	w.must(err)
	_, err = w.RemoveReaction(ctx, as("anna"), token, id, "👍")
	w.must(err)
	_, err = w.EditMessage(ctx, as("anna"), token, id, "hello there")
	w.must(err)
	_, err = w.DeleteMessage(ctx, as("anna"), token, id)
	w.must(err)

	var words []string
	var last int64
	for _, m := range w.page("ben", token) {
		if m.ID <= last {
			t.Errorf("message %d comes after %d", m.ID, last)
		}
		last = m.ID
		if m.SystemMessage != "" {
			words = append(words, m.SystemMessage)
		}
	}
	want := []string{"conversation_created", "user_added", "reaction_deleted", "reaction_revoked", "message_edited", "message_deleted"}
	if diff := cmp.Diff(want, words); diff != "" {
		t.Errorf("system messages: %s", diff)
	}
	after := w.see("ben", token)
	if after.LastActivity != before.LastActivity {
		t.Errorf("last activity moved by %d seconds", after.LastActivity-before.LastActivity)
	}
	if after.LastMessage == nil || after.LastMessage.ID != id || after.LastMessage.Text != "Message deleted by author" {
		t.Errorf("last message is %+v, want the deleted one", after.LastMessage)
	}
	if before.Unread != 1 || after.Unread != 0 {
		t.Errorf("unread %d before and %d after, want 1 and 0", before.Unread, after.Unread)
	}
}

func TestEditsTellOnlyWhomTheyAdd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	token := w.room(core.NewRoom{Name: "Mentions"}, "ben", "cleo")
	id := w.send("anna", token, "hello @ben").ID
	w.must(second(w.MarkRead(ctx, as("ben"), token, nil)))
	w.must(second(w.MarkUnread(ctx, as("cleo"), token)))

	w.must(second(w.EditMessage(ctx, as("anna"), token, id, "hello @ben and @cleo")))
	if v := w.see("ben", token); v.UnreadMention {
		t.Error("ben, who was mentioned before and has read it, is told again")
	}
	if v := w.see("cleo", token); !v.UnreadMention || !v.UnreadMentionDirect {
		t.Error("cleo is not told that the edit mentions her")
	}

	silent, err := w.SendMessage(ctx, as("anna"), token, core.Send{Message: "psst", Silent: true})
	w.must(err)
	w.must(second(w.EditMessage(ctx, as("anna"), token, silent.Message.ID, "psst @ben")))
	if v := w.see("ben", token); v.UnreadMention {
		t.Error("the edit of a silent message told somebody")
	}
}

func second[T any](_ T, err error) error { return err }

func TestAnEditOfAnOldMessageHidesNoNewerMention(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	token := w.room(core.NewRoom{Name: "Mentions"}, "ben")
	old := w.send("anna", token, "first").ID
	w.must(second(w.MarkRead(ctx, as("ben"), token, nil)))
	w.send("anna", token, "now @ben")
	w.must(second(w.EditMessage(ctx, as("anna"), token, old, "first @ben")))
	if v := w.see("ben", token); !v.UnreadMention {
		t.Error("ben is not told any more of the newer mention")
	}
}

func TestEditWindow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	token := w.room(core.NewRoom{Name: "Window"})
	id := w.send("anna", token, "x").ID
	note, err := w.NoteToSelf(ctx, as("anna"))
	w.must(err)
	own := w.send("anna", note.Token, "x").ID

	w.advance(24 * time.Hour)
	w.must(second(w.EditMessage(ctx, as("anna"), token, id, "in time")))
	w.advance(time.Second)
	_, err = w.EditMessage(ctx, as("anna"), token, id, "too late")
	var refused *core.Error
	if !errors.As(err, &refused) || refused.Reason != "age" || refused.Kind != core.Invalid {
		t.Errorf("edit after a day: %v, want age", err)
	}
	w.must(second(w.EditMessage(ctx, as("anna"), note.Token, own, "any time")))
	w.must(second(w.DeleteMessage(ctx, as("anna"), token, id))) // which has no end
}

func TestClearedHistoryStartsOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	token := w.room(core.NewRoom{Name: "Clear"}, "ben")
	for range 3 {
		w.must(second(w.DeleteMessage(ctx, as("anna"), token, w.send("anna", token, "x").ID)))
	}
	w.must(second(w.ClearHistory(ctx, as("anna"), token)))
	w.must(second(w.MarkRead(ctx, as("ben"), token, nil)))
	w.send("anna", token, "y")
	w.send("anna", token, "z")
	if v := w.see("ben", token); v.Unread != 2 {
		t.Errorf("ben has %d unread, want 2", v.Unread)
	}
}
