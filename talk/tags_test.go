package talk_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

// TestTags goes through the story of tags as a real server told it.
func TestTags(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"talk-25-alpha"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			s := played(t, version+"/tags")
			ctx := t.Context()
			anna, ben := player(t, s, "anna"), player(t, s, "ben")
			room := s.Vars["room"]
			names := func(tags []*talk.Tag) (names []string) {
				for _, tag := range tags {
					names = append(names, tag.Name+" "+string(tag.Type))
				}
				return names
			}
			if diff := cmp.Diff([]string{"Favorites favorites", "Other other"}, names(must(anna.Tags.List(ctx))(t))); diff != "" {
				t.Errorf("at first:\n%s", diff)
			}
			work := must(anna.Tags.Create(ctx, "Work"))(t)
			play := must(anna.Tags.Create(ctx, " Play "))(t)
			if work.ID != s.Vars["t1"] || work.Type != talk.TagCustom || play.Name != "Play" || play.SortOrder != 2 {
				t.Errorf("made: %+v, %+v", work, play)
			}
			refused(t, "once more", errOf(anna.Tags.Create(ctx, "Work")), talk.ErrInvalid, "name")
			if tag := must(anna.Tags.Rename(ctx, work.ID, "Works"))(t); tag.Name != "Works" || tag.ID != work.ID {
				t.Errorf("renamed: %+v", tag)
			}
			refused(t, "rename none", errOf(anna.Tags.Rename(ctx, "1", "x")), talk.ErrNotFound, "")
			if tags := must(anna.Tags.Reorder(ctx, play.ID, work.ID))(t); len(tags) != 4 || tags[0].Type != talk.TagFavorites || tags[3].Type != talk.TagOther {
				t.Errorf("in order: %q", names(tags))
			}
			if tag := must(anna.Tags.SetCollapsed(ctx, work.ID, true))(t); !tag.Collapsed {
				t.Errorf("collapsed: %+v", tag)
			}
			c := must(anna.Conversations.SetTags(ctx, room, work.ID, "999"))(t)
			if diff := cmp.Diff([]string{work.ID}, c.TagIDs); diff != "" {
				t.Errorf("on the conversation:\n%s", diff)
			}
			if c := must(anna.Conversations.SetTags(ctx, room))(t); len(c.TagIDs) != 0 {
				t.Errorf("off the conversation: %v", c.TagIDs)
			}
			if tags := must(ben.Tags.List(ctx))(t); len(tags) != 2 {
				t.Errorf("another has %q", names(tags))
			}
			if err := anna.Tags.Delete(ctx, play.ID); err != nil {
				t.Error(err)
			}
			refused(t, "delete again", anna.Tags.Delete(ctx, play.ID), talk.ErrNotFound, "")
			if diff := cmp.Diff([]string{"Favorites favorites", "Works custom", "Other other"}, names(must(anna.Tags.List(ctx))(t))); diff != "" {
				t.Errorf("in the end:\n%s", diff)
			}
			s.Skip(5, 6, 8, 16) // what is refused here already
		})
	}
}

func TestTagsRefuse(t *testing.T) {
	t.Parallel()
	c := newerClient(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s was sent", r.Method, r.URL) })
	ctx := t.Context()
	for name, tt := range map[string]struct {
		err   error
		field string
	}{
		"no name":            {errOf(c.Tags.Create(ctx, " ")), "name"},
		"too long a name":    {errOf(c.Tags.Create(ctx, strings.Repeat("ü", 251))), "name"},
		"no new name":        {errOf(c.Tags.Rename(ctx, "7", "")), "name"},
		"a word for an id":   {errOf(c.Tags.Rename(ctx, "favorites", "x")), "tag id"},
		"no id":              {c.Tags.Delete(ctx, ""), "tag id"},
		"a path for an id":   {errOf(c.Tags.SetCollapsed(ctx, "7/../8", true)), "tag id"},
		"an order of words":  {errOf(c.Tags.Reorder(ctx, "7", "x")), "tag id"},
		"a tag without id":   {errOf(c.Conversations.SetTags(ctx, "abcd1234", "")), "tag id"},
		"more than are kept": {errOf(c.Conversations.SetTags(ctx, "abcd1234", make([]string, 21)...)), "tag ids"},
	} {
		refusedHere(t, name, tt.err, tt.field)
	}
}
