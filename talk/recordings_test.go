package talk_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
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

// answers says what type the data of a successful answer has, by method and path. The first match counts.
var answers = []struct {
	route *regexp.Regexp
	make  func() any
}{
	{regexp.MustCompile(`^(?:GET /v4/(room|listed-room|room/T/breakout-rooms))$`), func() any { return new([]talk.Conversation) }},
	{regexp.MustCompile(`^(?:GET /v4/room/T(/breakout-rooms)?/participants)$`), func() any { return new([]talk.Participant) }},
	{regexp.MustCompile(`^(?:PUT /v4/room/T/attendees/permissions)$`), func() any { return new([]talk.Participant) }},
	{regexp.MustCompile(`^(?:GET /v4/room/T/capabilities)$`), func() any { return new(talk.Capabilities) }},
	{regexp.MustCompile(`^(?:(POST|DELETE|PUT) /v4/room/T/(participants(/self|/resend-invitations)?|attendees|moderators))$`), nil},
	{regexp.MustCompile(`^(?:DELETE /v4/room/T(/participants/active)?)$`), nil},
	{regexp.MustCompile(`^(?:POST /v4/room/T/(meeting|import-emails))$`), nil},
	{regexp.MustCompile(`^(?:GET /v4/room/T/mutual-events)$`), nil},
	{regexp.MustCompile(`^(?:\w+ /v4/room(/.*)?)$`), func() any { return new(talk.Conversation) }},
	{regexp.MustCompile(`^(?:(POST|DELETE) /v1/chat/T/read)$`), func() any { return new(talk.Conversation) }},
	{regexp.MustCompile(`^(?:GET /v1/chat/(T/threads/recent|subscribed-threads))$`), func() any { return new([]talk.ThreadInfo) }},
	{regexp.MustCompile(`^(?:\w+ /v1/chat/T/threads/T(/notify)?)$`), func() any { return new(talk.ThreadInfo) }},
	{regexp.MustCompile(`^(?:GET /v1/chat/T/schedule)$`), func() any { return new([]talk.ScheduledMessage) }},
	{regexp.MustCompile(`^(?:POST /v1/chat/T/schedule(/T)?)$`), func() any { return new(talk.ScheduledMessage) }},
	{regexp.MustCompile(`^(?:(GET|PUT) /v4/tags(/reorder)?)$`), func() any { return new([]talk.Tag) }},
	{regexp.MustCompile(`^(?:(POST|PUT) /v4/tags(/T(/collapsed)?)?)$`), func() any { return new(talk.Tag) }},
	{regexp.MustCompile(`^(?:GET /v1/presets/room)$`), func() any { return new([]talk.Preset) }},
	{regexp.MustCompile(`^(?:DELETE (/v1/chat/T/schedule/T|/v1/chat/T/T/pin/self|/v4/tags/T))$`), nil},
	{regexp.MustCompile(`^(?:(POST|DELETE) /v1/chat/T/T/pin)$`), func() any { return new(talk.Message) }},
	{regexp.MustCompile(`^(?:GET /v1/chat/upcoming-reminders)$`), func() any { return new([]talk.UpcomingReminder) }},
	{regexp.MustCompile(`^(?:(GET|POST) /v1/chat/T/T/reminder)$`), func() any { return new(talk.Reminder) }},
	{regexp.MustCompile(`^(?:GET /v1/chat/T/mentions)$`), func() any { return new([]talk.MentionSuggestion) }},
	{regexp.MustCompile(`^(?:GET /v1/chat/T/share/overview)$`), func() any { return new(map[string][]talk.Message) }},
	{regexp.MustCompile(`^(?:GET /v1/chat/T/share)$`), func() any { return new(map[int64]talk.Message) }},
	{regexp.MustCompile(`^(?:GET /v1/chat/T(/T/context)?)$`), func() any { return new([]talk.Message) }},
	{regexp.MustCompile(`^(?:\w+ /v1/chat/T(/T|/share)?)$`), func() any { return new(talk.Message) }},
	{regexp.MustCompile(`^(?:\w+ /v1/room/T/avatar.*)$`), func() any { return new(talk.Conversation) }},
	{regexp.MustCompile(`^(?:(POST|DELETE) /v1/breakout-rooms/T/request-assistance)$`), func() any { return new(talk.Conversation) }},
	{regexp.MustCompile(`^(?:POST /v1/breakout-rooms/T/switch)$`), func() any { return new(talk.Conversation) }},
	{regexp.MustCompile(`^(?:DELETE /v1/breakout-rooms/T)$`), func() any { return new(talk.Conversation) }},
	{regexp.MustCompile(`^(?:GET /v1/poll/T/drafts)$`), func() any { return new([]talk.Poll) }},
	{regexp.MustCompile(`^(?:\w+ /v1/poll/T(/draft)?(/T)?)$`), func() any { return new(talk.Poll) }},
	{regexp.MustCompile(`^(?:\w+ /v1/reaction/T/T)$`), func() any { return new(map[string][]talk.Reaction) }},
	{regexp.MustCompile(`^(?:GET /v1/bot/admin)$`), func() any { return new([]talk.BotDetails) }},
	{regexp.MustCompile(`^(?:GET /v1/bot/T)$`), func() any { return new([]talk.Bot) }},
	{regexp.MustCompile(`^(?:(POST|DELETE) /v1/bot/T/T)$`), func() any { return new(talk.Bot) }},
	{regexp.MustCompile(`^(?:GET /ocs/v2.php/search/providers/talk-\w+/search)$`), func() any { return new(talk.SearchPage) }},
	{regexp.MustCompile(`^(?:GET /ocs/v2.php/core/autocomplete/get)$`), func() any { return new([]talk.Candidate) }},
	{regexp.MustCompile(`^(?:GET /v1/ban/T)$`), func() any { return new([]talk.Ban) }},
	{regexp.MustCompile(`^(?:POST /v1/ban/T)$`), func() any { return new(talk.Ban) }},
	{regexp.MustCompile(`^(?:\w+ /v1/breakout-rooms/T.*)$`), func() any { return new([]talk.Conversation) }},
}

