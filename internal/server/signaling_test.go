package server_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// signalsOf takes a pull's answer apart: what was sent, and who is there.
func signalsOf(t *testing.T, a answer) (messages, sessions []object) {
	t.Helper()
	items, _ := a.data.([]any)
	for i, item := range items {
		if item.(object)["type"] == "usersInRoom" {
			if i != len(items)-1 {
				t.Errorf("who is there is not last: %s", a.raw)
			}
			for _, s := range item.(object)["data"].([]any) {
				sessions = append(sessions, s.(object))
			}
			continue
		}
		var m object
		if err := json.Unmarshal([]byte(item.(object)["data"].(string)), &m); err != nil {
			t.Fatalf("a message that is no JSON text: %s", a.raw)
		}
		messages = append(messages, m)
	}
	return messages, sessions
}

func (c *client) pull(token string) answer {
	c.h.t.Helper()
	return c.do("GET", talk+"/v3/signaling/"+token, "")
}

// signal sends a message from one session to another.
func (c *client) signal(token, from, to, rest string) answer {
	c.h.t.Helper()
	fn, _ := json.Marshal(fmt.Sprintf(`{"to":%q,%s}`, to, rest))                                // texts always encode
	list, _ := json.Marshal(fmt.Sprintf(`[{"ev":"message","fn":%s,"sessionId":%q}]`, fn, from)) // texts always encode
	return c.do("POST", talk+"/v3/signaling/"+token, `{"messages":`+string(list)+`}`)
}

// waiting pulls in the background, and returns once the pull waits.
func (c *client) waiting(token string) <-chan answer {
	c.h.t.Helper()
	got := make(chan answer, 1)
	go func() {
		a, err := c.try(context.WithoutCancel(c.h.t.Context()), "GET", talk+"/v3/signaling/"+token, "")
		if err != nil {
			c.h.t.Error(err)
		}
		got <- a
	}()
	c.h.srv.AwaitPolls(token, 1)
	return got
}

func TestSignalsWakeAPull(t *testing.T) {
	t.Parallel()
	h, _ := newClockedHarness(t)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Signals", "ben")
	annas := anna.enter(token)
	anna.pull(token) // its own coming is the first that a session hears of
	got := anna.waiting(token)
	bens := ben.enter(token)
	_, sessions := signalsOf(t, <-got)
	var ids []string
	for _, s := range sessions {
		ids = append(ids, s["userId"].(string))
		if s["inCall"] != json.Number("0") || s["roomId"] == json.Number("0") || s["actorType"] != "users" {
			t.Errorf("a session: %v", s)
		}
	}
	if diff := cmp.Diff([]string{"anna", "ben"}, slices.Sorted(slices.Values(ids))); diff != "" {
		t.Error("who is there:", diff)
	}
	ben.pull(token)

	got = anna.waiting(token)
	if a := ben.signal(token, bens, annas, `"type":"offer","roomType":"video","payload":{"sdp":"a\/b é"},"from":"somebody else"`); a.status != http.StatusOK {
		t.Fatalf("send: %d %s", a.status, a.raw)
	}
	messages, _ := signalsOf(t, <-got)
	want := []object{{"to": annas, "type": "offer", "roomType": "video", "payload": object{"sdp": "a/b é"}, "from": bens}}
	if diff := cmp.Diff(want, messages); diff != "" {
		t.Error(diff)
	}

	for name, change := range map[string]func(){
		"a call":      func() { ben.call(token, `{"flags":3}`) },
		"other flags": func() { ben.do("PUT", talk+"/v4/call/"+token, `{"flags":1}`) },
		"a moderator": func() {
			anna.do("POST", talk+"/v4/room/"+token+"/moderators", `{"attendeeId":`+anna.attendees(token)["ben"]+`}`)
		},
		"somebody out": func() { ben.do("DELETE", talk+"/v4/room/"+token+"/participants/active", "") },
	} {
		got := anna.waiting(token)
		change()
		if a := <-got; a.status != http.StatusOK {
			t.Errorf("after %s: %d %s", name, a.status, a.raw)
		}
		if name == "somebody out" {
			ben.enter(token)
			anna.pull(token)
		}
	}
}

