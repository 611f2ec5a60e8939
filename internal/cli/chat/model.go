package chat

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/confab-go/confab/talk"
)

// The smallest screen that everything fits into.
const (
	minWidth  = 50
	minHeight = 12
)

// pane is a part of the screen that can have the keys.
type pane int

const (
	paneComposer pane = iota
	paneRooms
	paneMessages
)

// Options says how the screen is set up.
type Options struct {
	Source Source
	// Self is the id of the account, by which its own messages are known.
	Self string
	// ReadMarkers permits moving the account's read markers to what was seen.
	ReadMarkers bool
	Theme       Theme
	// Now is the clock, and tells the time zone.
	Now func() time.Time
	// Reference makes the reference id of a message.
	Reference func() string
	// Keep is how many messages of a conversation are kept in memory; 0 for any number.
	Keep int
}

// Model is the state of the screen. It changes by messages only, and does nothing itself: what there is to do are commands.
type Model struct {
	ctx context.Context //nolint:containedctx // of the whole program, for its commands
	o   Options

	width, height int
	w             measure
	colors        *palette
	dark          bool
	away          bool // the terminal has not the keys

	rooms    rooms
	listed   bool // the conversations have come
	room     *openRoom
	focus    pane
	overlay  overlay
	composer composer
	drafts   map[string]composer
	complete completion
	outbox   []*outgoing
	polls    map[int64]*talk.Poll
	asked    map[int64]bool // polls that were asked for
	cache    blockCache

	link     Link
	returns  int // how often the connection came back
	ended    error
	notice   string
	noticed  look
	quitting bool // the next request to quit is meant
	first    string
	openings int
}

// New gives a screen that has not begun.
func New(ctx context.Context, o Options) *Model {
	m := &Model{ctx: ctx, o: o, drafts: map[string]composer{}, polls: map[int64]*talk.Poll{}, asked: map[int64]bool{}}
	m.composer.editor.set("")
	m.composer.editor.lines = true
	m.dark = o.Theme != ThemeLight
	m.colors = newPalette(m.dark)
	m.focus = paneRooms
	return m
}

// Begin says with which conversation to begin.
func (m *Model) Begin(c *talk.Conversation) {
	m.rooms.set([]*talk.Conversation{c})
	m.first = c.Token
}

// Init asks for everything that the screen begins with.
func (m *Model) Init() tea.Cmd {
	commands := []tea.Cmd{m.listen()}
	if m.o.Theme == ThemeAuto {
		commands = append(commands, tea.RequestBackgroundColor)
	}
	if m.first != "" {
		commands = append(commands, m.open(m.first))
		m.focus = paneComposer
	}
	return tea.Batch(commands...)
}

// listen waits for what happens.
func (m *Model) listen() tea.Cmd {
	ctx, source := m.ctx, m.o.Source
	return func() tea.Msg {
		batch, err := source.Next(ctx)
		return batchMsg{batch, err}
	}
}

type batchMsg struct {
	Batch

	err error
}

// Update takes over what has happened, and gives what there is to do.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.handle(msg)
	return m, tea.Batch(cmd, m.settle())
}

func (m *Model) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.resize(msg.Width, msg.Height)
	case tea.BackgroundColorMsg:
		if m.o.Theme == ThemeAuto {
			m.setDark(msg.IsDark())
		}
	case tea.ModeReportMsg:
		if msg.Mode == ansi.ModeUnicodeCore && (msg.Value == ansi.ModeReset || msg.Value == ansi.ModeSet || msg.Value == ansi.ModePermanentlySet) {
			m.w.graphemes = true // the renderer switches this on now
			m.cache.clear()
		}
	case tea.FocusMsg:
		m.away = false
	case tea.BlurMsg:
		m.away = true
		m.readSoFar()
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.PasteMsg:
		return m.paste(msg.Content)
	case tea.MouseClickMsg:
		return m.click(msg)
	case tea.MouseWheelMsg:
		return m.wheel(msg)
	case batchMsg:
		return m.happened(msg)
	case pageMsg:
		return m.gotPage(msg)
	case sentMsg:
		return m.sent(msg)
	case editedMsg:
		m.edited(msg)
	case changedMsg:
		m.changed(msg)
	case reactedMsg:
		m.reacted(msg)
	case pollMsg:
		m.gotPoll(msg)
	case markedMsg:
		m.marked(msg)
	case mentionsMsg:
		m.gotMentions(msg)
	case foundMsg:
		m.found(msg)
	case pathsMsg:
		return m.gotPaths(msg)
	}
	return nil
}

func (m *Model) resize(width, height int) {
	if width != m.width {
		m.cache.clear()
	}
	m.width, m.height = width, height
}

func (m *Model) setDark(dark bool) {
	if m.dark != dark {
		m.dark, m.colors = dark, newPalette(dark)
		m.cache.clear()
	}
}

// tell shows something in the status line, until the next key.
func (m *Model) tell(l look, text string) { m.notice, m.noticed = m.w.line(text), l }

// fail shows that something could not be done.
func (m *Model) fail(what string, err error) { m.tell(lookBad, what+": "+inWords(err)) }

// clock tells a time of day.
func (m *Model) clock(t time.Time) string { return t.In(m.o.Now().Location()).Format("15:04") }