var (
	talkPath = regexp.MustCompile(`^/ocs/v[12]\.php/apps/spreed/api(/v[14]/[^?]*)`)
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

// answerOf gives a new value of the type that an exchange's answer has; nil when it has none that this package knows.
func answerOf(e exchange) any {
	if e.Status >= 300 {
		return nil
	}
	route := e.route()
	for _, a := range answers {
		if a.route.MatchString(route) {
			if a.make == nil {
				return nil
			}
			return a.make()
		}
	}
	return nil
}

func TestRecordedAnswersDecodeWithoutLoss(t *testing.T) {
	t.Parallel()
	counts := map[string]int{}
	untyped := 0 // answers of endpoints that this package has no method for, or that say nothing
	for _, e := range exchanges(t) {
		v := answerOf(e)
		if v == nil {
			untyped++
			continue
		}
		data := e.data(t)
		if _, isMap := v.(*map[int64]talk.Message); string(data) == "null" || isMap && string(data) == "[]" {
			continue
		}
		if err := json.Unmarshal(data, v); err != nil {
			t.Errorf("%v: %v", e, err)
			continue
		}
		counts[reflect.TypeOf(v).Elem().String()]++
		if unknown := unknownKeys(reflect.ValueOf(v), ""); len(unknown) > 0 {
			t.Errorf("%v: keys without a field: %v", e, unknown)
		}
		again, err := json.Marshal(v)
		if err != nil {
			t.Errorf("%v: %v", e, err)
			continue
		}
		if diff := cmp.Diff(jsonValue(t, data), jsonValue(t, again)); diff != "" {
			t.Errorf("%v: -recorded +encoded again:\n%s", e, diff)
		}
	}
	t.Logf("answers decoded: %v; without a type: %d", counts, untyped)
	for _, kind := range []string{
		"talk.Conversation", "[]talk.Conversation", "[]talk.Participant", "talk.Message", "[]talk.Message", "talk.Capabilities", "talk.Poll", "map[string][]talk.Reaction", "[]talk.BotDetails", "talk.Bot",
		"talk.ThreadInfo", "[]talk.ThreadInfo", "talk.ScheduledMessage", "[]talk.ScheduledMessage", "talk.Tag", "[]talk.Tag", "[]talk.Preset",
		"talk.Ban", "[]talk.Ban", "talk.Reminder", "[]talk.UpcomingReminder", "[]talk.MentionSuggestion", "talk.SearchPage", "[]talk.Candidate",
	} {
		if counts[kind] == 0 {
			t.Errorf("no recorded answer is a %s", kind)
		}
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
