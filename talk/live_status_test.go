package talk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/confab-go/confab/talk"
)

func TestLiveStatus(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	alice, bob := w.client("alice"), w.client("bob")
	refused(t, "before there is any", errOf(bob.Status.Get(ctx, w.id("alice"))), talk.ErrNotFound, "")

	if s := must(alice.Status.Set(ctx, talk.StatusDoNotDisturb))(t); s.UserID != w.id("alice") || s.Type != talk.StatusDoNotDisturb || !s.IsUserDefined || s.Message != "" {
		t.Errorf("set: %+v", s)
	}
	until := time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
	if s := must(alice.Status.SetMessage(ctx, "Fixing things", &talk.StatusMessageOptions{Icon: "🔧", ClearAt: until}))(t); s.Message != "Fixing things" ||
		s.Icon != "🔧" || !s.ClearAt.Equal(until) || s.MessageIsPredefined || s.Type != talk.StatusDoNotDisturb {
		t.Errorf("message: %+v", s)
	}
	if s := must(bob.Status.Get(ctx, w.id("alice")))(t); s.UserID != w.id("alice") || s.Type != talk.StatusDoNotDisturb || s.Message != "Fixing things" || s.Icon != "🔧" || !s.ClearAt.Equal(until) {
		t.Errorf("as others see it: %+v", s)
	}
	if s := must(alice.Status.SetPredefined(ctx, "meeting", nil))(t); !s.MessageIsPredefined || s.MessageID != "meeting" || !s.ClearAt.IsZero() {
		t.Errorf("predefined: %+v", s)
	}
	if err := alice.Status.ClearMessage(ctx); err != nil {
		t.Error(err)
	}
	if s := must(alice.Status.Own(ctx))(t); s.MessageID != "" || s.Message != "" || s.Type != talk.StatusDoNotDisturb {
		t.Errorf("cleared: %+v", s)
	}
	must(alice.Status.Set(ctx, talk.StatusInvisible))(t)
	if s := must(bob.Status.Get(ctx, w.id("alice")))(t); s.Type != talk.StatusOffline {
		t.Errorf("invisible, and yet %v", s.Type)
	}
	must(bob.Status.Set(ctx, talk.StatusOnline))(t)
	seen := map[string]bool{}
	for offset := 0; ; offset++ {
		page := must(bob.Status.List(ctx, &talk.ListStatusOptions{Limit: 1, Offset: offset}))(t)
		if len(page) == 0 {
			break
		}
		seen[page[0].UserID] = true
	}
	if !seen[w.id("alice")] || !seen[w.id("bob")] {
		t.Errorf("listed: %v", seen)
	}

	refused(t, "no such type", errOf(alice.Status.Set(ctx, "asleep")), talk.ErrInvalid, "")
	refused(t, "no such message", errOf(alice.Status.SetPredefined(ctx, "skiing", nil)), talk.ErrInvalid, "")
	refused(t, "a time that has passed", errOf(alice.Status.SetMessage(ctx, "x", &talk.StatusMessageOptions{ClearAt: time.Unix(1, 0)})), talk.ErrInvalid, "")
	c := unsent(t)
	for name, tt := range map[string]struct {
		err   error
		field string
	}{
		"no type":            {errOf(c.Status.Set(ctx, "")), "type"},
		"no message":         {errOf(c.Status.SetMessage(ctx, "", nil)), "message"},
		"too long a message": {errOf(c.Status.SetMessage(ctx, strings.Repeat("ü", 81), nil)), "message"},
		"a word for an icon": {errOf(c.Status.SetMessage(ctx, "x", &talk.StatusMessageOptions{Icon: "tool"})), "icon"},
		"before all time":    {errOf(c.Status.SetMessage(ctx, "x", &talk.StatusMessageOptions{ClearAt: time.Unix(-5, 0)})), "clear at"},
		"no predefined one":  {errOf(c.Status.SetPredefined(ctx, "", nil)), "message id"},
		"an icon of its own": {errOf(c.Status.SetPredefined(ctx, "meeting", &talk.StatusMessageOptions{Icon: "🔧"})), "icon"},
		"nobody":             {errOf(c.Status.Get(ctx, "")), "user id"},
		"a path":             {errOf(c.Status.Get(ctx, "..")), "user id"},
		"less than none":     {errOf(c.Status.List(ctx, &talk.ListStatusOptions{Limit: -1})), "limit"},
		"before the first":   {errOf(c.Status.List(ctx, &talk.ListStatusOptions{Offset: -1})), "offset"},
	} {
		refusedHere(t, name, tt.err, tt.field)
	}
}
