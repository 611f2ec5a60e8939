package chat

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

// chatter is a conversation of many messages, of which all are read.
func chatter(n int) *fake {
	f := newFake()
	c := f.room("main", "Main", talk.ConversationGroup)
	f.room("other", "Other", talk.ConversationGroup)
	for i := range n {
		f.message("main", []string{"bob", "carol"}[i%2], fmt.Sprintf("message %d", i+1))
	}
	c.LastReadMessage = f.nextID
	return f
}

func message(f *fake, token, author, text string) talk.Event {
	return talk.Event{Type: talk.EventMessage, Token: token, Message: f.message(token, author, text)}
}

func TestWhatHappensIsShown(t *testing.T) {
	t.Parallel()
	f := chatter(3)
	s := newScreen(t, f, 80, 24)
	s.happen(message(f, "main", "bob", "just now"))
	s.shows("just now")

	edited := *f.find("main", 2)
	edited.Message, edited.LastEditTimestamp = "changed", noon
	s.happen(talk.Event{Type: talk.EventEdited, Token: "main", Message: &edited, System: &talk.Message{ID: 90}})
	s.shows("changed (edited)")
	s.lacks("message 2")

	reacted := edited
	reacted.Reactions = map[string]int{"🎉": 3}
	s.happen(talk.Event{Type: talk.EventReactions, Token: "main", Message: &reacted, System: &talk.Message{ID: 91}})
	s.shows("🎉 3")

	deleted := reacted
	deleted.Message, deleted.Deleted, deleted.MessageType = "Message deleted by author", true, talk.MessageDeleted
	s.happen(talk.Event{Type: talk.EventDeleted, Token: "main", Message: &deleted, System: &talk.Message{ID: 92}})
	s.shows("Message deleted by author")
	s.lacks("changed")

	s.happen(talk.Event{Type: talk.EventExpired, Token: "main", Message: f.find("main", 1)})
	s.lacks("message 1")

	s.happen(talk.Event{Type: talk.EventCleared, Token: "main", System: &talk.Message{ID: 93, SystemMessage: talk.SystemHistoryCleared, Message: "You cleared the history"}})
	s.shows("You cleared the history")
	s.lacks("message 3", "just now")

	s.happen(talk.Event{Type: talk.EventConversationRemoved, Token: "main"})
	s.shows("You are no longer in Main", "Choose a conversation")
	if !f.called("Follow  0") {
		t.Error("a conversation that is left is still followed")
	}
}

func TestWhatIsLookedAtCanGo(t *testing.T) {
	t.Parallel()
	for _, keys := range [][]string{{"esc", "o"}, {"esc", "e"}, {"esc", "d"}, {"ctrl+f", "x"}, {"ctrl+o"}, {"ctrl+k"}, {"@"}, {"f1"}} {
		f := chatter(2)
		f.people = []*talk.MentionSuggestion{{ID: "bob", Label: "Bob"}}
		s := newScreen(t, f, 80, 24)
		s.press(keys...)
		s.happen(talk.Event{Type: talk.EventExpired, Token: "main", Message: f.find("main", 2)})
		s.plain()
		s.happen(talk.Event{Type: talk.EventConversationRemoved, Token: "main"})
		s.plain()
		s.press("tab", "y", "1", "enter", "esc", "up", "esc")
		s.plain()
	}
}

func TestConversationsStayInOrder(t *testing.T) {
	t.Parallel()
	f := chatter(1)
	s := newScreen(t, f, 80, 24)
	if main, other := strings.Index(s.plain(), "# Main"), strings.Index(s.plain(), "# Other"); main > other {
		t.Fatal("the conversation with the latest activity is not the first:\n" + s.plain())
	}
	other := *f.rooms[1]
	other.LastActivity, other.UnreadMessages = noon.Add(time.Hour), 3
	s.tell(&other)
	lines := strings.Split(s.plain(), "\n")
	if !strings.Contains(lines[0], "1 new") || !strings.HasPrefix(lines[1], " # Other          3") {
		t.Errorf("news do not bring a conversation up:\n%s", s.plain())
	}
}

