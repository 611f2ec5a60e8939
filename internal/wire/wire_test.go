package wire_test

import (
	"encoding/json"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/wire"
)

type level int

type status struct {
	Kind string `json:"status"`
	Icon string `json:"statusIcon,null"`
}

type thing struct {
	ID       int64             `json:"id"`
	Name     string            `json:"name"`
	Level    level             `json:"level"`
	On       bool              `json:"on"`
	ReadOnly bool              `json:"readOnly,number"`
	At       time.Time         `json:"at"`
	For      time.Duration     `json:"for"`
	Ratio    float64           `json:"ratio,omitempty"`
	Params   map[string]string `json:"params,array"`
	Votes    map[string]int    `json:"votes,omitempty,array"`
	Tags     []string          `json:"tags,omitempty"`
	Parent   *thing            `json:"parent,omitempty"`
	Any      wire.Raw          `json:"any,omitempty"`
	Status   status            `json:"status,inline"`
	Extra    wire.Extra
}

func decode(t *testing.T, text string) thing {
	t.Helper()
	var v thing
	if err := wire.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("decode %s: %v", text, err)
	}
	return v
}

func TestPHPSpellings(t *testing.T) {
	t.Parallel()
	at := time.Unix(1700000000, 0).UTC()
	for _, tt := range []struct {
		name, text string
		want       thing
	}{
		{"plain", `{"id":7,"name":"x","level":2,"on":true,"readOnly":1,"at":1700000000,"for":60}`, thing{ID: 7, Name: "x", Level: 2, On: true, ReadOnly: true, At: at, For: time.Minute}},
		{"integers as strings", `{"id":"7","level":"2","at":"1700000000","for":"60"}`, thing{ID: 7, Level: 2, At: at, For: time.Minute}},
		{"integers as floats", `{"id":7.0,"level":2e0,"at":1.7e9,"for":60.0}`, thing{ID: 7, Level: 2, At: at, For: time.Minute}},
		{"booleans as numbers and strings", `{"on":1,"readOnly":"true"}`, thing{On: true, ReadOnly: true}},
		{"booleans for integers", `{"id":true,"level":false}`, thing{ID: 1}},
		{"null everywhere", `{"id":null,"name":null,"on":null,"at":null,"for":null,"params":null,"tags":null,"parent":null,"status":null}`, thing{}},
		{"empty arrays everywhere", `{"id":[],"name":[],"on":[ ],"at":[],"params":[],"parent":[]}`, thing{}},
		{"false and empty strings for structures", `{"params":false,"parent":"","tags":false}`, thing{}},
		{"numbers as strings of text", `{"name":12.50}`, thing{Name: "12.50"}},
		{"a list with gaps", `{"tags":{"0":"a","2":"b"}}`, thing{Tags: []string{"a", "b"}}},
		{"a map that became a list", `{"params":["a","b"]}`, thing{Params: map[string]string{"0": "a", "1": "b"}}},
		{"escapes", `{"name":"\u00fc\/\ud83d\ude00\ud83d\"\\"}`, thing{Name: "ü/😀\ufffd\"\\"}},
		{"out of order, twice", `{"name":"a","id":1,"name":"b"}`, thing{ID: 1, Name: "b"}},
		{"inline", `{"status":"away","statusIcon":null}`, thing{Status: status{Kind: "away"}}},
		{"nested", `{"parent":{"id":3,"parent":[]}}`, thing{Parent: &thing{ID: 3}}},
		{"an array for the whole", `[]`, thing{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, decode(t, tt.text)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestEncodingGivesBackWhatWasDecoded(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"id":1,"name":"a\u0001\"/ü😀","level":0,"on":false,"readOnly":0,"at":0,"for":0,"params":[]}`,
		`{}`,
		`{"id":0}`,
		`{"ratio":0,"votes":[],"tags":[],"params":{"a":"b"}}`,
		`{"ratio":1.5,"parent":{"deleted":true,"id":3}}`,
		`{"status":"dnd","statusIcon":null}`,
		`{"statusIcon":"⛔","new":{"a":[1,2,{"b":null}]},"newer":"x"}`,
		`{"any":{"x":[]},"parent":null,"name":null}`,
	} {
		got, err := wire.Marshal(decode(t, text))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(jsonValue(t, text), jsonValue(t, string(got))); diff != "" {
			t.Errorf("%s became %s:\n%s", text, got, diff)
		}
	}
}

func TestEncodingWhatAProgramMade(t *testing.T) {
	t.Parallel()
	v := thing{ID: 5, ReadOnly: true, For: time.Minute}
	got, err := wire.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":5,"name":"","level":0,"on":false,"readOnly":1,"at":0,"for":60,"params":[]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	changed := decode(t, `{"id":5}`)
	changed.Name = "set later"
	if got, err = wire.Marshal(changed); err != nil || string(got) != `{"id":5,"name":"set later"}` {
		t.Errorf("got %s, %v", got, err)
	}
}

// TestValuesThatAreStrings: numbers and times that a server writes as strings, and empty strings for what is not there.
func TestValuesThatAreStrings(t *testing.T) {
	t.Parallel()
	type said struct {
		ID     int64      `json:"id,string"`
		At     time.Time  `json:"at,string"`
		Status *status    `json:"status,string"`
		Name   string     `json:"name,string"`
		Extra  wire.Extra `json:"-"`
	}
	for _, text := range []string{
		`{"id":"7","at":"1700000000","status":"","name":"x"}`,
		`{"id":"0","status":{"status":"away","statusIcon":null},"name":""}`,
		`{"id":null,"status":null}`,
		`{}`,
	} {
		var v said
		if err := wire.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		got, err := wire.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(jsonValue(t, text), jsonValue(t, string(got))); diff != "" {
			t.Errorf("%s became %s:\n%s", text, got, diff)
		}
	}
	if got, err := wire.Marshal(said{ID: 7}); err != nil || string(got) != `{"id":"7","at":"0","status":"","name":""}` {
		t.Errorf("got %s, %v", got, err)
	}
}

// TestFirstUseInABubble: a type that contains itself may be used first where time stands still, and elsewhere afterwards.
func TestFirstUseInABubble(t *testing.T) {
	t.Parallel()
	type loop struct {
		Name string           `json:"name"`
		Next *loop            `json:"next,omitempty"`
		All  map[string]*loop `json:"all,omitempty"`
		List []loop           `json:"list,omitempty"`
	}
	const text = `{"name":"a","next":{"name":"b","list":[{"name":"c"}]},"all":{"x":{"name":"d"}}}`
	use := func(t *testing.T) {
		t.Helper()
		var v loop
		if err := wire.Unmarshal([]byte(text), &v); err != nil || v.Next.List[0].Name != "c" || v.All["x"].Name != "d" {
			t.Errorf("%+v, %v", v, err)
		}
		if got, err := wire.Marshal(v); err != nil || !json.Valid(got) {
			t.Errorf("%s, %v", got, err)
		}
	}
	synctest.Test(t, use)
	use(t)
}

func TestListsHaveNoNilPointers(t *testing.T) {
	t.Parallel()
	var v []*thing
	if err := wire.Unmarshal([]byte(`[null,{"id":1},[]]`), &v); err != nil || len(v) != 3 || v[0] == nil || v[2] == nil || v[1].ID != 1 {
		t.Errorf("%v, %v", v, err)
	}
}

func TestUnknownMembersStayReachable(t *testing.T) {
	t.Parallel()
	v := decode(t, `{"id":1,"zeta":[1],"alpha":"x"}`)
	var keys []string
	for key := range v.Extra.All() {
		keys = append(keys, key)
	}
	if diff := cmp.Diff([]string{"alpha", "zeta"}, keys); diff != "" {
		t.Error(diff)
	}
	if raw, ok := v.Extra.Get("zeta"); !ok || string(raw) != "[1]" {
		t.Errorf("zeta is %s, %v", raw, ok)
	}
}

func TestErrorsNameThePlace(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"parent":`, 200) + `{}` + strings.Repeat(`}`, 200)
	for _, tt := range []struct{ text, path, part string }{
		{`{"id":{}}`, "id", "want a whole number, got an object"},
		{`{"id":[1]}`, "id", "got an array"},
		{`{"id":"abc"}`, "id", `got "abc"`},
		{`{"id":1.5}`, "id", "got 1.5"},
		{`{"id":1e400}`, "id", "got 1e400"},
		{`{"id":99999999999999999999}`, "id", "got 99999999999999999999"},
		{`{"parent":{"parent":{"on":"maybe"}}}`, "parent.parent.on", `got "maybe"`},
		{`{"tags":["a",{}]}`, "tags[1]", "want a string, got an object"},
		{`{"params":"x"}`, "params", "want an object"},
		{`{"parent":[1]}`, "parent", "want an object, got an array"},
		{`{"at":"tomorrow"}`, "at", "Unix seconds"},
		{`{"for":99999999999}`, "for", "do not fit"},
		{`{"name":"a` + "\x01" + `"}`, "name", "control character"},
		{`{"name":"\x"}`, "name", "bad escape"},
		{`{"id":01}`, "id", ""},
		{`{"id":1}x`, "", "after the value"},
		{`{"id" 1}`, "", "colon"},
		{`{"id":1 "b":2}`, "", "comma"},
		{`<html>`, "", "want an object"},
		{deep, "", "nested deeper"},
	} {
		var v thing
		err := wire.Unmarshal([]byte(tt.text), &v)
		var e *wire.Error
		if !errors.As(err, &e) {
			t.Errorf("%.60s: error is %v", tt.text, err)
			continue
		}
		if tt.text != deep && e.Path != tt.path || !strings.Contains(e.Error(), tt.part) {
			t.Errorf("%.60s: %v; want path %q and %q", tt.text, e, tt.path, tt.part)
		}
	}
}

func TestTypesWithMistakesAreErrors(t *testing.T) {
	t.Parallel()
	for _, v := range []any{
		&struct {
			A int `json:"a,omitmepty"` //nolint:staticcheck // the mistake
		}{},
		&struct {
			A int `json:"a"`
			B struct {
				A int `json:"a"`
			} `json:"b,inline"`
		}{},
	} {
		if err := wire.Unmarshal([]byte(`{}`), v); err == nil {
			t.Errorf("%T decodes", v)
		}
		if _, err := wire.Marshal(v); err == nil {
			t.Errorf("%T encodes", v)
		}
	}
}

func TestCutTextIsUnexpectedEnd(t *testing.T) {
	t.Parallel()
	text := `{"id":-1.5e3,"name":"a\u00fcb","on":true,"tags":["x"],"params":{"k":"v"},"parent":null,"other":{"a":[false]}}`
	for n := range len(text) {
		var v thing
		if err := wire.Unmarshal([]byte(text[:n]), &v); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v", text[:n], err)
		}
	}
}

func TestElements(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		path []string
		want []string
	}{
		{`[1, {"a":[2]} ,"x\"]", null,true]`, nil, []string{`1`, `{"a":[2]}`, `"x\"]"`, `null`, `true`}},
		{`{"ocs":{"meta":{"s":"ok, ]"},"data":[{"id":1},{"id":2}]}}`, []string{"ocs", "data"}, []string{`{"id":1}`, `{"id":2}`}},
		{`{"ocs":{"data":[]}}`, []string{"ocs", "data"}, nil},
		{`{"ocs":{"data":null}}`, []string{"ocs", "data"}, nil},
		{`{"ocs":{"data":{"3":{"id":1},"5":{"id":2}}}}`, []string{"ocs", "data"}, []string{`{"id":1}`, `{"id":2}`}},
		{"\n[ ]\n", nil, nil},
	} {
		for name, r := range map[string]io.Reader{"whole": strings.NewReader(tt.text), "by bytes": iotest.OneByteReader(strings.NewReader(tt.text))} {
			var got []string
			e := wire.NewElements(r, tt.path...)
			for {
				element, err := e.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("%s %s: %v", tt.text, name, err)
				}
				got = append(got, string(element))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s %s:\n%s", tt.text, name, diff)
			}
		}
	}
}

