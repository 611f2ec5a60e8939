package talk_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

func TestLiveSharedObjects(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureRichObjectSharing, talk.FeatureGeoLocationSharing, talk.FeatureRichObjectListMedia)
	alice, bob, eve := w.client("alice"), w.client("bob"), w.client("eve")
	room := w.room(alice, "Places", "bob").Token
	shared := func(kind talk.SharedType, pageSize int) (names []string) {
		for m, err := range bob.Chat.Shared(ctx, room, kind, &talk.SharedOptions{PageSize: pageSize}) {
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, m.Text())
		}
		return names
	}
	if none := shared(talk.SharedLocation, 0); len(none) != 0 {
		t.Errorf("nothing is shared yet: %q", none)
	}
	var last *talk.Message
	for _, place := range []*talk.SharedObject{talk.LocationObject("Gdansk", 54.35, 18.6466), talk.LocationObject("Pole", 90, 0), talk.LocationObject("Null Island", 0, -0.5)} {
		last = must(alice.Chat.ShareObject(ctx, room, place, &talk.ShareObjectOptions{ReferenceID: "place"}))(t)
	}
	if p := last.MessageParameters["object"]; last.ReferenceID != "place" || p.Name != "Null Island" || p.ID != "geo:0,-0.5" || last.Text() != "Null Island" {
		t.Errorf("shared: %+v", last)
	}
	want := []string{"Null Island", "Pole", "Gdansk"}
	for _, pageSize := range []int{0, 1, 2, 3, 200} {
		if diff := cmp.Diff(want, shared(talk.SharedLocation, pageSize)); diff != "" {
			t.Errorf("pages of %d: %s", pageSize, diff)
		}
	}
	for m, err := range bob.Chat.Shared(ctx, room, talk.SharedLocation, &talk.SharedOptions{Before: last.ID}) {
		if err != nil || m.Text() != "Pole" {
			t.Errorf("before the last: %v, %v", m, err)
		}
		break
	}
	overview := must(bob.Chat.SharedOverview(ctx, room, &talk.SharedOverviewOptions{Limit: 2}))(t)
	if places := overview[talk.SharedLocation]; len(places) != 2 || len(overview[talk.SharedVoice]) != 0 {
		t.Errorf("overview: %+v", overview)
	}
	refused(t, "what the server does not know", errOf(alice.Chat.ShareObject(ctx, room, &talk.SharedObject{Type: "bogus", ID: "1"}, nil)), talk.ErrInvalid, "object")
	refused(t, "a place that is nowhere", errOf(alice.Chat.ShareObject(ctx, room, &talk.SharedObject{Type: talk.ObjectLocation, ID: "geo:0,0", MetaData: map[string]string{"name": "No place"}}, nil)), talk.ErrInvalid, "object")
	refused(t, "a link to elsewhere", errOf(alice.Chat.ShareObject(ctx, room, &talk.SharedObject{
		Type: "deck-card", ID: "5",
		MetaData: map[string]string{"name": "Card", "stackname": "Todo", "boardname": "Board", "link": "https://elsewhere.example.com/deck/5"},
	}, nil)), talk.ErrInvalid, "link")
	refused(t, "an overview for a stranger", errOf(eve.Chat.SharedOverview(ctx, room, nil)), talk.ErrNotFound, "")
	for _, err := range eve.Chat.Shared(ctx, room, talk.SharedFile, nil) {
		refused(t, "a list for a stranger", err, talk.ErrNotFound, "")
	}
}