func TestWritingAndAnswering(t *testing.T) {
	t.Parallel()
	f := chatter(3)
	s := newScreen(t, f, 80, 24)
	s.enter("Hello")
	s.press("alt+enter")
	s.enter("world")
	s.press("enter")
	if !f.called(`Send main "Hello\nworld" reply=0 path="" again=false`) {
		t.Fatalf("not sent: %v", f.calls)
	}
	s.shows("  Hello", "  world", "Write a message")

	s.press("esc", "up", "up", "r") // the second of the three
	s.shows("↳ Carol: message 2")
	s.enter("yes")
	s.press("enter")
	if !f.called(`Send main "yes" reply=2 path="" again=false`) {
		t.Fatalf("not answered: %v", f.calls)
	}
	s.lacks("↳")

	s.press("up") // the last of one's own
	s.shows("editing", "› yes")
	s.enter(", of course")
	s.press("enter")
	if !f.called(`Edit main 5 "yes, of course"`) {
		t.Fatalf("not edited: %v", f.calls)
	}
	s.shows("yes, of course (edited)", "Write a message")

	s.press("up", "esc")
	s.shows("Write a message")

	s.press("esc", "d")
	s.shows("Delete this message for everybody?")
	s.press("n")
	s.press("d", "y")
	if !f.called("Delete main 5") {
		t.Fatalf("not deleted: %v", f.calls)
	}
	s.shows("Message deleted by you")

	s.press("up", "e")
	s.enter("tada")
	s.press("enter")
	if !f.called("React main 4 🎉 true") {
		t.Fatalf("no reaction: %v", f.calls)
	}
	s.shows("[🎉 1]")
	s.press("e")
	s.enter("tada")
	s.press("enter")
	if !f.called("React main 4 🎉 false") {
		t.Fatalf("the reaction is not taken back: %v", f.calls)
	}
	s.lacks("🎉")

	s.press("up", "E")
	s.shows("Only your own messages can be edited")
}

func TestEditsThatFailKeepTheText(t *testing.T) {
	t.Parallel()
	f := chatter(1)
	f.message("main", "alice", "mine")
	s := newScreen(t, f, 80, 24)
	f.fails["Edit"] = errors.New("too late")
	s.press("up")
	s.enter("!")
	s.press("enter")
	s.shows("Not edited: too late", "› mine!")
	s.press("esc")
	s.shows("Write a message", "  mine")
}

func TestEditableTextIsWhatWasTyped(t *testing.T) {
	t.Parallel()
	m := &talk.Message{Message: "{mention-user1} {mention-user2} {mention-call1} {mention-group1} {nothing}", MessageParameters: map[string]talk.RichObject{
		"mention-user1":  {Type: "user", ID: "bob", Name: "Bob", MentionID: "bob"},
		"mention-user2":  {Type: "user", ID: "jane doe", Name: "Jane"},
		"mention-call1":  {Type: "call", ID: "main", Name: "Main"},
		"mention-group1": {Type: "user-group", ID: "crew", Name: "Crew", MentionID: "group/crew"},
	}}
	want := `@bob @"jane doe" @all @"group/crew" {nothing}`
	if got, ok := editable(m); !ok || got != want {
		t.Errorf("editable: %q, want %q", got, want)
	}
}

func TestReadMarkers(t *testing.T) {
	t.Parallel()
	f := chatter(80)
	f.rooms[0].LastReadMessage, f.rooms[0].UnreadMessages = 30, 50
	s := newScreen(t, f, 80, 24)
	s.shows("New messages", "message 31")
	s.lacks("message 50")
	marked := ""
	for _, c := range f.calls {
		if strings.HasPrefix(c, "MarkRead") {
			marked = c
		}
	}
	last := s.m.layout()
	seen := last[len(last)-1]
	id := s.m.room.timeline.messages[seen.item].ID
	if seen.to < len(seen.lines) {
		id--
	}
	if want := fmt.Sprintf("MarkRead main %d", id); marked != want {
		t.Errorf("%q, want %q: what is on the screen and nothing else", marked, want)
	}
	f.calls = nil
	s.press("end")
	if !f.called("MarkRead main 80") {
		t.Errorf("the end was seen, and not marked: %v", f.calls)
	}
	s.do(tea.BlurMsg{})
	s.happen(message(f, "main", "bob", "while away"))
	if f.called("MarkRead main 81") {
		t.Error("marked as read while nobody looked")
	}
	s.shows("New messages")
	s.do(tea.FocusMsg{})
	if !f.called("MarkRead main 81") {
		t.Error("not marked as read when somebody looked again")
	}
}

