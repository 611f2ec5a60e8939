package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestMessagesExpire(t *testing.T) {
	t.Parallel()
	h, now := newClockHarness(t)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Short-lived", "ben")
	room, chat := talk+"/v4/room/"+token, talk+"/v1/chat/"+token
	kept := anna.do("POST", chat, `{"message":"kept"}`)
	anna.do("POST", room+"/message-expiration", `{"seconds":60}`).want(t, http.StatusOK, "")
	gone := anna.do("POST", chat, `{"message":"gone"}`)
	if got, want := fmt.Sprint(gone.at("expirationTimestamp")), fmt.Sprint(now.Now().Unix()+60); got != want {
		t.Errorf("expirationTimestamp %s, want %s", got, want)
	}
	erased := anna.do("POST", chat, `{"message":"erased"}`).id()
	anna.do("DELETE", chat+"/"+erased, "").want(t, http.StatusOK, "")
	now.advance(30 * time.Second)
	later := anna.do("POST", chat, fmt.Sprintf(`{"message":"later","replyTo":%s}`, gone.id()))
	ben.do("POST", chat+"/read", fmt.Sprintf(`{"lastReadMessage":%s}`, kept.id())).want(t, http.StatusOK, "")

	now.advance(30 * time.Second) // what was written at the beginning has expired, and is stored still
	check := func(when string, unread, first string) {
		t.Helper()
		page := ben.do("GET", chat+"?lookIntoFuture=0&limit=200", "").want(t, http.StatusOK, "")
		var said []string
		for _, m := range page.list() {
			if m["systemMessage"] == "" {
				said = append(said, fmt.Sprint(m["message"], " ", m["parent"]))
			}
		}
		if want := "later map[deleted:true id:" + gone.id() + "], kept <nil>"; strings.Join(said, ", ") != want {
			t.Errorf("%s: %q, want %q", when, said, want)
		}
		if got := page.header.Get("X-Chat-Last-Given"); got == "" {
			t.Errorf("%s: nothing to go on from", when)
		}
		if got := fmt.Sprint(ben.do("GET", room, "").at("unreadMessages")); got != unread {
			t.Errorf("%s: %s are unread, want %s", when, got, unread)
		}
		if a := ben.do("GET", chat+"?lookIntoFuture=1&timeout=0&limit=1&lastKnownMessageId="+first, ""); a.status != http.StatusOK {
			t.Errorf("%s: page of what expired: %d", when, a.status)
		}
	}
	check("expired", "2", kept.id())
	for _, tt := range []struct{ method, path, body string }{
		{"PUT", chat + "/" + gone.id(), `{"message":"x"}`},
		{"DELETE", chat + "/" + gone.id(), ""},
		{"POST", talk + "/v1/reaction/" + token + "/" + gone.id(), `{"reaction":"👍"}`},
	} {
		if a := anna.do(tt.method, tt.path, tt.body); a.status != http.StatusNotFound {
			t.Errorf("%s of an expired message: %d", tt.method, a.status)
		}
	}
	anna.do("POST", chat, fmt.Sprintf(`{"message":"x","replyTo":%s}`, gone.id())).want(t, http.StatusBadRequest, "reply-to")

	anna.do("POST", room+"/message-expiration", `{"seconds":0}`).want(t, http.StatusOK, "")
	anna.do("POST", chat, `{"message":"for ever"}`)
	now.advance(10 * time.Minute) // everything that may expire has been removed by then
	page := ben.do("GET", chat+"?lookIntoFuture=0&limit=200", "").want(t, http.StatusOK, "")
	for _, m := range page.list() {
		if m["message"] == "later" || m["message"] == "gone" {
			t.Errorf("%v has not expired", m["message"])
		}
	}
	if got := fmt.Sprint(ben.do("GET", room, "").at("unreadMessages")); got != "1" {
		t.Errorf("%s are unread after the removal, want 1", got)
	}
	if got := fmt.Sprint(ben.do("DELETE", chat+"/read", "").at("unreadMessages")); got != "1" {
		t.Errorf("%s are unread after marking unread, want 1", got)
	}
	ben.do("POST", chat+"/read", `{}`)
	if got := fmt.Sprint(anna.do("GET", room, "").at("unreadMessages")); got != "0" {
		t.Errorf("%s are unread to the author, want 0", got)
	}
	if a := ben.do("GET", chat+"?lookIntoFuture=1&timeout=0&lastKnownMessageId="+later.id(), ""); a.status != http.StatusOK || len(a.list()) == 0 {
		t.Errorf("going on from what is gone: %d %s", a.status, a.raw)
	}
}

