package talk_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/playback"
	"github.com/confab-go/confab/talk"
)

// TestPins goes through the story of pinned messages as real servers told it.
func TestPins(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"talk-23", "talk-25-alpha"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			s := played(t, version+"/pins")
			ctx := t.Context()
			anna, ben := player(t, s, "anna"), player(t, s, "ben")
			room, until := s.Vars["room"], time.Unix(1893456000, 0)
			a := must(anna.Chat.Send(ctx, room, "pin me", nil))(t).ID
			b := must(ben.Chat.Send(ctx, room, "and me", nil))(t).ID

			pinned := must(anna.Chat.Pin(ctx, room, a, nil))(t)
			if pinned.SystemMessage != talk.SystemMessagePinned || pinned.Parent.ID != a || pinned.Parent.MetaData.PinnedActorID != "anna" || !pinned.Parent.MetaData.PinnedUntil.IsZero() {
				t.Errorf("pinned: %+v", pinned)
			}
			if again := must(anna.Chat.Pin(ctx, room, a, nil))(t); again != nil {
				t.Errorf("pinned again: %+v", again)
			}
			if m := must(anna.Chat.Pin(ctx, room, b, &talk.PinOptions{Until: until}))(t); !m.Parent.MetaData.PinnedUntil.Equal(until) {
				t.Errorf("until: %+v", m.Parent.MetaData)
			}
			refused(t, "until what has passed", errOf(anna.Chat.Pin(ctx, room, b, &talk.PinOptions{Until: time.Unix(5, 0)})), talk.ErrInvalid, "until")
			refused(t, "pinned by no moderator", errOf(ben.Chat.Pin(ctx, room, a, nil)), talk.ErrForbidden, "")
			refused(t, "no message", errOf(anna.Chat.Pin(ctx, room, 99999999, nil)), talk.ErrNotFound, "message")

			if c := must(ben.Conversations.Get(ctx, room))(t); c.LastPinnedID != b || c.HiddenPinnedID != 0 {
				t.Errorf("shown: %d, hidden %d", c.LastPinnedID, c.HiddenPinnedID)
			}
			if err := ben.Chat.HidePin(ctx, room, b); err != nil {
				t.Error(err)
			}
			if c := must(ben.Conversations.Get(ctx, room))(t); c.LastPinnedID != b || c.HiddenPinnedID != b {
				t.Errorf("hidden: %d, hidden %d", c.LastPinnedID, c.HiddenPinnedID)
			}

			refused(t, "unpinned by no moderator", errOf(ben.Chat.Unpin(ctx, room, a)), talk.ErrForbidden, "")
			if m := must(anna.Chat.Unpin(ctx, room, a))(t); m.SystemMessage != talk.SystemMessageUnpinned || m.Parent.ID != a || m.Parent.MetaData != nil {
				t.Errorf("unpinned: %+v", m)
			}
			if again := must(anna.Chat.Unpin(ctx, room, a))(t); again != nil {
				t.Errorf("unpinned again: %+v", again)
			}
		})
	}
}

// TestPinned: servers give the pins as a map; here they come in their order, as the recorded list of them has it.
func TestPinned(t *testing.T) {
	t.Parallel()
	story, _, err := playback.Story("talk-23/pins")
	if err != nil {
		t.Fatal(err)
	}
	var answer []byte
	for _, e := range story {
		if strings.HasSuffix(e.Path, "/share") && e.Query["objectType"] == "pinned" {
			answer = e.Response
		}
	}
	var query string
	c := newerClient(t, func(w http.ResponseWriter, r *http.Request) {
		query = r.Method + " " + r.URL.Path[strings.LastIndex(r.URL.Path, "/chat"):] + "?" + r.URL.RawQuery
		_, _ = w.Write(answer)
	})
	var ids []string
	for _, m := range must(c.Chat.Pinned(t.Context(), "abcd1234"))(t) {
		ids = append(ids, strconv.FormatInt(m.ID, 10)+" by "+m.MetaData.PinnedActorName)
	}
	if diff := cmp.Diff([]string{"601 by Anna", "600 by Anna"}, ids); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if want := "GET /chat/abcd1234/share?limit=200&objectType=pinned"; query != want {
		t.Errorf("asked %s, want %s", query, want)
	}
	none := newerClient(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"ocs":{"meta":{"status":"ok","statuscode":200},"data":[]}}`))
	})
	if pinned := must(none.Chat.Pinned(t.Context(), "abcd1234"))(t); pinned == nil || len(pinned) != 0 {
		t.Errorf("without pins: %v", pinned)
	}
}

func TestPinsRefuse(t *testing.T) {
	t.Parallel()
	c := newerClient(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s was sent", r.Method, r.URL) })
	ctx := t.Context()
	refusedHere(t, "no message", errOf(c.Chat.Pin(ctx, "abcd1234", 0, nil)), "message id")
	refusedHere(t, "before there was time", errOf(c.Chat.Pin(ctx, "abcd1234", 7, &talk.PinOptions{Until: time.Unix(-5, 0)})), "until")
	refusedHere(t, "no conversation", c.Chat.HidePin(ctx, "", 7), "token")
	refusedHere(t, "a list of none", errOf(c.Chat.Pinned(ctx, "")), "token")
}
