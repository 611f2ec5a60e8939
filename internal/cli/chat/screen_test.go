package chat

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

var update = flag.Bool("update", false, "write the golden screens anew")

// noon is when the stories of the tests begin; the screen's clock is five minutes later.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// errQuiet is what the fake has to tell when nothing happened.
var errQuiet = errors.New("nothing happened")

// fake is a Source in memory.
type fake struct {
	rooms    []*talk.Conversation
	messages map[string][]*talk.Message
	polls    map[int64]*talk.Poll
	people   []*talk.MentionSuggestion
	paths    []string
	fails    map[string]error // by the name of the method
	calls    []string
	nextID   int64
}

func (f *fake) call(name, format string, args ...any) error {
	f.calls = append(f.calls, name+" "+fmt.Sprintf(format, args...))
	return f.fails[name]
}

// called reports whether a call was made, and forgets all calls.
func (f *fake) called(call string) bool {
	found := slices.Contains(f.calls, call)
	f.calls = nil
	return found
}

func (f *fake) Next(context.Context) (Batch, error) { return Batch{}, errQuiet }

func (f *fake) Follow(token string, after int64) { _ = f.call("Follow", "%s %d", token, after) }

func (f *fake) Page(_ context.Context, token string, o *talk.PageOptions) (*talk.Page, error) {
	if err := f.call("Page", "%s known=%d forward=%v", token, o.LastKnown, o.Forward); err != nil {
		return nil, err
	}
	p := &talk.Page{}
	all := f.messages[token]
	if !o.Forward {
		for _, m := range slices.Backward(all) {
			if len(p.Messages) < o.Limit && (o.LastKnown == 0 || m.ID < o.LastKnown || o.IncludeLastKnown && m.ID == o.LastKnown) {
				p.Messages = append(p.Messages, m)
			}
		}
	} else {
		for _, m := range all {
			if len(p.Messages) < o.Limit && m.ID > o.LastKnown {
				p.Messages = append(p.Messages, m)
			}
		}
	}
	if len(p.Messages) > 0 {
		p.LastGiven = p.Messages[len(p.Messages)-1].ID
	}
	return p, nil
}

func (f *fake) Send(_ context.Context, token string, m Outgoing, again bool) (*talk.Message, error) {
	if err := f.call("Send", "%s %q reply=%d path=%q again=%v", token, m.Text, m.ReplyTo, m.Path, again); err != nil {
		return nil, err
	}
	sent := f.message(token, "alice", m.Text)
	sent.ReferenceID = m.Reference
	return sent, nil
}

func (f *fake) Edit(_ context.Context, token string, id int64, text string) (*talk.Message, error) {
	if err := f.call("Edit", "%s %d %q", token, id, text); err != nil {
		return nil, err
	}
	changed := *f.find(token, id)
	changed.Message, changed.LastEditTimestamp = text, noon.Add(3*time.Minute)
	return f.become(token, &changed, talk.SystemMessageEdited), nil
}

func (f *fake) Delete(_ context.Context, token string, id int64) (*talk.Message, error) {
	if err := f.call("Delete", "%s %d", token, id); err != nil {
		return nil, err
	}
	changed := *f.find(token, id)
	changed.Message, changed.Deleted, changed.MessageType = "Message deleted by you", true, talk.MessageDeleted
	return f.become(token, &changed, talk.SystemMessageDeleted), nil
}

func (f *fake) React(_ context.Context, token string, id int64, emoji string, add bool) (map[string][]talk.Reaction, error) {
	if err := f.call("React", "%s %d %s %v", token, id, emoji, add); err != nil || !add {
		return nil, err
	}
	return map[string][]talk.Reaction{emoji: {{ActorType: talk.ActorUser, ActorID: "alice"}}}, nil
}

func (f *fake) Poll(_ context.Context, token string, id int64) (*talk.Poll, error) {
	return f.polls[id], f.call("Poll", "%s %d", token, id)
}

func (f *fake) Vote(_ context.Context, token string, id int64, options []int) (*talk.Poll, error) {
	if err := f.call("Vote", "%s %d %v", token, id, options); err != nil {
		return nil, err
	}
	poll := *f.polls[id]
	poll.VotedSelf, poll.NumVoters, poll.Votes = options, 1, map[string]int{}
	for _, o := range options {
		poll.Votes[fmt.Sprintf("option-%d", o)] = 1
	}
	f.polls[id] = &poll
	return &poll, nil
}

