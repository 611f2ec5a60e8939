package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// poll makes a poll and returns its path.
func (c *client) poll(token, body string) string {
	c.h.t.Helper()
	a := c.do("POST", talk+"/v1/poll/"+token, body)
	if a.status != http.StatusCreated && a.status != http.StatusOK {
		c.h.t.Fatalf("poll %s: %d %s", body, a.status, a.raw)
	}
	return talk + "/v1/poll/" + token + "/" + a.at("id").(json.Number).String()
}

// results are what somebody sees of a poll.
type results struct {
	Status  json.Number
	Votes   string
	Voters  json.Number
	Self    string
	Details string
}

func (a answer) results() results {
	show := func(v any) string {
		b, _ := json.Marshal(v) // decoded JSON always encodes
		return string(b)
	}
	poll, _ := a.data.(object)
	r := results{Votes: show(poll["votes"]), Self: show(poll["votedSelf"]), Details: "absent"}
	r.Status, _ = poll["status"].(json.Number)
	r.Voters, _ = poll["numVoters"].(json.Number)
	if details, ok := poll["details"].([]any); ok {
		var names []string
		for _, d := range details {
			names = append(names, d.(object)["actorId"].(string)+":"+d.(object)["optionId"].(json.Number).String())
		}
		r.Details = strings.Join(names, " ")
	}
	return r
}

const lunch = `{"question":" Lunch? ","options":["Pizza","Soup","Salad"],"resultMode":0,"maxVotes":2}`

func TestPublicPoll(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	token := anna.room("Polls", "ben", "cleo")
	path := ben.poll(token, lunch)
	for _, step := range []struct {
		what string
		as   *client
		do   string
		body string
		want results
	}{
		{"cleo looks", cleo, "GET", "", results{"0", "[]", "0", "[]", "absent"}},
		{"cleo votes for two", cleo, "POST", `{"optionIds":[2,0]}`, results{"0", `{"option-0":1,"option-2":1}`, "1", "[2,0]", "absent"}},
		{"anna, who has not voted, moderates", anna, "GET", "", results{"0", "[]", "1", "[]", "absent"}},
		{"ben, who has not voted, asked", ben, "GET", "", results{"0", "[]", "1", "[]", "absent"}},
		{"anna votes", anna, "POST", `{"optionIds":["0"]}`, results{"0", `{"option-0":2,"option-2":1}`, "2", "[0]", "absent"}},
		{"cleo changes her mind", cleo, "POST", `{"optionIds":[1]}`, results{"0", `{"option-0":1,"option-1":1}`, "2", "[1]", "absent"}},
		{"cleo takes it back", cleo, "POST", `{}`, results{"0", "[]", "0", "[]", "absent"}},
		{"cleo votes again", cleo, "POST", `{"optionIds":[0]}`, results{"0", `{"option-0":2}`, "2", "[0]", "absent"}},
		{"ben closes it", ben, "DELETE", "", results{"1", `{"option-0":2}`, "2", "[]", "anna:0 cleo:0"}},
		{"cleo sees all", cleo, "GET", "", results{"1", `{"option-0":2}`, "2", "[0]", "anna:0 cleo:0"}},
	} {
		a := step.as.do(step.do, path, step.body)
		if diff := cmp.Diff(step.want, a.results()); a.status != http.StatusOK || diff != "" {
			t.Errorf("%s: %d %s\n%s", step.what, a.status, diff, a.raw)
		}
	}

	want := []string{"poll_voted", "poll_voted", "poll_voted", "poll_voted", "poll_voted", "poll_closed"}
	if diff := cmp.Diff(want, anna.words(token)); diff != "" {
		t.Errorf("rows: %s", diff)
	}
	for _, m := range cleo.history(token) {
		switch m["systemMessage"] {
		case "poll_voted":
			parameters := m["messageParameters"].(object)
			if m["actorId"] != "system" || parameters["actor"] != nil || m["message"] != "Someone voted on the poll {poll}" ||
				parameters["poll"].(object)["name"] != "Lunch?" {
				t.Errorf("a vote says who voted: %v", m)
			}
		case "poll_closed":
			if m["message"] != "{actor} ended the poll {poll}" || m["actorId"] != "ben" {
				t.Errorf("closing: %v", m)
			}
		}
	}
}

