package talk_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

// TestThreads goes through the story of threads as real servers told it.
func TestThreads(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"talk-22", "talk-23", "talk-25-alpha"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			s := played(t, version+"/threads")
			ctx := t.Context()
			anna, ben, cleo := player(t, s, "anna"), player(t, s, "ben"), player(t, s, "cleo")
			room := s.Vars["room"]
			plain := must(anna.Chat.Send(ctx, room, "plain", nil))(t)
			first := must(anna.Chat.Send(ctx, room, "Let us plan", &talk.SendOptions{ThreadTitle: "Planning"}))(t)
			if !first.IsThread || first.ThreadTitle != "Planning" || first.ThreadID != first.ID || plain.IsThread {
				t.Errorf("begun: %+v; beside it: %+v", first, plain)
			}
			id := first.ID
			quoting := must(ben.Chat.Send(ctx, room, "in it, quoting", &talk.SendOptions{ReplyTo: id}))(t)
			beside := must(ben.Chat.Send(ctx, room, "in it, not quoting", &talk.SendOptions{ThreadID: id}))(t)
			if quoting.ThreadID != id || quoting.Parent == nil || beside.ThreadID != id || beside.Parent != nil || beside.ThreadReplies != 2 {
				t.Errorf("in the thread: %+v; %+v", quoting, beside)
			}
			refused(t, "into no thread", errOf(anna.Chat.Send(ctx, room, "nowhere", &talk.SendOptions{ThreadID: 99999999})), talk.ErrInvalid, "reply-to")
			out := must(anna.Chat.Send(ctx, room, "both", &talk.SendOptions{ThreadID: id, ReplyTo: plain.ID}))(t)
			if out.ThreadID != plain.ID || out.IsThread {
				t.Errorf("what is quoted decides: %+v", out)
			}

			recent := must(anna.Threads.Recent(ctx, room, nil))(t)
			titles := []string{}
			for _, info := range recent {
				titles = append(titles, strings.TrimSpace(info.Thread.Title))
			}
			if len(recent) < 2 || recent[0].Thread.ID != id || titles[0] != "Planning" || recent[0].First.ID != id || recent[0].Last.ID != recent[0].Thread.LastMessageID {
				t.Errorf("recent: %q, %+v", titles, recent[0])
			}
			if one := must(ben.Threads.Recent(ctx, room, &talk.RecentThreadsOptions{Limit: 1}))(t); len(one) != 1 || one[0].Thread.NumReplies != 3 {
				t.Errorf("one recent: %+v", one)
			}
			if info := must(anna.Threads.Get(ctx, room, id))(t); info.Thread.RoomToken != room || info.Thread.LastActivity.IsZero() {
				t.Errorf("got: %+v", info)
			}
			refused(t, "get no thread", errOf(anna.Threads.Get(ctx, room, plain.ID)), talk.ErrNotFound, "thread")
			refused(t, "get no message", errOf(anna.Threads.Get(ctx, room, 99999999)), talk.ErrNotFound, "thread")

			if info := must(anna.Threads.Rename(ctx, room, id, "Planning 2"))(t); info.Thread.Title != "Planning 2" || info.First.ThreadTitle != "Planning 2" {
				t.Errorf("renamed: %+v", info.Thread)
			}
			refused(t, "rename another's", errOf(ben.Threads.Rename(ctx, room, id, "no right")), talk.ErrForbidden, "permission")
			refused(t, "rename no thread", errOf(anna.Threads.Rename(ctx, room, plain.ID, "x")), talk.ErrNotFound, "thread")
			if info := must(ben.Threads.SetNotificationLevel(ctx, room, id, talk.NotifyAlways))(t); info.Attendee.NotificationLevel != talk.NotifyAlways {
				t.Errorf("notifies: %+v", info.Attendee)
			}
			refused(t, "notify of no thread", errOf(ben.Threads.SetNotificationLevel(ctx, room, 99999999, talk.NotifyAlways)), talk.ErrNotFound, "message")
			reply, err := strconv.ParseInt(s.Vars["r"], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			refused(t, "notify of an answer", errOf(ben.Threads.SetNotificationLevel(ctx, room, reply, talk.NotifyMention)), talk.ErrNotFound, "message")
			for info, err := range ben.Threads.Subscribed(ctx, &talk.SubscribedThreadsOptions{PageSize: 1}) {
				if err != nil || info.Thread.ID != id {
					t.Errorf("subscribed: %+v, %v", info, err)
				}
				break
			}
			refused(t, "recent to a stranger", errOf(cleo.Threads.Recent(ctx, room, nil)), talk.ErrNotFound, "")

			var told []talk.SystemMessage
			page := must(anna.Chat.Page(ctx, room, &talk.PageOptions{ThreadID: id}))(t)
			for _, m := range page.Messages {
				if m.ThreadID != id {
					t.Errorf("of another thread: %+v", m)
				}
				if m.IsSystem() {
					told = append(told, m.SystemMessage)
				}
			}
			if diff := cmp.Diff([]talk.SystemMessage{talk.SystemThreadRenamed, talk.SystemThreadCreated}, slices.Compact(told)); diff != "" {
				t.Errorf("told in the thread:\n%s", diff)
			}
			if !strings.HasSuffix(t.Name(), "alpha") { // which fails there
				around := must(anna.Chat.Context(ctx, room, id, &talk.ContextOptions{ThreadID: id}))(t)
				if len(around.Messages) == 0 || around.Messages[0].ID != id {
					t.Errorf("context: %d messages", len(around.Messages))
				}
			}

			must(anna.Chat.Delete(ctx, room, id))(t)
			if info := must(anna.Threads.Get(ctx, room, id))(t); !info.First.Deleted && info.First.MessageType != talk.MessageDeleted {
				t.Errorf("its first message is gone: %+v", info.First)
			}
			s.Skip(16, 26) // pages of another size
			s.Skip(20, 23) // what is refused here already
		})
	}
}