func (f *fake) ClosePoll(_ context.Context, token string, id int64) (*talk.Poll, error) {
	poll := *f.polls[id]
	poll.Status = talk.PollClosed
	f.polls[id] = &poll
	return &poll, f.call("ClosePoll", "%s %d", token, id)
}

func (f *fake) Mentions(_ context.Context, token, search string) (found []*talk.MentionSuggestion, err error) {
	for _, p := range f.people {
		if strings.Contains(strings.ToLower(p.Label), strings.ToLower(search)) {
			found = append(found, p)
		}
	}
	return found, f.call("Mentions", "%s %s", token, search)
}

func (f *fake) Search(_ context.Context, text, token string, limit int) (found []*talk.SearchEntry, err error) {
	for in, messages := range f.messages {
		for _, m := range slices.Backward(messages) {
			if (token == "" || token == in) && strings.Contains(m.Message, text) && len(found) < limit {
				found = append(found, &talk.SearchEntry{
					Title: m.ActorDisplayName, Subline: m.Message,
					Attributes: talk.SearchAttributes{Token: in, MessageID: m.ID, Timestamp: m.Timestamp},
				})
			}
		}
	}
	return found, f.call("Search", "%s %q", token, text)
}

func (f *fake) MarkRead(_ context.Context, token string, id int64) (*talk.Conversation, error) {
	if err := f.call("MarkRead", "%s %d", token, id); err != nil {
		return nil, err
	}
	for _, c := range f.rooms {
		if c.Token == token {
			read := *c
			read.LastReadMessage, read.UnreadMessages, read.UnreadMention = id, 0, false
			return &read, nil
		}
	}
	return nil, nil
}

func (f *fake) Complete(typed string) (found []string) {
	for _, p := range f.paths {
		if strings.HasPrefix(p, typed) {
			found = append(found, p)
		}
	}
	return found
}

func (f *fake) WebLink(token string) string { return "https://cloud.example.com/call/" + token }

func (f *fake) find(token string, id int64) *talk.Message {
	for _, m := range f.messages[token] {
		if m.ID == id {
			return m
		}
	}
	return nil
}

// become replaces a message, and gives the system message that tells of it.
func (f *fake) become(token string, m *talk.Message, what talk.SystemMessage) *talk.Message {
	for i, old := range f.messages[token] {
		if old.ID == m.ID {
			f.messages[token][i] = m
		}
	}
	system := f.message(token, "alice", "")
	system.SystemMessage, system.Parent, system.MessageType = what, m, talk.MessageSystem
	return system
}

// room adds a conversation; the later it is added, the older its last activity.
func (f *fake) room(token, name string, kind talk.ConversationType) *talk.Conversation {
	c := &talk.Conversation{
		Token: token, DisplayName: name, Name: name, Type: kind, ActorType: talk.ActorUser, ActorID: "alice",
		LastActivity: noon.Add(-time.Duration(len(f.rooms)) * time.Minute),
	}
	f.rooms = append(f.rooms, c)
	return c
}

// message adds a message; each comes a few seconds after the one before.
func (f *fake) message(token, author, text string) *talk.Message {
	f.nextID++
	m := &talk.Message{
		ID: f.nextID, Token: token, ActorType: talk.ActorUser, ActorID: author, ActorDisplayName: strings.ToUpper(author[:1]) + author[1:],
		Timestamp: noon.Add(time.Duration(f.nextID) * 10 * time.Second), Message: text, MessageType: talk.MessageComment, IsReplyable: true, Markdown: true,
	}
	f.messages[token] = append(f.messages[token], m)
	return m
}

// screen is a model that a test drives, as a program would: it carries out all commands at once, unless it holds them back.
type screen struct {
	t       *testing.T
	m       *Model
	f       *fake
	quit    bool
	holding bool
	held    []tea.Cmd
}

func newFake() *fake {
	return &fake{messages: map[string][]*talk.Message{}, polls: map[int64]*talk.Poll{}, fails: map[string]error{}}
}

