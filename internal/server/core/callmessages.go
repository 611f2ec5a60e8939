package core

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/confab-go/confab/internal/server/store"
)

// The words of the system messages about calls.
const (
	wordCallStarted       = "call_started"
	wordCallJoined        = "call_joined"
	wordCallLeft          = "call_left"
	wordCallMissed        = "call_missed"
	wordCallTried         = "call_tried" // what a missed call is to who called
	wordCallEnded         = "call_ended"
	wordCallEndedEveryone = "call_ended_everyone"
)

// callParams are the parameters of a system message about a call, as they are stored.
type callParams struct {
	Silent   bool     `json:"silent,omitempty"`
	Users    []string `json:"users,omitempty"`
	Guests   int      `json:"guests,omitempty"`
	Duration int64    `json:"duration,omitempty"` // seconds
}

// callMessage leaves a system message about the call.
func (s *scope) callMessage(actor *store.Attendee, word string, p *callParams) error {
	stored, err := json.Marshal(systemParams{Call: p})
	if err != nil {
		return err
	}
	m := s.newMessage(verbSystem)
	m.ActorType, m.ActorID, m.ActorName = actor.ActorType, actor.ActorID, actor.DisplayName
	m.Body, m.Parameters, m.Silent = word, string(stored), p.Silent
	return s.insert(&m)
}

// renderCall makes the text and parameters of a system message about a call.
func (r *reader) renderCall(m *store.Message, p *callParams, v *MessageView) {
	mine := r.is(m.ActorType, m.ActorID)
	v.Parameters = []Parameter{r.actorParameter("actor", m.ActorType, m.ActorID, m.ActorName)}
	switch m.Body {
	case wordCallStarted:
		v.Text = callStarted(mine, p.Silent, isPair(r.room))
	case wordCallJoined:
		v.Text = actorText(mine, "joined the call")
	case wordCallLeft:
		v.Text = actorText(mine, "left the call")
	case wordCallMissed:
		r.renderMissed(p, v)
	default:
		r.renderEnded(m, p, v)
	}
}

func actorText(mine bool, did string) string {
	if mine {
		return "You " + did
	}
	return "{actor} " + did
}

func callStarted(mine, silent, pair bool) string {
	kind := "call"
	if silent {
		kind = "silent call"
	}
	switch {
	case pair && mine:
		return "Outgoing " + kind
	case pair:
		return "Incoming " + kind
	default:
		return actorText(mine, "started a "+kind)
	}
}

// renderMissed tells the caller of a call that nobody answered, and the called one who it was.
func (r *reader) renderMissed(p *callParams, v *MessageView) {
	from := ""
	if len(p.Users) > 0 {
		from = p.Users[0]
	}
	if !r.is(ActorUsers, from) {
		v.Text = "Missed call"
		v.Parameters = []Parameter{r.actorParameter("user", ActorUsers, from, "")}
		return
	}
	v.Text, v.SystemMessage = "Unanswered call", wordCallTried
	if r.room.Type != OneToOne { // the other one is deleted: its name is the conversation's
		v.Parameters = []Parameter{{Name: "user", Fields: []Field{
			{"type", "highlight"}, {"id", "deleted_users"}, {"name", r.room.Name},
		}}}
		return
	}
	v.Parameters = []Parameter{r.actorParameter("user", ActorUsers, otherOf(r.room, r.self), "")}
}

// maxNamed is how many users the end of a call names, at most.
const maxNamed = 5

// renderEnded says who was in a call and how long it was.
func (r *reader) renderEnded(m *store.Message, p *callParams, v *MessageView) {
	duration := " (Duration " + clockText(p.Duration) + ")"
	if isPair(r.room) {
		v.Text = "Call ended" + duration
		return
	}
	users, guests := slices.Clone(p.Users), p.Guests
	everyone := m.Body == wordCallEndedEveryone
	switch {
	case everyone && m.ActorType == ActorUsers:
		users = slices.DeleteFunc(users, func(id string) bool { return id == m.ActorID })
	case everyone:
		guests = max(0, guests-1)
	}
	slices.Sort(users)
	named, rest := users, ""
	switch {
	case len(users) > maxNamed || len(users) == maxNamed && guests > 0:
		named = users[:maxNamed-1]
		rest = counted(len(users)-len(named)+guests, "other")
	case guests > 0:
		rest = counted(guests, "guest")
	}
	with := make([]string, 0, maxNamed)
	for i, id := range named {
		name := "user" + strconv.Itoa(i+1)
		with = append(with, "{"+name+"}")
		v.Parameters = append(v.Parameters, r.actorParameter(name, ActorUsers, id, ""))
	}
	if rest != "" {
		with = append(with, rest)
	}
	people := ""
	if len(with) > 0 {
		people = " with " + enumerate(with)
	}
	if everyone {
		v.Text = "{actor} ended the call" + people + duration
	} else {
		v.Text = "Call" + people + " ended" + duration
	}
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// enumerate joins as people do: a, b and c.
func enumerate(items []string) string {
	last := len(items) - 1
	if last == 0 {
		return items[0]
	}
	return strings.Join(items[:last], ", ") + " and " + items[last]
}

// clockText writes seconds as a clock does, 0:05 or 1:02:03.
func clockText(seconds int64) string {
	if seconds >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
	}
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}