func TestNoReadMarkers(t *testing.T) {
	t.Parallel()
	f := chatter(3)
	f.rooms[0].LastReadMessage, f.rooms[0].UnreadMessages = 1, 2
	s := newScreen(t, f, 80, 24, func(o *Options) { o.ReadMarkers = false })
	s.happen(message(f, "main", "bob", "and now"))
	s.shows("and now")
	for _, c := range f.calls {
		if strings.HasPrefix(c, "MarkRead") {
			t.Errorf("%s, though nothing shall be marked", c)
		}
	}
}

func TestScrollingWithoutEnd(t *testing.T) {
	t.Parallel()
	f := chatter(1500)
	s := newScreen(t, f, 80, 24, func(o *Options) { o.Keep = 600 })
	s.shows("message 1500")
	if n := len(s.m.room.timeline.messages); n > 3*pageSize {
		t.Errorf("%d messages fetched at once", n)
	}
	for range 400 {
		s.press("pgup")
	}
	s.shows("message 1\n", "message 2\n")
	s.lacks("message 1500")
	if n := len(s.m.room.timeline.messages); n > 600+slack {
		t.Errorf("%d messages are kept, of 600", n)
	}
	if s.m.room.timeline.live {
		t.Error("what was forgotten counts as known")
	}
	s.happen(message(f, "main", "bob", "meanwhile"))
	s.lacks("meanwhile")
	for range 400 {
		s.press("pgdown")
	}
	s.shows("meanwhile", "message 1500")
	if !s.m.room.timeline.live || !s.m.room.view.follow {
		t.Error("the end does not follow what happens")
	}
	s.happen(message(f, "main", "bob", "at the end"))
	s.shows("at the end")
	s.press("home")
	s.shows("message 1\n")
	s.press("end")
	s.shows("at the end")
	s.press("pgup", "pgup")
	s.happen(message(f, "main", "carol", "do not jump"))
	s.lacks("do not jump")
	s.shows("↓")
	for range 8 {
		s.do(tea.MouseWheelMsg{X: 60, Y: 5, Button: tea.MouseWheelDown})
	}
	for range 8 {
		s.do(tea.MouseWheelMsg{X: 60, Y: 5, Button: tea.MouseWheelDown})
	}
	s.shows("do not jump")
}

func TestEveryLineComesByOnceWhileScrolling(t *testing.T) {
	t.Parallel()
	f := chatter(0)
	for i := range 60 {
		f.message("main", "bob", strings.Repeat(fmt.Sprintf("line of %d\n", i), i%7+1)+"end")
	}
	f.rooms[0].LastReadMessage = f.nextID
	s := newScreen(t, f, 80, 24)
	top := func() string {
		lines := strings.Split(s.plain(), "\n")
		_, right, _ := strings.Cut(lines[1], "│")
		return right
	}
	steps := s.m.linesFrom(0, 1<<30) - s.m.messagesHeight()
	up, down := []string{top()}, []string{}
	for range steps {
		s.m.scroll(1)
		up = append(up, top())
	}
	if s.m.scroll(1); top() != up[steps] || !strings.Contains(top(), "1 March") {
		t.Errorf("%d lines up is not the beginning, but %q", steps, top())
	}
	for range steps {
		down = append(down, top())
		s.m.scroll(-1)
	}
	down = append(down, top())
	slices.Reverse(down)
	if diff := cmp.Diff(up, down); diff != "" {
		t.Errorf("up and down are not the same way (-up +down):\n%s", diff)
	}
	if !s.m.room.view.follow {
		t.Error("the end is not followed again")
	}
}

func TestSearchJumpsIntoThePast(t *testing.T) {
	t.Parallel()
	f := chatter(1000)
	f.find("main", 123).Message = "the needle"
	s := newScreen(t, f, 80, 24)
	s.press("ctrl+f")
	s.enter("needle")
	s.press("enter")
	s.shows("the needle")
	s.press("enter")
	s.shows("▌  the needle", "message 122", "message 124")
	s.lacks("message 1000")
	for range 300 {
		s.press("down")
	}
	s.shows("▌  message 423")
	s.press("ctrl+end")
	s.shows("message 1000")
	f.fails["Search"] = errors.New("no index")
	s.press("ctrl+f")
	s.enter("needle")
	s.press("enter")
	s.shows("The search failed: no index")
}

