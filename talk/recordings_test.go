package talk_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/files"
)

// exchange is a line of a recording.
type exchange struct {
	N        int             `json:"n"`
	Method   string          `json:"method"`
	Path     string          `json:"path"`
	Status   int             `json:"status"`
	Response json.RawMessage `json:"response"`
	story    string
}

func (e exchange) String() string { return fmt.Sprintf("%s #%d %s %s", e.story, e.N, e.Method, e.Path) }

// exchanges reads every recorded exchange with a JSON answer, of all versions of Talk.
func exchanges(t testing.TB) []exchange {
	t.Helper()
	files, err := filepath.Glob("../testdata/recordings/talk-*/*.ndjson")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	var all []exchange
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(bytes.NewReader(data))
		lines.Buffer(nil, 8<<20)
		for lines.Scan() {
			e := exchange{story: filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file)}
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			if e.Method != "" && len(e.Response) > 0 && string(e.Response) != "null" {
				all = append(all, e)
			}
		}
		if err := lines.Err(); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
	return all
}

// data gives the ocs.data of an answer.
func (e exchange) data(t testing.TB) json.RawMessage {
	t.Helper()
	var envelope struct {
		OCS struct{ Data json.RawMessage }
	}
	if err := json.Unmarshal(e.Response, &envelope); err != nil {
		t.Fatalf("%v: %v", e, err)
	}
	return envelope.OCS.Data
}

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

var (
	talkPath = regexp.MustCompile(`^/ocs/v[12]\.php/apps/spreed/api(/v[134]/[^?]*)`)
	variable = regexp.MustCompile(`/(\{\w+\}|\d+|nosuchroom)`)
)

// route gives what an exchange called, with T for what changes: below Talk's API from the version on, elsewhere the whole path.
func (e exchange) route() string {
	path, _, _ := strings.Cut(e.Path, "?")
	if m := talkPath.FindStringSubmatch(path); m != nil {
		path = m[1]
	}
	return e.Method + " " + variable.ReplaceAllString(path, "/T")
}

// answerTo finds what kind of answer an exchange has.
func answerTo(e exchange) *answer {
	route := e.route()
	for i := range answers {
		if answers[i].pattern().MatchString(route) {
			return &answers[i]
		}
	}
	return nil
}

// answerOf gives a new value of the type that an exchange's answer has; nil when it is refused, or has none.
func answerOf(e exchange) any {
	if a := answerTo(e); a != nil && a.make != nil && !e.refused() {
		return a.make()
	}
	return nil
}

// refused reports whether an exchange is a refusal, which the old OCS tells in its envelope only.
func (e exchange) refused() bool {
	if !strings.Contains(e.Path, "/ocs/v1.php/") {
		return e.Status >= 300
	}
	var envelope struct {
		OCS struct{ Meta struct{ StatusCode int } }
	}
	return json.Unmarshal(e.Response, &envelope) == nil && envelope.OCS.Meta.StatusCode != 100
}

// TestRecordedAnswersDecodeWithoutLoss: each answer of each server has a type that keeps all of it, or an entry among the
// answers that says why not.
func TestRecordedAnswersDecodeWithoutLoss(t *testing.T) {
	t.Parallel()
	counts := map[string]int{}
	used := map[string]bool{}
	for _, e := range exchanges(t) {
		if e.refused() {
			counts["refused"]++ // see TestRecordedRefusalsKeepTheirWords
			continue
		}
		a := answerTo(e)
		if a == nil {
			t.Errorf("%v: no type has this answer: %.200s", e, e.Response)
			continue
		}
		used[a.route] = true
		switch data := a.data(t, e); {
		case a.nobody != "":
			counts["nobody's"]++
		case a.says == "nothing" && slices.Contains([]string{"null", "[]", "{}", "true"}, string(data)):
			counts["nothing"]++
		case a.make == nil:
			t.Errorf("%v: is to say nothing, and says %.200s", e, data)
		case string(data) == "null":
			counts["null"]++
			if e.Method == "GET" {
				t.Errorf("%v: nothing was read", e)
			}
		default:
			counts[lossless(t, e, a.make(), data)]++
		}
	}
	t.Logf("answers decoded: %v", counts)
	for _, a := range answers {
		if !used[a.route] {
			t.Errorf("no recorded answer is one to %s", a.route)
		}
	}
}

