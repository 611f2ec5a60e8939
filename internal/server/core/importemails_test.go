package core

import (
	"strings"
	"testing"
)

func FuzzReadInvitations(f *testing.F) {
	for _, in := range []string{"", "email\na@b.example\n", "name,email\n\"x\ny\",a@b.example\n,,\n\"", "\ufeffEMAIL\nA@B.example\na@b.example\n"} {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		out, counts, err := readInvitations(strings.NewReader(in), map[string]bool{"known@b.example": true})
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, i := range out {
			if seen[i.email] || i.email == "known@b.example" || !strings.Contains(i.email, "@") || i.email != strings.ToLower(i.email) {
				t.Errorf("%q invites %q", in, i.email)
			}
			seen[i.email] = true
		}
		if counts.Invites != len(out) {
			t.Errorf("%q: %d invitations, counted %d", in, len(out), counts.Invites)
		}
	})
}
