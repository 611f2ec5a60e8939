package chat

import (
	"cmp"
	"slices"
	"strings"

	"github.com/confab-go/confab/talk"
)

// rooms are the conversations, in the order of the list: favourites, then the others, then archived ones; of each those
// first in which something happened last.
type rooms struct {
	list    []*talk.Conversation
	byToken map[string]*talk.Conversation
	// names are those of the list in lower case, in its order.
	names []string
	// chosen is the token of the one that the list's cursor is on, top the first that is shown.
	chosen string
	top    int
	// unreadCount counts the conversations with unread messages; -1 when it has to be counted anew.
	unreadCount int
}

func rank(c *talk.Conversation) int {
	switch {
	case c.IsArchived:
		return 2
	case c.IsFavorite:
		return 0
	}
	return 1
}

func compareRooms(a, b *talk.Conversation) int {
	if n := cmp.Compare(rank(a), rank(b)); n != 0 {
		return n
	}
	if n := b.LastActivity.Compare(a.LastActivity); n != 0 {
		return n
	}
	if n := cmp.Compare(newestID(b), newestID(a)); n != 0 { // servers tell times in seconds
		return n
	}
	if n := strings.Compare(a.DisplayName, b.DisplayName); n != 0 {
		return n
	}
	return strings.Compare(a.Token, b.Token)
}

func newestID(c *talk.Conversation) int64 {
	if c.LastMessage == nil {
		return 0
	}
	return c.LastMessage.ID
}

// manyRooms is from how many changes at once on everything is sorted anew.
const manyRooms = 64

// set takes over conversations as they are now.
func (r *rooms) set(changed []*talk.Conversation) {
	if r.byToken == nil {
		r.byToken = map[string]*talk.Conversation{}
	}
	r.unreadCount = -1
	if len(changed) >= manyRooms {
		for _, c := range changed {
			r.byToken[c.Token] = c
		}
		r.list = r.list[:0]
		for _, c := range r.byToken {
			r.list = append(r.list, c)
		}
		slices.SortFunc(r.list, compareRooms)
		r.names = r.names[:0]
		for _, c := range r.list {
			r.names = append(r.names, strings.ToLower(c.DisplayName))
		}
	} else {
		for _, c := range changed {
			r.drop(r.byToken[c.Token])
			r.byToken[c.Token] = c
			at, _ := slices.BinarySearchFunc(r.list, c, compareRooms)
			r.list = slices.Insert(r.list, at, c)
			r.names = slices.Insert(r.names, at, strings.ToLower(c.DisplayName))
		}
	}
	if r.chosen == "" && len(r.list) > 0 {
		r.chosen = r.list[0].Token
	}
}

// drop takes a conversation out of the list; nil is none.
func (r *rooms) drop(c *talk.Conversation) {
	if c == nil {
		return
	}
	if at := r.index(c.Token); at >= 0 {
		r.list = slices.Delete(r.list, at, at+1)
		r.names = slices.Delete(r.names, at, at+1)
	}
}

// remove forgets a conversation.
func (r *rooms) remove(token string) {
	at := r.index(token)
	r.unreadCount = -1
	r.drop(r.byToken[token])
	delete(r.byToken, token)
	if r.chosen == token {
		r.chosen = ""
		if len(r.list) > 0 {
			r.chosen = r.list[min(max(at, 0), len(r.list)-1)].Token
		}
	}
}

// index gives the place of a conversation in the list, -1 for none.
func (r *rooms) index(token string) int {
	c := r.byToken[token]
	if c == nil {
		return -1
	}
	at, found := slices.BinarySearchFunc(r.list, c, compareRooms)
	if !found {
		return -1
	}
	return at
}

// move moves the cursor by some places.
func (r *rooms) move(by int) {
	if len(r.list) == 0 {
		return
	}
	at := min(max(r.index(r.chosen)+by, 0), len(r.list)-1)
	r.chosen = r.list[at].Token
}

// show scrolls so that the cursor is seen in a height, and gives the first that is shown.
func (r *rooms) show(height int) int {
	if at := r.index(r.chosen); at >= 0 {
		r.top = min(max(r.top, at-height+1), at)
	}
	r.top = max(min(r.top, len(r.list)-height), 0)
	return r.top
}

// nextUnread moves the cursor to the next conversation with unread messages, and reports whether there is one.
func (r *rooms) nextUnread() bool {
	at := r.index(r.chosen)
	for i := range r.list {
		c := r.list[(at+1+i)%len(r.list)]
		if c.UnreadMessages > 0 && !c.IsArchived && c.Token != r.chosen {
			r.chosen = c.Token
			return true
		}
	}
	return false
}

// unread counts the conversations with unread messages.
func (r *rooms) unread() int {
	if r.unreadCount >= 0 {
		return r.unreadCount
	}
	r.unreadCount = 0
	for _, c := range r.list {
		if c.UnreadMessages > 0 && !c.IsArchived {
			r.unreadCount++
		}
	}
	return r.unreadCount
}

// find gives the conversations whose names fit what is typed, the best first, at most limit.
func (r *rooms) find(typed string, limit int) []*talk.Conversation {
	typed = strings.ToLower(strings.TrimSpace(typed))
	if typed == "" {
		return r.list[:min(limit, len(r.list))]
	}
	var fits [goodScores][]*talk.Conversation
	type hit struct {
		c     *talk.Conversation
		score int
	}
	var others []hit
	for i, c := range r.list {
		score, ok := fuzzy(typed, r.names[i])
		if !ok && c.Type == talk.ConversationOneToOne {
			score, ok = fuzzy(strings.TrimPrefix(typed, "@"), strings.ToLower(c.Name))
		}
		switch {
		case !ok:
		case score < goodScores:
			if len(fits[score]) < limit {
				fits[score] = append(fits[score], c)
			}
		default:
			others = append(others, hit{c, score})
		}
	}
	found := slices.Concat(fits[:]...)
	if len(found) < limit {
		slices.SortStableFunc(others, func(a, b hit) int { return cmp.Compare(a.score, b.score) })
		for _, h := range others[:min(limit-len(found), len(others))] {
			found = append(found, h.c)
		}
	}
	return found[:min(limit, len(found))]
}

// goodScores is how many scores there are of names that have in them what was typed, letter by letter.
const goodScores = 3

// fuzzy reports whether a name has the letters that were typed, in their order; the lower the score the better it fits.
func fuzzy(typed, name string) (score int, ok bool) {
	if typed == "" {
		return 0, true
	}
	switch at := strings.Index(name, typed); {
	case at == 0:
		return 0, true
	case at > 0 && strings.ContainsAny(name[at-1:at], " -_./#@"):
		return 1, true
	case at > 0:
		return 2, true
	}
	gaps, from := 0, 0
	for _, r := range typed {
		at := strings.IndexRune(name[from:], r)
		if at < 0 {
			return 0, false
		}
		if from > 0 {
			gaps += at
		}
		from += at + len(string(r))
	}
	return goodScores + gaps, true
}