func TestHiddenPoll(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	token := anna.room("Polls", "ben", "cleo")
	path := ben.poll(token, `{"question":"Secret?","options":["a","b"],"resultMode":1,"maxVotes":0}`)
	for _, step := range []struct {
		what string
		as   *client
		do   string
		body string
		want results
	}{
		{"cleo votes", cleo, "POST", `{"optionIds":[0,1]}`, results{"0", "[]", "0", "[0,1]", "absent"}},
		{"ben, who asked, looks", ben, "GET", "", results{"0", "[]", "1", "[]", "absent"}},
		{"anna, who moderates, closes it", anna, "DELETE", "", results{"1", `{"option-0":1,"option-1":1}`, "1", "[]", "absent"}},
		{"cleo sees the sums", cleo, "GET", "", results{"1", `{"option-0":1,"option-1":1}`, "1", "[0,1]", "absent"}},
	} {
		a := step.as.do(step.do, path, step.body)
		if diff := cmp.Diff(step.want, a.results()); a.status != http.StatusOK || diff != "" {
			t.Errorf("%s: %d %s\n%s", step.what, a.status, diff, a.raw)
		}
	}
	if diff := cmp.Diff([]string{"poll_closed"}, anna.words(token)); diff != "" {
		t.Errorf("a hidden poll tells of votes: %s", diff)
	}
}

func TestPollMessage(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Polls", "ben")
	path := anna.poll(token, lunch)
	a := ben.do("GET", talk+"/v4/room/"+token, "")
	if a.at("unreadMessages") != json.Number("1") || a.at("lastMessage", "message") != "{object}" {
		t.Errorf("ben's list: %s", a.raw)
	}
	if own := anna.do("GET", talk+"/v4/room/"+token, ""); own.at("unreadMessages") != json.Number("0") {
		t.Errorf("anna has not read her own poll: %s", own.raw)
	}
	id := a.at("lastMessage", "id").(json.Number).String()
	m := ben.message(token, id)
	shown := m["messageParameters"].(object)["object"]
	if diff := cmp.Diff(object{"type": "talk-poll", "id": path[strings.LastIndex(path, "/")+1:], "name": "Lunch?"}, shown); diff != "" {
		t.Errorf("the poll's object: %s", diff)
	}
	if m["systemMessage"] != "" || m["messageType"] != "comment" || m["isReplyable"] != true {
		t.Errorf("the poll's message: %v", m)
	}
	if a := ben.do("POST", talk+"/v1/reaction/"+token+"/"+id, `{"reaction":"👍"}`); a.status != http.StatusCreated {
		t.Errorf("react to a poll: %d %s", a.status, a.raw)
	}

	anna.do("DELETE", path, "")
	if a := anna.do("DELETE", talk+"/v1/chat/"+token+"/"+id, ""); a.status != http.StatusOK {
		t.Fatalf("delete the poll's message: %d %s", a.status, a.raw)
	}
	if diff := cmp.Diff(refusal{404, "poll"}, ben.do("GET", path, "").refusal()); diff != "" {
		t.Errorf("the poll is still there: %s", diff)
	}
	var left []string
	for _, m := range ben.history(token) {
		if m["messageType"] == "comment_deleted" {
			left = append(left, m["message"].(string))
		}
	}
	if diff := cmp.Diff([]string{"Message deleted by author", "Message deleted by author"}, left); diff != "" {
		t.Errorf("what is left of the poll and of its end: %s", diff)
	}
	if a := ben.do("GET", talk+"/v4/room/"+token, ""); a.at("unreadMessages") != json.Number("0") {
		t.Errorf("ben has %v unread", a.at("unreadMessages"))
	}
}

