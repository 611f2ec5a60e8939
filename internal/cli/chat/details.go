package chat

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

// details tell all about a message. In those of a poll one votes.
type details struct {
	id     int64
	top    int
	height int
	total  int
}

func (m *Model) openDetails(message *talk.Message) tea.Cmd {
	m.overlay = &details{id: message.ID}
	if id, ok := message.PollID(); ok {
		return m.fetchPoll(m.room.token, id)
	}
	return nil
}

func (d *details) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	message := m.room.timeline.get(d.id)
	if message == nil {
		m.overlay = nil
		return nil
	}
	pollID, isPoll := message.PollID()
	poll := m.polls[pollID]
	switch key := k.Keystroke(); {
	case key == "esc", key == "q", key == "o", key == "enter":
		m.overlay = nil
	case key == "up", key == "k":
		d.wheel(m, -1)
	case key == "down", key == "j":
		d.wheel(m, 1)
	case key == "pgup":
		d.wheel(m, -d.height)
	case key == "pgdown", key == "space":
		d.wheel(m, d.height)
	case key == "y":
		return m.copyText(message)
	case !isPoll || poll == nil:
	case len(key) == 1 && key[0] >= '1' && key[0] <= '9' && int(key[0]-'1') < len(poll.Options):
		return m.vote(m.room.token, poll, int(key[0]-'1'))
	case key == "c" && !poll.Closed():
		m.overlay = &confirm{question: "End the poll for everybody?", yes: func(m *Model) tea.Cmd { return m.closePoll(m.room.token, pollID) }, back: d}
	}
	return nil
}

func (d *details) wheel(_ *Model, by int) { d.top = max(min(d.top+by, d.total-d.height), 0) }

func (d *details) paste(*Model, string) tea.Cmd { return nil }

func (d *details) click(*Model, int) tea.Cmd { return nil }

func (d *details) lines(m *Model, width, height int) (lines []string, x, y int) {
	message := m.room.timeline.get(d.id)
	if message == nil {
		return []string{m.colors.paint(lookDim, " The message is gone. Esc leaves.")}, -1, -1
	}
	text, hint := m.detailLines(message, width)
	d.total, d.height = len(text), height-1
	d.wheel(m, 0)
	lines = slices.Clone(text[d.top:min(d.top+d.height, len(text))])
	for len(lines) < height-1 {
		lines = append(lines, "")
	}
	return append(lines, m.colors.paint(lookDim, m.w.fit(" "+hint, width))), -1, -1
}

// detailLines tells all about a message, and which keys there are.
func (m *Model) detailLines(message *talk.Message, width int) (lines []string, hint string) {
	hint = "y copies the text · Esc leaves"
	field := func(name, value string) {
		if value != "" {
			lines = append(lines, m.paragraph([]span{{fmt.Sprintf("%-10s", name), lookDim}, {value, 0}}, 1, 0, width-1)...)
		}
	}
	where := m.o.Now().Location()
	field("from", m.w.line(render.Author(message))+" ("+m.w.line(message.ActorID)+")")
	field("sent", message.Timestamp.In(where).Format("Mon 2 January 2006 15:04:05"))
	if !message.LastEditTimestamp.IsZero() {
		field("edited", message.LastEditTimestamp.In(where).Format("Mon 2 January 2006 15:04:05")+" by "+m.w.line(message.LastEditActorName))
	}
	if !message.ExpirationTimestamp.IsZero() {
		field("expires", message.ExpirationTimestamp.In(where).Format("Mon 2 January 2006 15:04:05"))
	}
	field("id", fmt.Sprint(message.ID))
	field("link", m.o.Source.WebLink(message.Token)+fmt.Sprintf("#message_%d", message.ID))
	if file, ok := message.File(); ok {
		field("file", m.w.line(file.Name))
		field("path", m.w.line(file.Path))
		field("size", render.Bytes(file.Size))
		field("type", m.w.line(file.MimeType))
		field("open", m.w.line(file.Link))
		field("fetch", fmt.Sprintf("confab message download %s %d", message.Token, message.ID))
	}
	if place, ok := message.Location(); ok {
		field("place", fmt.Sprintf("%v, %v", place.Latitude, place.Longitude))
	}
	for _, emoji := range slices.Sorted(maps.Keys(message.Reactions)) {
		field("reaction", fmt.Sprintf("%s %d", m.w.line(emoji), message.Reactions[emoji]))
	}
	lines = append(lines, "")
	if message.Parent != nil {
		lines = append(lines, m.paragraph([]span{{"│ " + m.quote(message.Parent), lookDim}}, 1, 0, width-1)...)
	}
	if id, ok := message.PollID(); ok {
		poll := m.polls[id]
		lines = append(lines, m.pollDetails(message, poll, width)...)
		if poll != nil && !poll.Closed() {
			hint = "1–9 votes, or takes the vote back · c ends the poll · Esc leaves"
		}
		return lines, hint
	}
	for _, line := range body(message, m.o.Self, m.w) {
		lines = append(lines, m.text(line, 1, 0, width-1)...)
	}
	return lines, hint
}

func (m *Model) pollDetails(message *talk.Message, poll *talk.Poll, width int) []string {
	lines := m.paragraph([]span{{m.w.line(message.MessageParameters["object"].Name), lookBold}}, 1, 0, width-1)
	if poll == nil {
		return append(lines, m.paragraph([]span{{"The poll is being looked up…", lookDim}}, 1, 0, width-1)...)
	}
	for i, option := range poll.Options {
		lines = append(lines, m.option(poll, i, m.w.line(option), max(width-4, 1)))
		var voters []string
		for _, vote := range poll.Details {
			if vote.Option == i {
				voters = append(voters, m.w.line(vote.ActorDisplayName))
			}
		}
		if len(voters) > 0 {
			lines = append(lines, m.paragraph([]span{{strings.Join(voters, ", "), lookDim}}, 8, 0, width-1)...)
		}
	}
	return append(lines, m.paragraph([]span{{pollState(poll), lookDim}}, 4, 0, width-1)...)
}

// copyText puts the text of a message into the clipboard, which the terminal may forbid.
func (m *Model) copyText(message *talk.Message) tea.Cmd {
	m.tell(lookGood, "Copied, if the terminal permits it")
	return tea.SetClipboard(message.Text())
}

// confirm asks before something that cannot be undone.
type confirm struct {
	question string
	yes      func(m *Model) tea.Cmd
	back     overlay // what was there before
}

func (c *confirm) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	switch k.Keystroke() {
	case "y":
		m.overlay = c.back
		return c.yes(m)
	case "n", "esc", "enter":
		m.overlay = c.back
	}
	return nil
}

func (c *confirm) paste(*Model, string) tea.Cmd { return nil }

func (c *confirm) click(*Model, int) tea.Cmd { return nil }

func (c *confirm) wheel(*Model, int) {}

func (c *confirm) lines(m *Model, width, height int) (lines []string, x, y int) {
	for range max(height/2-1, 0) {
		lines = append(lines, "")
	}
	lines = append(lines, m.paragraph([]span{{c.question, lookBold}}, 2, 0, width-2)...)
	return append(lines, m.colors.paint(lookDim, m.w.truncate("  y yes · n no", width))), -1, -1
}
