package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

// writeMessage writes a message: for a program its id, time, type, actor, display name, the id of the message that it answers
// and its text as one line; for a person who, when, and the text below that.
func writeMessage(w io.Writer, form render.Form, m *talk.Message, when string) error {
	if !form.Terminal {
		return form.Table(w, nil, [][]string{messageRow(form, m)})
	}
	var b strings.Builder
	if m.IsSystem() {
		b.WriteString(form.Faint("• "+form.Value(render.System(m))+", "+when) + "\n")
		_, err := io.WriteString(w, b.String())
		return err
	}
	if form.Color {
		b.WriteString(form.Avatar(render.Initials(render.Author(m))) + " ")
	}
	b.WriteString(form.Who(form.Value(render.Author(m))) + form.Faint(", "+when+", #"+strconv.FormatInt(m.ID, 10)))
	if m.Silent {
		b.WriteString(form.Faint(", silent"))
	}
	if !m.LastEditTimestamp.IsZero() {
		b.WriteString(form.Faint(", edited"))
	}
	if m.MetaData != nil && !m.MetaData.PinnedAt.IsZero() {
		b.WriteString(form.Faint(", pinned"))
	}
	if m.IsThread && m.ThreadID == m.ID { // its answers would only repeat it
		b.WriteString(form.Faint(", thread ") + form.Value(m.ThreadTitle))
	}
	b.WriteByte('\n')
	if m.Parent != nil {
		b.WriteString(form.Faint("  │ "+quote(form, m.Parent)) + "\n")
	}
	var text string
	if m.Deleted || m.MessageType == talk.MessageDeleted {
		text = form.Faint(plainBody(form, m))
	} else {
		text = body(form, m)
	}
	b.WriteString(text + "\n")
	if len(m.Reactions) > 0 {
		b.WriteString("  " + form.Faint(reactions(form, m)) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// bodyMargin is what the text of a message stands behind, at a terminal.
const bodyMargin = "  "

// body lays out the text of a message below its author.
func body(form render.Form, m *talk.Message) string {
	if !m.Markdown {
		return plainBody(form, m)
	}
	return form.Markdown(m.Message, bodyMargin, render.Names(m))
}

func plainBody(form render.Form, m *talk.Message) string {
	return render.Indent(render.Clean(m.Text()), bodyMargin, form.Width)
}

// messageRow is a message in a pipe.
func messageRow(form render.Form, m *talk.Message) []string {
	parent := ""
	if m.Parent != nil {
		parent = strconv.FormatInt(m.Parent.ID, 10)
	}
	return []string{
		strconv.FormatInt(m.ID, 10), form.Time(m.Timestamp), string(m.MessageType),
		string(m.ActorType) + "/" + m.ActorID, m.ActorDisplayName, parent, m.Text(),
	}
}

// reactions counts them, in an order that stays.
func reactions(form render.Form, m *talk.Message) string {
	told := make([]string, 0, len(m.Reactions))
	for _, emoji := range slices.Sorted(maps.Keys(m.Reactions)) {
		told = append(told, fmt.Sprintf("%s %d", form.Value(emoji), m.Reactions[emoji]))
	}
	return strings.Join(told, "  ")
}

// quote tells in one line what a message answers.
func quote(form render.Form, parent *talk.Message) string {
	text := form.Value(render.Quote(parent))
	if form.Width > len(quoteMargin) {
		text = render.Truncate(text, form.Width-len(quoteMargin))
	}
	return text
}

const quoteMargin = "  | " // as wide as it looks
