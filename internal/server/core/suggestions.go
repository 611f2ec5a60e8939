package core

import (
	"cmp"
	"context"
	"fmt"
	"slices"
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
		found := suggestions{search: strings.ToLower(search)}
		count, err := s.suggest(&found)
		if err != nil {
			return err
		}
		if found.users.all, err = s.sortSuggestions(found.users.inOrder(), search); err != nil {
			return err
		}
		for _, part := range [][]Suggestion{found.users.all, found.groups.inOrder(), found.guests.inOrder(), found.emails.inOrder()} {
			out = append(out, part...)
		}
		if all, ok := s.suggestAll(search, count); ok {
			out = append(out, all)
		}
		return nil
	})
	return out, err
}

// suggestions are those found, by their kind.
type suggestions struct {
	search                        string // in lower case
	users, groups, guests, emails suggested
}

// suggested are those of a kind: who is called what was searched for comes first.
type suggested struct{ exact, all []Suggestion }

func (p *suggested) inOrder() []Suggestion { return append(p.exact, p.all...) }

// add adds somebody whose name or id contains what is searched for; the id is "" for what is not searched.
func (f *suggestions) add(to *suggested, id string, sug Suggestion) {
	name := strings.ToLower(sug.Label)
	id = strings.ToLower(id)
	switch {
	case f.search != "" && (id == f.search || !strings.Contains(id, f.search) && name == f.search):
		to.exact = append(to.exact, sug)
	case strings.Contains(id, f.search) || strings.Contains(name, f.search):
		to.all = append(to.all, sug)
	}
}

// suggest finds those who match, and counts the users.
func (s *scope) suggest(found *suggestions) (users int, err error) {
	attendees, err := s.tx.Attendees(s.room.ID)
	if err != nil {
		return 0, err
	}
	pair := s.room.Type == OneToOne
	if pair { // also who has left, or has not come yet
		a, b := pairOf(s.room)
		for _, id := range []string{a, b} {
			found.add(&found.users, id, s.suggestUser(id))
		}
	}
	for _, a := range attendees {
		if a.ActorType == ActorUsers && a.ParticipantType <= User {
			users++
		}
		switch {
		case pair:
		case a.ActorType == ActorUsers:
			found.add(&found.users, a.ActorID, s.suggestUser(a.ActorID))
		case a.ActorType == ActorGuests:
			found.add(&found.guests, "", visitor("guest/"+a.ActorID, a.DisplayName, ActorGuests))
		case a.ActorType == ActorEmails:
			sug := visitor("email/"+a.ActorID, a.DisplayName, ActorEmails)
			if s.moderator() {
				sug.Details = a.InvitedEmail
			}
			found.add(&found.emails, "", sug)
		case a.ActorType == ActorGroups:
			id := "group/" + a.ActorID
			found.add(&found.groups, a.ActorID, Suggestion{ID: id, Label: a.DisplayName, Source: ActorGroups, MentionID: id})
		}
	}
	return users, nil
}

func (s *scope) suggestUser(id string) Suggestion {
	return Suggestion{ID: id, Label: cmp.Or(s.c.dir.displayName(id), id), Source: ActorUsers, MentionID: id}
}

func visitor(id, name, source string) Suggestion {
	return Suggestion{ID: id, Label: cmp.Or(name, "Guest"), Source: source, MentionID: id}
}

// sortSuggestions puts those first whose name begins with what is searched for,
// then those who have spoken, the last one first. The caller comes last.
func (s *scope) sortSuggestions(users []Suggestion, search string) ([]Suggestion, error) {
	spoke, err := s.tx.LastSpoke(s.room.ID, verbComment)
	if err != nil {
		return nil, err
	}
	self := ""
	if s.self.ActorType == ActorUsers {
		self = s.self.ActorID
	}
	rank := func(sug Suggestion) int {
		switch {
		case sug.ID == self:
			return 2
		case search != "" && !strings.HasPrefix(strings.ToLower(sug.Label), strings.ToLower(search)):
			return 1
		default:
			return 0
		}
	}
	slices.SortStableFunc(users, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(spoke[b.ID], spoke[a.ID]))
	})
	return users, nil
}

// suggestAll is everybody at once; ok is false when they may not be mentioned, or do not match.
func (s *scope) suggestAll(search string, users int) (sug Suggestion, ok bool) {
	name := roomDisplayName(s.c, s.room, s.self)
	if isPair(s.room) || s.room.MentionPermissions != 0 && !s.moderator() {
		return sug, false
	}
	begins := slices.ContainsFunc([]string{"all", "here"}, func(word string) bool { return strings.HasPrefix(word, search) })
	if !begins && !strings.Contains(strings.ToLower(name), strings.ToLower(search)) {
		return sug, false
	}
	sug = Suggestion{ID: "all", Label: name, Source: "calls", MentionID: "all"}
	if users > 1 {
		sug.Details = fmt.Sprintf("All %d participants", users)
	}
	return sug, true
}
