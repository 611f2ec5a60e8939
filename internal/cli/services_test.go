package cli

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/confab-go/confab/internal/playback"
	"github.com/confab-go/confab/talk"
)

// TestTheRest: what commands make of the answers of a real server on which nobody has set these parts up.
func TestTheRest(t *testing.T) {
	t.Parallel()
	s, err := playback.Start("talk-21.1.7/the_rest")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	room := s.Vars["room"]
	anna := func() *call { return playing(s, "anna") }
	anna().fails(t, exitFailed, []string{"call"}, "recording", "start", room)
	same(t, anna().tty(80).ok(t, "recording", "stop", room), "✓ The call in Rest is no longer recorded\n")
	anna().fails(t, exitUsage, []string{"id of a file"}, "recording", "share", room, "x", "2026-01-01T00:00:00Z")
	anna().fails(t, exitUsage, []string{"time of a notification"}, "recording", "share", room, "1", "soon")
	anna().fails(t, exitFailed, nil, "recording", "share", room, "1", "1970-01-01T00:00:01Z")
	anna().fails(t, exitUsage, []string{"time of a notification"}, "recording", "dismiss", room, "yesterday")

	s.Repeat(5)
	same(t, anna().ok(t, "invitation", "list"), "")
	same(t, anna().ok(t, "invitation", "list", "--json"), "[]\n")
	anna().fails(t, exitNotFound, []string{"no invitation 1", "invitation list"}, "invitation", "accept", "1")
	anna().fails(t, exitUsage, []string{"id of an invitation"}, "invitation", "reject", "x")

	same(t, anna().ok(t, "bridge", "view", room), "enabled\tfalse\nrunning\tfalse\nlog\t\n")
	same(t, anna().tty(80).ok(t, "bridge", "set", room, "--off"), "✓ Rest is tied to no chat elsewhere\n")
	same(t, anna().tty(80).ok(t, "bridge", "delete", room), "✓ Rest has no bridge any more\n")
	playing(s, "admin").fails(t, exitNotFound, nil, "bridge", "version")

	same(t, anna().ok(t, "meeting", "list"), "")
	anna().fails(t, exitFailed, nil, "meeting", "list", room)
	anna().fails(t, exitUsage, []string{"when?"}, "meeting", "schedule", room)
	anna().fails(t, exitUsage, []string{"--for"}, "meeting", "schedule", room, "--in", "1h", "--for", "1s")
	anna().fails(t, exitUsage, []string{"exclude"}, "meeting", "schedule", room, "--in", "1h", "--only-me", "--invite", "bob")

	anna().fails(t, exitNotFound, nil, "conversation", "of-share", "nosuchshare")
	anna().fails(t, exitNotFound, nil, "conversation", "of-share", s.URL+"/s/nosuchshare", "--ask")
	anna().fails(t, exitUsage, []string{"another server"}, "conversation", "of-share", "https://elsewhere.example.com/s/x")
	anna().fails(t, exitFailed, []string{"chat-summary-api"}, "message", "summarize", room)
	anna().fails(t, exitUsage, []string{"--after"}, "message", "summarize", room, "--after", "0")
}

