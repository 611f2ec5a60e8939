package api

import (
	"bytes"
	"crypto/md5"  //nolint:gosec // an ETag, as Nextcloud makes it
	"crypto/sha1" //nolint:gosec // the hash that Talk's clients know
	"encoding/hex"
	"net/http"

	"github.com/confab-go/confab/internal/server/core"
)

// feature is a capability that Talk 21.1.7 announces.
type feature struct {
	name   string
	served bool // this server does it: only then it is announced
	local  bool // to be read from one's own server, not from the conversation's
}

// features are in the order of the wire.
var features = []feature{
	{"audio", true, false},
	{"video", true, false},
	{"chat-v2", true, false},
	{"conversation-v4", true, false},
	{"guest-signaling", true, false},
	{"empty-group-room", true, false},
	{"guest-display-names", true, false},
	{"multi-room-users", true, false},
	{"favorites", true, true},
	{"last-room-activity", true, false},
	{"no-ping", true, false},
	{"system-messages", true, false},
	{"delete-messages", true, false},
	{"mention-flag", true, false},
	{"in-call-flags", true, false},
	{"conversation-call-flags", true, false},
	{"notification-levels", true, false},
	{"invite-groups-and-mails", true, false},
	{"locked-one-to-one-rooms", true, false},
	{"read-only-rooms", true, false},
	{"listable-rooms", true, true},
	{"chat-read-marker", true, false},
	{"chat-unread", true, false},
	{"webinary-lobby", true, false},
	{"start-call-flag", true, false},
	{"chat-replies", true, false},
	{"circles-support", false, false},
	{"force-mute", true, false},
	{"sip-support", false, false},
	{"sip-support-nopin", false, false},
	{"chat-read-status", true, true},
	{"phonebook-search", false, true},
	{"raise-hand", true, false},
	{"room-description", true, false},
	{"rich-object-sharing", true, false},
	{"temp-user-avatar-api", false, true},
	{"geo-location-sharing", true, false},
	{"voice-message-sharing", true, false},
	{"signaling-v3", true, false},
	{"publishing-permissions", true, false},
	{"clear-history", true, false},
	{"direct-mention-flag", true, false},
	{"notification-calls", true, false},
	{"conversation-permissions", true, false},
	{"rich-object-list-media", true, false},
	{"rich-object-delete", true, false},
	{"unified-search", true, true},
	{"chat-permission", true, false},
	{"silent-send", true, false},
	{"silent-call", true, false},
	{"send-call-notification", true, false},
	{"talk-polls", true, false},
	{"breakout-rooms-v1", true, false},
	{"recording-v1", false, false},
	{"avatar", true, true},
	{"chat-get-context", true, false},
	{"single-conversation-status", true, false},
	{"chat-keep-notifications", true, false},
	{"typing-privacy", true, false},
	{"remind-me-later", true, true},
	{"bots-v1", true, false},
	{"markdown-messages", true, false},
	{"media-caption", true, false},
	{"session-state", true, false},
	{"note-to-self", true, true},
	{"recording-consent", false, false},
	{"sip-support-dialout", false, false},
	{"delete-messages-unlimited", true, false},
	{"edit-messages", true, false},
	{"silent-send-state", true, false},
	{"chat-read-last", true, false},
	{"federation-v1", false, false},
	{"federation-v2", false, false},
	{"ban-v1", true, false},
	{"chat-reference-id", true, false},
	{"mention-permissions", true, false},
	{"edit-messages-note-to-self", true, false},
	{"archived-conversations-v2", true, true},
	{"talk-polls-drafts", true, false},
	{"download-call-participants", true, false},
	{"email-csv-import", true, false},
	{"conversation-creation-password", true, false},
	{"call-notification-state-api", true, true},
	{"schedule-meeting", false, true},
	{"edit-draft-poll", true, false},
	{"conversation-creation-all", true, true},
	{"important-conversations", true, true},
	{"unbind-conversation", true, false},
	{"sip-direct-dialin", false, true},
	{"dashboard-event-rooms", false, true},
	{"mutual-calendar-events", false, true},
	{"upcoming-reminders", true, true},
	{"sensitive-conversations", true, true},
	{"message-expiration", true, false}, // where background jobs run, as they do here
	{"reactions", true, false},
}

// localOrder is the order of the features to be read from one's own server.
var localOrder = []string{
	"favorites", "chat-read-status", "listable-rooms", "phonebook-search", "temp-user-avatar-api",
	"unified-search", "avatar", "remind-me-later", "note-to-self", "archived-conversations-v2", "chat-summary-api",
	"call-notification-state-api", "schedule-meeting", "conversation-creation-all", "important-conversations",
	"sip-direct-dialin", "dashboard-event-rooms", "mutual-calendar-events", "upcoming-reminders", "sensitive-conversations",
}

func announced(local bool) []string {
	served := map[string]bool{}
	out := []string{}
	for _, f := range features {
		served[f.name] = f.served
		if f.served && !local {
			out = append(out, f.name)
		}
	}
	if local {
		for _, name := range localOrder {
			if served[name] {
				out = append(out, name)
			}
		}
	}
	return out
}

