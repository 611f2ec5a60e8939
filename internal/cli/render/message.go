package render

import (
	"cmp"
	"strconv"

	"github.com/confab-go/confab/talk"
)

// Author is how a person knows the sender of a message.
func Author(m *talk.Message) string {
	switch m.ActorType {
	case talk.ActorDeletedUser:
		return "Deleted user"
	case talk.ActorGuest:
		return cmp.Or(m.ActorDisplayName, "Guest") + " (guest)"
	}
	return cmp.Or(m.ActorDisplayName, m.ActorID, string(m.ActorType))
}

// System tells what a system message does. Those about another message say which, and of a reaction Talk gives the emoji alone.
func System(m *talk.Message) string {
	text := m.Text()
	if m.SystemMessage == talk.SystemReaction {
		text = Author(m) + " reacted with " + text
	}
	if m.Parent != nil {
		text += " (#" + strconv.FormatInt(m.Parent.ID, 10) + ")"
	}
	return text
}