// newScreen shows what a fake has, and begins with the first of its conversations.
func newScreen(t *testing.T, f *fake, width, height int, change ...func(*Options)) *screen {
	t.Helper()
	references := 0
	o := Options{
		Source: f, Self: "alice", ReadMarkers: true, Theme: ThemeDark,
		Now:       func() time.Time { return noon.Add(5 * time.Minute) },
		Reference: func() string { references++; return fmt.Sprintf("ref-%d", references) },
	}
	for _, c := range change {
		c(&o)
	}
	s := &screen{t: t, f: f, m: New(t.Context(), o)}
	if len(f.rooms) > 0 {
		s.m.Begin(f.rooms[0])
	}
	s.do(tea.WindowSizeMsg{Width: width, Height: height})
	s.run(s.m.Init())
	s.tell(f.rooms...)
	return s
}

// do has something happen to the screen.
func (s *screen) do(msg tea.Msg) {
	_, cmd := s.m.Update(msg)
	s.run(cmd)
}

func (s *screen) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	if s.holding {
		s.held = append(s.held, cmd)
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			s.run(c)
		}
	case tea.QuitMsg:
		s.quit = true
	case batchMsg:
		if !errors.Is(msg.err, errQuiet) {
			s.do(msg)
		}
	default:
		s.do(msg)
	}
}

// release carries out what was held back.
func (s *screen) release() {
	s.holding = false
	held := s.held
	s.held = nil
	for _, cmd := range held {
		s.run(cmd)
	}
}

// happen tells the screen of events.
func (s *screen) happen(events ...talk.Event) { s.do(batchMsg{Batch: Batch{Events: events}}) }

// tell tells of conversations as they are now.
func (s *screen) tell(rooms ...*talk.Conversation) {
	events := make([]talk.Event, len(rooms))
	for i, c := range rooms {
		events[i] = talk.Event{Type: talk.EventConversationChanged, Token: c.Token, Conversation: c}
	}
	s.happen(events...)
}

func (s *screen) link(l Link) { s.do(batchMsg{Batch: Batch{Link: &l}}) }

// special are the keys that have names.
var special = map[string]tea.KeyPressMsg{
	"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab}, "shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift},
	"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
	"pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd},
	"backspace": {Code: tea.KeyBackspace}, "delete": {Code: tea.KeyDelete}, "f1": {Code: tea.KeyF1}, "space": {Code: ' ', Text: " "},
	"alt+enter": {Code: tea.KeyEnter, Mod: tea.ModAlt}, "alt+up": {Code: tea.KeyUp, Mod: tea.ModAlt}, "alt+down": {Code: tea.KeyDown, Mod: tea.ModAlt},
	"alt+left": {Code: tea.KeyLeft, Mod: tea.ModAlt}, "alt+right": {Code: tea.KeyRight, Mod: tea.ModAlt},
	"ctrl+home": {Code: tea.KeyHome, Mod: tea.ModCtrl}, "ctrl+end": {Code: tea.KeyEnd, Mod: tea.ModCtrl},
}

// press presses keys, by their names.
func (s *screen) press(keys ...string) {
	s.t.Helper()
	for _, name := range keys {
		k, ok := special[name]
		rest, isCtrl := strings.CutPrefix(name, "ctrl+")
		switch {
		case ok:
		case isCtrl:
			k = tea.KeyPressMsg{Code: rune(rest[0]), Mod: tea.ModCtrl}
		default:
			k = letter([]rune(name)[0])
		}
		s.do(k)
	}
}

func letter(r rune) tea.KeyPressMsg {
	k := tea.KeyPressMsg{Code: r, Text: string(r)}
	if r >= 'A' && r <= 'Z' {
		k = tea.KeyPressMsg{Code: r - 'A' + 'a', ShiftedCode: r, Text: string(r), Mod: tea.ModShift}
	}
	return k
}

// enter types text, key by key.
func (s *screen) enter(text string) {
	for _, r := range text {
		s.do(letter(r))
	}
}

// plain is what is on the screen, without colours.
func (s *screen) plain() string { return plain(s.m.View().Content) }

func plain(content string) string {
	lines := strings.Split(ansi.Strip(content), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// shows fails unless all texts are on the screen.
func (s *screen) shows(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if !strings.Contains(s.plain(), text) {
			s.t.Fatalf("the screen lacks %q:\n%s", text, s.plain())
		}
	}
}

func (s *screen) lacks(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if strings.Contains(s.plain(), text) {
			s.t.Fatalf("the screen has %q:\n%s", text, s.plain())
		}
	}
}

// golden compares a screen with the one that is kept.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the screen is not that of %s; 'go test ./internal/cli/chat -update' keeps this one (-want +got):\n%s\n%s", path, diff, got)
	}
}