func TestPollDrafts(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Drafts", "ben")
	base := talk + "/v1/poll/" + token
	const draft = `{"question":"Lunch?","options":["a","b"],"resultMode":1,"maxVotes":3,"draft":true}`
	path := anna.poll(token, draft)
	id := path[strings.LastIndex(path, "/")+1:]
	edit := base + "/draft/" + id

	a := anna.do("GET", base+"/drafts", "")
	want := []any{object{
		"id": json.Number(id), "question": "Lunch?", "options": []any{"a", "b"}, "actorType": "users", "actorId": "anna",
		"actorDisplayName": "Anna", "status": json.Number("2"), "resultMode": json.Number("1"), "maxVotes": json.Number("3"),
	}}
	if diff := cmp.Diff(want, a.data); diff != "" {
		t.Errorf("drafts: %s", diff)
	}
	if a := anna.do("POST", edit, `{"question":"Dinner?","options":["c","d"],"resultMode":0,"maxVotes":1}`); a.status != http.StatusOK || a.at("question") != "Dinner?" {
		t.Errorf("edit: %d %s", a.status, a.raw)
	}
	if a := anna.do("GET", path, ""); a.at("question") != "Dinner?" || a.at("status") != json.Number("2") {
		t.Errorf("after the edit: %s", a.raw)
	}
	open := anna.poll(token, lunch)
	openID := open[strings.LastIndex(open, "/")+1:]
	for name, tt := range map[string]struct {
		as                 *client
		method, path, body string
		want               refusal
	}{
		"ben drafts":              {ben, "POST", base, draft, refusal{400, "draft"}},
		"ben lists":               {ben, "GET", base + "/drafts", "", refusal{403, "[]"}},
		"ben looks":               {ben, "GET", path, "", refusal{404, "poll"}},
		"ben edits":               {ben, "POST", edit, lunch, refusal{403, "poll"}},
		"ben deletes":             {ben, "DELETE", path, "", refusal{404, "poll"}},
		"anna votes":              {anna, "POST", path, `{"optionIds":[0]}`, refusal{404, "poll"}},
		"anna edits what is open": {anna, "POST", base + "/draft/" + openID, lunch, refusal{400, "poll"}},
		"anna edits none":         {anna, "POST", base + "/draft/99999", lunch, refusal{404, "poll"}},
		"anna edits badly":        {anna, "POST", edit, `{"question":" ","options":["a","b"],"resultMode":0,"maxVotes":1}`, refusal{400, "question"}},
	} {
		if diff := cmp.Diff(tt.want, tt.as.do(tt.method, tt.path, tt.body).refusal()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if a := anna.do("DELETE", path, ""); a.status != http.StatusAccepted || a.data != nil {
		t.Errorf("delete: %d %s", a.status, a.raw)
	}
	if a := anna.do("GET", base+"/drafts", ""); a.status != http.StatusOK || len(a.data.([]any)) != 0 {
		t.Errorf("after deletion: %s", a.raw)
	}
	if words := ben.words(token); len(words) != 0 {
		t.Errorf("drafts tell: %v", words)
	}
}

func TestPollRefusals(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	token := anna.room("Refusals", "ben")
	base := talk + "/v1/poll/" + token
	open := anna.poll(token, lunch)
	negative := anna.poll(token, `{"question":"q","options":["a","b"],"resultMode":0,"maxVotes":-1}`)
	closed := anna.poll(token, lunch)
	anna.do("DELETE", closed, "")
	pair := anna.do("POST", talk+"/v4/room", `{"roomType":1,"invite":"ben"}`).at("token").(string)
	muted := anna.room("Muted", "ben")
	mutes := anna.poll(muted, lunch)
	anna.mute(muted)
	locked := anna.room("Locked", "ben")
	locks := anna.poll(locked, lunch)
	anna.lock(locked)
	elsewhere := strings.Replace(open, token, locked, 1)

	ask := func(question, options string) string {
		return `{"question":"` + question + `","options":` + options + `,"resultMode":0,"maxVotes":1}`
	}
	for name, tt := range map[string]struct {
		as                 *client
		method, path, body string
		want               refusal
	}{
		"no question":           {anna, "POST", base, ask(" ", `["a","b"]`), refusal{400, "question"}},
		"too long a question":   {anna, "POST", base, ask(strings.Repeat("q", 32001), `["a","b"]`), refusal{400, "question"}},
		"one option":            {anna, "POST", base, ask("q", `["a"]`), refusal{400, "options"}},
		"one that is not blank": {anna, "POST", base, ask("q", `["a"," "]`), refusal{400, "options"}},
		"options that are none": {anna, "POST", base, ask("q", `["a",5]`), refusal{400, "options"}},
		"options that are long": {anna, "POST", base, ask("q", `["a","`+strings.Repeat("b", 60000)+`"]`), refusal{400, "options"}},
		"no list of options":    {anna, "POST", base, ask("q", `"ab"`), refusal{400, "options"}},
		"no options":            {anna, "POST", base, `{"question":"q"}`, refusal{400, "options"}},
		"no result mode":        {anna, "POST", base, `{"question":"q","options":["a","b"],"maxVotes":1}`, refusal{400, "resultMode"}},
		"no number of votes":    {anna, "POST", base, `{"question":"q","options":["a","b"],"resultMode":1}`, refusal{400, "maxVotes"}},
		"in a one-to-one":       {anna, "POST", talk + "/v1/poll/" + pair, lunch, refusal{400, "room"}},
		"without permission":    {ben, "POST", talk + "/v1/poll/" + muted, lunch, refusal{403, "[]"}},
		"in a locked room":      {anna, "POST", talk + "/v1/poll/" + locked, lunch, refusal{403, "[]"}},
		"not in the room":       {cleo, "POST", base, lunch, refusal{404, "[]"}},

		"vote for too many":       {ben, "POST", open, `{"optionIds":[0,1,2]}`, refusal{400, "options"}},
		"vote for one twice":      {ben, "POST", open, `{"optionIds":[0,0]}`, refusal{400, "options"}},
		"vote for none there":     {ben, "POST", open, `{"optionIds":[3]}`, refusal{400, "options"}},
		"vote for less than none": {ben, "POST", open, `{"optionIds":[-1]}`, refusal{400, "options"}},
		"vote for no number":      {ben, "POST", open, `{"optionIds":["x"]}`, refusal{400, "options"}},
		"vote for half of one":    {ben, "POST", open, `{"optionIds":[0.5]}`, refusal{400, "options"}},
		"vote with no list":       {ben, "POST", open, `{"optionIds":1}`, refusal{400, "optionIds"}},
		"vote where none may":     {ben, "POST", negative, `{"optionIds":[0]}`, refusal{400, "options"}},
		"vote when closed":        {ben, "POST", closed, `{"optionIds":[0]}`, refusal{400, "poll"}},
		"vote in none":            {ben, "POST", base + "/99999", `{"optionIds":[0]}`, refusal{404, "poll"}},
		"vote from another room":  {ben, "POST", elsewhere, `{"optionIds":[0]}`, refusal{404, "poll"}},
		"vote without permission": {ben, "POST", mutes, `{"optionIds":[0]}`, refusal{200, nil}},
		"vote in a locked room":   {ben, "POST", locks, `{"optionIds":[0]}`, refusal{200, nil}},
		"vote from outside":       {cleo, "POST", open, `{"optionIds":[0]}`, refusal{404, "[]"}},

		"close somebody else's": {ben, "DELETE", open, "", refusal{403, "poll"}},
		"close a closed one":    {ben, "DELETE", closed, "", refusal{400, "poll"}},
		"close none":            {anna, "DELETE", base + "/99999", "", refusal{404, "poll"}},
		"see none":              {anna, "GET", base + "/99999", "", refusal{404, "poll"}},
		"see from outside":      {cleo, "GET", open, "", refusal{404, "[]"}},
	} {
		if diff := cmp.Diff(tt.want, tt.as.do(tt.method, tt.path, tt.body).refusal()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if r := ben.do("GET", open, "").results(); r.Self != "[]" {
		t.Errorf("a refused vote counts: %+v", r)
	}
}

func TestClearedHistoryHasNoPolls(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	token := anna.room("Clear")
	path := anna.poll(token, lunch)
	if a := anna.do("DELETE", talk+"/v1/chat/"+token, ""); a.status != http.StatusOK {
		t.Fatalf("clear: %d %s", a.status, a.raw)
	}
	if diff := cmp.Diff(refusal{404, "poll"}, anna.do("GET", path, "").refusal()); diff != "" {
		t.Error(diff)
	}
}
