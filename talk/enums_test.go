package talk_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"

	"github.com/confab-go/confab/talk"
)

// TestEnumsHaveTheirValues: each value of the API has its name, and one that does not exist yet prints as a number.
func TestEnumsHaveTheirValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		value fmt.Stringer
		wire  int
		name  string
	}{
		{talk.ConversationOneToOne, 1, "one-to-one"},
		{talk.ConversationGroup, 2, "group"},
		{talk.ConversationPublic, 3, "public"},
		{talk.ConversationChangelog, 4, "changelog"},
		{talk.ConversationFormerOneToOne, 5, "former-one-to-one"},
		{talk.ConversationNoteToSelf, 6, "note-to-self"},
		{talk.ConversationType(7), 7, "ConversationType(7)"},
		{talk.ConversationType(-1), -1, "ConversationType(-1)"},
		{talk.ParticipantOwner, 1, "owner"},
		{talk.ParticipantModerator, 2, "moderator"},
		{talk.ParticipantUser, 3, "user"},
		{talk.ParticipantGuest, 4, "guest"},
		{talk.ParticipantSelfJoined, 5, "self-joined"},
		{talk.ParticipantGuestModerator, 6, "guest-moderator"},
		{talk.ParticipantType(0), 0, "ParticipantType(0)"},
		{talk.PermissionsDefault, 0, "default"},
		{talk.PermissionCustom, 1, "custom"},
		{talk.PermissionStartCall, 2, "start-call"},
		{talk.PermissionJoinCall, 4, "join-call"},
		{talk.PermissionIgnoreLobby, 8, "ignore-lobby"},
		{talk.PermissionPublishAudio, 16, "publish-audio"},
		{talk.PermissionPublishVideo, 32, "publish-video"},
		{talk.PermissionPublishScreen, 64, "publish-screen"},
		{talk.PermissionChat, 128, "chat"},
		{talk.PermissionReact, 256, "react"},
		{talk.PermissionChat | talk.PermissionCustom | 1<<12, 4225, "custom|chat|0x1000"},
		{talk.InCallDisconnected, 0, "disconnected"},
		{talk.InCallJoined, 1, "in-call"},
		{talk.InCallWithAudio, 2, "with-audio"},
		{talk.InCallWithVideo, 4, "with-video"},
		{talk.InCallWithPhone, 8, "with-phone"},
		{talk.ListableParticipants, 0, "participants"},
		{talk.ListableUsers, 1, "users"},
		{talk.ListableEveryone, 2, "everyone"},
		{talk.NotifyDefault, 0, "default"},
		{talk.NotifyAlways, 1, "always"},
		{talk.NotifyMention, 2, "mention"},
		{talk.NotifyNever, 3, "never"},
		{talk.NotifyCallsOff, 0, "off"},
		{talk.NotifyCallsOn, 1, "on"},
		{talk.LobbyNone, 0, "none"},
		{talk.LobbyNonModerators, 1, "non-moderators"},
		{talk.SIPDisabled, 0, "disabled"},
		{talk.SIPWithPIN, 1, "with-pin"},
		{talk.SIPWithoutPIN, 2, "without-pin"},
		{talk.RecordingNone, 0, "none"},
		{talk.RecordingVideo, 1, "video"},
		{talk.RecordingAudio, 2, "audio"},
		{talk.RecordingStartingVideo, 3, "starting-video"},
		{talk.RecordingStartingAudio, 4, "starting-audio"},
		{talk.RecordingFailed, 5, "failed"},
		{talk.RecordingConsentNone, 0, "none"},
		{talk.RecordingConsentRequired, 1, "required"},
		{talk.RecordingConsentOptional, 2, "optional"},
		{talk.BreakoutNotConfigured, 0, "not-configured"},
		{talk.BreakoutAutomatic, 1, "automatic"},
		{talk.BreakoutManual, 2, "manual"},
		{talk.BreakoutFree, 3, "free"},
		{talk.BreakoutStopped, 0, "stopped"},
		{talk.BreakoutStarted, 1, "started"},
		{talk.BreakoutAssistanceRequested, 2, "assistance-requested"},
		{talk.MentionEveryone, 0, "everyone"},
		{talk.MentionModerators, 1, "moderators"},
		{talk.PollOpen, 0, "open"},
		{talk.PollClosed, 1, "closed"},
		{talk.PollDraft, 2, "draft"},
		{talk.PollPublic, 0, "public"},
		{talk.PollHidden, 1, "hidden"},
		{talk.BotDisabled, 0, "disabled"},
		{talk.BotEnabled, 1, "enabled"},
		{talk.BotNoSetup, 2, "no-setup"},
		{talk.BotWebhook | talk.BotResponse, 3, "webhook|response"},
		{talk.BotEvent | talk.BotReaction, 12, "event|reaction"},
		{talk.PrivacyPublic, 0, "public"},
		{talk.PrivacyPrivate, 1, "private"},
	} {
		if got := tt.value.String(); got != tt.name {
			t.Errorf("%T %d prints as %q, want %q", tt.value, tt.wire, got, tt.name)
		}
		if text, err := json.Marshal(tt.value); err != nil || string(text) != strconv.Itoa(tt.wire) {
			t.Errorf("%s encodes as %s, want %d", tt.name, text, tt.wire)
		}
	}
	if p := talk.PermissionChat | talk.PermissionCustom; !p.Has(talk.PermissionChat) || p.Has(talk.PermissionChat|talk.PermissionJoinCall) {
		t.Errorf("%v has what it has not", p)
	}
	if !talk.ParticipantGuestModerator.IsModerator() || talk.ParticipantGuest.IsModerator() {
		t.Error("guests and guest moderators are mixed up")
	}
	var c talk.Conversation
	if err := json.Unmarshal([]byte(`{"type":42,"notificationLevel":"9","callRecording":17,"listable":-5}`), &c); err != nil || c.Type.String() != "ConversationType(42)" || c.Listable != -5 {
		t.Errorf("values of the future: %+v, %v", c, err)
	}
}
