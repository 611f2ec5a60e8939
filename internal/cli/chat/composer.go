package chat

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/confab-go/confab/talk"
)

// composer is what is being written in a conversation.
type composer struct {
	editor  editor
	replyTo *talk.Message
	// editing is the message that the text will replace, before what it was, and saving says that this is on its way.
	editing *talk.Message
	before  string
	saving  bool
	// aside is what was being written when editing began.
	aside string
}

// maxComposer is how many rows the composer grows to.
const maxComposer = 6

// draft gives what was being written in a conversation.
func (m *Model) draft(token string) composer {
	if d, ok := m.drafts[token]; ok {
		return d
	}
	c := composer{}
	c.editor.lines = true
	c.editor.set("")
	return c
}

// keepDraft keeps what is being written in the conversation that is open.
func (m *Model) keepDraft() {
	if m.room == nil {
		return
	}
	if m.composer.editor.empty() && m.composer.replyTo == nil && m.composer.editing == nil {
		delete(m.drafts, m.room.token)
		return
	}
	m.drafts[m.room.token] = m.composer
}

// reply begins an answer to a message.
func (m *Model) reply(message *talk.Message) {
	if !message.IsReplyable {
		m.tell(lookNotable, "This message cannot be answered")
		return
	}
	m.stopEditing()
	m.composer.replyTo = message
	m.focus = paneComposer
}

// edit begins to change a message.
func (m *Model) edit(message *talk.Message) {
	text, ok := editable(message)
	if !ok || message.ActorID != m.o.Self || message.ActorType != talk.ActorUser {
		m.tell(lookNotable, "Only your own messages can be edited")
		return
	}
	m.stopEditing()
	c := &m.composer
	c.aside, c.editing, c.before = c.editor.text, message, text
	c.editor.set(text)
	m.focus = paneComposer
}

// stopEditing leaves a message as it is, and goes on with what was being written before.
func (m *Model) stopEditing() {
	c := &m.composer
	if c.editing != nil {
		c.editor.set(c.aside)
		c.editing, c.saving, c.aside, c.before = nil, false, "", ""
	}
}

// editable gives the text of a message as its author typed it.
func editable(message *talk.Message) (text string, ok bool) {
	if message.IsSystem() || message.Deleted || message.MessageType == talk.MessageDeleted || message.Message == "{file}" || message.Message == "{object}" {
		return "", false
	}
	var pairs []string
	for key, object := range message.MessageParameters {
		mention, isMention := object.Mention()
		switch {
		case !isMention || !strings.HasPrefix(key, "mention-"):
		case mention.Everybody:
			pairs = append(pairs, "{"+key+"}", talk.MentionAll)
		case object.MentionID != "":
			pairs = append(pairs, "{"+key+"}", talk.Mention(object.MentionID))
		default:
			pairs = append(pairs, "{"+key+"}", talk.Mention(object.ID))
		}
	}
	return strings.NewReplacer(pairs...).Replace(message.Message), true
}

// editLast begins to change the newest message of the account's own.
func (m *Model) editLast() {
	messages := m.room.timeline.messages
	for _, message := range slices.Backward(messages) {
		if message.ActorID == m.o.Self && message.ActorType == talk.ActorUser {
			if _, ok := editable(message); ok {
				m.edit(message)
				return
			}
		}
	}
	m.tell(lookNotable, "There is no message of yours to edit")
}

type editedMsg struct {
	token  string
	id     int64
	system *talk.Message
	err    error
}

// enter sends what is written.
func (m *Model) enter() tea.Cmd {
	c := &m.composer
	text := strings.TrimSpace(c.editor.text)
	if m.room == nil || text == "" || c.saving {
		return nil
	}
	if path, ok := strings.CutPrefix(text, "/file "); ok && c.editing == nil {
		return m.sendFile(strings.TrimSpace(path), "")
	}
	if c.editing == nil {
		out := Outgoing{Text: text}
		parent := c.replyTo
		if parent != nil {
			out.ReplyTo = parent.ID
		}
		c.replyTo = nil
		c.editor.set("")
		return m.send(out, parent)
	}
	if text == strings.TrimSpace(c.before) {
		m.stopEditing()
		return nil
	}
	c.saving = true
	ctx, source, token, id := m.ctx, m.o.Source, m.room.token, c.editing.ID
	return func() tea.Msg {
		system, err := source.Edit(ctx, token, id, text)
		return editedMsg{token, id, system, err}
	}
}