func TestLostConnections(t *testing.T) {
	t.Parallel()
	gone := &talk.Error{Op: "send message", Err: fmt.Errorf("%w: refused", talk.ErrConnection)}
	f := chatter(2)
	s := newScreen(t, f, 100, 24)
	s.link(Link{Lost: true, Why: "connection refused", Since: noon.Add(4 * time.Minute)})
	s.shows("Connection lost at 12:04: connection refused; trying again")
	f.fails["Send"] = gone
	for _, text := range []string{"one", "two"} {
		s.enter(text)
		s.press("enter")
	}
	s.shows("not sent yet", "  one", "  two")
	f.calls = nil
	delete(f.fails, "Send")
	s.link(Link{Since: noon.Add(5 * time.Minute)})
	want := []string{`Send main "one" reply=0 path="" again=true`, `Send main "two" reply=0 path="" again=false`}
	var sent []string
	for _, c := range f.calls {
		if strings.HasPrefix(c, "Send") {
			sent = append(sent, c)
		}
	}
	if fmt.Sprint(sent) != fmt.Sprint(want) {
		t.Errorf("after the connection came back: %q, want %q", sent, want)
	}
	s.shows("Connected again after 1m0s")
	s.lacks("not sent yet", "sending")
}

func TestMessagesThatAreRefused(t *testing.T) {
	t.Parallel()
	f := chatter(2)
	s := newScreen(t, f, 100, 24)
	f.fails["Send"] = &talk.Error{Op: "send message", StatusCode: 403, Err: talk.ErrForbidden}
	s.enter("no")
	s.press("enter")
	s.shows("✗ not sent", "  no")
	s.press("ctrl+c")
	s.shows("Again to quit, and lose 1 message that is not sent")
	if s.quit {
		t.Fatal("quit with a message that is not sent")
	}
	s.press("esc")
	s.shows("r send again · d take back")
	s.press("d")
	s.shows("› no")
	s.lacks("✗ not sent")
	delete(f.fails, "Send")
	s.press("enter")
	s.lacks("✗ not sent", "sending")
	s.press("ctrl+c")
	if !s.quit {
		t.Error("did not quit with nothing to lose")
	}
}

func TestMessagesArriveOnce(t *testing.T) {
	t.Parallel()
	f := chatter(1)
	s := newScreen(t, f, 80, 24)
	s.holding = true
	s.enter("hello")
	s.press("enter")
	s.holding = false
	held := s.held
	s.shows("sending…")
	// It is told of before its answer is there.
	arrived := f.message("main", "alice", "hello")
	arrived.ReferenceID = "ref-1"
	s.happen(talk.Event{Type: talk.EventMessage, Token: "main", Message: arrived})
	s.lacks("sending…")
	s.do(sentMsg{reference: "ref-1", message: arrived})
	if n := strings.Count(s.plain(), "hello"); n != 1 {
		t.Errorf("%d times on the screen:\n%s", n, s.plain())
	}
	_ = held
}

func TestDraftsStayWithTheirConversations(t *testing.T) {
	t.Parallel()
	f := chatter(2)
	f.message("other", "bob", "elsewhere")
	s := newScreen(t, f, 80, 24)
	s.enter("half a")
	s.press("alt+down")
	s.shows("elsewhere", "Write a message", "✎")
	s.enter("something else")
	s.press("alt+up")
	s.shows("› half a")
	s.enter(" thought")
	s.press("ctrl+c")
	s.shows("Again to quit, and lose 2 texts that you are writing")
	s.press("x")
	s.press("ctrl+c")
	if s.quit {
		t.Error("a key in between does not take the wish to quit back")
	}
	s.press("ctrl+c")
	if !s.quit {
		t.Error("the second time does not quit")
	}
}

func TestLatePagesAreOfNoUse(t *testing.T) {
	t.Parallel()
	f := chatter(2)
	f.message("other", "bob", "elsewhere")
	s := newScreen(t, f, 80, 24)
	s.holding = true
	s.press("alt+down", "alt+up")
	s.release()
	s.shows("# Main", "message 1")
	s.lacks("elsewhere")
}

