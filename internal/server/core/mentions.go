package core

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/server/store"
)

// mentionPattern finds what follows an @. Which character may stand before it
// is checked apart, as Go's expressions do not look behind.
var mentionPattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)@(?:"guest/[a-f0-9]+"|"email/[a-f0-9]+"|"(?:federated_)?(?:group|team|user)/[a-z0-9_\-@.' /:]+"|"[a-z0-9_\-@.' ]+"|[a-z0-9_\-@.']+)`)
})

type mention struct {
	kind string // user, call, guest, email, group, team
	id   string // without its kind
	raw  string // what the text has after the @, without quotes
}

// parseMentions returns the distinct mentions of a text, longest first, so
// that replacing one never spoils another that contains it.
func parseMentions(text string) []mention {
	var found []string
	for _, at := range mentionPattern().FindAllStringIndex(text, -1) {
		if mayPrecedeMention(text[:at[0]]) {
			found = append(found, text[at[0]:at[1]])
		}
	}
	seen := map[string]bool{}
	found = slices.DeleteFunc(found, func(s string) bool { dup := seen[s]; seen[s] = true; return dup })
	slices.SortStableFunc(found, func(a, b string) int { return utf8.RuneCountInString(b) - utf8.RuneCountInString(a) })
	out := make([]mention, 0, len(found))
	for _, f := range found {
		raw := strings.Trim(f[1:], `"`)
		m := mention{kind: "user", id: raw, raw: raw}
		for _, kind := range []string{"guest", "email", "group", "team"} {
			if id, ok := strings.CutPrefix(raw, kind+"/"); ok {
				m.kind, m.id = kind, id
			}
		}
		if raw == "all" {
			m.kind = "call"
		}
		out = append(out, m)
	}
	// Longer ids come first, too: parameters are numbered by that.
	slices.SortStableFunc(out, func(a, b mention) int { return utf8.RuneCountInString(b.phpID()) - utf8.RuneCountInString(a.phpID()) })
	return out
}

// phpID is what Talk takes for the id: that of a guest has its kind in it.
func (m *mention) phpID() string {
	if m.kind == "guest" {
		return m.raw
	}
	return m.id
}

// mayPrecedeMention reports whether a mention may follow the text: nothing,
// white space or one of -@.' but neither a letter (that is an address) nor a bracket.
func mayPrecedeMention(before string) bool {
	if before == "" {
		return true
	}
	return strings.IndexByte("-@.' \t\n\r\f\v", before[len(before)-1]) >= 0
}

// resolveMentions replaces the mentions of a text by placeholders.
func (r *reader) resolveMentions(m *store.Message, v *MessageView) {
	if !strings.Contains(v.Text, "@") {
		return
	}
	count := map[string]int{}
	for _, mn := range parseMentions(v.Text) {
		fields, ok := r.mentionFields(m, mn)
		if !ok {
			continue
		}
		count[mn.kind]++
		name := "mention-" + mn.kind + strconv.Itoa(count[mn.kind])
		v.Text = strings.ReplaceAll(v.Text, `@"`+mn.raw+`"`, "{"+name+"}")
		if !strings.ContainsAny(mn.raw, " /") {
			v.Text = strings.ReplaceAll(v.Text, "@"+mn.raw, "{"+name+"}")
		}
		v.Parameters = append(v.Parameters, Parameter{Name: name, Fields: fields})
	}
}

// mentionFields is the rich object of a mention; ok is false when it mentions nothing.
func (r *reader) mentionFields(m *store.Message, mn mention) (fields []Field, ok bool) {
	switch mn.kind {
	case "call":
		if !m.MentionAll {
			return nil, false
		}
		return []Field{
			{"type", "call"},
			{"id", r.room.Token},
			{"name", roomDisplayName(r.c, r.room, r.self)},
			{"call-type", callType(r.room)},
			{"icon-url", r.iconURL()},
			{"mention-id", "all"},
		}, true
	case "group":
		name := mn.id
		if g, ok := r.c.dir.group(mn.id); ok {
			name = g.DisplayName
		}
		return []Field{{"type", "user-group"}, {"id", mn.id}, {"name", name}, {"mention-id", "group/" + mn.id}}, true
	case "team": // there are none
		return []Field{{"type", "highlight"}, {"id", mn.id}, {"name", mn.id}}, true
	case "guest", "email":
		name, _ := r.guestName(mn.kind+"s", mn.id)
		if name == "" {
			name = "Guest"
		}
		id := mn.id
		if mn.kind == "guest" {
			id = mn.raw
		}
		return []Field{{"type", mn.kind}, {"id", id}, {"name", name}, {"mention-id", mn.raw}}, true
	default:
		u, ok := r.c.dir.user(mn.id)
		return []Field{{"type", "user"}, {"id", mn.id}, {"name", u.DisplayName}, {"mention-id", mn.raw}}, ok
	}
}

func callType(r *store.Room) string {
	switch r.Type {
	case OneToOne, FormerOneToOne, NoteToSelf:
		return "one2one"
	case Public:
		return "public"
	default:
		return "group"
	}
}

// iconURL is where the picture of the conversation is.
func (r *reader) iconURL() string {
	return r.baseURL + "/ocs/v2.php/apps/spreed/api/v1/room/" + r.room.Token + "/avatar?v=" + avatarVersion(r.room)
}

// noteMentions tells those whom a message mentions, or answers, that it does.
func (s *scope) noteMentions(m *store.Message, parent *store.Message) error {
	anyway, direct, err := s.mentioned(m)
	if err != nil {
		return err
	}
	if parent != nil && parent.ActorType == ActorUsers && (m.ActorType != ActorUsers || m.ActorID != parent.ActorID) {
		anyway[parent.ActorID], direct[parent.ActorID] = true, true
	}
	return s.tellMentioned(m, anyway, direct)
}

func (s *scope) tellMentioned(m *store.Message, anyway, direct map[string]bool) error {
	if err := s.tx.SetLastMention(s.room.ID, m.ID, keys(anyway), false); err != nil {
		return err
	}
	return s.tx.SetLastMention(s.room.ID, m.ID, keys(direct), true)
}

// mentioned returns the users whom the text of a message mentions in any way,
// and those whom it names. Its author is neither.
func (s *scope) mentioned(m *store.Message) (anyway, direct map[string]bool, err error) {
	anyway, direct = map[string]bool{}, map[string]bool{}
	mentions := parseMentions(m.Body)
	if len(mentions) == 0 {
		return anyway, direct, nil
	}
	attendees, err := s.tx.Attendees(s.room.ID)
	if err != nil {
		return nil, nil, err
	}
	for _, mn := range mentions {
		switch mn.kind {
		case "call":
			for _, a := range attendees {
				if m.MentionAll && a.ActorType == ActorUsers {
					anyway[a.ActorID] = true
				}
			}
		case "group":
			for _, id := range s.c.dir.membersOf(mn.id) {
				anyway[id] = true
			}
		case "user":
			if u, ok := s.c.dir.user(mn.id); ok {
				anyway[u.ID], direct[u.ID] = true, true
			}
		}
	}
	if m.ActorType == ActorUsers {
		delete(anyway, m.ActorID)
		delete(direct, m.ActorID)
	}
	return anyway, direct, nil
}

func keys(set map[string]bool) []string {
	out := make([]string, 0, len(set))
	for k := range set {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