// TestSharedObjectsRefuse: what cannot be right is refused by name, and nothing is sent.
func TestSharedObjectsRefuse(t *testing.T) {
	t.Parallel()
	c, ctx := unsent(t), t.Context()
	list := func(kind talk.SharedType, o talk.SharedOptions) error {
		for _, err := range c.Chat.Shared(ctx, "abcd1234", kind, &o) {
			return err
		}
		return nil
	}
	place := talk.LocationObject("Pole", 90, 0)
	for name, tt := range map[string]struct {
		err   error
		field string
	}{
		"no kind":             {list("", talk.SharedOptions{}), "kind"},
		"less than none":      {list(talk.SharedFile, talk.SharedOptions{PageSize: -1}), "page size"},
		"too many":            {list(talk.SharedFile, talk.SharedOptions{PageSize: 201}), "page size"},
		"before all time":     {list(talk.SharedFile, talk.SharedOptions{Before: -1}), "before"},
		"too long a list":     {errOf(c.Chat.SharedOverview(ctx, "abcd1234", &talk.SharedOverviewOptions{Limit: 21})), "limit"},
		"nothing":             {errOf(c.Chat.ShareObject(ctx, "abcd1234", nil, nil)), "object type"},
		"of no type":          {errOf(c.Chat.ShareObject(ctx, "abcd1234", &talk.SharedObject{ID: "1"}, nil)), "object type"},
		"of no id":            {errOf(c.Chat.ShareObject(ctx, "abcd1234", &talk.SharedObject{Type: "file"}, nil)), "object id"},
		"too long a mark":     {errOf(c.Chat.ShareObject(ctx, "abcd1234", place, &talk.ShareObjectOptions{ReferenceID: strings.Repeat("ü", 65)})), "reference id"},
		"in no thread":        {errOf(c.Chat.ShareObject(ctx, "abcd1234", place, &talk.ShareObjectOptions{ThreadID: -1})), "thread id"},
		"before the first":    {errOf(c.Chat.Summarize(ctx, "abcd1234", -1)), "from message id"},
		"no conversation":     {errOf(c.Chat.ShareObject(ctx, "", place, nil)), "token"},
		"no link":             {errOf(c.Conversations.OfShare(ctx, "")), "share token"},
		"a path for a link":   {errOf(c.Conversations.OfShare(ctx, "../x")), "share token"},
		"a link to ask of":    {errOf(c.Conversations.AskForPassword(ctx, "a/b")), "share token"},
		"an id that is none":  {c.Participants.ResendInvitations(ctx, "abcd1234", -1), "attendee id"},
		"an empty table":      {errOf(c.Participants.ImportEmails(ctx, "abcd1234", strings.NewReader(" \n"), nil)), "table"},
		"a table that breaks": {errOf(c.Participants.ImportEmails(ctx, "abcd1234", iotest.ErrReader(errors.New("broken")), nil)), "table"},
		"no cloud id":         {errOf(c.Avatars.OfFederatedUser(ctx, "bob", nil)), "cloud id"},
		"no such size":        {errOf(c.Avatars.OfFederatedUser(ctx, "bob@cloud.example.org", &talk.UserAvatarOptions{Size: 63})), "size"},
		"no picture":          {c.Avatars.SetOwn(ctx, strings.NewReader("")), "picture"},
	} {
		refusedHere(t, name, tt.err, tt.field)
	}
}

// TestSummaries: a task is told, nothing to sum up is none, and a refusal has its reason. No recorded server can do it.
func TestSummaries(t *testing.T) {
	t.Parallel()
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		var body struct{ FromMessageID int64 }
		answer := func(status int, data string) {
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":%d},"data":%s}}`, status, data)
		}
		if strings.HasSuffix(r.URL.Path, "/cloud/capabilities") {
			answer(http.StatusOK, `{"capabilities":{"spreed":{"version":"21.1.7","features":["chat-summary-api"]}}}`)
			return
		}
		decodeBody(t, r, &body)
		switch body.FromMessageID {
		case 7:
			answer(http.StatusCreated, `{"taskId":4711,"nextOffset":9}`)
		case 8:
			w.WriteHeader(http.StatusNoContent)
		default:
			answer(http.StatusBadRequest, `{"error":"ai-no-provider"}`)
		}
	})
	ctx := t.Context()
	if task := must(c.Chat.Summarize(ctx, "abcd1234", 7))(t); task.TaskID != 4711 || task.NextOffset != 9 {
		t.Errorf("task: %+v", task)
	}
	if task := must(c.Chat.Summarize(ctx, "abcd1234", 8))(t); task != nil {
		t.Errorf("of nothing: %+v", task)
	}
	refused(t, "without a provider", errOf(c.Chat.Summarize(ctx, "abcd1234", 0)), talk.ErrInvalid, "ai-no-provider")
}

// TestConversationsOfShares: what a server answers about links and those who ask for their passwords.
func TestConversationsOfShares(t *testing.T) {
	t.Parallel()
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path[strings.LastIndex(r.URL.Path, "/v1/"):]; r.Method + " " + path {
		case "GET /v1/publicshare/s3cr3t_-":
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"token":"abcd1234","userId":"alice","userDisplayName":"Alice"}}}`)
		case "POST /v1/publicshareauth":
			w.WriteHeader(http.StatusCreated)
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":201},"data":{"token":"efgh5678","name":"Password request","displayName":"Password request: notes.txt"}}}`)
		default:
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"failure","statuscode":400},"data":null}}`)
		}
	})
	ctx := t.Context()
	if r := must(c.Conversations.OfShare(ctx, "s3cr3t_-"))(t); r.Token != "abcd1234" || r.UserID != "alice" || r.UserDisplayName != "Alice" {
		t.Errorf("the conversation of a link: %+v", r)
	}
	if r := must(c.Conversations.AskForPassword(ctx, "s3cr3t"))(t); r.Token != "efgh5678" || r.DisplayName != "Password request: notes.txt" || r.Name == "" {
		t.Errorf("the conversation to ask in: %+v", r)
	}
	refused(t, "where files have no conversations", errOf(c.Conversations.OfShare(ctx, "other")), talk.ErrInvalid, "")
}