// TestSetUpServices: the same where these parts are set up, which no recorded server had.
func TestSetUpServices(t *testing.T) {
	t.Parallel()
	var sent string
	web := newerServer(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		path := r.URL.Path[strings.Index(r.URL.Path, "/apps/spreed/")+12:]
		sent = strings.TrimSpace(r.Method + " " + path + " " + string(body))
		data := map[string]string{
			"GET /api/v1/federation/invitation":              `[{"id":7,"state":0,"roomName":"Elsewhere","remoteServerUrl":"https://cloud.example.org","inviterCloudId":"bob@cloud.example.org"}]`,
			"POST /api/v1/federation/invitation/7":           `{"id":1,"token":"abcd1234","name":"Elsewhere"}`,
			"GET /api/v1/bridge/" + newerRoom:                `{"enabled":true,"pid":1,"parts":[{"type":"irc","server":"irc.example.com","channel":"#go","password":"p"}],"running":false,"log":""}`,
			"GET /api/v1/bridge/" + newerRoom + "/process":   `{"running":true,"log":"joined"}`,
			"PUT /api/v1/bridge/" + newerRoom:                `{"running":true,"log":""}`,
			"GET /api/v1/bridge/version":                     `{"version":"1.26.0"}`,
			"GET /api/v4/dashboard/events":                   `[{"eventName":"Stand-up","start":1772366400,"end":1772370000,"roomToken":"abcd1234"}]`,
			"POST /api/v1/chat/" + newerRoom + "/summarize":  `{"taskId":4711}`,
			"GET /api/v1/publicshare/s3cr3t":                 `{"token":"abcd1234","userId":"anna","userDisplayName":"Anna"}`,
			"POST /api/v1/publicshareauth":                   `{"token":"efgh5678","name":"x","displayName":"x"}`,
			"GET /api/v1/certificate/expiration":             `{"expiration_in_days":12}`,
			"PUT /api/v4/room/" + newerRoom + "/webinar/sip": `{"id":1,"token":"` + newerRoom + `","displayName":"Rights"}`,
		}[r.Method+" "+path]
		if strings.HasPrefix(path, "/api/v1/proxy/") {
			w.Header().Set("Content-Type", "image/png")
			fmt.Fprint(w, "a picture")
			return
		}
		if data == "" {
			data = "null"
		}
		fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":%s}}`, data)
	}, `"chat-get-context"`, `"chat-get-context","chat-summary-api"`)
	anna := func() *call { return at(web.URL, "anna") }
	expect := func(want string) {
		t.Helper()
		if sent != want {
			t.Errorf("sent %s, want %s", sent, want)
		}
	}
	same(t, anna().ok(t, "invitation", "list"), "7\tpending\tElsewhere\thttps://cloud.example.org\tbob@cloud.example.org\n")
	same(t, anna().ok(t, "invitation", "accept", "7"), "abcd1234\n")
	same(t, anna().tty(80).ok(t, "invitation", "reject", "7"), "✓ Declined the invitation to Elsewhere of https://cloud.example.org\n")
	expect("DELETE /api/v1/federation/invitation/7")

	same(t, anna().ok(t, "bridge", "view", newerRoom), "enabled\ttrue\nrunning\ttrue\nirc\tirc.example.com #go\nlog\tjoined\n")
	same(t, anna().ok(t, "bridge", "view", newerRoom, "--jq", ".parts[0].password, .running"), "p\ntrue\n")
	anna().stdin("[]").fails(t, exitUsage, []string{"no chat"}, "bridge", "set", newerRoom)
	anna().stdin("irc").fails(t, exitUsage, []string{"no list of objects"}, "bridge", "set", newerRoom)
	anna().stdin(`[{"server":"x"}]`).fails(t, exitFailed, []string{"no type"}, "bridge", "set", newerRoom)
	same(t, anna().tty(80).stdin(`[{"type":"irc","channel":"#go","usetls":true}]`).ok(t, "bridge", "set", newerRoom), "✓ Rights is tied to 1 chat elsewhere\n")
	expect(`PUT /api/v1/bridge/` + newerRoom + ` {"enabled":true,"parts":[{"channel":"#go","type":"irc","usetls":true}]}`)
	same(t, anna().ok(t, "bridge", "version"), "1.26.0\n")
	same(t, anna().tty(80).ok(t, "bridge", "stop-all"), "✓ Turned all bridges off\n")

	same(t, anna().ok(t, "meeting", "list"), "2026-03-01T12:00:00Z\t2026-03-01T13:00:00Z\tabcd1234\tStand-up\n")
	same(t, anna().ok(t, "meeting", "schedule", newerRoom, "--at", "2026-06-01T09:00:00Z", "--for", "30m", "--title", "Stand-up", "--only-me"), "1780304400\n")
	expect(`POST /api/v4/room/` + newerRoom + `/meeting {"calendarUri":"personal","start":1780304400,"end":1780306200,"title":"Stand-up","attendeeIds":[]}`)

	same(t, anna().ok(t, "message", "summarize", newerRoom, "--after", "7"), "4711\n")
	expect(`POST /api/v1/chat/` + newerRoom + `/summarize {"fromMessageId":7}`)
	same(t, anna().ok(t, "conversation", "of-share", web.URL+"/s/s3cr3t"), "abcd1234\n")
	same(t, anna().ok(t, "conversation", "of-share", "s3cr3t", "--ask", "--jq", ".token"), "efgh5678\n")
	same(t, anna().ok(t, "setting", "certificate", "turn.example.com"), "12\n")
	anna().fails(t, exitUsage, []string{"host alone"}, "setting", "certificate", "https://turn.example.com")
	same(t, anna().stdin("s3cret\n").ok(t, "setting", "sip", "--info", "+49 30 1234", "--group", "phones"), "")
	expect(`POST /api/v1/settings/sip {"sipGroups":["phones"],"dialInInfo":"+49 30 1234","sharedSecret":"s3cret"}`)
	same(t, anna().ok(t, "conversation", "edit", newerRoom, "--sip", "without-pin"), "")
	expect(`PUT /api/v4/room/` + newerRoom + `/webinar/sip {"state":2}`)
	anna().fails(t, exitUsage, []string{"--sip"}, "conversation", "edit", newerRoom, "--sip", "maybe")

	same(t, anna().ok(t, "avatar", "get-user", "bob@cloud.example.org", "--small", "--dark", "--in", newerRoom), "a picture")
	expect("GET /api/v1/proxy/" + newerRoom + "/user-avatar/64/dark")
	anna().fails(t, exitFailed, []string{"cloud id"}, "avatar", "get-user", "bob")
	same(t, anna().tty(80).stdin("a picture").ok(t, "avatar", "set-own", "-"), "✓ You have a picture: -\n")
	same(t, anna().tty(80).ok(t, "avatar", "delete-own"), "✓ You have no picture of your own any more\n")
	expect("DELETE /temp-user-avatar")
	same(t, anna().tty(80).ok(t, "recording", "start", newerRoom, "--audio"), "✓ The call in Rights is recorded: audio\n")
	same(t, anna().ok(t, "recording", "dismiss", newerRoom, "2026-01-01T00:00:00Z"), "")
	same(t, anna().ok(t, "recording", "share", newerRoom, "7", "2026-01-01T00:00:00Z"), "")
	expect(`POST /api/v1/recording/` + newerRoom + `/share-chat {"fileId":7,"timestamp":1767225600}`)
}

