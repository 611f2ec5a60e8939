package core_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/confab-go/confab/internal/server/core"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	long := strings.Repeat("long ", 40)
	w.must(w.EnsureUser(ctx, core.NewUser{ID: "dora", Password: long, Admin: true}))
	token, err := w.NewAppPassword(ctx, "dora", "test")
	w.must(err)
	foreign, err := w.NewAppPassword(ctx, "anna", "test")
	w.must(err)
	if len(token) != 72 {
		t.Errorf("the app password has %d characters", len(token))
	}
	for _, tt := range []struct {
		name, user, password string
		ok                   bool
	}{
		{"password", "dora", long, true},
		{"password again, remembered", "dora", long, true},
		{"another case of the name", "DORA", long, true},
		{"app password", "dora", token, true},
		{"wrong password", "dora", "wrong", false},
		{"differs after 72 bytes only", "dora", long + "x", false},
		{"empty password", "dora", "", false},
		{"another's app password", "dora", foreign, false},
		{"unknown user", "ghost", long, false},
		{"unknown user, no password", "ghost", "", false},
		{"user without a password", "anna", "anna", false},
	} {
		caller, err := w.Login(ctx, tt.user, tt.password)
		if tt.ok && (err != nil || caller.UserID != "dora" || !caller.Admin) {
			t.Errorf("%s: %+v, %v", tt.name, caller, err)
		}
		if !tt.ok && !errors.Is(err, core.ErrBadCredentials) {
			t.Errorf("%s: %+v, %v; want ErrBadCredentials", tt.name, caller, err)
		}
	}
}

func TestCredentialsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.must(w.EnsureUser(ctx, core.NewUser{ID: "dora", Password: "first"}))
	token, err := w.NewAppPassword(ctx, "dora", "test")
	w.must(err)

	byPassword, err := w.Login(ctx, "dora", "first")
	w.must(err)
	byToken, err := w.LoginToken(ctx, token)
	w.must(err)
	passwordCookie, err := w.NewCookie(&byPassword)
	w.must(err)
	tokenCookie, err := w.NewCookie(&byToken)
	w.must(err)
	valid := func(cookie string) bool { _, ok := w.ParseCookie(ctx, cookie); return ok }
	if !valid(passwordCookie) || !valid(tokenCookie) {
		t.Fatal("fresh cookies are refused")
	}
	if valid(strings.Replace(tokenCookie, ":", ":1", 1)) {
		t.Error("a forged cookie is taken")
	}

	w.must(w.DeleteAppPassword(ctx, byToken.TokenID))
	if _, err := w.Login(ctx, "dora", token); !errors.Is(err, core.ErrBadCredentials) {
		t.Errorf("a deleted app password: %v", err)
	}
	if valid(tokenCookie) {
		t.Error("the cookie of a deleted app password is taken")
	}

	second := "second"
	w.must(w.ChangeUser(ctx, "dora", core.UserChange{Password: &second}))
	if _, err := w.Login(ctx, "dora", "first"); !errors.Is(err, core.ErrBadCredentials) {
		t.Errorf("the old password: %v", err)
	}
	if valid(passwordCookie) {
		t.Error("a cookie of before the change is taken")
	}

	off := false
	w.must(w.ChangeUser(ctx, "dora", core.UserChange{Enabled: &off}))
	if _, err := w.Login(ctx, "dora", second); !errors.Is(err, core.ErrBadCredentials) {
		t.Errorf("a disabled user: %v", err)
	}
}

func TestRotatedAppPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	old, err := w.NewAppPassword(ctx, "anna", "test")
	w.must(err)
	caller, err := w.Login(ctx, "anna", old)
	w.must(err)
	fresh, err := w.RotateAppPassword(ctx, caller.TokenID)
	w.must(err)
	if _, err := w.Login(ctx, "anna", fresh); err != nil {
		t.Errorf("the new one: %v", err)
	}
	if _, err := w.Login(ctx, "anna", old); !errors.Is(err, core.ErrBadCredentials) {
		t.Errorf("the old one: %v", err)
	}
}

func TestEnsureUserChangesWhatIsGiven(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.must(w.EnsureUser(ctx, core.NewUser{ID: "anna", Email: "anna@example.com", Groups: []string{"new"}, Admin: true}))
	a, err := w.Account("anna")
	w.must(err)
	if a.DisplayName != "Anna" || a.Email != "anna@example.com" || !a.Admin || strings.Join(a.Groups, " ") != "crew new" {
		t.Errorf("account: %+v", a)
	}
	for _, id := range []string{"", " x", "a/b", "a\x00b", "..", strings.Repeat("a", 65)} {
		if err := w.EnsureUser(ctx, core.NewUser{ID: id}); !errors.Is(err, core.ErrBadUserID) {
			t.Errorf("id %q: %v", id, err)
		}
	}
}