// edited takes over what came of an edit. After a failure the text is still there.
func (m *Model) edited(msg editedMsg) {
	here := m.room != nil && m.room.token == msg.token
	if !here {
		if d, ok := m.drafts[msg.token]; ok && d.editing != nil && d.editing.ID == msg.id {
			d.saving = false
			if msg.err == nil {
				delete(m.drafts, msg.token)
			} else {
				m.drafts[msg.token] = d
			}
		}
		if msg.err != nil {
			m.fail("Not edited", msg.err)
		}
		return
	}
	if msg.err != nil {
		m.composer.saving = false
		m.fail("Not edited", msg.err)
		return
	}
	if msg.system != nil && msg.system.Parent != nil {
		m.room.timeline.replace(msg.system.Parent)
	}
	if m.composer.editing != nil && m.composer.editing.ID == msg.id {
		m.stopEditing()
	}
}

// sendFile sends a file of this machine, with a text beside it.
func (m *Model) sendFile(path, caption string) tea.Cmd {
	if path == "" || m.room == nil {
		return nil
	}
	c := &m.composer
	out := Outgoing{Text: caption, Path: path}
	parent := c.replyTo
	if parent != nil {
		out.ReplyTo = parent.ID
	}
	c.replyTo = nil
	c.editor.set("")
	return m.send(out, parent)
}

// paste takes a text as one input.
func (m *Model) paste(text string) tea.Cmd {
	if m.overlay != nil {
		return m.overlay.paste(m, text)
	}
	if m.room == nil || m.composer.saving {
		return nil
	}
	m.focus = paneComposer
	if !m.composer.editor.insert(text) {
		m.tell(lookBad, "What was pasted is too long for a message; send it as a file: Ctrl+O")
	}
	m.complete = completion{}
	return nil
}

// composerLines draws the composer, and tells where in it the cursor is.
func (m *Model) composerLines(width int) (lines []string, x, y int) {
	c := &m.composer
	switch {
	case c.editing != nil && c.saving:
		lines = append(lines, m.colors.paint(lookNotable, m.w.fit(" saving…", width)))
	case c.editing != nil:
		lines = append(lines, m.colors.paint(lookNotable, m.w.fit(" editing · Enter saves, Esc leaves it as it was", width)))
	case c.replyTo != nil:
		lines = append(lines, m.colors.paint(lookMention, m.w.fit(" ↳ "+m.quote(c.replyTo), max(width-6, 1)))+m.colors.paint(lookDim, m.w.fit("  Esc", min(6, width))))
	}
	room := m.composerWidth()
	rows := c.editor.layout(m.w, room)
	cx, cy := c.editor.position(m.w, room)
	top := max(min(cy-maxComposer+1, len(rows)-maxComposer), 0)
	if len(rows) > maxComposer {
		top = max(top, cy-maxComposer+1)
	}
	above := len(lines)
	for i := top; i < len(rows) && i < top+maxComposer; i++ {
		prompt := "  "
		if i == 0 {
			prompt = m.colors.paint(lookGood, "› ")
		}
		text := m.shown(c.editor.text[rows[i].from:rows[i].to])
		if c.editor.empty() {
			text = m.colors.paint(lookDim, m.w.fit(m.placeholder(), room))
		}
		lines = append(lines, prompt+m.w.pad(text, room))
	}
	return lines, cx + 2, above + cy - top
}

// shown makes typed text fit to be shown, as wide as it is counted.
func (m *Model) shown(text string) string {
	if isPlain(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r <= 0x9f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, text)
}

func (m *Model) placeholder() string {
	if c := m.rooms.byToken[m.room.token]; c != nil && c.ReadOnly {
		return "this conversation is read-only"
	}
	return "Write a message"
}

// composerWidth is how wide the text in the composer is.
func (m *Model) composerWidth() int { return max(m.rightWidth()-3, 2) }

// composerHeight is how many rows the composer takes.
func (m *Model) composerHeight() int {
	n := min(len(m.composer.editor.layout(m.w, m.composerWidth())), maxComposer)
	if m.composer.editing != nil || m.composer.replyTo != nil {
		n++
	}
	return n
}