func TestSharedObjects(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Places", "bob")
	same(t, s.as("bob").ok(t, "message", "shared", "Places"), "")
	id := strings.TrimSpace(s.as("alice").ok(t, "message", "share", "Places", "geo-location", "geo:90,0", "name=Pole", "latitude=90", "longitude=0"))
	same(t, s.as("bob").ok(t, "message", "shared", room.Token), "location\t"+id+"\t2026-03-01T12:00:00Z\tAlice\tPole\n")
	same(t, s.as("bob").ok(t, "message", "shared", "Places", "--kind", "location", "--jq", ".[].message.id"), id+"\n")
	same(t, s.as("bob").ok(t, "message", "shared", "Places", "--kind", "voice"), "")
	s.as("alice").fails(t, exitFailed, []string{"object"}, "message", "share", "Places", "bogus", "1")
	s.as("alice").fails(t, exitUsage, []string{"NAME=VALUE"}, "message", "share", "Places", "geo-location", "geo:90,0", "Pole")
	s.as("alice").fails(t, exitUsage, []string{"ID is missing"}, "message", "share", "Places", "geo-location")
	s.as("alice").fails(t, exitUsage, []string{"--limit"}, "message", "shared", "Places", "--limit", "0")
	s.as("alice").fails(t, exitUsage, []string{"--kind"}, "message", "shared", "Places", "--limit", "21")
}

