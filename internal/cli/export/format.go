package export

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

// Format is what an export looks like.
type Format string

// The formats.
const (
	JSONL    Format = "jsonl"    // a message as the API has it in each line; nothing is lost
	Markdown Format = "markdown" // to be read as it is, or rendered
	Text     Format = "text"
	HTML     Format = "html" // one page, that needs nothing else
)

// Formats are all of them.
func Formats() []Format { return []Format{JSONL, Markdown, Text, HTML} }

// Extension is what files of the format end with.
func (f Format) Extension() string {
	switch f {
	case Markdown:
		return "md"
	case Text:
		return "txt"
	}
	return string(f)
}

// begin writes what comes before the first message.
func (f Format) begin(w io.Writer, room *talk.Conversation) error {
	name := cmp.Or(render.Line(room.DisplayName), room.Token)
	switch f {
	case Markdown:
		_, err := fmt.Fprintf(w, "# %s\n\n", escapeMarkdown(name))
		return err
	case Text:
		_, err := fmt.Fprintf(w, "%s\n%s\n\n", name, strings.Repeat("=", render.Width(name)))
		return err
	case HTML:
		return beginHTML(w, name)
	}
	return nil
}

// message writes a message, and what was fetched with it.
func (f Format) message(w io.Writer, folder string, m *talk.Message, attached *Attachment) error {
	switch f {
	case Markdown:
		return asMarkdown(w, m, attached)
	case Text:
		return asText(w, m, attached)
	case HTML:
		return asHTML(w, folder, m, attached)
	}
	return render.JSONLine(w, m)
}

// end writes what comes after the last message.
func (f Format) end(w io.Writer) error {
	if f == HTML {
		return endHTML(w)
	}
	return nil
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + " UTC" }

// author is whom a reader takes for the sender.
func author(m *talk.Message) string {
	return render.Line(render.Author(m))
}

// quoted tells in one line what a message answers.
func quoted(parent *talk.Message) string {
	return render.Truncate(render.Line(render.Quote(parent)), 120)
}

// reactions counts them in one line, "" for none.
func reactions(m *talk.Message) string {
	told := make([]string, 0, len(m.Reactions))
	for _, emoji := range slices.Sorted(maps.Keys(m.Reactions)) {
		told = append(told, fmt.Sprintf("%s %d", render.Line(emoji), m.Reactions[emoji]))
	}
	return strings.Join(told, "  ")
}

// asText writes a message as plain text: who and when in a line, the rest indented below it.
func asText(w io.Writer, m *talk.Message, attached *Attachment) error {
	var b strings.Builder
	if m.IsSystem() {
		fmt.Fprintf(&b, "* %s (%s)\n\n", render.Line(render.System(m)), timestamp(m.Timestamp))
		_, err := io.WriteString(w, b.String())
		return err
	}
	fmt.Fprintf(&b, "%s, %s, #%d%s\n", author(m), timestamp(m.Timestamp), m.ID, marks(m))
	if m.Parent != nil {
		fmt.Fprintf(&b, "    > %s\n", quoted(m.Parent))
	}
	fmt.Fprintln(&b, render.Indent(render.Clean(m.Text()), "    ", 0))
	if attached != nil {
		fmt.Fprintf(&b, "    [%s]\n", attached.Path)
	}
	if r := reactions(m); r != "" {
		fmt.Fprintf(&b, "    %s\n", r)
	}
	_, err := io.WriteString(w, b.String()+"\n")
	return err
}

// marks tells in a few words what is special about a message.
func marks(m *talk.Message) string {
	said := ""
	if m.Silent {
		said += ", silent"
	}
	if !m.LastEditTimestamp.IsZero() {
		said += ", edited"
	}
	return said
}
