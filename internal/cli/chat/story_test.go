package chat

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/confab-go/confab/talk"
)

// deploys is a conversation with one of everything.
func deploys() *fake {
	f := newFake()
	f.room("deploys", "Deploys", talk.ConversationGroup)
	f.room("bob", "Bob", talk.ConversationOneToOne).UnreadMessages = 2
	lunch := f.room("lunch", "Lunch", talk.ConversationPublic)
	lunch.UnreadMessages, lunch.UnreadMention = 12, true
	f.room("notes", "日本語のとても長い名前の会話", talk.ConversationGroup)
	f.room("rtl", "שיחה", talk.ConversationGroup)
	f.room("old", "Archive", talk.ConversationGroup).IsArchived = true
	f.room("fav", "Favourite", talk.ConversationGroup).IsFavorite = true

	created := f.message("deploys", "alice", "{actor} created the conversation")
	created.SystemMessage, created.MessageType = talk.SystemConversationCreated, talk.MessageSystem
	created.MessageParameters = map[string]talk.RichObject{"actor": {Type: "user", ID: "alice", Name: "Alice"}}
	created.Timestamp = noon.Add(-24 * time.Hour)
	first := f.message("deploys", "alice", "v1.4 is **live**, run `make deploy`, {mention-user1}")
	first.MessageParameters = map[string]talk.RichObject{"mention-user1": {Type: "user", ID: "bob", Name: "Bob"}}
	first.Reactions, first.ReactionsSelf = map[string]int{"👍": 2, "🎉": 1}, []string{"👍"}
	f.message("deploys", "bob", "A long line that has to be broken because it does not fit into the pane, 日本語も含めて, to its end.").Parent = first
	edited := f.message("deploys", "bob", "thanks, {mention-user1}!")
	edited.MessageParameters = map[string]talk.RichObject{"mention-user1": {Type: "user", ID: "alice", Name: "Alice"}}
	edited.LastEditTimestamp = noon.Add(time.Minute)
	gone := f.message("deploys", "carol", "Message deleted by author")
	gone.Deleted, gone.MessageType = true, talk.MessageDeleted
	file := f.message("deploys", "carol", "{file}")
	file.MessageParameters = map[string]talk.RichObject{"file": {Type: "file", ID: "9", Name: "plan.pdf", Size: "1258000", Path: "Talk/plan.pdf", MimeType: "application/pdf", Link: "https://cloud.example.com/f/9"}}
	poll := f.message("deploys", "bob", "{object}")
	poll.MessageParameters = map[string]talk.RichObject{"object": {Type: "talk-poll", ID: "7", Name: "Lunch?"}}
	f.polls[7] = &talk.Poll{
		ID: 7, Question: "Lunch?", Options: []string{"Pizza", "Soup"}, MaxVotes: 1, NumVoters: 3, VotedSelf: []int{1},
		Votes: map[string]int{"option-0": 1, "option-1": 2}, Status: talk.PollOpen,
	}
	return f
}

func TestScreens(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		width, height int
		do            func(*screen)
	}{
		{"conversation", 100, 32, func(*screen) {}},
		{"narrow", 60, 24, func(*screen) {}},
		{"too-small", 40, 10, func(*screen) {}},
		{"help", 100, 32, func(s *screen) { s.press("f1") }},
		{"selected", 100, 32, func(s *screen) { s.press("esc", "up") }},
		{"replying", 100, 32, func(s *screen) {
			s.press("esc", "up", "up", "up", "r")
			s.enter("I will")
			s.press("alt+enter")
			s.enter("look")
		}},
		{"jump", 100, 32, func(s *screen) { s.press("ctrl+k"); s.enter("un") }},
		{"search", 100, 32, func(s *screen) { s.press("ctrl+f"); s.enter("live"); s.press("enter") }},
		{"details-of-poll", 100, 32, func(s *screen) { s.press("esc", "o") }},
		{"details-of-file", 100, 32, func(s *screen) { s.press("esc", "up", "o") }},
		{"reactions", 100, 32, func(s *screen) { s.press("esc", "e"); s.enter("heart") }},
		{"deleting", 100, 32, func(s *screen) { s.press("esc", "up", "up", "up", "up", "d") }},
		{"mentions", 100, 32, func(s *screen) { s.enter("hi @") }},
		{"emoji", 100, 32, func(s *screen) { s.enter("yes :tad") }},
		{"files", 100, 32, func(s *screen) { s.press("ctrl+o"); s.enter("do") }},
		{"lost", 100, 32, func(s *screen) {
			s.link(Link{Lost: true, Why: "connection refused", Since: noon.Add(4 * time.Minute)})
		}},
		{"unread", 100, 16, func(s *screen) {
			c := *s.f.rooms[2]
			c.LastReadMessage = s.f.nextID
			for range 12 {
				s.f.message("lunch", "bob", "new\ntwo lines")
			}
			s.tell(&c)
			s.press("ctrl+k")
			s.enter("lunch")
			s.press("enter")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := deploys()
			f.people = []*talk.MentionSuggestion{
				{ID: "all", Label: "Deploys", Source: "calls", MentionID: "all", Details: "All 3 participants"},
				{ID: "bob", Label: "Bob", Source: talk.ActorUser, MentionID: "bob"},
				{ID: "jane doe", Label: "Jane Doe", Source: talk.ActorUser, MentionID: "jane doe"},
			}
			f.paths = []string{"docs/", "done.txt", "main.go"}
			s := newScreen(t, f, tt.width, tt.height)
			tt.do(s)
			golden(t, tt.name, s.plain())
			for i, line := range strings.Split(s.m.View().Content, "\n") {
				if w := (measure{}).width(plain(line)) - 1; w > tt.width {
					t.Errorf("line %d is %d columns wide: %q", i, w, plain(line))
				}
			}
		})
	}
}

func TestColours(t *testing.T) {
	t.Parallel()
	for name, theme := range map[string]Theme{"dark": ThemeDark, "light": ThemeLight} {
		s := newScreen(t, deploys(), 80, 32, func(o *Options) { o.Theme = theme })
		s.press("esc")
		golden(t, name, strings.ReplaceAll(s.m.View().Content, "\x1b", "␛")+"\n")
	}
}

func TestBackgroundDecidesOnColours(t *testing.T) {
	t.Parallel()
	s := newScreen(t, deploys(), 80, 24, func(o *Options) { o.Theme = ThemeAuto })
	dark := s.m.View().Content
	s.do(tea.BackgroundColorMsg{Color: white{}})
	light := s.m.View().Content
	if dark == light {
		t.Error("a light background changes nothing")
	}
	if plain(dark) != plain(light) {
		t.Error("a light background changes more than colours")
	}
}

type white struct{}

func (white) RGBA() (r, g, b, a uint32) { return 0xffff, 0xffff, 0xffff, 0xffff }
