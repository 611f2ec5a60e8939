package talk_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/confab-go/confab/talk"
)

func TestLiveUsersAndGroups(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	alice, admin := w.client("alice"), w.admin
	dave, crew := w.id("dave"), w.id("crew")
	if err := admin.Groups.Create(ctx, crew); err != nil {
		t.Fatal(err)
	}
	w.remove(admin.Groups.Delete, crew)
	refused(t, "the group once more", admin.Groups.Create(ctx, crew), talk.ErrInvalid, "")
	if err := admin.Users.Create(ctx, dave, &talk.CreateUserOptions{Password: "Pw-9-dave-of-confab", DisplayName: "Dave", Email: "dave@example.com", Groups: []string{crew}}); err != nil {
		t.Fatal(err)
	}
	var e *talk.Error
	if err := admin.Users.Create(ctx, dave, &talk.CreateUserOptions{Password: "Pw-9-dave-of-confab"}); !errors.Is(err, talk.ErrInvalid) || !errors.As(err, &e) || e.OCSCode != 102 {
		t.Errorf("dave once more: %v", err)
	}
	u := must(admin.Users.Get(ctx, dave))(t)
	if u.ID != dave || u.DisplayName != "Dave" || u.Email != "dave@example.com" || !u.Enabled || !slices.Equal(u.Groups, []string{crew}) || !u.LastLogin.IsZero() || u.Backend == "" {
		t.Errorf("dave is %+v", u)
	}
	if ids := must(admin.Users.List(ctx, &talk.ListUsersOptions{Search: dave, Limit: 10}))(t); !slices.Equal(ids, []string{dave}) {
		t.Errorf("found %q", ids)
	}
	if ids := must(admin.Users.List(ctx, &talk.ListUsersOptions{Search: dave, Offset: 1}))(t); len(ids) != 0 {
		t.Errorf("after dave comes %q", ids)
	}
	if err := admin.Users.Set(ctx, dave, talk.UserFieldDisplayName, "David"); err != nil {
		t.Error(err)
	}
	if err := errors.Join(admin.Users.SetEnabled(ctx, dave, false), admin.Users.RemoveFromGroup(ctx, dave, crew)); err != nil {
		t.Error(err)
	}
	if u := must(admin.Users.Get(ctx, dave))(t); u.DisplayName != "David" || u.Enabled || len(u.Groups) != 0 {
		t.Errorf("dave became %+v", u)
	}
	if err := errors.Join(admin.Users.SetEnabled(ctx, dave, true), admin.Users.AddToGroup(ctx, dave, crew)); err != nil {
		t.Error(err)
	}
	if ids := must(admin.Users.Groups(ctx, dave))(t); !slices.Equal(ids, []string{crew}) {
		t.Errorf("dave is in %q", ids)
	}
	if ids := must(admin.Groups.Members(ctx, crew))(t); !slices.Equal(ids, []string{dave}) {
		t.Errorf("in the group are %q", ids)
	}
	if ids := must(admin.Groups.List(ctx, crew))(t); !slices.Equal(ids, []string{crew}) {
		t.Errorf("groups are %q", ids)
	}
	if own := must(alice.Users.Own(ctx))(t); own.ID != w.id("alice") || own.DisplayName != "Alice" || own.Quota.Quota == nil {
		t.Errorf("alice is %+v", own)
	}

	refused(t, "a user for who is no administrator", alice.Users.Create(ctx, w.id("eve"), &talk.CreateUserOptions{Password: "Pw-9-eve-of-confab"}), talk.ErrForbidden, "")
	refused(t, "a group for who is no administrator", alice.Groups.Create(ctx, w.id("others")), talk.ErrForbidden, "")
	refused(t, "another for who is no administrator", errOf(alice.Users.Get(ctx, dave)), talk.ErrNotFound, "")
	refused(t, "into a group that is not there", admin.Users.AddToGroup(ctx, dave, w.id("nobodies")), talk.ErrInvalid, "")
	refused(t, "members of a group that is not there", errOf(admin.Groups.Members(ctx, w.id("nobodies"))), talk.ErrNotFound, "")
	refused(t, "a field that is none", admin.Users.Set(ctx, dave, "bogus", "x"), talk.ErrInvalid, "")
	if err := admin.Users.Delete(ctx, dave); err != nil {
		t.Error(err)
	}
	refused(t, "dave again", admin.Users.Delete(ctx, dave), talk.ErrNotFound, "")
	group := w.id("gone")
	if err := errors.Join(admin.Groups.Create(ctx, group), admin.Groups.Delete(ctx, group)); err != nil {
		t.Error(err)
	}
	refused(t, "the group again", admin.Groups.Delete(ctx, group), talk.ErrInvalid, "")
}

// TestUsersRefuse: what cannot be right is refused by name, and nothing is sent.
func TestUsersRefuse(t *testing.T) {
	t.Parallel()
	c, ctx := unsent(t), t.Context()
	for name, tt := range map[string]struct {
		err   error
		field string
	}{
		"nobody":              {errOf(c.Users.Get(ctx, " ")), "user id"},
		"a path":              {c.Users.Delete(ctx, ".."), "user id"},
		"nobody new":          {c.Users.Create(ctx, "", &talk.CreateUserOptions{Password: "x"}), "user id"},
		"no password":         {c.Users.Create(ctx, "bob", nil), "password"},
		"no field":            {c.Users.Set(ctx, "bob", "", "x"), "field"},
		"no group":            {c.Users.AddToGroup(ctx, "bob", ""), "group id"},
		"less than none":      {errOf(c.Users.List(ctx, &talk.ListUsersOptions{Limit: -1})), "limit"},
		"before the first":    {errOf(c.Users.List(ctx, &talk.ListUsersOptions{Offset: -1})), "offset"},
		"a group of no name":  {c.Groups.Create(ctx, ""), "group id"},
		"members of no group": {errOf(c.Groups.Members(ctx, ".")), "group id"},
		"deleting no group":   {c.Groups.Delete(ctx, ""), "group id"},
	} {
		refusedHere(t, name, tt.err, tt.field)
	}
}
