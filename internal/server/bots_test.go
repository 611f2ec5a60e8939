package server_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/server"
	"github.com/confab-go/confab/internal/server/core"
)

const botSecret = "a secret of forty bytes, or a bit more than that"

// bot installs a bot and returns its id.
func (h *harness) bot(b server.Bot) string {
	h.t.Helper()
	if b.Secret == "" {
		b.Secret = botSecret
	}
	if b.URL == "" {
		b.URL = "http://127.0.0.1:1/" + b.Name
	}
	id, err := h.srv.EnsureBot(h.t.Context(), b)
	if err != nil {
		h.t.Fatal(err)
	}
	return strconv.FormatInt(id, 10)
}

func TestAdministratorListsBots(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	first := h.bot(server.Bot{Name: "First", Description: "old"})
	h.bot(server.Bot{Name: "Second", State: server.BotNoSetup, Features: server.BotWebhook | server.BotReaction})
	if again := h.bot(server.Bot{Name: "Renamed", URL: "http://127.0.0.1:1/First", Description: "new", State: server.BotDisabled}); again != first {
		t.Errorf("ensuring a bot again makes a new one: %s, was %s", again, first)
	}
	a := h.as("admin").do("GET", talk+"/v1/bot/admin", "")
	want := []any{
		object{
			"id": json.Number("1"), "name": "Renamed", "url": "http://127.0.0.1:1/First", "url_hash": "d648a8b0403f83fe94304b36f6eacc0dcd4508c2",
			"description": "new", "error_count": json.Number("0"), "last_error_date": json.Number("0"), "last_error_message": nil,
			"state": json.Number("0"), "features": json.Number("3"),
		},
		object{
			"id": json.Number("2"), "name": "Second", "url": "http://127.0.0.1:1/Second", "url_hash": "6587e0f15a1d34686ef381aa73e9d47e60fa0525",
			"description": nil, "error_count": json.Number("0"), "last_error_date": json.Number("0"), "last_error_message": nil,
			"state": json.Number("2"), "features": json.Number("9"),
		},
	}
	if diff := cmp.Diff(want, a.data); diff != "" {
		t.Errorf("bots: %s", diff)
	}
	if strings.Contains(a.raw, botSecret) {
		t.Error("the list tells a secret")
	}
	denied := h.as("anna").do("GET", talk+"/v1/bot/admin", "")
	if denied.status != http.StatusForbidden || denied.message != "Logged in account must be an admin" {
		t.Errorf("anna lists: %d %s", denied.status, denied.raw)
	}
	if a := h.as("").do("GET", talk+"/v1/bot/admin", ""); a.status != http.StatusUnauthorized {
		t.Errorf("nobody lists: %d %s", a.status, a.raw)
	}
}

func TestModeratorsChooseBots(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	id := h.bot(server.Bot{Name: "Helper", Description: "helps"})
	hidden := h.bot(server.Bot{Name: "Hidden", State: server.BotNoSetup})
	off := h.bot(server.Bot{Name: "Off", State: server.BotDisabled})
	token := anna.room("Bots", "ben")
	base := talk + "/v1/bot/" + token
	message := anna.send(token, `{"message":"x"}`)
	edit := func(want int) {
		t.Helper()
		if a := anna.do("PUT", talk+"/v1/chat/"+token+"/"+message, `{"message":"y"}`); a.status != want {
			t.Errorf("edit: %d, want %d", a.status, want)
		}
	}
	states := func() (out []string) {
		t.Helper()
		a := anna.do("GET", base, "")
		items, _ := a.data.([]any)
		for _, b := range items {
			out = append(out, b.(object)["name"].(string)+" "+b.(object)["state"].(json.Number).String())
		}
		return out
	}

	if diff := cmp.Diff([]string{"Helper 0", "Off 0"}, states()); diff != "" {
		t.Errorf("before: %s", diff)
	}
	edit(http.StatusOK)
	for _, want := range []int{http.StatusCreated, http.StatusOK} {
		a := anna.do("POST", base+"/"+id, "")
		shown := object{"id": json.Number(id), "name": "Helper", "description": "helps", "state": json.Number("1")}
		if diff := cmp.Diff(shown, a.data); a.status != want || diff != "" {
			t.Errorf("enable: %d, want %d %s", a.status, want, diff)
		}
	}
	if diff := cmp.Diff([]string{"Helper 1", "Off 0"}, states()); diff != "" {
		t.Errorf("enabled: %s", diff)
	}
	edit(http.StatusAccepted) // a bot is told of it
	for range 2 {
		if a := anna.do("DELETE", base+"/"+id, ""); a.status != http.StatusOK || a.at("state") != json.Number("0") {
			t.Errorf("disable: %d %s", a.status, a.raw)
		}
	}
	edit(http.StatusOK)

	for name, tt := range map[string]struct {
		as           *client
		method, path string
		want         refusal
	}{
		"ben lists":                  {ben, "GET", base, refusal{403, "[]"}},
		"ben enables":                {ben, "POST", base + "/" + id, refusal{403, "[]"}},
		"ben disables":               {ben, "DELETE", base + "/" + id, refusal{403, "[]"}},
		"cleo, who is outside":       {h.as("cleo"), "GET", base, refusal{404, "[]"}},
		"nobody in particular":       {h.as(""), "GET", base, refusal{401, "[]"}},
		"enable none":                {anna, "POST", base + "/99999", refusal{400, "bot"}},
		"disable none":               {anna, "DELETE", base + "/99999", refusal{400, "bot"}},
		"enable a disabled one":      {anna, "POST", base + "/" + off, refusal{400, "bot"}},
		"enable an administrator's":  {anna, "POST", base + "/" + hidden, refusal{400, "bot"}},
		"disable an administrator's": {anna, "DELETE", base + "/" + hidden, refusal{400, "bot"}},
	} {
		if diff := cmp.Diff(tt.want, tt.as.do(tt.method, tt.path, "").refusal()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestEnsureBotRefusesWhatCannotBeInstalled(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	good := server.Bot{Name: "Good", Secret: botSecret, URL: "https://bots.example.com/hook"}
	for name, change := range map[string]func(*server.Bot){
		"name":        func(b *server.Bot) { b.Name = "" },
		"the name":    func(b *server.Bot) { b.Name = strings.Repeat("n", 65) },
		"secret":      func(b *server.Bot) { b.Secret = "too short to keep" },
		"the secret":  func(b *server.Bot) { b.Secret = strings.Repeat("too long to keep", 9) },
		"URL":         func(b *server.Bot) { b.URL = "ftp://bots.example.com" },
		"the URL":     func(b *server.Bot) { b.URL = "https://" },
		"description": func(b *server.Bot) { b.Description = strings.Repeat("d", 4001) },
		"state":       func(b *server.Bot) { b.State = "asleep" },
		"features":    func(b *server.Bot) { b.Features = 16 },
	} {
		b := good
		change(&b)
		_, err := h.srv.EnsureBot(t.Context(), b)
		if !errors.Is(err, core.ErrBadBot) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "to keep") {
			t.Errorf("the error tells the secret: %v", err)
		}
	}
	if _, err := h.srv.EnsureBot(t.Context(), good); err != nil {
		t.Errorf("a good bot: %v", err)
	}
}
