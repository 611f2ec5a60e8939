package core_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/server/core"
)

func TestMentionsAreResolvedOnReading(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(w.EnsureUser(t.Context(), core.NewUser{ID: "ben.two", DisplayName: "Second Ben"}))
	w.must(w.EnsureUser(t.Context(), core.NewUser{ID: "o neill", DisplayName: "O'Neill"}))
	token := w.room(core.NewRoom{Name: "Mentions"}, "ben")
	for _, tt := range []struct {
		text, want string
		params     []string // name=type/id
	}{
		{"no mention", "no mention", nil},
		{"hi @ben", "hi {mention-user1}", []string{"mention-user1=user/ben"}},
		{`hi @"ben", ok?`, "hi {mention-user1}, ok?", []string{"mention-user1=user/ben"}},
		{"@Ben", "{mention-user1}", []string{"mention-user1=user/Ben"}},
		{"@nobody", "@nobody", nil},
		{"mail a@ben.example", "mail a@ben.example", nil},
		{"(@ben)", "(@ben)", nil},
		{"**@ben** `@ben`", "**@ben** `@ben`", nil},
		{"@ben.", "@ben.", nil},
		{"@ben,", "{mention-user1},", []string{"mention-user1=user/ben"}},
		{"@ben @ben.two", "{mention-user2} {mention-user1}", []string{"mention-user1=user/ben.two", "mention-user2=user/ben"}},
		{"@ben @ben @cleo", "{mention-user2} {mention-user2} {mention-user1}", []string{"mention-user1=user/cleo", "mention-user2=user/ben"}},
		{`@"o neill"`, "{mention-user1}", []string{"mention-user1=user/o neill"}},
		{"@all", "{mention-call1}", []string{"mention-call1=call/" + token}},
		{`@"group/crew" @ben`, "{mention-group1} {mention-user1}", []string{"mention-group1=user-group/crew", "mention-user1=user/ben"}},
		{`@"group/nogroup"`, "{mention-group1}", []string{"mention-group1=user-group/nogroup"}},
		{`@"team/abc"`, "{mention-team1}", []string{"mention-team1=highlight/abc"}},
		{`@"user/ben"`, `@"user/ben"`, nil},
		{"//slash", "/slash", nil},
		{strings.Repeat("@", 100), strings.Repeat("@", 100), nil},
	} {
		m := w.send("anna", token, tt.text)
		var params []string
		for _, p := range m.Parameters {
			params = append(params, p.Name+"="+p.Fields[0].Value+"/"+p.Fields[1].Value)
		}
		if m.Text != tt.want {
			t.Errorf("%q reads %q, want %q", tt.text, m.Text, tt.want)
		}
		if diff := cmp.Diff(tt.params, params); diff != "" {
			t.Errorf("%q: %s", tt.text, diff)
		}
	}
}

func TestMentionsCount(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name            string
		by, text        string
		moderatorsOnly  int
		mention, direct bool // for ben
	}{
		{"by name", "anna", "@ben", 0, true, true},
		{"by name, in another case", "anna", "@BEN", 0, true, true},
		{"everybody", "anna", "@all", 0, true, false},
		{"a group", "anna", `@"group/crew"`, 0, true, false},
		{"another", "anna", "@cleo", 0, false, false},
		{"oneself", "ben", "@ben", 0, false, false},
		{"everybody, not allowed", "cleo", "@all", 1, false, false},
		{"everybody, a moderator", "anna", "@all", 1, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			token := w.room(core.NewRoom{Name: "Mentions", MentionPermissions: tt.moderatorsOnly}, "ben", "cleo")
			w.send(tt.by, token, tt.text)
			v := w.see("ben", token)
			if v.UnreadMention != tt.mention || v.UnreadMentionDirect != tt.direct {
				t.Errorf("mention %v, direct %v; want %v, %v", v.UnreadMention, v.UnreadMentionDirect, tt.mention, tt.direct)
			}
		})
	}
	t.Run("a reply", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		token := w.room(core.NewRoom{Name: "Mentions"}, "ben")
		m := w.send("ben", token, "question")
		_, err := w.SendMessage(t.Context(), as("anna"), token, core.Send{Message: "answer", ReplyTo: m.ID})
		w.must(err)
		if v := w.see("ben", token); !v.UnreadMentionDirect {
			t.Error("an answer does not mention whom it answers")
		}
	})
}

func TestWhatMayBeMentionedIsDecidedWhenSending(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.room(core.NewRoom{Name: "Mentions", MentionPermissions: 1}, "ben")
	w.send("ben", token, "hi @all")
	_, err := w.SetMentionPermissions(t.Context(), as("anna"), token, 0)
	w.must(err)
	if got := w.see("anna", token).LastMessage.Text; got != "hi @all" {
		t.Errorf("reads %q", got)
	}
}

func FuzzMentions(f *testing.F) {
	for _, seed := range []string{"hi @ben", `@"group/crew"`, "@all @ben @ben.two", "((@ben))", `@"" @" @`, "@\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, m := range core.ParseMentions(text) {
			if m == "" || !strings.Contains(text, "@"+m) && !strings.Contains(text, `@"`+m+`"`) {
				t.Errorf("%q mentions %q", text, m)
			}
		}
	})
}