func TestParticipantImport(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Open day", "bob")
	table := filepath.Join(t.TempDir(), "guests.csv")
	if err := os.WriteFile(table, []byte("email,name\nann@example.com,Ann\nno address,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.as("alice").fails(t, exitFailed, []string{"no addresses in these lines: 3"}, "participant", "import", "Open day", table, "--test")
	good := func() *call { return s.as("alice").stdin("email,name\nann@example.com,Ann\nann@example.com,Ann\n") }
	same(t, good().tty(80).ok(t, "participant", "import", "Open day", "-", "--test"), "✓ Would invite 1 to Open day; 1 had been invited before\n")
	same(t, good().ok(t, "participant", "import", "Open day", "-", "--jq", ".invites, .type"), "1\n3\n")
	same(t, s.as("alice").ok(t, "participant", "invite-again", "Open day"), "")
	s.as("alice").fails(t, exitNotFound, []string{"dave"}, "participant", "invite-again", "Open day", "dave")
	s.as("alice").fails(t, exitFailed, []string{"Bob B. was not invited by e-mail"}, "participant", "invite-again", "Open day", "bob")
	s.as("alice").stdin("mail\nann@example.com\n").fails(t, exitFailed, []string{"header-email"}, "participant", "import", "Open day", "-")
}

func TestConversationUnbind(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys")
	s.as("alice").fails(t, exitFailed, []string{"object-type"}, "conversation", "unbind", "Deploys")
	if _, err := s.sdk("alice").Conversations.Create(t.Context(), talk.ConversationGroup, &talk.CreateOptions{Name: "Now", ObjectType: "instant_meeting", ObjectID: "1"}); err != nil {
		t.Fatal(err)
	}
	same(t, s.as("alice").ok(t, "conversation", "unbind", "Now", "--jq", ".objectType"), "\n")
	s.as("alice").fails(t, exitFailed, []string{"recording-consent"}, "conversation", "edit", "Deploys", "--recording-consent")
	s.as("alice").fails(t, exitFailed, []string{"federation-v1"}, "capabilities", "Deploys")
}

func TestSettings(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	same(t, s.as("alice").ok(t, "setting", "set", "read-privacy", "private"), "")
	same(t, s.as("alice").tty(80).ok(t, "setting", "set", "attachment-folder", "/Chats"), "✓ attachment-folder is /Chats\n")
	same(t, s.as("alice").ok(t, "setting", "set", "play_sounds", "no"), "")
	same(t, s.as("alice").ok(t, "setting", "set", "typing-privacy", "public"), "")
	listed := s.as("alice").ok(t, "setting", "list")
	for _, line := range []string{"read-privacy\tprivate\n", "typing-privacy\tpublic\n", "attachment-folder\t/Chats\n"} {
		if !strings.Contains(listed, line) {
			t.Errorf("%q is not in %q", line, listed)
		}
	}
	same(t, s.as("alice").ok(t, "setting", "ls", "--jq", `.chat["read-privacy"]`), "1\n")
	s.as("alice").fails(t, exitUsage, []string{"neither public nor private"}, "setting", "set", "read-privacy", "maybe")
	s.as("alice").fails(t, exitFailed, []string{"slash"}, "setting", "set", "attachment-folder", "Chats")
	s.as("alice").fails(t, exitFailed, nil, "setting", "set", "bogus", "1")
	if found := s.as("alice").ok(t, "__complete", "setting", "set", "re"); !strings.Contains(found, "read-privacy") {
		t.Errorf("completed %q", found)
	}
}

func TestUsersAndGroups(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	admin := func() *call { return s.as("admin") }
	same(t, admin().ok(t, "user", "list"), "admin\nalice\nbob\ncarol\n")
	same(t, admin().ok(t, "user", "list", "--search", "bob", "--json"), "[\"bob\"]\n")
	same(t, admin().ok(t, "user", "list", "--group", "crew"), "carol\n")
	same(t, admin().stdin("a long password\n").ok(t, "user", "create", "dave", "--password-stdin", "--name", "Dave", "--email", "dave@example.com", "--group", "crew"), "dave\n")
	admin().stdin("a long password\n").fails(t, exitFailed, []string{"already exists"}, "user", "create", "dave", "--password-stdin")
	admin().fails(t, exitUsage, []string{"--password-stdin"}, "user", "create", "eve")
	same(t, admin().ok(t, "user", "view", "dave"), "id\tdave\nname\tDave\ne-mail\tdave@example.com\nenabled\tyes\ngroups\tcrew\nadministers\t\nlast login\t\nlanguage\ten\n")
	same(t, admin().ok(t, "user", "edit", "dave", "--name", "David", "--email", ""), "")
	admin().fails(t, exitUsage, []string{"nothing is to be changed"}, "user", "edit", "dave")
	same(t, admin().stdin("another long password\n").tty(80).ok(t, "user", "edit", "dave", "--password-stdin"), "✓ Changed dave\n")
	same(t, admin().tty(80).ok(t, "user", "disable", "dave"), "✓ dave may not log in any more\n")
	same(t, admin().ok(t, "user", "view", "dave", "--jq", ".displayname, .enabled, .email"), "David\nfalse\n\n")
	same(t, admin().ok(t, "user", "enable", "dave"), "")
	same(t, s.as("alice").ok(t, "user", "view", "--jq", ".id"), "alice\n")
	s.as("alice").fails(t, exitFailed, []string{"sub admin"}, "user", "list")

	same(t, admin().tty(80).ok(t, "group", "create", "pilots"), "✓ Made the group pilots\n")
	same(t, admin().tty(80).ok(t, "group", "add", "pilots", "dave"), "✓ dave is in pilots\n")
	same(t, admin().ok(t, "group", "list", "--user", "dave"), "crew\npilots\n")
	same(t, admin().tty(80).ok(t, "group", "remove", "pilots", "dave"), "✓ dave is not in pilots any more\n")
	same(t, admin().ok(t, "group", "ls", "--search", "pil", "--jq", ".[]"), "pilots\n")
	admin().fails(t, exitFailed, []string{"group exists"}, "group", "create", "pilots")
	admin().fails(t, exitUsage, []string{"--yes"}, "group", "delete", "pilots")
	same(t, admin().tty(80).stdin("y\n").ok(t, "group", "delete", "pilots"), "✓ Deleted the group pilots\n")
	admin().fails(t, exitNotFound, nil, "group", "delete", "pilots", "--yes")

	admin().fails(t, exitUsage, []string{"--yes"}, "user", "delete", "dave")
	same(t, admin().ok(t, "user", "delete", "dave", "--yes"), "")
	admin().fails(t, exitNotFound, []string{"no user dave", "user list"}, "user", "delete", "dave", "--yes")
}
