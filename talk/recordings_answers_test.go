package talk_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/files"
)

// idList is what servers make of a list of ids.
type idList struct {
	ID     string   `json:"id,omitempty"`
	Users  []string `json:"users,omitempty"`
	Groups []string `json:"groups,omitempty"`
}

// answer is what an exchange's answer is.
type answer struct {
	route  string // its whole pattern
	make   func() any
	inside []string // where the type begins, in the data of another part of Nextcloud
	says   string   // "nothing", at times for what has a type, too
	nobody string   // why
}

var patterns sync.Map // of routes, compiled

func (a *answer) pattern() *regexp.Regexp {
	if re, ok := patterns.Load(a.route); ok {
		return re.(*regexp.Regexp)
	}
	re := regexp.MustCompile(`^(?:` + a.route + `)$`)
	patterns.Store(a.route, re)
	return re
}

// data gives what there is to decode of an answer.
func (a *answer) data(t testing.TB, e exchange) json.RawMessage {
	t.Helper()
	if !strings.HasPrefix(e.Path, "/ocs/") {
		return e.Response
	}
	data := e.data(t)
	for _, key := range a.inside {
		var object map[string]json.RawMessage
		if err := json.Unmarshal(data, &object); err != nil {
			t.Fatalf("%v: %v", e, err)
		}
		data = object[key]
	}
	return data
}

