package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// attendees returns the attendee ids of a conversation by user.
func (c *client) attendees(token string) map[string]string {
	c.h.t.Helper()
	out := map[string]string{}
	for _, p := range c.do("GET", talk+"/v4/room/"+token+"/participants", "").data.([]any) {
		out[p.(object)["actorId"].(string)] = p.(object)["attendeeId"].(json.Number).String()
	}
	return out
}

// breakouts configures breakout rooms and returns their tokens.
func (c *client) breakouts(token, body string) []string {
	c.h.t.Helper()
	a := c.do("POST", talk+"/v1/breakout-rooms/"+token, body)
	if a.status != http.StatusOK {
		c.h.t.Fatalf("configure %s: %d %s", body, a.status, a.raw)
	}
	var tokens []string
	for _, room := range a.data.([]any) {
		tokens = append(tokens, room.(object)["token"].(string))
	}
	if last := tokens[len(tokens)-1]; last != token {
		c.h.t.Fatalf("the conversation itself is not last: %s", a.raw)
	}
	return tokens[:len(tokens)-1]
}

// rooms returns what the client sees of the breakout rooms of a conversation.
func (c *client) rooms(token string) []string {
	c.h.t.Helper()
	items, _ := c.do("GET", talk+"/v4/room/"+token+"/breakout-rooms", "").data.([]any)
	out := []string{}
	for _, room := range items {
		out = append(out, room.(object)["displayName"].(string))
	}
	return out
}

func TestBreakoutRoomsByHand(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	token := anna.room("Workshop", "ben", "cleo")
	ids := anna.attendees(token)
	rooms := anna.breakouts(token, fmt.Sprintf(`{"mode":2,"amount":3,"attendeeMap":"{\"%s\":0,\"%s\":2}"}`, ids["ben"], ids["cleo"]))
	if a := ben.do("GET", talk+"/v1/chat/"+rooms[0]+"?lookIntoFuture=0", ""); a.status != http.StatusPreconditionFailed {
		t.Errorf("before the start: %d %s", a.status, a.raw)
	}
	if a := anna.do("POST", talk+"/v1/breakout-rooms/"+token+"/rooms", ""); a.status != http.StatusOK {
		t.Fatalf("start: %d %s", a.status, a.raw)
	}
	for c, want := range map[*client][]string{anna: {"Room 1", "Room 2", "Room 3"}, ben: {"Room 1"}, cleo: {"Room 3"}} {
		if diff := cmp.Diff(want, c.rooms(token)); diff != "" {
			t.Errorf("%s sees %s", c.user, diff)
		}
	}
	if a := ben.do("POST", talk+"/v1/breakout-rooms/"+rooms[0]+"/request-assistance", ""); a.at("breakoutRoomStatus") != json.Number("2") {
		t.Errorf("request assistance: %d %s", a.status, a.raw)
	}
	if a := anna.do("POST", talk+"/v1/breakout-rooms/"+token+"/broadcast", `{"message":"all of you"}`); a.status != http.StatusCreated {
		t.Errorf("broadcast: %d %s", a.status, a.raw)
	}
	if got := cleo.texts(rooms[2], 1)[0]; got != "all of you" {
		t.Errorf("cleo reads %q", got)
	}

	body := fmt.Sprintf(`{"attendeeMap":"{\"%s\":1}"}`, ids["ben"])
	if a := anna.do("POST", talk+"/v1/breakout-rooms/"+token+"/attendees", body); a.status != http.StatusOK {
		t.Fatalf("assign: %d %s", a.status, a.raw)
	}
	if diff := cmp.Diff([]string{"Room 2"}, ben.rooms(token)); diff != "" {
		t.Error("ben was moved:", diff)
	}
	if got := anna.texts(rooms[0], 1)[0]; got != "You removed {user}" {
		t.Errorf("in the room that ben was in: %q", got)
	}

	if a := anna.do("DELETE", talk+"/v1/breakout-rooms/"+token+"/rooms", ""); a.status != http.StatusOK {
		t.Fatalf("stop: %d %s", a.status, a.raw)
	}
	if got := anna.texts(rooms[1], 1)[0]; got != "You stopped breakout rooms" {
		t.Errorf("after the stop: %q", got)
	}
	if a := anna.do("GET", talk+"/v4/room/"+rooms[0], ""); a.at("breakoutRoomStatus") != json.Number("0") || a.at("lobbyState") != json.Number("1") {
		t.Errorf("a room after the stop: %s", a.raw)
	}
	if a := anna.do("DELETE", talk+"/v1/breakout-rooms/"+token, ""); a.at("breakoutRoomMode") != json.Number("0") {
		t.Errorf("remove: %d %s", a.status, a.raw)
	}
	if a := anna.do("GET", talk+"/v4/room/"+rooms[0], ""); a.status != http.StatusNotFound {
		t.Errorf("a removed room: %d %s", a.status, a.raw)
	}
}

