package render_test

import (
	"testing"

	"github.com/confab-go/confab/internal/cli/render"
)

func TestAvatar(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Alice": "A", "Bob B.": "BB", "ada de la lovelace": "AL", "Ärzte ohne Grenzen": "ÄG", "# 7-of-9": "7", "": "?", "🎉 !": "?", "李 小龙": "李小", "\x1b[2J x": "2X",
	} {
		if got := render.Initials(name); got != want {
			t.Errorf("%q has the initials %q, want %q", name, got, want)
		}
	}
	if got := (render.Form{Terminal: true}).Avatar("AB"); got != "" {
		t.Errorf("without colour it is %q", got)
	}
	form := render.Form{Terminal: true, Color: true}
	if a := form.Avatar("AB"); render.Width("AB")+render.AvatarMargin != 4 || a != form.Avatar("AB") || a == form.Avatar("CD") {
		t.Errorf("it is %q", a)
	}
}