func TestAnExpiredPageIsEmptyAndSaysWhereToGoOn(t *testing.T) {
	t.Parallel()
	h, now := newClockHarness(t)
	anna := h.as("anna")
	token, _ := anna.do("POST", talk+"/v4/room", `{"roomName":"x","messageExpiration":1}`).at("token").(string)
	last := anna.do("POST", talk+"/v1/chat/"+token, `{"message":"x"}`).id()
	now.advance(time.Second)
	a := anna.do("GET", talk+"/v1/chat/"+token+"?lookIntoFuture=0", "")
	if a.status != http.StatusOK || len(a.list()) != 0 || a.header.Get("X-Chat-Last-Given") == "" {
		t.Errorf("%d %s, last given %q", a.status, a.raw, a.header.Get("X-Chat-Last-Given"))
	}
	if got := anna.do("GET", talk+"/v4/room/"+token, "").at("lastMessage"); got != nil {
		t.Errorf("an expired last message is shown: %v", got)
	}
	now.advance(time.Hour)
	if a := anna.do("GET", talk+"/v1/chat/"+token+"?lookIntoFuture=0", ""); a.status != http.StatusNotModified {
		t.Errorf("expired messages are still stored: %d %s", a.status, a.raw)
	}
	if next := anna.do("POST", talk+"/v1/chat/"+token, `{"message":"y"}`).id(); len(next) < len(last) || next <= last {
		t.Errorf("message %s after %s: ids went back", next, last)
	}
}

func TestMessageExpirationTexts(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Texts", "ben")
	for seconds, want := range map[int]string{
		1: "0 minutes", 60: "1 minute", 3599: "60 minutes", 3600: "1 hour", 7200: "2 hours", 86400: "1 day", 604800: "1 week", 4 * 604800: "4 weeks",
	} {
		a := anna.do("POST", talk+"/v4/room/"+token+"/message-expiration", fmt.Sprintf(`{"seconds":%d}`, seconds))
		if got := a.at("lastMessage", "message"); got != "You set the message expiration to "+want {
			t.Errorf("%d seconds: %v", seconds, got)
		}
		if got := ben.do("GET", talk+"/v4/room/"+token, "").at("lastMessage", "message"); got != "{actor} set the message expiration to "+want {
			t.Errorf("%d seconds, to another: %v", seconds, got)
		}
	}
}

func TestMessageExpirationRefusals(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	path := talk + "/v4/room/" + anna.room("x", "ben") + "/message-expiration"
	ben.do("POST", path, `{"seconds":60}`).want(t, 403, "")
	h.as("cleo").do("POST", path, `{"seconds":60}`).want(t, 404, "")
	anna.do("POST", path, `{}`).want(t, 400, "seconds")
	anna.do("POST", path, `{"seconds":-1}`).want(t, 400, "value")
	anna.do("POST", path, `{"seconds":99999999999}`).want(t, 400, "value")
	anna.do("POST", talk+"/v4/room", `{"roomName":"x","messageExpiration":-1}`).want(t, 400, "message-expiration")
}

// TestAClosedPollExpires: what told of the poll, and what told of its end, go at their times, and nobody stumbles over it.
func TestAClosedPollExpires(t *testing.T) {
	t.Parallel()
	h, now := newClockHarness(t)
	anna := h.as("anna")
	token := anna.room("Short-lived polls", "ben")
	poll := talk + "/v1/poll/" + token
	anna.do("POST", talk+"/v4/room/"+token+"/message-expiration", `{"seconds":60}`).want(t, http.StatusOK, "")
	id := anna.do("POST", poll, `{"question":"Soup?","options":["yes","no"],"resultMode":0,"maxVotes":1}`).want(t, http.StatusCreated, "").id()
	now.advance(30 * time.Second)
	anna.do("DELETE", poll+"/"+id, "").want(t, http.StatusOK, "")
	for _, wait := range []time.Duration{45 * time.Second, time.Hour, time.Hour} { // first the poll has expired and its end has not
		now.advance(wait)
		if a := anna.do("GET", talk+"/v4/room/"+token, ""); a.status != http.StatusOK {
			t.Errorf("%v later the server answers %d", wait, a.status)
		}
	}
	anna.do("GET", poll+"/"+id, "").want(t, http.StatusNotFound, "poll")
}
