package server_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

func TestSharedObjects(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Objects", "ben")
	chat := talk + "/v1/chat/" + token
	known := anna.do("POST", chat, `{"message":"x"}`).id()
	got := make(chan answer, 1)
	go func() {
		a, err := ben.try(context.WithoutCancel(t.Context()), "GET", chat+"?lookIntoFuture=1&timeout=30&lastKnownMessageId="+known, "")
		if err != nil {
			t.Error(err)
		}
		got <- a
	}()
	h.srv.AwaitPolls(token, 1)
	a := anna.do("POST", chat+"/share", `{"objectType":"deck-card","objectId":"5","referenceId":" ref ",
		"metaData":"{\"name\":\"Card\",\"stackname\":\"Todo\",\"boardname\":\"Board\",\"link\":\"`+h.url+`/deck/5\",\"id\":\"9\",\"type\":\"x\"}"}`).want(t, http.StatusCreated, "")
	if a.at("referenceId") != "ref" || a.at("message") != "{object}" {
		t.Errorf("shared: %s", a.raw)
	}
	const object = `"object":{"name":"Card","stackname":"Todo","boardname":"Board","link":`
	if !strings.Contains(a.raw, object) || !strings.Contains(a.raw, `"type":"deck-card","id":"5","icon-url":"`) {
		t.Errorf("object: %s", a.raw)
	}
	if a := <-got; len(a.list()) != 1 || !strings.Contains(a.raw, object) {
		t.Errorf("a waiting poll: %s", a.raw)
	}
	if got := ben.do("GET", talk+"/v4/room/"+token, "").at("lastMessage", "message"); got != "{object}" {
		t.Errorf("last message %v", got)
	}
	if a := ben.do("GET", chat+"/share?objectType=deckcard", ""); a.at(a.header.Get("X-Chat-Last-Given")) == nil {
		t.Errorf("list: %s", a.raw)
	}
	anna.do("DELETE", chat+"/"+a.id(), "").want(t, http.StatusOK, "")
	if a := ben.do("GET", chat+"/share?objectType=deckcard", ""); !strings.Contains(a.raw, `"data":[]`) {
		t.Errorf("a deleted object is listed: %s", a.raw)
	}
}

func TestSharedObjectRefusals(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	token := anna.room("Objects")
	const geo = `{"objectType":"geo-location","objectId":`
	const place = `,"metaData":"{\"name\":\"X\",\"latitude\":\"1\",\"longitude\":\"2\"}"}`
	for _, tt := range []struct {
		name, body string
		status     int
		reason     string
	}{
		{"no type", `{"objectId":"1","metaData":"{}"}`, 400, "objectType"},
		{"no id", `{"objectType":"geo-location"}`, 400, "objectId"},
		{"an empty id", geo + `""` + place, 400, "object"},
		{"no place", geo + `"geo:100,0,x"` + place, 400, "object"},
		{"a number", geo + `"geo:1,2","metaData":"{\"name\":\"X\",\"latitude\":1,\"longitude\":\"2\"}"}`, 400, "object"},
		{"a missing name", geo + `"geo:1,2","metaData":"{\"latitude\":\"1\",\"longitude\":\"2\"}"}`, 400, "object"},
		{"no metadata", geo + `"geo:1,2"}`, 400, "object"},
		{"no such type", `{"objectType":"bogus","objectId":"1","metaData":"{\"name\":\"x\"}"}`, 400, "object"},
		{"another's poll", `{"objectType":"talk-poll","objectId":"1","metaData":"{\"name\":\"x\"}"}`, 400, "object"},
		{"a stranger's link", `{"objectType":"circle","objectId":"1","metaData":"{\"name\":\"x\",\"link\":\"https://evil.example\"}"}`, 400, "link"},
		{"a script", `{"objectType":"circle","objectId":"1","metaData":"{\"name\":\"x\",\"link\":\"javascript:alert(1)\"}"}`, 400, "link"},
		{"too long", `{"objectType":"highlight","objectId":"1","metaData":"{\"name\":\"` + strings.Repeat("x", 32000) + `\"}"}`, 413, "message"},
		{"a place", geo + `"geo:-52.5450511,13.3741463;u=35"` + place, 201, ""},
	} {
		t.Log(tt.name)
		anna.do("POST", talk+"/v1/chat/"+token+"/share", tt.body).want(t, tt.status, tt.reason)
	}
	anna.do("PUT", talk+"/v4/room/"+token+"/read-only", `{"state":1}`).want(t, 200, "")
	anna.do("POST", talk+"/v1/chat/"+token+"/share", geo+`"geo:1,2"`+place).want(t, 403, "")
	h.as("ben").do("POST", talk+"/v1/chat/"+token+"/share", geo+`"geo:1,2"`+place).want(t, 404, "")
}