func TestBreakoutRoomsFollowTheirConversation(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	token := anna.room("Workshop", "ben", "cleo")
	rooms := anna.breakouts(token, `{"mode":3,"amount":2}`)
	anna.do("POST", talk+"/v1/breakout-rooms/"+token+"/rooms", "")
	if a := cleo.do("POST", talk+"/v1/breakout-rooms/"+token+"/switch", `{"target":"`+rooms[1]+`"}`); a.status != http.StatusOK {
		t.Fatalf("switch: %d %s", a.status, a.raw)
	}
	if a := cleo.do("POST", talk+"/v1/breakout-rooms/"+token+"/switch", `{"target":"`+rooms[0]+`"}`); a.status != http.StatusOK {
		t.Fatalf("switch again: %d %s", a.status, a.raw)
	}
	if got := anna.texts(rooms[1], 1)[0]; got != "{actor} left the conversation" {
		t.Errorf("in the room that cleo left: %q", got)
	}
	ids := anna.attendees(token)
	anna.do("POST", talk+"/v4/room/"+token+"/moderators", `{"attendeeId":`+ids["ben"]+`}`)
	for _, room := range rooms {
		if a := ben.do("GET", talk+"/v4/room/"+room, ""); a.at("participantType") != json.Number("2") {
			t.Errorf("the new moderator in a room: %d %s", a.status, a.raw)
		}
	}
	anna.do("DELETE", talk+"/v4/room/"+token+"/moderators?attendeeId="+ids["ben"], "")
	anna.do("DELETE", talk+"/v4/room/"+token+"/attendees?attendeeId="+ids["cleo"], "")
	for _, c := range []*client{ben, cleo} {
		for _, room := range rooms {
			if a := c.do("GET", talk+"/v4/room/"+room, ""); a.status != http.StatusNotFound {
				t.Errorf("%s is still in a room: %d", c.user, a.status)
			}
		}
	}
	if a := anna.do("DELETE", talk+"/v4/room/"+token, ""); a.status != http.StatusOK {
		t.Fatalf("delete: %d %s", a.status, a.raw)
	}
	if a := anna.do("GET", talk+"/v4/room/"+rooms[0], ""); a.status != http.StatusNotFound {
		t.Errorf("a room of a deleted conversation: %d %s", a.status, a.raw)
	}
}

