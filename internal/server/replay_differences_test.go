package server_test

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documentOfDifferences says why each difference is chosen.
const documentOfDifferences = "../../docs/differences.md"

// difference is where this server answers otherwise than the recorded one, by
// choice. Its reason is in the document of differences, under its heading.
type difference struct {
	heading string
	// where it is: in one story or in all (""), in exchanges of it or in all (nil).
	story     string
	exchanges []int
	// what differs: a JSON path, or the whole answer when it is "".
	path string
	// in which objects, by what was recorded; nil for all.
	in func(recorded map[string]any) bool
	// whole reports whether an answer's status may be another one.
	whole func(recorded, here int) bool
}

func isMessageOf(bots ...string) func(map[string]any) bool {
	return func(o map[string]any) bool {
		id, _ := o["actorId"].(string)
		return o["actorType"] == "bots" && slices.Contains(bots, id)
	}
}

// differences are all that the replay of the recordings excuses.
var differences = []difference{
	{
		heading: "A required argument that is missing or of the wrong type",
		whole: func(recorded, here int) bool {
			return recorded == http.StatusInternalServerError && here == http.StatusBadRequest
		},
	},
	{
		heading: "Breakout rooms with a refused amount", story: "breakout_rooms", exchanges: []int{25},
		whole: func(recorded, here int) bool { return recorded == http.StatusBadRequest && here == http.StatusOK },
	},
	{heading: "Features and settings that are announced", path: `\.spreed\.features(-local)?$`},
	{heading: "Features and settings that are announced", story: "conversations_settings", exchanges: []int{64}, path: `^\.ocs\.data\.features(-local)?$`},
	{heading: "Features and settings that are announced", story: "server", exchanges: []int{19}, path: `^\.ocs\.data\.features(-local)?$`},
	{heading: "Features and settings that are announced", path: `\.config\.call\.can-enable-sip$`},
	{heading: "Features and settings that are announced", path: `\.config\.call\.predefined-backgrounds(-v2)?$`},
	{heading: "Features and settings that are announced", story: "the_rest", exchanges: []int{30}, path: `^\.ocs\.data$`},
	{
		heading: "No calendars", story: "the_rest", exchanges: []int{24},
		whole: func(recorded, here int) bool { return recorded == http.StatusOK && here == http.StatusBadRequest },
	},
	{heading: "Keys and secrets", path: `\.config\.signaling\.hello-v2-token-key$`},
	{heading: "No STUN server", path: `\.stunservers$`},
	{heading: "What new users find", path: `\.message$`, in: isMessageOf("changelog", "sample")},
	{heading: "What new users find", path: `\.description$`, in: func(o map[string]any) bool { return o["objectType"] == "sample" }},
}

// excuses returns whether a difference is one that is meant.
func (r *replay) excused(path string, object map[string]any) bool {
	return slices.ContainsFunc(differences, func(d difference) bool {
		return d.path != "" && d.here(r) && regexp.MustCompile(d.path).MatchString(path) && (d.in == nil || object != nil && d.in(object))
	})
}

// excusedWhole returns whether an answer may be another one altogether.
func (r *replay) excusedWhole(recorded, here int) bool {
	return slices.ContainsFunc(differences, func(d difference) bool { return d.whole != nil && d.here(r) && d.whole(recorded, here) })
}

func (d *difference) here(r *replay) bool {
	return (d.story == "" || d.story == r.story) && (d.exchanges == nil || slices.Contains(d.exchanges, r.n))
}

// TestDifferencesAreDocumented holds the table of differences and the document against each other.
func TestDifferencesAreDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(documentOfDifferences)
	if err != nil {
		t.Fatal(err)
	}
	recorded, _, found := strings.Cut(string(text), "\n## Elsewhere\n")
	if !found {
		t.Fatal("the document has no part about what is not in the recordings")
	}
	documented := map[string]string{}
	for part := range strings.SplitSeq(recorded, "\n### ") {
		heading, reason, _ := strings.Cut(part, "\n")
		documented[heading] = strings.TrimSpace(reason)
	}
	used := map[string]bool{}
	for _, d := range differences {
		if documented[d.heading] == "" {
			t.Errorf("%q has no reason in %s", d.heading, documentOfDifferences)
		}
		used[d.heading] = true
	}
	for _, heading := range comparisons {
		used[heading] = true
	}
	for heading := range documented {
		if !strings.HasPrefix(heading, "#") && !used[heading] {
			t.Errorf("%q is documented, and no replay excuses it", heading)
		}
	}
}

// comparisons are the headings of what is compared otherwise than value by value; see replay_compare_test.go.
var comparisons = []string{
	"Ids, tokens and times",
	"Pictures",
	"Headers of WebDAV",
}