func TestElementsThatAreNone(t *testing.T) {
	t.Parallel()
	whole := `{"ocs":{"meta":{},"data":[{"id":1},"a\\",3]}}`
	for n := range strings.LastIndex(whole, "]") {
		if err := drain(wire.NewElements(strings.NewReader(whole[:n]), "ocs", "data")); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v", whole[:n], err)
		}
	}
	for _, text := range []string{`<html>`, `{"ocs":[]}`, `{"ocs":{"meta":1}}`, `{"ocs":{"data":7}}`, `{"ocs":{"data":[1 2]}}`, `{"ocs":{"data":[,]}}`, `{"ocs" {}}`} {
		var e *wire.Error
		if err := drain(wire.NewElements(strings.NewReader(text), "ocs", "data")); !errors.As(err, &e) {
			t.Errorf("%s: %v", text, err)
		}
	}
	failure := errors.New("broken")
	if err := drain(wire.NewElements(iotest.ErrReader(failure))); !errors.Is(err, failure) {
		t.Errorf("reader's error became %v", err)
	}
	endless := io.MultiReader(strings.NewReader(`["`), zeros{})
	if err := drain(wire.NewElements(endless)); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("an endless element gave %v", err)
	}
}

// zeros never ends.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

func TestSpaceBetweenElementsCostsNoMemory(t *testing.T) { // not in parallel: it counts what is allocated
	const space = 64 << 20
	text := io.MultiReader(strings.NewReader("[1,"), io.LimitReader(spaces{}, space), strings.NewReader("2]"))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := drain(wire.NewElements(text)); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > space/4 {
		t.Errorf("%d bytes were allocated for %d of space", grown, space)
	}
}

