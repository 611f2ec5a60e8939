package core

import (
	"context"
	"net/mail"
	"slices"
	"strings"
)

// maxFound is how many of each source a search finds at most.
const maxFound = 200

// Found is somebody whom a search has found.
type Found struct {
	ID     string
	Label  string
	Source string // users, groups or emails
	Email  string // of a user, "" for none
}

// FindPeople returns those of the sources whose id, name or address contains
// the text, up to limit of each, without the caller: users, then groups, then
// the text itself when it is an address. With a token it leaves out those who
// are in that conversation already, or banned from it.
func (c *Core) FindPeople(ctx context.Context, caller Caller, token, search string, sources []string, limit int) (out []Found, err error) {
	taken := map[string]bool{ActorUsers + "/" + caller.UserID: true}
	if token != "" {
		err := c.read(ctx, caller, token, 0, func(s *scope) error { return s.addTaken(taken) })
		if err != nil {
			return nil, err
		}
	}
	limit = max(1, min(limit, maxFound))
	text := strings.ToLower(search)
	matches := func(f Found) bool {
		return !taken[f.Source+"/"+f.ID] && strings.Contains(strings.ToLower(f.ID+"\n"+f.Label+"\n"+f.Email), text)
	}
	add := func(source string, all []Found) {
		if !slices.Contains(sources, source) {
			return
		}
		all = slices.DeleteFunc(all, func(f Found) bool { return !matches(f) })
		out = append(out, all[:min(limit, len(all))]...)
	}
	var users, groups []Found
	for _, u := range c.dir.allUsers() {
		if u.Enabled {
			users = append(users, Found{ID: u.ID, Label: u.DisplayName, Source: ActorUsers, Email: u.Email})
		}
	}
	for _, g := range c.dir.allGroups() {
		groups = append(groups, Found{ID: g.ID, Label: g.DisplayName, Source: ActorGroups})
	}
	add(ActorUsers, users)
	add(ActorGroups, groups)
	if a, err := mail.ParseAddress(search); err == nil && a.Address == search {
		add(ActorEmails, []Found{{ID: search, Label: search, Source: ActorEmails}})
	}
	return out, nil
}

// addTaken notes who is in the conversation, and who is banned from it.
func (s *scope) addTaken(taken map[string]bool) error {
	attendees, err := s.tx.Attendees(s.room.ID)
	if err != nil {
		return err
	}
	for _, a := range attendees {
		taken[a.ActorType+"/"+a.ActorID] = true
		if a.ActorType == ActorEmails {
			taken[a.ActorType+"/"+a.InvitedEmail] = true
		}
	}
	bans, err := s.tx.Bans(s.room.ID)
	for _, b := range bans {
		taken[b.ActorType+"/"+b.ActorID] = true
	}
	return err
}