// TestSubscribedThreads fetches pages until there is none, gives each thread once though it moves from one page to the next,
// and goes on after a page from which the server left some out.
func TestSubscribedThreads(t *testing.T) {
	t.Parallel()
	pages := [][]int{{5, 4}, {4}, {3, 2}, {}}
	var asked []string
	c := newerClient(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Query().Get("limit")+"@"+r.URL.Query().Get("offset"))
		threads := []string{}
		for _, id := range pages[len(asked)-1] {
			threads = append(threads, fmt.Sprintf(`{"thread":{"id":%d},"attendee":{"notificationLevel":0},"first":null,"last":null}`, id))
		}
		fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":[%s]}}`, strings.Join(threads, ","))
	})
	var ids []int64
	for info, err := range c.Threads.Subscribed(t.Context(), &talk.SubscribedThreadsOptions{PageSize: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		if info.First != nil || info.Last != nil {
			t.Errorf("messages that are none: %+v", info)
		}
		ids = append(ids, info.Thread.ID)
	}
	if diff := cmp.Diff([]int64{5, 4, 3, 2}, ids); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"2@0", "2@2", "2@4", "2@6"}, asked); diff != "" {
		t.Errorf("-want +asked:\n%s", diff)
	}
	for _, err := range c.Threads.Subscribed(t.Context(), &talk.SubscribedThreadsOptions{PageSize: 101}) {
		refusedHere(t, "too large a page", err, "page size")
	}
}

