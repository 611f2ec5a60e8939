package api

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/confab-go/confab/internal/server/core"
)

// botFeatureNames are the names of the bits of a bot's features, as occ has them.
var botFeatureNames = []struct {
	name string
	bit  int
}{{"webhook", core.BotWebhook}, {"response", core.BotResponse}, {"event", core.BotEvent}, {"reaction", core.BotReaction}}

// botFeatures are the features of a bot in JSON: a list of names, or their bits.
type botFeatures int

// UnmarshalJSON reads either form.
func (f *botFeatures) UnmarshalJSON(b []byte) error {
	var bits int
	if json.Unmarshal(b, &bits) == nil {
		*f = botFeatures(bits)
		return nil
	}
	var names []string
	if err := json.Unmarshal(b, &names); err != nil {
		return fmt.Errorf("features: %s is neither a list of names nor a number", b)
	}
	for _, name := range names {
		bit := 0
		for _, known := range botFeatureNames {
			if known.name == name {
				bit = known.bit
			}
		}
		if bit == 0 && name != "none" {
			return fmt.Errorf("features: there is no %q, but webhook, response, event, reaction and none", name)
		}
		*f |= botFeatures(bit)
	}
	return nil
}

// MarshalJSON writes the names.
func (f botFeatures) MarshalJSON() ([]byte, error) {
	names := []string{}
	for _, known := range botFeatureNames {
		if int(f)&known.bit != 0 {
			names = append(names, known.name)
		}
	}
	return json.Marshal(names)
}

// botStates are the names of a bot's states, by what they are.
var botStates = []string{"disabled", "enabled", "no-setup"}

// installedBotAid is a bot as the testing aids show it. The secret is nobody's to see.
type installedBotAid struct {
	ID               int64       `json:"id"`
	Name             string      `json:"name"`
	URL              string      `json:"url"`
	Description      string      `json:"description"`
	Features         botFeatures `json:"features"`
	State            string      `json:"state"`
	ErrorCount       int64       `json:"errorCount"`
	LastErrorDate    int64       `json:"lastErrorDate"`
	LastErrorMessage string      `json:"lastErrorMessage"`
}

func testListBots(rq *request) (reply, error) {
	bots, err := rq.core.Bots(rq.r.Context())
	out := []installedBotAid{}
	for _, b := range bots {
		out = append(out, installedBotAid{
			b.ID, b.Name, b.URL, b.Description, botFeatures(b.Features), botStates[b.State],
			b.ErrorCount, b.LastErrorDate, b.LastError,
		})
	}
	return ok(out), err
}

func testInstallBot(rq *request) (reply, error) {
	var in struct {
		Name        string       `json:"name"`
		Secret      string       `json:"secret"`
		URL         string       `json:"url"`
		Description string       `json:"description"`
		Features    *botFeatures `json:"features"`
		State       string       `json:"state"`
	}
	if err := rq.decode(&in); err != nil {
		return reply{}, err
	}
	n := core.NewBot{
		Name: in.Name, Secret: in.Secret, URL: in.URL, Description: in.Description,
		Features: core.BotWebhook | core.BotResponse, State: core.BotEnabled,
	}
	if in.Features != nil {
		n.Features = int(*in.Features)
	}
	if in.State != "" {
		if n.State = slices.Index(botStates, in.State); n.State < 0 {
			return reply{}, fmt.Errorf("%w: there is no state %q, but disabled, enabled and no-setup", core.ErrBadBot, in.State)
		}
	}
	id, err := rq.core.EnsureBot(rq.r.Context(), n)
	return made(id), err
}

func testRemoveBot(rq *request) (reply, error) {
	if err := rq.core.RemoveBot(rq.r.Context(), rq.pathID("botId")); err != nil {
		return reply{}, err
	}
	return done()
}

func testAwaitBots(rq *request) (reply, error) {
	if err := rq.AwaitBots(rq.r.Context()); err != nil {
		return reply{}, err
	}
	return done()
}
