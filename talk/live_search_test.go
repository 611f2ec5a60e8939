package talk_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

func TestLiveSearch(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureUnifiedSearch)
	alice, bob, eve := w.client("alice"), w.client("bob"), w.client("eve")
	deploys, lunch := w.room(alice, "Deploys", "bob").Token, w.room(alice, "Lunch", "bob").Token
	var ids []int64
	for i := range 5 {
		ids = append(ids, must(alice.Chat.Send(ctx, deploys, fmt.Sprintf("needle %d in a haystack", i), nil))(t).ID)
	}
	must(alice.Chat.Send(ctx, deploys, "straw", nil))(t)
	other := must(bob.Chat.Send(ctx, lunch, "a needle for lunch", nil))(t)

	search := func(c *talk.Client, o *talk.SearchOptions) (found []int64) {
		for entry, err := range c.Search.Messages(ctx, "needle", o) {
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, entry.Attributes.MessageID)
			if a := entry.Attributes; a.MessageID == other.ID && (a.Token != lunch || a.ActorType != talk.ActorUser || a.ActorID != w.id("bob") ||
				!a.Timestamp.Equal(other.Timestamp) || entry.Title != "Bob in Lunch" || entry.Subline != "a needle for lunch" || entry.ResourceURL == "") {
				t.Errorf("found: %+v", entry)
			}
		}
		return found
	}
	newest := []int64{other.ID, ids[4], ids[3], ids[2], ids[1], ids[0]}
	for name, tt := range map[string]struct {
		client  *talk.Client
		options *talk.SearchOptions
		want    []int64
	}{
		"everywhere":        {alice, nil, newest},
		"by two":            {alice, &talk.SearchOptions{PageSize: 2}, newest},
		"in a conversation": {bob, &talk.SearchOptions{Token: lunch}, newest[:1]},
		"by somebody":       {bob, &talk.SearchOptions{UserID: w.id("alice")}, newest[1:]},
		"of the past":       {bob, &talk.SearchOptions{Until: time.Unix(1e9, 0)}, nil},
		"since long ago":    {bob, &talk.SearchOptions{Since: time.Unix(1e9, 0)}, newest},
		"by a stranger":     {eve, nil, nil},
	} {
		if diff := cmp.Diff(tt.want, search(tt.client, tt.options)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	found := must(bob.Search.Conversations(ctx, "eploy"))(t)
	if len(found) != 1 || found[0].Title != "Deploys" || found[0].Attributes.Token != deploys || found[0].Attributes.MessageID != 0 {
		t.Errorf("conversations: %+v", found)
	}
	if none := must(eve.Search.Conversations(ctx, "eploy"))(t); len(none) != 0 {
		t.Errorf("a stranger's: %+v", none)
	}

	c := unsent(t)
	messages := func(text string, o *talk.SearchOptions) error {
		for _, err := range c.Search.Messages(ctx, text, o) {
			return err
		}
		return nil
	}
	refusedHere(t, "nothing", messages(" ", nil), "text")
	refusedHere(t, "too large a page", messages("x", &talk.SearchOptions{PageSize: 26}), "page size")
	refusedHere(t, "no conversation", messages("x", &talk.SearchOptions{Token: "../x"}), "token")
	refusedHere(t, "no time between", messages("x", &talk.SearchOptions{Since: time.Unix(9, 0), Until: time.Unix(8, 0)}), "until")
	refusedHere(t, "no conversation's name", errOf(c.Search.Conversations(ctx, "")), "text")
}

// TestSearchEnds: a server that names the same next page again does not keep the search going for ever.
func TestSearchEnds(t *testing.T) {
	t.Parallel()
	asked := 0
	c := newerClient(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		if diff := cmp.Diff(map[int]string{1: "", 2: "5"}[asked], r.URL.Query().Get("cursor")); diff != "" {
			t.Error(diff)
		}
		fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"name":"Messages","isPaginated":true,"entries":[{"title":"x","attributes":[]}],"cursor":5}}}`)
	})
	n := 0
	for _, err := range c.Search.Messages(t.Context(), "x", nil) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 2 || asked != 2 {
		t.Errorf("%d entries of %d pages", n, asked)
	}
}
