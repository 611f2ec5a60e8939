package core

import (
	"context"
	"net/netip"

	"github.com/confab-go/confab/internal/server/store"
)

// ActorIP is the type of a ban of addresses: one, or all with a prefix.
const ActorIP = "ip"

// maxBanNote is the longest note on a ban, in bytes.
const maxBanNote = 4000

// NewBan says whom to ban.
type NewBan struct {
	ActorType string // users, guests, emails or ip
	ActorID   string
	Note      string // for moderators to read
}

// Ban removes somebody from a conversation and keeps them out.
func (c *Core) Ban(ctx context.Context, caller Caller, token string, n NewBan) (b store.Ban, err error) {
	err = c.write(ctx, caller, token, needModerator, func(s *scope) error {
		b = store.Ban{
			RoomID: s.room.ID, ModeratorType: s.self.ActorType, ModeratorID: s.self.ActorID, ModeratorName: s.self.DisplayName,
			ActorType: n.ActorType, ActorID: n.ActorID, ActorName: n.ActorID, Note: n.Note, Created: s.now,
		}
		if err := s.checkBan(&n); err != nil {
			return err
		}
		if n.ActorType == ActorUsers {
			if u, ok := c.dir.user(n.ActorID); ok {
				b.ActorID, b.ActorName = u.ID, u.DisplayName
			}
		}
		if banned, err := s.tx.Banned(s.room.ID, b.ActorType, b.ActorID); err != nil || banned {
			return orElse(err, refuse(Invalid, "bannedActor"))
		}
		if err := s.banish(&b); err != nil {
			return err
		}
		return s.tx.InsertBan(&b)
	})
	return b, err
}

// orElse returns the first error, or the second when there is no first.
func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func (s *scope) checkBan(n *NewBan) error {
	switch {
	case s.room.Type != Group && s.room.Type != Public:
		return refuse(Invalid, "room")
	case n.ActorType != ActorUsers && n.ActorType != ActorGuests && n.ActorType != ActorEmails && n.ActorType != ActorIP,
		n.ActorID == "" || len(n.ActorID) > maxActorID,
		n.ActorType == ActorIP && !validRange(n.ActorID):
		return refuse(Invalid, "bannedActor")
	case len(n.Note) > maxBanNote:
		return refuse(Invalid, "internalNote")
	case n.ActorType == s.self.ActorType && s.is(n.ActorID):
		return refuse(Invalid, "self")
	}
	return nil
}

// is reports whether an id is the caller's own, whatever its case.
func (s *scope) is(actorID string) bool {
	if u, ok := s.c.dir.user(actorID); ok && s.self.ActorType == ActorUsers {
		return u.ID == s.self.ActorID
	}
	return actorID == s.self.ActorID
}

// banish takes the banned one out of the conversation, if they are in it.
func (s *scope) banish(b *store.Ban) error {
	if b.ActorType == ActorIP {
		return nil
	}
	a, err := s.tx.Attendee(s.room.ID, b.ActorType, b.ActorID)
	if isNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if isModeratorType(a.ParticipantType) {
		return refuse(Invalid, "moderator")
	}
	if a.DisplayName != "" && a.ActorType != ActorUsers {
		b.ActorName = a.DisplayName
	}
	sessions, err := s.tx.SessionsOf(a.ID)
	if err != nil {
		return err
	}
	if len(sessions) > 0 && a.ActorType == ActorGuests {
		b.WebSession = sessions[0].WebSession
	}
	return s.remove(&a)
}

// Bans returns the bans of a conversation in their order.
func (c *Core) Bans(ctx context.Context, caller Caller, token string) (out []store.Ban, err error) {
	err = c.read(ctx, caller, token, needModerator, func(s *scope) error {
		out, err = s.tx.Bans(s.room.ID)
		return err
	})
	return out, err
}

// Unban lifts a ban. It is no error when there is none.
func (c *Core) Unban(ctx context.Context, caller Caller, token string, id int64) error {
	return c.write(ctx, caller, token, needModerator, func(s *scope) error { return s.tx.DeleteBan(s.room.ID, id) })
}

// callerBanned reports whether the caller is kept out of a conversation.
func callerBanned(tx *store.Tx, caller Caller, roomID int64) (bool, error) {
	if caller.UserID != "" {
		return tx.Banned(roomID, ActorUsers, caller.UserID)
	}
	bans, err := tx.Bans(roomID)
	for _, b := range bans {
		if b.ActorType == ActorIP && inRange(b.ActorID, caller.RemoteIP) || b.WebSession != "" && b.WebSession == caller.WebSession {
			return true, nil
		}
	}
	return false, err
}

// parseRange reads an address, or a prefix of addresses like 10.0.0.0/8.
func parseRange(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		return addr.Unmap().WithZone("").Prefix(addr.Unmap().BitLen())
	}
	return netip.ParsePrefix(text)
}

func validRange(text string) bool {
	_, err := parseRange(text)
	return err == nil
}

func inRange(text string, addr netip.Addr) bool {
	p, err := parseRange(text)
	return err == nil && p.Contains(addr.Unmap().WithZone(""))
}
