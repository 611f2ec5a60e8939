package core

import (
	"context"
	"strings"
	"unicode/utf8"
)

// SetGuestName says what a guest is called. Who has an account is called by that.
func (c *Core) SetGuestName(ctx context.Context, caller Caller, token, name string) error {
	name = strings.Trim(name, phpSpace)
	return c.write(ctx, caller, token, 0, func(s *scope) error {
		switch {
		case s.self.ActorType != ActorGuests && s.self.ActorType != ActorEmails:
			return refuse(Forbidden, "")
		case utf8.RuneCountInString(name) > maxDisplayName:
			return refuse(Invalid, "displayName")
		case name == s.self.DisplayName:
			return nil
		}
		s.self.DisplayName = name
		return s.saveSelf()
	})
}
