package cli

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/confab-go/confab/internal/playback"
)

// tagged is a recorded story of tags in which the list can be asked for at any time, as it is in its end.
func tagged(t *testing.T) *playback.Server {
	t.Helper()
	s := playback.New(t, "talk-25-alpha/tags")
	s.Skip(1)    // before there were any
	s.Repeat(19) // Works, and the two that are built in
	return s
}

// TestTags plays the recorded story of tags to the commands.
func TestTags(t *testing.T) {
	t.Parallel()
	s := tagged(t)
	room, id := s.Vars["room"], s.Vars["t1"]
	same(t, playing(s, "anna").ok(t, "tag", "create", "Work"), id+"\n")
	playing(s, "anna").fails(t, exitFailed, []string{"name"}, "tag", "create", "Work")
	same(t, playing(s, "anna").ok(t, "tag", "list"), `1882704260349312910	favorites		Favorites
`+id+`	custom	collapsed	Works
1882704260348574267	other		Other
`)
	same(t, playing(s, "anna").ok(t, "tag", "ls", "--json=name", "--jq", ".[1].name"), "Works\n")
	same(t, playing(s, "anna").tty(80).ok(t, "tag", "collapse", "Works"), "✓ Collapsed Works\n")
	same(t, playing(s, "anna").tty(80).ok(t, "tag", "rename", id, "Works"), "✓ Renamed Works to Works\n")
	playing(s, "anna").fails(t, exitNotFound, []string{`no tag "Home"`, "tag list"}, "tag", "set", room, "Home")
	same(t, playing(s, "anna").ok(t, "tag", "set", room, "--none", "--jq", ".tagIds"), "[]\n")
	playing(s, "anna").fails(t, exitNotFound, []string{`no tag "Play"`}, "tag", "delete", "Play")
	same(t, playing(s, "anna").ok(t, "__complete", "tag", "rename", "W"), "Works\tcustom\n:4\n")
	same(t, playing(s, "anna").ok(t, "__complete", "tag", "set", room, "O"), "Other\tother\n:4\n")
}

// TestTagReorder names the tags that are to be first; the others follow them, and the built-in ones are left to the server.
func TestTagReorder(t *testing.T) {
	t.Parallel()
	s := playback.New(t, "talk-25-alpha/tags")
	s.Skip(1, 19)
	s.RepeatAs("GET", "/ocs/v2.php/apps/spreed/api/v4/tags", 10) // all four of them, as the order was answered with
	out := playing(s, "anna").ok(t, "tag", "reorder", "Play", "Favorites")
	if names := strings.Fields(out); len(strings.Split(strings.TrimSpace(out), "\n")) != 4 || names[len(names)-1] != "Other" {
		t.Errorf("reordered: %q", out)
	}
}

func TestTagsRefuse(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys")
	s.as("alice").fails(t, exitUsage, []string{"TAG is missing", "--none"}, "tag", "set", "Deploys")
	s.as("alice").fails(t, exitUsage, []string{"--none"}, "tag", "set", "Deploys", "Work", "--none")
	s.as("alice").fails(t, exitUsage, []string{"NAME is missing"}, "tag", "create")
	s.as("alice").fails(t, exitUsage, []string{"TAG is missing"}, "tag", "reorder")
	s.as("alice").fails(t, exitUsage, []string{"no data"}, "tag", "delete", "Work", "--jq", ".")
}

// TestConversationsWithATag: favourites, and what has no tag, are below the built-in ones.
func TestConversationsWithATag(t *testing.T) {
	t.Parallel()
	story := tagged(t)
	url := newerServer(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/tags") {
			story.Config.Handler.ServeHTTP(w, r)
			return
		}
		fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":[
			{"id":1,"token":"aaaa1111","displayName":"A","isFavorite":true},{"id":2,"token":"bbbb2222","displayName":"B","tagIds":[%q,"7"]},
			{"id":3,"token":"cccc3333","displayName":"C","tagIds":[]},{"id":4,"token":"dddd4444","displayName":"D","tagIds":["7"]}]}}`, story.Vars["t1"])
	}).URL
	for tag, want := range map[string]string{"Works": "bbbb2222\n", "Favorites": "aaaa1111\n", "Other": "cccc3333\n"} {
		same(t, at(url, "anna").ok(t, "conversation", "list", "--tag", tag, "--jq", ".[].token"), want)
	}
	same(t, at(url, "anna").tty(80).run(t, "conversation", "list", "--tag", "Works", "--unread").err, "There are no unread conversations with the tag Works.\n")
	at(url, "anna").fails(t, exitNotFound, []string{`no tag "Home"`}, "conversation", "list", "--tag", "Home")
	at(url, "anna").fails(t, exitUsage, []string{"--tag"}, "conversation", "list", "--tag", "")
}