func TestOlderPagesThatFailAreFetchedWhenItIsBack(t *testing.T) {
	t.Parallel()
	f := chatter(500)
	s := newScreen(t, f, 80, 24)
	f.fails["Page"] = &talk.Error{Op: "read messages", Err: talk.ErrConnection}
	f.calls = nil
	for range 200 {
		s.press("pgup")
	}
	s.shows("Could not fetch messages: no connection to the server")
	if n := len(f.calls); n > 210 {
		t.Errorf("%d requests while there is no connection, of 200 keys", n)
	}
	before := len(s.m.room.timeline.messages)
	delete(f.fails, "Page")
	s.link(Link{Lost: true, Why: "x", Since: noon})
	s.link(Link{Since: noon})
	if len(s.m.room.timeline.messages) <= before {
		t.Error("when the connection is back nothing is fetched")
	}
}

func TestPagesThatFail(t *testing.T) {
	t.Parallel()
	f := chatter(2)
	f.fails["Page"] = errors.New("lobby")
	s := newScreen(t, f, 80, 24)
	s.shows("The messages cannot be read: lobby")
	delete(f.fails, "Page")
	s.link(Link{Lost: true, Why: "x", Since: noon})
	s.link(Link{Since: noon})
	s.shows("message 1")
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, typed string
		keys        []string
		want        string
	}{
		{"the first", "hi @b", []string{"tab"}, "hi @bob "},
		{"with Enter", "hi @b", []string{"enter"}, "hi @bob "},
		{"another one", "@", []string{"down", "tab"}, `@"jane doe" `},
		{"not wanted", "hi @b", []string{"esc", "x"}, "hi @bx"},
		{"an emoji", "so :tada", []string{"tab"}, "so 🎉 "},
		{"a time is no emoji", "at 10:30", []string{"alt+enter"}, "at 10:30\n"},
		{"an address is no mention", "a@b", []string{"alt+enter"}, "a@b\n"},
		{"a path", "/file do", []string{"tab"}, "/file docs/"},
		{"a path below", "/file docs/", []string{"down", "tab"}, "/file docs/a.txt"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := chatter(1)
			f.people = []*talk.MentionSuggestion{{ID: "bob", Label: "Bob", MentionID: "bob"}, {ID: "jane doe", Label: "Jane", MentionID: "jane doe"}}
			f.paths = []string{"docs/", "docs/a.txt", "main.go"}
			s := newScreen(t, f, 80, 24)
			s.enter(tt.typed)
			s.press(tt.keys...)
			if got := s.m.composer.editor.text; got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestCompleteMentionsAreSent(t *testing.T) {
	t.Parallel()
	f := chatter(1)
	f.people = []*talk.MentionSuggestion{{ID: "bob", Label: "Bob", MentionID: "bob"}}
	s := newScreen(t, f, 80, 24)
	s.enter("@bob")
	s.press("enter")
	if !f.called(`Send main "@bob" reply=0 path="" again=false`) {
		t.Errorf("a mention that is complete is completed instead of sent: %v", f.calls)
	}
}

func TestFilesAreSent(t *testing.T) {
	t.Parallel()
	f := chatter(1)
	f.paths = []string{"docs/", "docs/a.txt"}
	s := newScreen(t, f, 80, 24)
	s.enter("the plan")
	s.press("ctrl+o", "enter")
	s.shows("Type a path, or choose one")
	s.enter("do")
	s.press("enter")
	s.shows("docs/a.txt")
	s.holding = true
	s.enter("a.")
	s.press("enter") // before the list is there
	if f.called(`Send main "the plan" reply=0 path="docs/" again=false`) {
		t.Error("what was listed for less is sent")
	}
	s.release()
	if !f.called(`Send main "the plan" reply=0 path="docs/a.txt" again=false`) {
		t.Errorf("not sent: %v", f.calls)
	}
	s.enter("/file docs/a.txt")
	s.press("enter")
	if !f.called(`Send main "" reply=0 path="docs/a.txt" again=false`) {
		t.Errorf("not sent: %v", f.calls)
	}
}

func TestPollsAreVotedIn(t *testing.T) {
	t.Parallel()
	f := deploys()
	s := newScreen(t, f, 100, 32)
	s.press("esc", "o", "1")
	if !f.called("Vote deploys 7 [0]") {
		t.Fatalf("no vote: %v", f.calls)
	}
	s.shows("✓ 1 Pizza")
	s.press("1")
	if !f.called("Vote deploys 7 []") {
		t.Fatalf("the vote is not taken back: %v", f.calls)
	}
	s.press("c", "y")
	if !f.called("ClosePoll deploys 7") {
		t.Fatalf("not ended: %v", f.calls)
	}
	s.shows("closed")
	s.press("2")
	s.shows("The poll has ended")
	s.press("esc")
	// What others do is told by messages about the poll.
	f.polls[7] = &talk.Poll{ID: 7, Options: []string{"Pizza", "Soup"}, NumVoters: 9, Votes: map[string]int{"option-0": 9}}
	voted := f.message("deploys", "bob", "Someone voted on the poll {poll}")
	voted.SystemMessage, voted.MessageParameters = talk.SystemPollVoted, map[string]talk.RichObject{"poll": {Type: "talk-poll", ID: "7", Name: "Lunch?"}}
	s.happen(talk.Event{Type: talk.EventMessage, Token: "deploys", Message: voted})
	s.shows("9 voters")
	s.lacks("Someone voted")
}

func TestMouse(t *testing.T) {
	t.Parallel()
	f := chatter(30)
	f.message("other", "bob", "elsewhere")
	s := newScreen(t, f, 80, 24)
	s.do(tea.MouseClickMsg{X: 5, Y: 2, Button: tea.MouseLeft})
	s.shows("elsewhere")
	s.do(tea.MouseClickMsg{X: 5, Y: 1, Button: tea.MouseLeft})
	s.shows("message 30")
	for y, line := range strings.Split(s.plain(), "\n") {
		if strings.Contains(line, "message 28") {
			s.do(tea.MouseClickMsg{X: 40, Y: y, Button: tea.MouseLeft})
			break
		}
	}
	s.shows("▌  message 28")
	s.do(tea.MouseWheelMsg{X: 60, Y: 5, Button: tea.MouseWheelUp})
	s.lacks("message 30")
	s.do(tea.MouseClickMsg{X: 40, Y: 22, Button: tea.MouseLeft})
	s.enter("typed")
	s.shows("› typed")
	s.press("ctrl+k")
	s.do(tea.MouseClickMsg{X: 40, Y: 5, Button: tea.MouseLeft})
	s.shows("elsewhere")
}

func TestPasteIsOneInput(t *testing.T) {
	t.Parallel()
	f := chatter(1)
	s := newScreen(t, f, 80, 24)
	s.do(tea.PasteMsg{Content: "one\r\ntwo\x1b[2Jthree\tfour"})
	if len(f.calls) > 0 && f.called("Send") {
		t.Error("a line break that was pasted sends")
	}
	if got, want := s.m.composer.editor.text, "one\ntwo[2Jthree four"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	s.do(tea.PasteMsg{Content: strings.Repeat("x", maxTyped)})
	s.shows("too long for a message")
}

func TestSizes(t *testing.T) {
	t.Parallel()
	s := newScreen(t, deploys(), 100, 32)
	for width := 1; width < 140; width += 3 {
		for _, height := range []int{1, 2, 11, 12, 13, 40} {
			s.do(tea.WindowSizeMsg{Width: width, Height: height})
			lines := strings.Split(s.m.View().Content, "\n")
			if len(lines) > height {
				t.Fatalf("%d×%d: %d lines", width, height, len(lines))
			}
			for _, line := range lines {
				if w := (measure{}).width(ansi.Strip(line)); w > width {
					t.Fatalf("%d×%d: a line of %d columns: %q", width, height, w, ansi.Strip(line))
				}
			}
		}
	}
	s.do(tea.WindowSizeMsg{Width: 100, Height: 32})
	golden(t, "conversation", s.plain())
}

func TestRefusedCredentialsEndIt(t *testing.T) {
	t.Parallel()
	s := newScreen(t, chatter(1), 100, 24)
	s.do(batchMsg{err: &talk.Error{Op: "watch", StatusCode: 401, Err: talk.ErrUnauthorized}})
	s.shows("Ended: the server refuses the account's credentials")
}
