package api_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type capabilities struct {
	Capabilities struct {
		Core   json.RawMessage
		Spreed spreed
	}
}

type spreed struct {
	Features      []string
	FeaturesLocal []string `json:"features-local"`
	Config        struct {
		Conversations struct {
			CanCreate bool `json:"can-create"`
		}
	}
	Version string
}

func TestCapabilities(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const path = "/ocs/v2.php/cloud/capabilities"
	get := func(user string) (c capabilities, etag string) {
		t.Helper()
		w := s.call(user, "GET", path, "")
		if err := json.Unmarshal(decode(t, w).OCS.Data, &c); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return c, w.Header().Get("ETag")
	}
	anna, annaTag := get("anna")
	ben, benTag := get("ben")
	anonymous, anonymousTag := get("")
	if diff := cmp.Diff(anna, ben); diff != "" || annaTag != benTag || annaTag == "" {
		t.Errorf("not the same for all: %s %s %s", diff, annaTag, benTag)
	}
	if anonymousTag == annaTag || anonymous.Capabilities.Core != nil || anonymous.Capabilities.Spreed.Config.Conversations.CanCreate {
		t.Errorf("anonymous: %+v", anonymous)
	}
	if !anna.Capabilities.Spreed.Config.Conversations.CanCreate || anna.Capabilities.Spreed.Version != "21.1.7" {
		t.Errorf("anna: %+v", anna.Capabilities.Spreed)
	}
	for _, name := range []string{"chat-v2", "conversation-v4", "chat-replies", "note-to-self"} {
		if !slices.Contains(anna.Capabilities.Spreed.Features, name) {
			t.Errorf("%s is not announced", name)
		}
	}
	for _, name := range anna.Capabilities.Spreed.FeaturesLocal {
		if !slices.Contains(anna.Capabilities.Spreed.Features, name) {
			t.Errorf("%s is local, but not announced at all", name)
		}
	}

	token := s.room(`{"roomName":"x"}`)
	var inRoom spreed
	w := s.call("anna", "GET", talk4+"/room/"+token+"/capabilities", "")
	if err := json.Unmarshal(decode(t, w).OCS.Data, &inRoom); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(anna.Capabilities.Spreed, inRoom); diff != "" || w.Header().Get("X-Nextcloud-Talk-Hash") == "" {
		t.Errorf("of the conversation: %s", diff)
	}
	if w := s.call("cleo", "GET", talk4+"/room/"+token+"/capabilities", ""); w.Code != http.StatusNotFound {
		t.Errorf("of another's conversation: %d", w.Code)
	}
	list, one := s.call("anna", "GET", talk4+"/room", ""), s.call("ben", "GET", talk4+"/room", "")
	if h := list.Header().Get("X-Nextcloud-Talk-Hash"); len(h) != 40 || h != one.Header().Get("X-Nextcloud-Talk-Hash") {
		t.Errorf("hash %q", h)
	}
}

func TestStatusAsksForNoCredentials(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if w := s.call("ghost", "GET", "/status.php", ""); w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%d %s", w.Code, w.Header().Get("Content-Type"))
	}
}