// answers says what type the data of a successful answer has, by method and path. The first match counts. What says nothing
// is null, [], {} or true whenever it is recorded; what is nobody's has the reason why no type here is its.
var answers = []answer{
	{route: `GET /v4/(room|listed-room|room/T/breakout-rooms)`, make: made[[]talk.Conversation]},
	{route: `GET /v4/room/T(/breakout-rooms)?/participants`, make: made[[]talk.Participant]},
	{route: `PUT /v4/room/T/attendees/permissions`, make: made[[]talk.Participant]},
	{route: `GET /v4/room/T/capabilities`, make: made[talk.Capabilities]},
	{route: `(POST|DELETE|PUT) /v4/room/T/(participants/self|participants/resend-invitations|attendees|moderators)`, says: "nothing"},
	{route: `POST /v4/room/T/participants`, make: made[addedParticipant], says: "nothing"},
	{route: `DELETE /v4/room/T(/participants/active)?`, says: "nothing"},
	{route: `POST /v4/room/T/meeting`, says: "nothing"},
	{route: `\w+ /v4/room(/.*)?`, make: made[talk.Conversation]},
	{route: `GET /v4/dashboard/events`, make: made[[]talk.MeetingEvent]},
	{route: `GET /v4/call/T`, make: made[[]talk.CallPeer]},
	{route: `(GET|POST|PUT|DELETE) /v4/call/T(/notification-state|/ring/T)?`, says: "nothing"},
	{route: `(POST|DELETE) /v1/chat/T/read`, make: made[talk.Conversation]},
	{route: `GET /v1/chat/(T/threads/recent|subscribed-threads)`, make: made[[]talk.ThreadInfo]},
	{route: `\w+ /v1/chat/T/threads/T(/notify)?`, make: made[talk.ThreadInfo]},
	{route: `GET /v1/chat/T/schedule`, make: made[[]talk.ScheduledMessage]},
	{route: `POST /v1/chat/T/schedule(/T)?`, make: made[talk.ScheduledMessage]},
	{route: `DELETE /v1/chat/T/schedule/T`, says: "nothing"},
	{route: `(GET|PUT) /v4/tags(/reorder)?`, make: made[[]talk.Tag]},
	{route: `(POST|PUT) /v4/tags(/T(/collapsed)?)?`, make: made[talk.Tag]},
	{route: `DELETE /v4/tags/T`, says: "nothing"},
	{route: `GET /v1/presets/room`, make: made[[]talk.Preset]},
	{route: `DELETE /v1/chat/T/T/pin/self`, says: "nothing"},
	{route: `(POST|DELETE) /v1/chat/T/T/pin`, make: made[talk.Message]},
	{route: `GET /v1/chat/upcoming-reminders`, make: made[[]talk.UpcomingReminder]},
	{route: `(GET|POST) /v1/chat/T/T/reminder`, make: made[talk.Reminder]},
	{route: `DELETE /v1/chat/T/T/reminder`, says: "nothing"},
	{route: `GET /v1/chat/T/mentions`, make: made[[]talk.MentionSuggestion]},
	{route: `GET /v1/chat/T/share/overview`, make: made[map[talk.SharedType][]talk.Message]},
	{route: `GET /v1/chat/T/share`, make: made[map[int64]talk.Message]},
	{route: `GET /v1/chat/T(/T/context)?`, make: made[[]talk.Message]},
	{route: `\w+ /v1/chat/T(/T|/share)?`, make: made[talk.Message]},
	{route: `\w+ /v1/room/T/avatar.*`, make: made[talk.Conversation]},
	{route: `(POST|DELETE) /v1/breakout-rooms/T/request-assistance`, make: made[talk.Conversation]},
	{route: `POST /v1/breakout-rooms/T/switch`, make: made[talk.Conversation]},
	{route: `DELETE /v1/breakout-rooms/T`, make: made[talk.Conversation]},
	{route: `\w+ /v1/breakout-rooms/T.*`, make: made[[]talk.Conversation]},
	{route: `GET /v1/poll/T/drafts`, make: made[[]talk.Poll]},
	{route: `\w+ /v1/poll/T(/draft)?(/T)?`, make: made[talk.Poll]},
	{route: `\w+ /v1/reaction/T/T`, make: made[map[string][]talk.Reaction]},
	{route: `GET /v1/bot/admin`, make: made[[]talk.BotDetails]},
	{route: `GET /v1/bot/T`, make: made[[]talk.Bot]},
	{route: `(POST|DELETE) /v1/bot/T/T`, make: made[talk.Bot]},
	{route: `(POST|DELETE) /v1/bot/T/(message|reaction/T)`, says: "nothing"},
	{route: `GET /v1/ban/T`, make: made[[]talk.Ban]},
	{route: `POST /v1/ban/T`, make: made[talk.Ban]},
	{route: `DELETE /v1/ban/T/T`, says: "nothing"},
	{route: `GET /v1/file/T`, make: made[fileConversation]},
	{route: `POST /v1/guest/T/name`, says: "nothing"},
	{route: `DELETE /v1/recording/T(/notification)?`, says: "nothing"},
	{route: `GET /v1/federation/invitation`, make: made[[]talk.FederationInvitation]},
	{route: `GET /v1/bridge/T`, make: made[talk.Bridge]},
	{route: `(GET|PUT) /v1/bridge/T(/process)?`, make: made[talk.BridgeProcess]},
	{route: `DELETE /v1/bridge/T`, says: "nothing"},
	{route: `POST /v1/settings/user`, says: "nothing"},
	{route: `GET /v3/signaling/settings`, make: made[talk.SignalingSettings]},
	{route: `GET /v3/signaling/T`, make: made[[]talk.Signal]},
	{route: `POST /v3/signaling/T`, says: "nothing"},
	{route: `POST /v3/signaling/backend`, nobody: "signaling servers ask, and sign with a secret that only they share"},
	{route: `GET /ocs/v2.php/search/providers/talk-\w+/search`, make: made[talk.SearchPage]},
	{route: `GET /ocs/v2.php/search/providers`, nobody: "that a server can search is told by its capabilities"},
	{route: `GET /ocs/v2.php/core/autocomplete/get`, make: made[[]talk.Candidate]},
	{route: `GET /ocs/v[12].php/cloud/capabilities`, make: made[talk.Capabilities], inside: []string{"capabilities", "spreed"}},
	{route: `GET /ocs/v2.php/cloud/(user|users/\w+)`, make: made[talk.User]},
	{route: `GET /ocs/v2.php/cloud/(users|groups)(/.*)?`, make: made[idList]},
	{route: `POST /ocs/v2.php/cloud/users`, make: made[idList]},
	{route: `(POST|PUT|DELETE) /ocs/v2.php/cloud/(users|groups)(/.*)?`, says: "nothing"},
	{route: `PUT /ocs/v2.php/apps/user_status/api/v1/user_status/.*`, make: made[talk.OwnStatus]},
	{route: `DELETE /ocs/v2.php/apps/user_status/api/v1/user_status/message`, says: "nothing"},
	{route: `POST /ocs/v2.php/apps/files_sharing/api/v1/shares`, make: made[files.Share]},
	{route: `GET /ocs/v2.php/apps/files_sharing/api/v1/shares(/T)?`, make: made[[]files.Share]},
	{route: `DELETE /ocs/v2.php/apps/files_sharing/api/v1/shares/T`, says: "nothing"},
	{route: `GET /ocs/v2.php/core/getapppassword`, nobody: "an app password is made by the login flow, for which no password is typed in here"},
	{route: `POST /index.php/login/v2`, nobody: "logging in is the command line's"},
	{route: `GET /status.php`, nobody: "it is for those who do not know yet whether there is a Nextcloud: the command line's doctor"},
}

// fileConversation is what ConversationsService.OfFile reads.
type fileConversation struct {
	Token string `json:"token"`
}

// addedParticipant is what ParticipantsService.Add reads.
type addedParticipant struct {
	Type talk.ConversationType `json:"type"`
}

func made[T any]() any { return new(T) }
