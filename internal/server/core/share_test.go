package core_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/server/core"
)

func TestDecodeFields(t *testing.T) {
	t.Parallel()
	got, err := core.DecodeFields(` {"z":"1","a":"ü","z":"2"} `)
	if diff := cmp.Diff([]core.Field{{"z", "2"}, {"a", "ü"}}, got); diff != "" || err != nil {
		t.Errorf("%v, %s", err, diff)
	}
	for _, bad := range []string{"", "null", "[]", `"x"`, "{", `{"a":1}`, `{"a":null}`, `{"a":{}}`, `{"a":"b"} {}`, `{"a":"b"`, "not json"} {
		if got, err := core.DecodeFields(bad); err == nil {
			t.Errorf("%q is %v", bad, got)
		}
	}
}

func FuzzDecodeFields(f *testing.F) {
	for _, seed := range []string{`{"name":"Gdansk","latitude":"52.5"}`, `{"a":"b","a":null}`, `{"\u0000":"\ud800"}`, `{}x`, `{}}`, `{"a":["b"]}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		fields, err := core.DecodeFields(text)
		if err != nil {
			return
		}
		var want map[string]string
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatalf("%q is no object of texts, but was read: %v", text, err)
		}
		got := map[string]string{}
		for _, f := range fields {
			got[f.Key] = f.Value
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	})
}
