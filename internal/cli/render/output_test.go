package render_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/cli/render"
)

func TestFieldNames(t *testing.T) {
	t.Parallel()
	type inner struct {
		Status string `json:"status"`
		Icon   string `json:"statusIcon,null"`
	}
	type outer struct {
		Zebra  string `json:"zebra"`
		Plain  int
		Hidden int `json:"-"`
		secret int
		Status inner  `json:"status,inline"`
		Other  *inner `json:"other,omitempty"`
	}
	_ = outer{}.secret
	for _, v := range []any{outer{}, &outer{}, []*outer{}} {
		if diff := cmp.Diff([]string{"Plain", "other", "status", "statusIcon", "zebra"}, render.FieldNames(reflect.TypeOf(v))); diff != "" {
			t.Errorf("%T (-want +got):\n%s", v, diff)
		}
	}
	if names := render.FieldNames(reflect.TypeFor[map[string]int]()); names != nil {
		t.Errorf("a map has %v", names)
	}
}

func TestFilterKeepsNumbers(t *testing.T) {
	t.Parallel()
	filter, err := render.NewFilter(".[]")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	out := render.Output{Filter: filter}
	if err := out.Value(t.Context(), &b, []any{9007199254740993, -1, 1.5, "x\u009b", true, nil}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("9007199254740993\n-1\n1.5\nx\u009b\ntrue\nnull\n", b.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestFilterEnds(t *testing.T) {
	t.Parallel()
	for expression, fails := range map[string]bool{"halt": false, "1, halt, 2": false, "halt_error": true, `error("x")`: true, "input": true} {
		filter, err := render.NewFilter(expression)
		if err != nil {
			continue // it is refused at once
		}
		var b strings.Builder
		out := render.Output{Filter: filter}
		if err := out.Value(t.Context(), &b, 1); (err != nil) != fails || fails && b.Len() > 0 {
			t.Errorf("%s: %v, %q", expression, err, b.String())
		}
	}
}

func TestTemplateFunctions(t *testing.T) {
	t.Parallel()
	now := time.Unix(1772366400, 0).UTC()
	value := map[string]any{
		"at": now.Add(-time.Hour).Unix(), "never": 0, "text": now.Add(-48 * time.Hour).Format(time.RFC3339), "none": nil,
		"list": []any{"a", 1, nil, true}, "people": []map[string]any{{"id": 7}, {"id": 8}},
	}
	for text, want := range map[string]string{
		`{{timeago .at}}, {{timeago .text}}, {{timeago .never}}{{timeago .none}}`: "1h ago, 2d ago, ",
		`{{timefmt "2006-01-02" .at}}`:                                            "2026-03-01",
		`{{join "-" .list}}`:                                                      "a-1--true",
		`{{join " " (pluck "id" .people)}} {{pluck "x" .people}}`:                 "7 8 [<nil> <nil>]",
		`{{truncate 5 .text}}{{truncate 5 .none}}`:                                "2026…",
		`{{if eq (index .people 0).id 7}}seven{{end}}`:                            "seven",
	} {
		tmpl, err := render.NewTemplate(text, now)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		out := render.Output{Template: tmpl}
		if err := out.Value(t.Context(), &b, value); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, b.String()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", text, diff)
		}
	}
	for _, text := range []string{`{{timeago .list}}`, `{{timeago "soon"}}`, `{{join 1 2}}`, `{{join "" .at}}`, `{{pluck "a" .at}}`, `x{{timefmt "" .list}}`} {
		tmpl, err := render.NewTemplate(text, now)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		out := render.Output{Template: tmpl}
		if err := out.Value(t.Context(), &b, value); err == nil || b.Len() > 0 {
			t.Errorf("%s gives %q", text, b.String())
		}
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	var b strings.Builder
	p := render.NewProgress(&b, render.Form{Terminal: true, Width: 60}, "plan\x1b.txt", func() time.Time { return now })
	p.Done() // nothing was drawn, and nothing is taken away
	p.Update(500, 2000)
	p.Update(700, 2000) // too soon
	now = now.Add(time.Second)
	p.Update(1000, 2000)
	p.Update(2000, 2000) // the end is worth it
	p.Done()
	line := func(s string) string { return "\r" + s + "\x1b[K" }
	want := line("plan␛.txt  █████░░░░░░░░░░░░░░░  25%  500 B of 2.0 kB") + line("plan␛.txt  ██████████░░░░░░░░░░  50%  1.0 kB of 2.0 kB") +
		line("plan␛.txt  ████████████████████ 100%  2.0 kB of 2.0 kB") + line("")
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	b.Reset()
	p = render.NewProgress(&b, render.Form{Terminal: true, Width: 12}, "plan", func() time.Time { return now })
	p.Update(10, -1)
	if diff := cmp.Diff(line("plan  10 B"), b.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestBarAndBytes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		part, whole int64
		want        string
	}{{0, 0, "░░░░"}, {1, 2, "██░░"}, {2, 2, "████"}, {9, 2, "████"}, {-1, 2, "░░░░"}} {
		if got := render.Bar(tt.part, tt.whole, 4); got != tt.want {
			t.Errorf("%d of %d is %s", tt.part, tt.whole, got)
		}
	}
	for size, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 1_250_000: "1.2 MB", 999_960: "1.0 MB", 1 << 62: "4.6 EB"} {
		if got := render.Bytes(size); got != want {
			t.Errorf("%d is %s, want %s", size, got, want)
		}
	}
}

func TestProgressCounts(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	var b strings.Builder
	p := render.NewProgress(&b, render.Form{Terminal: true, Width: 60}, "Deploys", func() time.Time { return now })
	p.Count(1, "messages")
	p.Count(2, "messages") // too soon
	now = now.Add(time.Second)
	p.Count(3, "messages")
	p.Done()
	if diff := cmp.Diff("\rDeploys  1 messages\x1b[K\rDeploys  3 messages\x1b[K\r\x1b[K", b.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