func TestBreakoutRoomRefusals(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	plain := anna.room("Plain", "ben")
	byHand := anna.room("By hand", "ben")
	hand := anna.breakouts(byHand, `{"mode":2,"amount":1}`)
	free := anna.room("Free", "ben")
	rooms := anna.breakouts(free, `{"mode":3,"amount":2}`)
	own := anna.attendees(free)["anna"]
	public := anna.do("POST", talk+"/v4/room", `{"roomType":3,"roomName":"Public"}`).at("token").(string)
	breakout, room := talk+"/v1/breakout-rooms/", talk+"/v4/room/"
	for name, tt := range map[string]struct {
		as           *client
		method, path string
		body         string
		want         refusal
	}{
		"configure as a participant":    {ben, "POST", breakout + plain, `{"mode":1,"amount":1}`, refusal{403, "[]"}},
		"configure somewhere else":      {cleo, "POST", breakout + plain, `{"mode":1,"amount":1}`, refusal{404, "[]"}},
		"configure as nobody":           {h.as(""), "POST", breakout + plain, `{"mode":1,"amount":1}`, refusal{401, "[]"}},
		"configure without a mode":      {anna, "POST", breakout + plain, `{"amount":1}`, refusal{400, "mode"}},
		"configure mode 0":              {anna, "POST", breakout + plain, `{"mode":0,"amount":1}`, refusal{400, "mode"}},
		"configure none":                {anna, "POST", breakout + plain, `{"mode":1,"amount":0}`, refusal{400, "amount"}},
		"configure too many":            {anna, "POST", breakout + plain, `{"mode":1,"amount":21}`, refusal{400, "amount"}},
		"configure with no map":         {anna, "POST", breakout + plain, `{"mode":2,"amount":1,"attendeeMap":"no"}`, refusal{400, "attendeeMap"}},
		"configure for a room too many": {anna, "POST", breakout + plain, `{"mode":2,"amount":1,"attendeeMap":"{\"1\":1}"}`, refusal{400, "attendeeMap"}},
		"configure for no attendee":     {anna, "POST", breakout + plain, `{"mode":2,"amount":1,"attendeeMap":"{\"0\":0}"}`, refusal{400, "attendeeMap"}},
		"configure again":               {anna, "POST", breakout + free, `{"mode":1,"amount":1}`, refusal{400, "room"}},
		"configure a public one":        {anna, "POST", breakout + public, `{"mode":1,"amount":1}`, refusal{400, "room"}},
		"configure inside":              {anna, "POST", breakout + rooms[0], `{"mode":1,"amount":1}`, refusal{400, "room"}},
		"start none":                    {anna, "POST", breakout + plain + "/rooms", "", refusal{400, "mode"}},
		"stop none":                     {anna, "DELETE", breakout + plain + "/rooms", "", refusal{400, "mode"}},
		"list none":                     {anna, "GET", room + plain + "/breakout-rooms", "", refusal{400, "mode"}},
		"participants of none":          {anna, "GET", room + plain + "/breakout-rooms/participants", "", refusal{400, "mode"}},
		"list what is not started":      {ben, "GET", room + free + "/breakout-rooms", "", refusal{400, "status"}},
		"broadcast to none":             {anna, "POST", breakout + plain + "/broadcast", `{"message":"x"}`, refusal{400, "mode"}},
		"broadcast nothing":             {anna, "POST", breakout + free + "/broadcast", `{"message":" "}`, refusal{400, "message"}},
		"assign in none":                {anna, "POST", breakout + plain + "/attendees", `{"attendeeMap":"{}"}`, refusal{400, "mode"}},
		"assign a moderator":            {anna, "POST", breakout + free + "/attendees", `{"attendeeMap":"{\"` + own + `\":0}"}`, refusal{400, "moderator"}},
		"assign by a list":              {anna, "POST", breakout + free + "/attendees", `{"attendeeMap":"[1]"}`, refusal{400, "attendeeMap"}},
		"help outside":                  {ben, "POST", breakout + plain + "/request-assistance", "", refusal{400, "room"}},
		"help in a closed one":          {anna, "POST", breakout + rooms[0] + "/request-assistance", "", refusal{400, "room"}},
		"switch what is not free":       {ben, "POST", breakout + byHand + "/switch", `{"target":"` + hand[0] + `"}`, refusal{400, "mode"}},
		"switch what is not started":    {ben, "POST", breakout + free + "/switch", `{"target":"` + rooms[0] + `"}`, refusal{400, "status"}},
		"make it public":                {anna, "POST", room + rooms[0] + "/public", "", refusal{400, "breakout-room"}},
		"give it a password":            {anna, "PUT", room + rooms[0] + "/password", `{"password":"x"}`, refusal{400, "type"}},
		"change its lobby":              {anna, "PUT", room + rooms[0] + "/webinar/lobby", `{"state":0}`, refusal{400, "breakout-room"}},
		"let its messages expire":       {anna, "POST", room + rooms[0] + "/message-expiration", `{"seconds":60}`, refusal{400, "breakout-room"}},
		"change its permissions":        {anna, "PUT", room + rooms[0] + "/permissions/default", `{"permissions":1}`, refusal{400, "breakout-room"}},
		"change its mentions":           {anna, "PUT", room + rooms[0] + "/mention-permissions", `{"mentionPermissions":1}`, refusal{400, "breakout-room"}},
	} {
		if diff := cmp.Diff(tt.want, tt.as.do(tt.method, tt.path, tt.body).refusal()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	anna.do("POST", breakout+free+"/rooms", "")
	for name, tt := range map[string]struct {
		as     *client
		target string
		want   refusal
	}{
		"a moderator switches": {anna, rooms[0], refusal{400, "moderator"}},
		"to another room":      {ben, hand[0], refusal{400, "target"}},
	} {
		if diff := cmp.Diff(tt.want, tt.as.do("POST", breakout+free+"/switch", `{"target":"`+tt.target+`"}`).refusal()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if a := anna.do("GET", room+plain, ""); a.at("breakoutRoomMode") != json.Number("0") {
		t.Errorf("a refused configuration left its mode: %s", a.raw)
	}
}

func TestStoppedBreakoutRoomsEndTheirCalls(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Workshop", "ben")
	rooms := anna.breakouts(token, `{"mode":1,"amount":1}`)
	anna.do("POST", talk+"/v1/breakout-rooms/"+token+"/rooms", "")
	ben.enter(rooms[0])
	ben.call(rooms[0], `{}`)
	anna.do("DELETE", talk+"/v1/breakout-rooms/"+token+"/rooms", "")
	if a := anna.do("GET", talk+"/v4/room/"+rooms[0], ""); a.at("hasCall") != false {
		t.Errorf("the call goes on: %s", a.raw)
	}
	if got := anna.history(rooms[0]); !strings.Contains(fmt.Sprint(got), "Call with {user1} ended") || strings.Contains(fmt.Sprint(got), "{user2}") {
		t.Errorf("who was in the call: %v", anna.texts(rooms[0], 4))
	}
}
