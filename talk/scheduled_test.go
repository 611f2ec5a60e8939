package talk_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

// TestScheduled goes through the story of scheduled messages as real servers told it.
func TestScheduled(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"talk-23", "talk-25-alpha"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			s := played(t, version+"/scheduled")
			ctx := t.Context()
			anna, ben, cleo := player(t, s, "anna"), player(t, s, "ben"), player(t, s, "cleo")
			room, soon, later := s.Vars["room"], time.Unix(1893456000, 0), time.Unix(1893459600, 0)
			now := must(anna.Chat.Send(ctx, room, "now", nil))(t)
			if none := must(anna.Scheduled.List(ctx, room))(t); len(none) != 0 {
				t.Errorf("at first: %v", none)
			}
			first := must(anna.Scheduled.Create(ctx, room, "later", soon, nil))(t)
			if first.ID != s.Vars["sm"] || !first.SendAt.Equal(soon) || first.Message != "later" || first.ActorID != "anna" || first.CreatedAt.IsZero() || first.Failed() {
				t.Errorf("scheduled: %+v", first)
			}
			reply := must(anna.Scheduled.Create(ctx, room, "a reply", later, &talk.ScheduleOptions{ReplyTo: now.ID, Silent: true}))(t)
			if !reply.Silent || reply.Parent == nil || reply.Parent.ID != now.ID {
				t.Errorf("a reply: %+v", reply)
			}
			thread := must(anna.Scheduled.Create(ctx, room, "a thread", later, &talk.ScheduleOptions{ThreadTitle: "Later thread"}))(t)
			if thread.ThreadID != talk.NewThread || thread.ThreadTitle != "Later thread" {
				t.Errorf("a thread: %+v", thread)
			}
			refused(t, "in the past", errOf(anna.Scheduled.Create(ctx, room, "past", time.Unix(5, 0), nil)), talk.ErrInvalid, "send-at")
			refused(t, "a reply to nothing", errOf(anna.Scheduled.Create(ctx, room, "bad reply", soon, &talk.ScheduleOptions{ReplyTo: 99999999})), talk.ErrInvalid, "reply-to")

			var texts []string
			for _, m := range must(anna.Scheduled.List(ctx, room))(t) {
				texts = append(texts, m.Message)
			}
			if diff := cmp.Diff([]string{"later", "a reply", "a thread"}, texts); diff != "" {
				t.Errorf("listed:\n%s", diff)
			}
			if others := must(ben.Scheduled.List(ctx, room))(t); len(others) != 0 {
				t.Errorf("another sees %v", others)
			}
			if c := must(anna.Conversations.Get(ctx, room))(t); c.HasScheduledMessages != 3 {
				t.Errorf("the conversation counts %d", c.HasScheduledMessages)
			}
			if edited := must(anna.Scheduled.Edit(ctx, room, first.ID, "later, edited", later, nil))(t); edited.ID != first.ID || edited.Message != "later, edited" || !edited.SendAt.Equal(later) {
				t.Errorf("edited: %+v", edited)
			}
			refused(t, "edit another's", errOf(ben.Scheduled.Edit(ctx, room, first.ID, "mine?", later, nil)), talk.ErrNotFound, "message")
			refused(t, "edit none", errOf(anna.Scheduled.Edit(ctx, room, "1", "x", later, nil)), talk.ErrNotFound, "message")
			refused(t, "delete another's", ben.Scheduled.Delete(ctx, room, first.ID), talk.ErrNotFound, "message")
			if err := anna.Scheduled.Delete(ctx, room, first.ID); err != nil {
				t.Error(err)
			}
			refused(t, "delete again", anna.Scheduled.Delete(ctx, room, first.ID), talk.ErrNotFound, "message")
			if left := must(anna.Scheduled.List(ctx, room))(t); len(left) != 2 {
				t.Errorf("left: %v", left)
			}
			refused(t, "to a stranger", errOf(cleo.Scheduled.List(ctx, room)), talk.ErrNotFound, "")
			s.Skip(7, 9, 15) // what is refused here already
		})
	}
}

func TestScheduledRefuses(t *testing.T) {
	t.Parallel()
	c := newerClient(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s was sent", r.Method, r.URL) })
	ctx, later := t.Context(), time.Unix(1893456000, 0)
	const room = "abcd1234"
	for name, tt := range map[string]struct {
		err   error
		field string
	}{
		"no text":              {errOf(c.Scheduled.Create(ctx, room, "  ", later, nil)), "message"},
		"too long a text":      {errOf(c.Scheduled.Create(ctx, room, strings.Repeat("ü", 32001), later, nil)), "message"},
		"no time":              {errOf(c.Scheduled.Create(ctx, room, "x", time.Time{}, nil)), "send at"},
		"an answer to none":    {errOf(c.Scheduled.Create(ctx, room, "x", later, &talk.ScheduleOptions{ReplyTo: -1})), "reply to"},
		"an answer with title": {errOf(c.Scheduled.Create(ctx, room, "x", later, &talk.ScheduleOptions{ReplyTo: 7, ThreadTitle: "x"})), "thread title"},
		"no id":                {c.Scheduled.Delete(ctx, room, ""), "id"},
		"a path for an id":     {c.Scheduled.Delete(ctx, room, "../7"), "id"},
		"edit no id":           {errOf(c.Scheduled.Edit(ctx, room, "x", "x", later, nil)), "id"},
		"a blank title":        {errOf(c.Scheduled.Edit(ctx, room, "7", "x", later, &talk.EditScheduledOptions{ThreadTitle: " "})), "thread title"},
		"no conversation":      {errOf(c.Scheduled.List(ctx, "")), "token"},
	} {
		refusedHere(t, name, tt.err, tt.field)
	}
}

// TestScheduledThatFailed: a message that the server could not send says when it should have been.
func TestScheduledThatFailed(t *testing.T) {
	t.Parallel()
	c := newerClient(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"ocs":{"meta":{"status":"ok","statuscode":200},"data":[{"id":"1882703984949163901","sendAt":1893459600,"originalSendAt":1893456000}]}}`))
	})
	m := must(c.Scheduled.List(t.Context(), "abcd1234"))(t)[0]
	if !m.Failed() || m.OriginalSendAt.Unix() != 1893456000 || m.ID != "1882703984949163901" {
		t.Errorf("%+v", m)
	}
}