type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func drain(e *wire.Elements) error {
	for {
		if _, err := e.Next(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func jsonValue(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

// FuzzUnmarshal: any bytes give a value or an error; a value encodes, and what was encoded decodes to the same.
func FuzzUnmarshal(f *testing.F) {
	f.Add([]byte(`{"id":"7","name":"\ud83d\ude00","params":[],"x":{"y":[1,2.5e3,null]},"parent":{"votes":[]}}`))
	f.Add([]byte(`[{"id":1},{"at":1.5}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var v thing
		if wire.Unmarshal(data, &v) != nil {
			return
		}
		text, err := wire.Marshal(v)
		if err != nil {
			t.Fatalf("%q decodes but does not encode: %v", data, err)
		}
		if !json.Valid(text) {
			t.Fatalf("%q encodes as %q, which is not JSON", data, text)
		}
		var again thing
		if err := wire.Unmarshal(text, &again); err != nil {
			t.Fatalf("%q does not decode: %v", text, err)
		}
	})
}

// FuzzElements: any bytes, in whatever portions, give the same elements or an error.
func FuzzElements(f *testing.F) {
	f.Add([]byte(`{"ocs":{"meta":{},"data":[{"id":1},"a\\\"",3]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		read := func(r io.Reader) (got []string, err error) {
			e := wire.NewElements(r, "ocs", "data")
			for {
				element, err := e.Next()
				if err != nil {
					return got, err
				}
				got = append(got, string(element))
			}
		}
		a, errA := read(strings.NewReader(string(data)))
		b, errB := read(iotest.OneByteReader(strings.NewReader(string(data))))
		if diff := cmp.Diff(a, b); diff != "" || errA.Error() != errB.Error() {
			t.Fatalf("%q: %v, %v\n%s", data, errA, errB, diff)
		}
	})
}