// lossless checks that nothing of an answer is lost in a type, and gives its name.
func lossless(t *testing.T, e exchange, v any, data json.RawMessage) string {
	t.Helper()
	name := reflect.TypeOf(v).Elem().String()
	if reflect.TypeOf(v).Elem().Kind() == reflect.Map && string(data) == "[]" { // PHP's own spelling of it
		data = json.RawMessage("{}")
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Errorf("%v: %v", e, err)
		return name
	}
	if unknown := unknownKeys(reflect.ValueOf(v), ""); len(unknown) > 0 {
		t.Errorf("%v: keys without a field: %v", e, unknown)
	}
	again, err := json.Marshal(v)
	if err != nil {
		t.Errorf("%v: %v", e, err)
		return name
	}
	if diff := cmp.Diff(jsonValue(t, data), jsonValue(t, again)); diff != "" {
		t.Errorf("%v: -recorded +encoded again:\n%s", e, diff)
	}
	if signals, ok := v.(*[]talk.Signal); ok {
		for i := range *signals {
			sessions := must((*signals)[i].Sessions())(t)
			lossless(t, e, &sessions, (*signals)[i].Data)
		}
	}
	return name
}

// TestRecordedRefusalsKeepTheirWords: whatever a server refuses with, the error has its status, its reason and its text.
func TestRecordedRefusalsKeepTheirWords(t *testing.T) {
	t.Parallel()
	reasons := map[string]int{}
	for _, e := range exchanges(t) {
		if !e.refused() || !strings.HasPrefix(e.Path, "/ocs/") {
			continue
		}
		c := must(talk.NewClient("https://cloud.example.com", impatient, talk.WithHTTPClient(&http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: e.Status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(e.Response)), Request: req}, nil
		})})))(t)
		path, _, _ := strings.Cut(e.Path, "?")
		_, err := c.Do(t.Context(), e.Method, regexp.MustCompile(`\{\w+\}`).ReplaceAllString(path, "7"), nil, nil, nil)
		var answer struct {
			OCS struct {
				Meta struct {
					StatusCode int
					Message    string
				}
				Data json.RawMessage
			}
		}
		if err := json.Unmarshal(e.Response, &answer); err != nil {
			t.Fatalf("%v: %v", e, err)
		}
		var words struct{ Error, Message string }
		_ = json.Unmarshal(answer.OCS.Data, &words) // a list has none
		if words.Message == "" && answer.OCS.Meta.Message != "OK" {
			words.Message = strings.TrimSpace(answer.OCS.Meta.Message)
		}
		var got *talk.Error
		if !errors.As(err, &got) {
			t.Errorf("%v: %v", e, err)
			continue
		}
		if status := e.Status; status >= 300 && got.StatusCode != status || got.OCSCode != answer.OCS.Meta.StatusCode {
			t.Errorf("%v: status %d, code %d", e, got.StatusCode, got.OCSCode)
		}
		if got.Reason != words.Error || got.Message != words.Message {
			t.Errorf("%v: reason %q, message %q; want %q, %q", e, got.Reason, got.Message, words.Error, words.Message)
		}
		if words.Error != "" && !strings.Contains(err.Error(), words.Error) {
			t.Errorf("%v: %v does not say %q", e, err, words.Error)
		}
		if diff := cmp.Diff(jsonValue(t, answer.OCS.Data), jsonValue(t, got.Data)); diff != "" {
			t.Errorf("%v: -recorded +kept:\n%s", e, diff)
		}
		reasons[words.Error]++
	}
	t.Logf("refusals: %v", reasons)
	if len(reasons) < 40 {
		t.Errorf("%d reasons only", len(reasons))
	}
}

func jsonValue(t testing.TB, text []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%.200s: %v", text, err)
	}
	return v
}

// unknownKeys lists the keys that have no field, in a value and whatever it holds.
func unknownKeys(v reflect.Value, path string) (keys []string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return unknownKeys(v.Elem(), path)
		}
	case reflect.Slice:
		for i := range v.Len() {
			keys = append(keys, unknownKeys(v.Index(i), path)...)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			keys = append(keys, unknownKeys(v.MapIndex(k), path)...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if extra, ok := reflect.TypeAssert[talk.Extra](v.Field(i)); ok {
				for key := range extra.All() {
					keys = append(keys, strings.TrimPrefix(path+"."+key, "."))
				}
			} else if f.IsExported() && !strings.HasPrefix(f.Type.PkgPath(), "time") {
				name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				keys = append(keys, unknownKeys(v.Field(i), path+"."+name)...)
			}
		}
	}
	slices.Sort(keys)
	return keys
}
