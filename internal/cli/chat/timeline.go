package chat

import (
	"cmp"
	"slices"

	"github.com/confab-go/confab/talk"
)

// timeline is the part of a conversation's history that is in memory: messages in a row, oldest first. Further ones are
// fetched at both its ends, and those furthest from what is looked at are forgotten when there are too many.
type timeline struct {
	messages []*talk.Message
	// older is the message before which the next page begins; begun says that there is none.
	older int64
	begun bool
	// newer is the message after which there are more; live says that there are none but those that are told of.
	newer int64
	live  bool
	// seen is the newest message that was told of while this was not live.
	seen int64
	// limit is how many messages are kept; 0 for any number.
	limit int
	// fetchingOlder and fetchingNewer say that a page is on its way.
	fetchingOlder, fetchingNewer bool
}

// slack is how far beyond its limit a timeline grows before it forgets.
const slack = 400

// isHidden reports whether a message only tells of another one, which shows it itself.
func isHidden(m *talk.Message) bool {
	switch m.SystemMessage {
	case talk.SystemReaction, talk.SystemReactionDeleted, talk.SystemReactionRevoked, talk.SystemMessageEdited,
		talk.SystemMessageDeleted, talk.SystemPollVoted:
		return true
	}
	return false
}

// index gives the place of a message, or where it would be.
func (t *timeline) index(id int64) (at int, found bool) {
	return slices.BinarySearchFunc(t.messages, id, func(m *talk.Message, id int64) int { return cmp.Compare(m.ID, id) })
}

// get gives a message, nil if it is not there.
func (t *timeline) get(id int64) *talk.Message {
	if at, found := t.index(id); found {
		return t.messages[at]
	}
	return nil
}

// last gives the newest message, nil if there is none.
func (t *timeline) last() *talk.Message {
	if len(t.messages) == 0 {
		return nil
	}
	return t.messages[len(t.messages)-1]
}

// setNewest begins with the newest page.
func (t *timeline) setNewest(p *talk.Page) {
	t.messages, t.newer, t.live = nil, 0, true
	t.prepend(p)
	if len(p.Messages) > 0 {
		t.newer = p.Messages[0].ID
	}
}

// prepend takes over a page of older messages, newest first.
func (t *timeline) prepend(p *talk.Page) {
	fresh := make([]*talk.Message, 0, len(p.Messages))
	for _, m := range slices.Backward(p.Messages) {
		if !isHidden(m) && (len(t.messages) == 0 || m.ID < t.messages[0].ID) {
			fresh = append(fresh, m)
		}
	}
	t.messages = append(fresh, t.messages...)
	t.begun = p.LastGiven == 0 || t.older != 0 && p.LastGiven >= t.older
	t.older = p.LastGiven
}

// extend takes over a page of newer messages, oldest first.
func (t *timeline) extend(p *talk.Page) {
	for _, m := range p.Messages {
		if last := t.last(); !isHidden(m) && (last == nil || m.ID > last.ID) {
			t.messages = append(t.messages, m)
		}
		t.newer = max(t.newer, m.ID)
	}
	t.newer = max(t.newer, p.LastGiven)
	// What was told of while the page was on its way may be missing in it.
	t.live = p.LastGiven == 0 && t.seen <= t.newer
}

// add takes over a message that is new, and reports whether it is shown.
func (t *timeline) add(m *talk.Message) bool {
	at, found := t.index(m.ID)
	switch {
	case found:
		t.messages[at] = m
		return true
	case !t.live:
		t.seen = max(t.seen, m.ID)
		return false
	case isHidden(m):
		t.newer = max(t.newer, m.ID)
		return false
	case at < len(t.messages):
		t.messages = slices.Insert(t.messages, at, m)
	default:
		t.messages = append(t.messages, m)
		t.newer = max(t.newer, m.ID)
	}
	return true
}

// replace takes over what has become of a message, if it is there. What that answers is not always told again.
func (t *timeline) replace(m *talk.Message) {
	at, found := t.index(m.ID)
	if !found {
		return
	}
	if before := t.messages[at]; m.Parent == nil && before.Parent != nil && !m.Deleted {
		changed := *m
		changed.Parent = before.Parent
		m = &changed
	}
	t.messages[at] = m
}

// remove forgets a message.
func (t *timeline) remove(id int64) {
	if at, found := t.index(id); found {
		t.messages = slices.Delete(t.messages, at, at+1)
	}
}

// trim forgets what is furthest from a message, if there is too much.
func (t *timeline) trim(around int64) {
	if t.limit <= 0 || len(t.messages) <= t.limit+slack {
		return
	}
	at, _ := t.index(around)
	if at > len(t.messages)/2 {
		t.messages = slices.Clone(t.messages[len(t.messages)-t.limit:])
		t.older, t.begun = t.messages[0].ID, false
		return
	}
	t.messages = slices.Clone(t.messages[:t.limit])
	t.newer, t.live = t.last().ID, false
}
