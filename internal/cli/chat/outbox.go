package chat

import (
	"errors"
	"fmt"
	"path/filepath"

	tea "charm.land/bubbletea/v2"

	"github.com/confab-go/confab/talk"
)

// outgoing is a message that is not known to have arrived. It stays until it is, or is taken back.
type outgoing struct {
	Outgoing

	token    string
	parent   *talk.Message
	state    outState
	tried    bool
	err      error
	progress float64
	// returns is how often the connection had come back when it was tried.
	returns int
}

type outState int

const (
	outQueued outState = iota
	outSending
	outHeld   // until the connection is back
	outFailed // for a reason that will not pass by itself
)

type sentMsg struct {
	reference string
	message   *talk.Message
	err       error
}

// outgoing finds what is not sent yet by its reference id.
func (m *Model) outgoing(reference string) *outgoing {
	for _, out := range m.outbox {
		if out.Reference == reference {
			return out
		}
	}
	return nil
}

// send puts a message at the end of those that are to be sent.
func (m *Model) send(out Outgoing, parent *talk.Message) tea.Cmd {
	out.Reference = m.o.Reference()
	m.outbox = append(m.outbox, &outgoing{Outgoing: out, token: m.room.token, parent: parent})
	return tea.Batch(m.newest(), m.pump(m.room.token))
}

// pump sends the next message of a conversation: one at a time, so that they stay in order.
func (m *Model) pump(token string) tea.Cmd {
	for _, out := range m.outbox {
		if out.token != token || out.state == outFailed {
			continue
		}
		if out.state != outQueued {
			return nil
		}
		again := out.tried
		out.state, out.tried, out.returns, out.err, out.progress = outSending, true, m.returns, nil, 0
		ctx, source, o := m.ctx, m.o.Source, out.Outgoing
		return func() tea.Msg {
			message, err := source.Send(ctx, token, o, again)
			return sentMsg{o.Reference, message, err}
		}
	}
	return nil
}

// arrived takes a message out of those that are not sent.
func (m *Model) arrived(reference string) {
	for i, out := range m.outbox {
		if out.Reference == reference {
			m.outbox = append(m.outbox[:i:i], m.outbox[i+1:]...)
			return
		}
	}
}

// sent takes over what came of sending.
func (m *Model) sent(msg sentMsg) tea.Cmd {
	out := m.outgoing(msg.reference)
	token := ""
	if out != nil {
		token = out.token
	}
	switch {
	case msg.err == nil:
		if msg.message != nil && m.room != nil && m.room.token == msg.message.Token && m.room.loading == loadDone {
			m.room.timeline.add(msg.message)
		}
		m.arrived(msg.reference)
	case out == nil: // it was told of meanwhile
	case !passes(msg.err):
		out.state, out.err = outFailed, msg.err
	case out.returns != m.returns: // the connection has come back since
		out.state, out.err = outQueued, msg.err
	default:
		out.state, out.err = outHeld, msg.err
	}
	return m.pump(token)
}

// passes reports whether an error is one of the connection, or of a server that will be well again.
func passes(err error) bool {
	return errors.Is(err, talk.ErrConnection) || errors.Is(err, talk.ErrUnavailable) || errors.Is(err, talk.ErrRateLimited)
}

// sendHeld sends what waits for the connection.
func (m *Model) sendHeld() tea.Cmd {
	var commands []tea.Cmd
	for _, out := range m.outbox {
		if out.state == outHeld {
			out.state = outQueued
			commands = append(commands, m.pump(out.token))
		}
	}
	return tea.Batch(commands...)
}

// resend tries a message again that could not be sent.
func (m *Model) resend(out *outgoing) tea.Cmd {
	if out.state == outFailed || out.state == outHeld {
		out.state = outQueued
	}
	return m.pump(out.token)
}

// takeBack gives up sending a message, and puts its text into the composer where that is empty.
func (m *Model) takeBack(out *outgoing) tea.Cmd {
	if out.state == outSending {
		m.tell(lookNotable, "It is being sent")
		return nil
	}
	m.arrived(out.Reference)
	if out.Path == "" && m.composer.editor.empty() && m.composer.editing == nil {
		m.composer.editor.set(out.Text)
		m.composer.replyTo = out.parent
		m.focus = paneComposer
	}
	m.room.view.selectedOut = ""
	return m.pump(out.token)
}

// selectedOut gives the message that the cursor is on, if it is one that is not sent.
func (m *Model) selectedOut() *outgoing {
	if m.room == nil || m.room.view.selectedOut == "" {
		return nil
	}
	return m.outgoing(m.room.view.selectedOut)
}

// unsent counts what would be lost: messages that are not sent, and texts that are being written.
func (m *Model) unsent() (messages, texts int) {
	for token, d := range m.drafts {
		if (m.room == nil || m.room.token != token) && !d.editor.empty() {
			texts++
		}
	}
	if !m.composer.editor.empty() && (m.composer.editing == nil || m.composer.editor.text != m.composer.before) {
		texts++
	}
	return len(m.outbox), texts
}

// outgoingLines draws a message that is not sent yet.
func (m *Model) outgoingLines(out *outgoing) []string {
	width := m.messagesWidth()
	lines := []string{""}
	if out.parent != nil {
		lines = append(lines, m.colors.paint(lookDim, m.w.truncate("  │ "+m.quote(out.parent), width)))
	}
	text := out.Text
	if out.Path != "" {
		lines = append(lines, m.paragraph([]span{{"▣ " + m.w.line(filepath.Base(out.Path)), lookBold}}, 2, lookDim, width)...)
	}
	if text != "" {
		for _, line := range body(&talk.Message{Message: text}, m.o.Self, m.w) {
			lines = append(lines, m.text(line, 2, lookDim, width)...)
		}
	}
	state, l := "sending…", lookDim
	switch out.state {
	case outQueued, outSending:
		if out.Path != "" && out.progress > 0 {
			state = fmt.Sprintf("sending… %d%%", int(out.progress*100))
		}
	case outHeld:
		state, l = "not sent yet: "+inWords(out.err)+"; it will be when the connection is back", lookNotable
	case outFailed:
		state, l = "✗ not sent: "+inWords(out.err)+"; select it, then r sends it again and d takes it back", lookBad
	}
	return append(lines, m.paragraph([]span{{m.w.line(state), l}}, 2, 0, width)...)
}
