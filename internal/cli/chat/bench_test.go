package chat

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"github.com/confab-go/confab/internal/cputime"
	"github.com/confab-go/confab/talk"
)

// crowd is a screen with 10,000 conversations, and one with 100,000 messages open, all of them in memory.
func crowd(b *testing.B) *Model {
	b.Helper()
	const conversations, messages = 10_000, 100_000
	f := newFake()
	for i := range conversations {
		f.room(fmt.Sprintf("room%d", i), fmt.Sprintf("Conversation %d 会話", i), talk.ConversationGroup).UnreadMessages = i % 3
	}
	f.rooms[0].UnreadMessages = 0
	m := New(b.Context(), Options{Source: f, Self: "alice", Now: func() time.Time { return noon }, Reference: func() string { return "ref" }})
	m.Begin(f.rooms[0])
	m.rooms.set(f.rooms)
	m.resize(200, 60)
	m.Init()
	words := "The quick brown fox jumps over the **lazy** dog; run `make`, see https://example.com/a 日本語 🎉. "
	for i := range messages {
		message := f.message("room0", []string{"alice", "bob", "carol"}[i/3%3], strings.Repeat(words, i%5+1))
		if i%7 == 0 {
			message.Parent = f.messages["room0"][max(i-9, 0)]
		}
		if i%11 == 0 {
			message.Reactions = map[string]int{"👍": 2, "🎉": 1}
		}
	}
	m.Update(pageMsg{opening: m.room.opening, kind: pageNewest, older: &talk.Page{}})
	m.room.timeline.messages, m.room.timeline.newer = f.messages["room0"], f.nextID
	m.focus = paneComposer
	return m
}

// painter draws frames as the program does: into cells, and of those what has changed to the terminal.
type painter struct {
	cells  uv.ScreenBuffer
	screen *uv.TerminalRenderer
}

func newPainter(m *Model) *painter {
	p := &painter{cells: uv.NewScreenBuffer(m.width, m.height)}
	p.cells.Method = ansi.GraphemeWidth
	p.screen = uv.NewTerminalRenderer(io.Discard, []string{"TERM=xterm-256color", "COLORTERM=truecolor"})
	p.screen.SetFullscreen(true)
	return p
}

func (p *painter) paint(b *testing.B, m *Model) {
	b.Helper()
	p.cells.Clear()
	uv.NewStyledString(m.View().Content).Draw(p.cells, p.cells.Bounds())
	p.screen.Render(p.cells.RenderBuffer)
	if err := p.screen.Flush(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkFrame is what a frame costs on a screen of 200×60, from what happens to what is written to the terminal.
func BenchmarkFrame(b *testing.B) {
	wide := tea.WindowSizeMsg{Width: 200, Height: 60}
	tests := []struct {
		name string
		do   func(m *Model, i int) tea.Msg
	}{
		{"key", func(m *Model, i int) tea.Msg {
			if i%40 == 39 {
				m.composer.editor.set("")
			}
			return letter('x')
		}},
		{"scroll", func(_ *Model, i int) tea.Msg {
			if i/1000%2 == 0 {
				return tea.MouseWheelMsg{X: 100, Y: 5, Button: tea.MouseWheelUp}
			}
			return tea.MouseWheelMsg{X: 100, Y: 5, Button: tea.MouseWheelDown}
		}},
		{"page", func(_ *Model, i int) tea.Msg {
			if i/1000%2 == 0 {
				return special["pgup"]
			}
			return special["pgdown"]
		}},
		{"message", func(m *Model, _ int) tea.Msg {
			f := m.o.Source.(*fake)
			f.nextID++
			c := *m.rooms.list[len(m.rooms.list)/2]
			c.LastActivity, c.UnreadMessages = noon.Add(time.Duration(f.nextID)*time.Second), 1
			return batchMsg{Batch: Batch{Events: []talk.Event{
				{Type: talk.EventMessage, Token: "room0", Message: &talk.Message{ID: f.nextID, Token: "room0", ActorID: "bob", Message: "one more, **live**", Markdown: true}},
				{Type: talk.EventConversationChanged, Token: c.Token, Conversation: &c},
			}}}
		}},
		{"conversations", func(m *Model, i int) tea.Msg {
			m.focus = paneRooms
			if i/5000%2 == 0 {
				return special["down"]
			}
			return special["up"]
		}},
		{"jump", func(m *Model, i int) tea.Msg {
			const typed = "conversation 777"
			if i %= len(typed); i == 0 {
				m.openJumper()
			}
			return letter(rune(typed[i]))
		}},
		{"resize", func(_ *Model, i int) tea.Msg {
			wide.Width = 199 + i%2
			return wide
		}},
	}
	for _, tt := range tests {
		b.Run(tt.name, func(b *testing.B) {
			m := crowd(b)
			p := newPainter(m)
			p.paint(b, m)
			i := 0
			b.ReportAllocs()
			began := cputime.Used()
			for b.Loop() {
				m.Update(tt.do(m, i))
				p.paint(b, m)
				i++
			}
			b.ReportMetric(float64((cputime.Used()-began).Microseconds())/1000/float64(i), "cpu-ms/op") // what a busy machine does not change
		})
	}
}
