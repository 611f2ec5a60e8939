package server_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/server"
)

const botRandom = "thirty-two bytes of randomness.."

// sign is how a bot signs what it says.
func sign(secret, random, text string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(random + text))
	return hex.EncodeToString(mac.Sum(nil))
}

// answer says something as a bot; body is JSON.
func (h *harness) answer(method, path, body, random, signature string) int {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, h.url+talk+"/v1/bot/"+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	for key, value := range map[string]string{
		"OCS-APIRequest": "true", "Accept": "application/json", "Content-Type": "application/json",
		"X-Nextcloud-Talk-Bot-Random": random, "X-Nextcloud-Talk-Bot-Signature": signature,
	} {
		if value != "" {
			req.Header.Set(key, value)
		}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var env struct{ OCS struct{ Data any } }
	if err := json.NewDecoder(res.Body).Decode(&env); err != nil || env.OCS.Data != nil {
		h.t.Errorf("%s %s: data %v, want null (%v)", method, path, env.OCS.Data, err)
	}
	return res.StatusCode
}

func TestBotsAnswer(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Answers", "ben")
	bot, other := newReceiver(t, nil), newReceiver(t, nil)
	id := h.bot(server.Bot{Name: "Helper", URL: bot.url})
	anna.enable(token, id)
	anna.enable(token, h.bot(server.Bot{Name: "Other", URL: other.url, Secret: strings.Repeat("other", 10)}))
	question := anna.send(token, `{"message":"anybody?"}`)

	text := "yes, @ben & @all: ü 🎉"
	body := `{"message":"yes, @ben & @all: ü 🎉","replyTo":` + question + `,"referenceId":"r-1","silent":true}`
	if got := h.answer("POST", token+"/message", body, botRandom, strings.ToUpper(sign(botSecret, botRandom, text))); got != http.StatusCreated {
		t.Fatalf("answer: %d", got)
	}
	page := ben.do("GET", talk+"/v1/chat/"+token+"?lookIntoFuture=0&limit=1&setReadMarker=0", "")
	m := page.data.([]any)[0].(object)
	want := object{
		"actorType": "bots", "actorId": "bot-" + hashOf(t, h, "Helper"), "actorDisplayName": "Helper (Bot)", "referenceId": "r-1",
		"message": "yes, {mention-user1} & {mention-call1}: ü 🎉", "silent": true, "isReplyable": true, "messageType": "comment",
	}
	got := object{}
	for k := range want {
		got[k] = m[k]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("message: %s", diff)
	}
	if parent, _ := m["parent"].(object); parent["id"] != json.Number(question) {
		t.Errorf("parent %v, want %s", m["parent"], question)
	}
	room := ben.do("GET", talk+"/v4/room/"+token, "")
	if room.at("unreadMentionDirect") != true || room.at("unreadMessages") != json.Number("2") {
		t.Errorf("ben has %v unread, mentioned: %v", room.at("unreadMessages"), room.at("unreadMentionDirect"))
	}

	// Bots hear neither themselves nor each other, but what people say.
	anna.send(token, `{"message":"thanks"}`)
	for name, b := range map[string]*receiver{"Helper": bot, "Other": other} {
		for _, want := range []string{"anybody?", "thanks"} {
			d := b.next(t)
			for d.told(t).Type == "Join" {
				d = b.next(t)
			}
			if !strings.Contains(d.body, want) {
				t.Errorf("%s heard %s, want %s", name, d.body, want)
			}
		}
	}

	// Who may not speak any more has no name.
	anna.do("DELETE", talk+"/v1/bot/"+token+"/"+id, "")
	page = ben.do("GET", talk+"/v1/chat/"+token+"?lookIntoFuture=0&limit=2&setReadMarker=0", "")
	if got, want := page.data.([]any)[1].(object)["actorDisplayName"], "bot-"+hashOf(t, h, "Helper")+"-bot"; got != want {
		t.Errorf("name %v, want %v", got, want)
	}
	if got := h.answer("POST", token+"/message", `{"message":"am I still in?"}`, botRandom, sign(botSecret, botRandom, "am I still in?")); got != http.StatusUnauthorized {
		t.Errorf("a disabled bot: %d", got)
	}
}

// hashOf is the hash that names a bot.
func hashOf(t *testing.T, h *harness, name string) string {
	t.Helper()
	for _, b := range h.as("admin").do("GET", talk+"/v1/bot/admin", "").data.([]any) {
		if b.(object)["name"] == name {
			return b.(object)["url_hash"].(string)
		}
	}
	t.Fatalf("there is no bot %s", name)
	return ""
}

func TestBotsReact(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	token := anna.room("Reactions")
	bot := newReceiver(t, nil)
	anna.enable(token, h.bot(server.Bot{Name: "Helper", URL: bot.url, Features: server.BotResponse | server.BotReaction}))
	id := anna.send(token, `{"message":"good?"}`)
	path := token + "/reaction/" + id
	proof := sign(botSecret, botRandom, "👍")
	for i, tt := range []struct {
		method, path, reaction, signature string
		want                              int
	}{
		{"DELETE", path, "👍", proof, 404},
		{"POST", path, "👍", proof, 201},
		{"POST", path, "👍", proof, 200},
		{"POST", path, "👍", sign(botSecret, botRandom, "👎"), 401},
		{"POST", path, "no", sign(botSecret, botRandom, "no"), 400},
		{"POST", token + "/reaction/99999", "👍", proof, 404},
	} {
		if got := h.answer(tt.method, tt.path, `{"reaction":"`+tt.reaction+`"}`, botRandom, tt.signature); got != tt.want {
			t.Errorf("step %d: %d, want %d", i, got, tt.want)
		}
	}
	by := anna.do("GET", talk+"/v1/reaction/"+token+"/"+id, "").at("👍").([]any)[0].(object)
	if by["actorType"] != "bots" || by["actorDisplayName"] != "Helper (Bot)" {
		t.Errorf("by %v", by)
	}
	if got := bot.next(t).summary(t); got != "Like|users/anna||good?|👍" { // of the message's author
		t.Errorf("told %q", got)
	}
	if got := h.answer("DELETE", path, `{"reaction":"👍"}`, botRandom, proof); got != http.StatusOK {
		t.Errorf("take back: %d", got)
	}
	if got := anna.do("GET", talk+"/v1/reaction/"+token+"/"+id, "").raw; !strings.Contains(got, `"data":{}`) {
		t.Errorf("left: %s", got)
	}
}

func TestBotAnswersAreRefusedInOrder(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	token := anna.room("Refusals")
	anna.enable(token, h.bot(server.Bot{Name: "Helper"}))
	anna.enable(token, h.bot(server.Bot{Name: "Mute", Secret: strings.Repeat("mute.", 10), Features: server.BotWebhook}))
	elsewhere := anna.room("Elsewhere")
	foreign := anna.send(elsewhere, `{"message":"not here"}`)
	long := strings.Repeat("x", 32001)
	right := func(text string) string { return sign(botSecret, botRandom, text) }
	for name, tt := range map[string]struct {
		token, body, random, signature string
		want                           int
	}{
		"blank before all":              {token, `{"message":" \n"}`, "", "", 400},
		"blank in no conversation":      {"nowhere1", `{"message":""}`, botRandom, right(""), 400},
		"no random":                     {token, `{"message":"x"}`, "", right("x"), 400},
		"a short random":                {token, `{"message":"x"}`, "short", sign(botSecret, "short", "x"), 400},
		"no signature":                  {token, `{"message":"x"}`, botRandom, "", 400},
		"no random in no conversation":  {"nowhere1", `{"message":"x"}`, "", right("x"), 400},
		"no such conversation":          {"nowhere1", `{"message":"x"}`, botRandom, right("x"), 401},
		"not enabled there":             {elsewhere, `{"message":"x"}`, botRandom, right("x"), 401},
		"of another text":               {token, `{"message":"x"}`, botRandom, right("y"), 401},
		"of the whole body":             {token, `{"message":"x"}`, botRandom, right(`{"message":"x"}`), 401},
		"by another secret":             {token, `{"message":"x"}`, botRandom, sign(botSecret+".", botRandom, "x"), 401},
		"by one that may not answer":    {token, `{"message":"x"}`, botRandom, sign(strings.Repeat("mute.", 10), botRandom, "x"), 401},
		"too long but not signed":       {token, `{"message":"` + long + `"}`, botRandom, right("x"), 401},
		"too long":                      {token, `{"message":"` + long + `"}`, botRandom, right(long), 413},
		"a reply to nothing":            {token, `{"message":"x","replyTo":99999}`, botRandom, right("x"), 400},
		"a reply to what is elsewhere":  {token, `{"message":"x","replyTo":` + foreign + `}`, botRandom, right("x"), 400},
		"signed as it is, spaces there": {token, `{"message":" x "}`, botRandom, right(" x "), 201},
	} {
		if got := h.answer("POST", tt.token+"/message", tt.body, tt.random, tt.signature); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
}