func TestSignalsThatAreDropped(t *testing.T) {
	t.Parallel()
	h, _ := newClockedHarness(t)
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	token, other := anna.room("Signals", "ben"), anna.room("Other", "cleo")
	annas, bens := anna.enter(token), ben.enter(token)
	cleos := cleo.enter(other)
	// No sound, no picture, no screen.
	anna.do("PUT", talk+"/v4/room/"+token+"/permissions/default", `{"permissions":134}`)
	anna.pull(token)
	cleo.pull(other)
	for name, a := range map[string]answer{
		"an offer without permission":  ben.signal(token, bens, annas, `"type":"offer","roomType":"video"`),
		"a screen without permission":  ben.signal(token, bens, annas, `"type":"answer","roomType":"screen"`),
		"a command of no moderator":    ben.signal(token, bens, annas, `"type":"control"`),
		"in another's name":            ben.signal(token, annas, annas, `"type":"candidate"`),
		"to another conversation":      ben.signal(token, bens, cleos, `"type":"candidate"`),
		"to nobody":                    ben.signal(token, bens, "nobody", `"type":"candidate"`),
		"no object":                    ben.do("POST", talk+"/v3/signaling/"+token, `{"messages":"[{\"ev\":\"message\",\"sessionId\":\"`+bens+`\",\"fn\":\"[]\"}]"}`),
		"no JSON":                      ben.do("POST", talk+"/v3/signaling/"+token, `{"messages":"no"}`),
		"of somebody without session":  cleo.signal(token, cleos, annas, `"type":"candidate"`),
		"of somebody who is not there": h.as("").signal(token, "x", annas, `"type":"candidate"`),
	} {
		if a.status != http.StatusOK || a.data != nil {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
	if a := ben.do("POST", talk+"/v3/signaling/"+token, `{}`); a.status != http.StatusBadRequest {
		t.Errorf("nothing at all: %d %s", a.status, a.raw)
	}
	anna.signal(token, annas, annas, `"type":"control"`)
	messages, _ := signalsOf(t, anna.pull(token))
	if len(messages) != 1 || messages[0]["type"] != "control" {
		t.Errorf("anna got %v", messages)
	}
}

func TestPullsThatEnd(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		end  func(h *harness, anna, ben *client, token string)
		want int
	}{
		"another session takes over": {func(_ *harness, _, ben *client, token string) { ben.enter(token) }, http.StatusConflict},
		"the session is left": {func(_ *harness, _, ben *client, token string) {
			ben.do("DELETE", talk+"/v4/room/"+token+"/participants/active", "")
		}, http.StatusConflict},
		"its user is taken out": {func(_ *harness, anna, _ *client, token string) {
			anna.do("DELETE", talk+"/v4/room/"+token+"/attendees?attendeeId="+anna.attendees(token)["ben"], "")
		}, http.StatusNotFound},
		"the conversation is deleted": {func(_ *harness, anna, _ *client, token string) {
			anna.do("DELETE", talk+"/v4/room/"+token, "")
		}, http.StatusNotFound},
		"the server stops": {func(h *harness, _, _ *client, _ string) { h.srv.StopWaiting() }, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, _ := newClockedHarness(t)
			anna, ben := h.as("anna"), h.as("ben")
			token := anna.room("Signals", "ben")
			ben.enter(token)
			ben.pull(token)
			got := ben.waiting(token)
			tt.end(h, anna, ben, token)
			a := <-got
			messages, sessions := signalsOf(t, a)
			if a.status != tt.want || len(messages) != 0 || tt.want != http.StatusOK && len(sessions) != 0 {
				t.Errorf("%d %s", a.status, a.raw)
			}
		})
	}
}

