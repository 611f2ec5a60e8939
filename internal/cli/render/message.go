package render

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/confab-go/confab/internal/cli/markdown"
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

// Quote tells who wrote a message and what it says, without the marks of Markdown. It is not made harmless yet, nor one line.
func Quote(m *talk.Message) string {
	if m.Deleted && m.Message == "" {
		return "a message that is gone"
	}
	if !m.Markdown || m.IsSystem() {
		return Author(m) + ": " + m.Text()
	}
	words := []string{Author(m) + ":"}
	for _, line := range (markdown.Layout{Width: Width, Name: names(Names(m))}).Markdown(m.Message) {
		words = append(words, strings.Fields(line.String())...)
	}
	return strings.Join(words, " ")
}

// Names are what stands in a message as {key}, as a person reads it.
func Names(m *talk.Message) map[string]string {
	names := make(map[string]string, len(m.MessageParameters))
	for key, object := range m.MessageParameters {
		names[key] = object.Name
		if strings.HasPrefix(key, "mention-") {
			names[key] = "@" + object.Name
		}
	}
	return names
}

// names looks names up, each made harmless in one line.
func names(known map[string]string) func(key string) (markdown.Part, bool) {
	return func(key string) (markdown.Part, bool) {
		name, ok := known[key]
		return markdown.Part{Text: Line(name)}, ok
	}
}
