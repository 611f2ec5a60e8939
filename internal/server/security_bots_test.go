package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/confab-go/confab/internal/server"
)

// TestOnlyTheRightSignatureIsABots changes every digit of a right signature, every byte of what it signs, and whose it is.
func TestOnlyTheRightSignatureIsABots(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	token, other := anna.room("Bots"), anna.room("None")
	receiver, stranger := newReceiver(t, nil), newReceiver(t, nil)
	anna.enable(token, h.bot(server.Bot{Name: "Mine", URL: receiver.url}))
	foreign := strings.Repeat("stranger", 6)
	h.bot(server.Bot{Name: "Elsewhere", URL: stranger.url, Secret: foreign}) // not in this conversation
	const body = `{"message":"hi"}`
	right := sign(botSecret, botRandom, "hi")
	refused := func(what, path, body, random, signature string) {
		t.Helper()
		if got := h.answer(http.MethodPost, path, body, random, signature); got != http.StatusUnauthorized && got != http.StatusBadRequest {
			t.Errorf("%s: %d", what, got)
		}
	}
	for i := range right {
		digit := "0"
		if right[i] == '0' {
			digit = "1"
		}
		refused(fmt.Sprintf("digit %d", i), token+"/message", body, botRandom, right[:i]+digit+right[i+1:])
	}
	refused("a digit less", token+"/message", body, botRandom, right[:63])
	refused("a digit more", token+"/message", body, botRandom, right+"0")
	refused("another text", token+"/message", `{"message":"hj"}`, botRandom, right)
	refused("another random", token+"/message", body, strings.ToUpper(botRandom), right)
	refused("no random", token+"/message", body, "", sign(botSecret, "", "hi"))
	refused("no signature", token+"/message", body, botRandom, "")
	refused("a short random", token+"/message", body, "short", sign(botSecret, "short", "hi"))
	refused("a bot that is not in the conversation", token+"/message", body, botRandom, sign(foreign, botRandom, "hi"))
	refused("a conversation that it is not in", other+"/message", body, botRandom, right)
	refused("a conversation that is none", "nosuchroom/message", body, botRandom, right)
	for _, m := range anna.do("GET", talk+"/v1/chat/"+token+"?lookIntoFuture=0", "").list() {
		if m["actorType"] == "bots" {
			t.Errorf("it said %v", m["message"])
		}
	}
	if got := h.answer(http.MethodPost, token+"/message", body, botRandom, right); got != http.StatusCreated {
		t.Errorf("the right one: %d", got)
	}
}