func TestPullShowsTheLivingOnly(t *testing.T) {
	t.Parallel()
	h, now := newClockedHarness(t)
	anna, guest := h.as("anna"), h.as("")
	token := anna.do("POST", talk+"/v4/room", `{"roomType":3,"roomName":"Open"}`).at("token").(string)
	anna.enter(token)
	guest.enter(token)
	_, sessions := signalsOf(t, guest.pull(token))
	if len(sessions) != 2 {
		t.Fatalf("who is there: %v", sessions)
	}
	for _, s := range sessions {
		if (s["actorType"] == "guests") != (s["userId"] == "") {
			t.Errorf("a session: %v", s)
		}
	}
	now.advance(41 * time.Second)
	_, sessions = signalsOf(t, anna.pull(token))
	if len(sessions) != 1 || sessions[0]["userId"] != "anna" {
		t.Errorf("who is there later: %v", sessions)
	}
	if a := h.as("").pull(token); a.status != http.StatusNotFound {
		t.Errorf("somebody else: %d %s", a.status, a.raw)
	}
}

func TestSignalingSettings(t *testing.T) {
	t.Parallel()
	h, _ := newClockedHarness(t)
	anna, cleo, guest := h.as("anna"), h.as("cleo"), h.as("")
	token := anna.room("Signals", "ben")
	const path = talk + "/v3/signaling/settings"
	a := anna.do("GET", path+"?token="+token, "")
	if a.at("signalingMode") != "internal" || a.at("userId") != "anna" {
		t.Errorf("settings: %d %s", a.status, a.raw)
	}
	if parts := strings.Split(a.at("ticket").(string), ":"); len(parts) != 4 || len(parts[0]) != 16 || parts[1] != "1800000000" || parts[2] != "anna" || len(parts[3]) != 64 {
		t.Errorf("ticket %q", a.at("ticket"))
	}
	claims := verifyToken(t, anna, a.at("helloAuthParams", "2.0", "token").(string))
	want := object{
		"iss": h.url + "/", "iat": json.Number("1800000000"), "exp": json.Number("1800000060"),
		"sub": "anna", "userdata": object{"displayname": "Anna"},
	}
	if diff := cmp.Diff(want, claims); diff != "" {
		t.Error(diff)
	}
	if a := cleo.do("GET", path+"?token="+token, ""); a.status != http.StatusNotFound {
		t.Errorf("of somewhere else: %d %s", a.status, a.raw)
	}
	if a := guest.do("GET", path, ""); a.status != http.StatusOK || a.at("userId") != nil {
		t.Errorf("a guest's: %d %s", a.status, a.raw)
	}
	for _, tt := range []struct {
		as   *client
		want refusal
	}{{guest, refusal{401, "[]"}}, {anna, refusal{403, "[]"}}, {h.as("admin"), refusal{412, "config"}}} {
		if diff := cmp.Diff(tt.want, tt.as.do("POST", talk+"/v1/settings/sip", `{}`).refusal()); diff != "" {
			t.Errorf("%q sets up telephones: %s", tt.as.user, diff)
		}
	}
}

// verifyToken checks a token with the key that the capabilities announce, and returns its claims.
func verifyToken(t *testing.T, c *client, token string) (claims object) {
	t.Helper()
	text := c.do("GET", "/ocs/v2.php/cloud/capabilities", "").at("capabilities", "spreed", "config", "signaling", "hello-v2-token-key").(string)
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		t.Fatalf("no key: %q", text)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("token %q", token)
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(signature) != 64 {
		t.Fatalf("signature %q: %v", parts[2], err)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(key.(*ecdsa.PublicKey), sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		t.Error("the announced key does not verify the token")
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.UseNumber()
	if err := d.Decode(&claims); err != nil {
		t.Fatal(err)
	}
	return claims
}