func capabilityRoutes() []route {
	return []route{
		{http.MethodGet, "/ocs/cloud/capabilities", public, getCapabilities},
		{http.MethodGet, talk4 + "/room/{token}/capabilities", public, getRoomCapabilities},
	}
}

func getCapabilities(rq *request) (reply, error) {
	caps, err := rq.apps(rq.caller.UserID != "")
	if err != nil {
		return reply{}, err
	}
	for i := range caps {
		if caps[i].key == "spreed" {
			caps[i].value = rq.talkCapabilities(rq.preferences())
		}
	}
	data := object{
		{"version", object{{"major", 32}, {"minor", 0}, {"micro", 1}, {"string", nextcloudVersion}, {"edition", ""}, {"extendedSupport", false}}},
		{"capabilities", caps},
	}
	return withETag(data)
}

// withETag answers with data, and with a tag that changes when the data does.
func withETag(data any) (reply, error) {
	var b bytes.Buffer
	if err := appendJSON(&b, data); err != nil {
		return reply{}, err
	}
	sum := md5.Sum(b.Bytes()) //nolint:gosec // see above
	return ok(data).with("ETag", `"`+hex.EncodeToString(sum[:])+`"`), nil
}

// getRoomCapabilities returns Talk's capabilities, which are the same in all conversations.
func getRoomCapabilities(rq *request) (reply, error) {
	if _, err := rq.core.Room(rq.r.Context(), rq.caller, rq.token()); err != nil {
		return reply{}, err
	}
	data := rq.talkCapabilities(rq.preferences())
	var b bytes.Buffer
	if err := appendJSON(&b, data); err != nil {
		return reply{}, err
	}
	sum := sha1.Sum(b.Bytes()) //nolint:gosec // see above
	return ok(data).with("X-Nextcloud-Talk-Hash", hex.EncodeToString(sum[:])), nil
}

// hashCapabilities returns a hash over all that is announced.
func (a *API) hashCapabilities() string {
	var b bytes.Buffer
	if err := appendJSON(&b, a.talkCapabilities(&core.Preferences{})); err != nil {
		return ""
	}
	sum := sha1.Sum(append([]byte(talkVersion+"#"), b.Bytes()...)) //nolint:gosec // see above
	return hex.EncodeToString(sum[:])
}

// talkCapabilities are Talk's, with what the caller has chosen; nil is somebody without an account.
func (a *API) talkCapabilities(p *core.Preferences) object {
	return object{
		{"features", announced(false)},
		{"features-local", announced(true)},
		{"config", a.talkConfig(p)},
		{"config-local", localConfig()},
		{"version", talkVersion},
	}
}

// talkConfig says what is switched on. What this server does not do is off.
func (a *API) talkConfig(p *core.Preferences) object {
	var chosen core.Preferences
	if p != nil {
		chosen = *p
	}
	return object{
		{"attachments", attachmentConfig(p)},
		{"call", object{
			{"enabled", true},
			{"breakout-rooms", true},
			{"recording", false},
			{"recording-consent", 0},
			{"supported-reactions", []string{"❤️", "🎉", "👏", "👋", "👍", "👎", "🔥", "😂", "🤩", "🤔", "😲", "😥"}},
			{"can-upload-background", p != nil},
			{"sip-enabled", false},
			{"sip-dialout-enabled", false},
			{"can-enable-sip", false},
			{"start-without-media", false},
			{"max-duration", 0},
			{"blur-virtual-background", false},
			{"end-to-end-encryption", false},
			{"predefined-backgrounds", []string{}},
			{"predefined-backgrounds-v2", []string{}},
		}},
		{"chat", object{
			{"max-length", 32000},
			{"read-privacy", chosen.ReadPrivacy},
			{"has-translation-providers", false},
			{"has-translation-task-providers", false},
			{"typing-privacy", chosen.TypingPrivacy},
			{"summary-threshold", 100},
		}},
		{"conversations", object{
			{"can-create", p != nil},
			{"force-passwords", false},
			{"list-style", "two-lines"},
			{"description-length", 2000},
			{"retention-event", 28},
			{"retention-phone", 7},
			{"retention-instant-meetings", 1},
		}},
		{"federation", object{{"enabled", false}, {"incoming-enabled", false}, {"outgoing-enabled", false}, {"only-trusted-servers", true}}},
		{"previews", object{{"max-gif-size", 3145728}}},
		{"signaling", object{{"session-ping-limit", 200}, {"hello-v2-token-key", a.core.SignalingPublicKey()}}},
		{"experiments", object{{"enabled", 0}}},
	}
}

func localConfig() object {
	return object{
		{"attachments", []string{"allowed", "folder"}},
		{"call", []string{"predefined-backgrounds", "predefined-backgrounds-v2", "can-upload-background", "start-without-media", "blur-virtual-background"}},
		{"chat", []string{"read-privacy", "has-translation-providers", "has-translation-task-providers", "typing-privacy", "summary-threshold"}},
		{"conversations", []string{"can-create", "list-style", "description-length"}},
		{"federation", []string{"enabled", "incoming-enabled", "outgoing-enabled", "only-trusted-servers"}},
		{"previews", []string{"max-gif-size"}},
		{"signaling", []string{"session-ping-limit", "hello-v2-token-key"}},
		{"experiments", []string{"enabled"}},
	}
}
