package talk_test

import (
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

// exchanges gives every recorded exchange with a JSON answer, of all versions of Talk. They are read once, for all tests.
func exchanges(t testing.TB) []exchange {
	t.Helper()
	all, err := readExchanges()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var readExchanges = sync.OnceValues(func() (all []exchange, err error) {
	files, err := filepath.Glob("../testdata/recordings/talk-*/*.ndjson")
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no recordings: %w", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		for line := range bytes.Lines(data) {
			e := exchange{story: filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file)}
			if err := json.Unmarshal(line, &e); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			if e.Method != "" && len(e.Response) > 0 && string(e.Response) != "null" {
				all = append(all, e)
			}
		}
	}
	return all, nil
})

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
