package core

import (
	"context"
	"fmt"
	"strings"
)

// Suggestion is somebody who may be mentioned.
type Suggestion struct {
	ID        string
	Label     string
	Source    string
	MentionID string
	Details   string // "" for none
}

// Suggest returns who may be mentioned in a conversation and matches the text.
func (c *Core) Suggest(ctx context.Context, caller Caller, token, search string) (out []Suggestion, err error) {
	err = c.read(ctx, caller, token, needWritable|needLobby|needChat, func(s *scope) error {
		attendees, err := s.tx.Attendees(s.room.ID)
		if err != nil {
			return err
		}
		match := func(texts ...string) bool {
			return strings.Contains(strings.ToLower(strings.Join(texts, "\n")), strings.ToLower(search))
		}
		var users, self, guests, emails, groups []Suggestion
		count := 0
		for _, a := range attendees {
			switch a.ActorType {
			case ActorUsers:
				count++
				label := c.dir.displayName(a.ActorID)
				sug := Suggestion{ID: a.ActorID, Label: label, Source: ActorUsers, MentionID: a.ActorID}
				if match(a.ActorID, label) && a.ID != s.self.ID {
					users = append(users, sug)
				} else if match(a.ActorID, label) {
					self = append(self, sug) // oneself comes last
				}
			case ActorGuests, ActorEmails:
				label := a.DisplayName
				if label == "" {
					label = "Guest"
				}
				id := strings.TrimSuffix(a.ActorType, "s") + "/" + a.ActorID
				sug := Suggestion{ID: id, Label: label, Source: a.ActorType, MentionID: id}
				switch {
				case !match(label):
				case a.ActorType == ActorGuests:
					guests = append(guests, sug)
				default:
					emails = append(emails, sug)
				}
			case ActorGroups:
				if match(a.ActorID, a.DisplayName) {
					id := "group/" + a.ActorID
					groups = append(groups, Suggestion{ID: id, Label: a.DisplayName, Source: ActorGroups, MentionID: id})
				}
			}
		}
		for _, part := range [][]Suggestion{users, self, guests, emails, groups} {
			out = append(out, part...)
		}
		name := roomDisplayName(c, s.room, s.self)
		if isPair(s.room) || s.room.MentionPermissions != 0 && !s.moderator() || !match("all", name) {
			return nil
		}
		all := Suggestion{ID: "all", Label: name, Source: "calls", MentionID: "all"}
		if caller.UserID != "" {
			all.Details = fmt.Sprintf("All %d participants", count)
		}
		out = append(out, all)
		return nil
	})
	return out, err
}