// TestThreadsRefuse: what cannot be right is refused by name, and nothing is sent.
func TestThreadsRefuse(t *testing.T) {
	t.Parallel()
	c := newerClient(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s was sent", r.Method, r.URL) })
	ctx, long := t.Context(), strings.Repeat("ü", 201)
	const room = "abcd1234"
	for name, tt := range map[string]struct {
		err   error
		field string
	}{
		"no id":                      {errOf(c.Threads.Get(ctx, room, 0)), "thread id"},
		"no token":                   {errOf(c.Threads.Get(ctx, "", 7)), "token"},
		"too many":                   {errOf(c.Threads.Recent(ctx, room, &talk.RecentThreadsOptions{Limit: 51})), "limit"},
		"a blank title":              {errOf(c.Threads.Rename(ctx, room, 7, " \t")), "title"},
		"too long a title":           {errOf(c.Threads.Rename(ctx, room, 7, long)), "title"},
		"no level":                   {errOf(c.Threads.SetNotificationLevel(ctx, room, 7, 4)), "level"},
		"a title of a thread":        {errOf(c.Chat.Send(ctx, room, "x", &talk.SendOptions{ThreadID: 7, ThreadTitle: "x"})), "thread title"},
		"a title of an answer":       {errOf(c.Chat.Send(ctx, room, "x", &talk.SendOptions{ReplyTo: 7, ThreadTitle: "x"})), "thread title"},
		"a title that is cut":        {errOf(c.Chat.Send(ctx, room, "x", &talk.SendOptions{ThreadTitle: long})), "thread title"},
		"a title of blanks":          {errOf(c.Chat.Send(ctx, room, "x", &talk.SendOptions{ThreadTitle: "  "})), "thread title"},
		"a negative thread":          {errOf(c.Chat.Send(ctx, room, "x", &talk.SendOptions{ThreadID: -1})), "thread id"},
		"a page of one":              {errOf(c.Chat.Page(ctx, room, &talk.PageOptions{ThreadID: -1})), "thread id"},
		"a context in one":           {errOf(c.Chat.Context(ctx, room, 7, &talk.ContextOptions{ThreadID: -1})), "thread id"},
		"a draft in a thread":        {errOf(c.Polls.Create(ctx, room, "x", []string{"a", "b"}, &talk.PollOptions{ThreadID: 7, Draft: true})), "thread id"},
		"a private reply to nothing": {errOf(c.Chat.Send(ctx, room, "x", &talk.SendOptions{ReplyToToken: "efgh5678"})), "reply to"},
		"a private reply to a path":  {errOf(c.Chat.Send(ctx, room, "x", &talk.SendOptions{ReplyTo: 7, ReplyToToken: "../x"})), "reply to token"},
	} {
		refusedHere(t, name, tt.err, tt.field)
	}
}

// TestWhatIsSentIntoAThread: files, polls and private replies take a thread along, as servers want it.
func TestWhatIsSentIntoAThread(t *testing.T) {
	t.Parallel()
	var sent []string
	c := newerClient(t, func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		decodeBody(t, r, &body)
		delete(body, "referenceId")
		sent = append(sent, fmt.Sprintf("%s %s %v", r.Method, r.URL.Path[strings.LastIndex(r.URL.Path, "/api/v"):], body))
		fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"id":9,"token":"abcd1234"}}}`)
	})
	ctx := t.Context()
	must(c.Chat.Send(ctx, "abcd1234", "to you alone", &talk.SendOptions{ReplyTo: 7, ReplyToToken: "efgh5678"}))(t)
	must(c.Polls.Create(ctx, "abcd1234", "When?", []string{"now", "later"}, &talk.PollOptions{ThreadID: 7}))(t)
	_, _ = c.Chat.ShareFile(ctx, "abcd1234", "/a.txt", &talk.FileOptions{ThreadID: 7}) // whose message the server does not show
	want := []string{
		"POST /api/v1/chat/abcd1234 map[message:to you alone replyTo:7 replyToToken:efgh5678]",
		"POST /api/v1/poll/abcd1234 map[maxVotes:1 options:[now later] question:When? resultMode:0 threadId:7]",
		`POST /api/v1/shares map[path:/a.txt shareType:10 shareWith:abcd1234 talkMetaData:{"threadId":7}]`,
	}
	if diff := cmp.Diff(want, sent[:3]); diff != "" {
		t.Errorf("-want +sent:\n%s", diff)
	}
}
