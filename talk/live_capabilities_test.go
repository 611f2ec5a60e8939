package talk_test

import (
	"testing"

	"github.com/confab-go/confab/talk"
)

func TestLiveCapabilities(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	alice := w.client("alice")
	if available := must(alice.Available(ctx))(t); !available {
		t.Error("Talk is not available")
	}
	caps := must(alice.Capabilities(ctx))(t)
	if caps.Version == "" || !caps.Has(talk.FeatureChatV2) || caps.Has("no-such-feature") || caps.Config.Chat.MaxLength == 0 || !caps.Config.Attachments.Allowed || caps.Config.Attachments.Folder == "" {
		t.Errorf("capabilities: %+v", caps)
	}
	if supported := must(alice.Supports(ctx, talk.FeatureConversationV4))(t); !supported {
		t.Error("conversations are not supported")
	}
	guest := must(talk.NewClient(w.url))(t)
	if caps := must(guest.Capabilities(ctx))(t); caps.Config.Attachments.Allowed || caps.Config.Conversations.CanCreate {
		t.Errorf("a guest may %+v, %+v", caps.Config.Attachments, caps.Config.Conversations)
	}
}
