package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/confab-go/confab/talk"
)

// inCall brings a user into the call of a conversation, and gives their client.
func (s *stage) inCall(user, token string) *talk.Client {
	s.t.Helper()
	c := s.sdk(user)
	if _, err := c.Conversations.Join(s.t.Context(), token, nil); err != nil {
		s.t.Fatal(err)
	}
	if err := c.Calls.Join(s.t.Context(), token, nil); err != nil {
		s.t.Fatal(err)
	}
	return c
}

func TestCalls(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Stand-up", "bob", "carol")
	same(t, s.as("bob").ok(t, "call", "list", "Stand-up"), "")
	s.as("bob").fails(t, exitNotFound, []string{"no call in Stand-up"}, "call", "end", "Stand-up")
	s.inCall("bob", room.Token)
	same(t, s.as("alice").ok(t, "call", "list", "Stand-up"), "users\tbob\tBob B.\t2026-03-01T12:00:00Z\n")
	same(t, s.as("alice").ok(t, "call", "list", "Stand-up", "--jq", ".[].actorId"), "bob\n")
	same(t, s.as("alice").ok(t, "call", "state", "Stand-up"), "ringing\n")
	same(t, s.as("alice").tty(80).ok(t, "call", "state", "Stand-up"), "✓ Stand-up: ringing\n")
	s.as("bob").fails(t, exitNotFound, nil, "call", "state", "Stand-up")
	same(t, s.as("alice").ok(t, "call", "participants", "Stand-up"), "users\tbob\tBob B.\t\n")
	s.as("bob").fails(t, exitFailed, nil, "call", "participants", "Stand-up")
	s.as("bob").fails(t, exitFailed, []string{"do not moderate"}, "call", "end", "Stand-up")
	same(t, s.as("alice").tty(80).ok(t, "call", "end", "Stand-up"), "✓ Ended the call in Stand-up\n")
	same(t, s.as("carol").ok(t, "call", "state", room.Token, "--json=state", "--jq", ".state"), "missed\n")
	same(t, s.as("alice").ok(t, "call", "servers", "Stand-up"), "signaling\tinternal\n")
	if mode := s.as("alice").ok(t, "call", "servers", "--jq", ".signalingMode, (.ticket | length > 10)"); mode != "internal\ntrue\n" {
		t.Errorf("settings: %q", mode)
	}
	s.as("alice").fails(t, exitFailed, nil, "call", "servers", "--check")
	s.as("admin").fails(t, exitFailed, []string{"recording-v1"}, "call", "servers", "--check")
}

// TestCallJoin: who is in a call sees who comes and goes, and leaves with the command.
func TestCallJoin(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Stand-up", "bob")
	run := s.as("alice").start(t, "call", "join", "Stand-up", "--ring", "bob")
	same(t, run.line(t), "2026-03-01T12:05:00Z\tjoined\tusers\talice\tAlice")
	bob := s.inCall("bob", room.Token)
	same(t, run.line(t), "2026-03-01T12:05:00Z\tjoined\tusers\tbob\tBob B.")
	if err := bob.Calls.Leave(t.Context(), room.Token); err != nil {
		t.Fatal(err)
	}
	same(t, run.line(t), "2026-03-01T12:05:00Z\tleft\tusers\tbob\tBob B.")
	run.interrupt(t)
	if peers, err := bob.Calls.Peers(t.Context(), room.Token); err != nil || len(peers) != 0 {
		t.Errorf("after the command: %v, %v", peers, err)
	}

	run = s.as("bob").start(t, "call", "join", "Stand-up", "--silent")
	same(t, run.line(t), "2026-03-01T12:05:00Z\tjoined\tusers\tbob\tBob B.")
	s.as("alice").ok(t, "call", "end", "Stand-up")
	same(t, run.line(t), "2026-03-01T12:05:00Z\tleft\tusers\tbob\tBob B.")
	if end := <-run.done; end.code != exitOK {
		t.Errorf("the command ended with %d: %s", end.code, end.err)
	}

	run = s.as("alice").start(t, "call", "join", "Stand-up", "--silent", "--json")
	var change callChange
	if line := run.line(t); json.Unmarshal([]byte(line), &change) != nil || change.Change != "joined" || change.ActorID != "alice" || change.Timestamp == 0 {
		t.Errorf("the first line is %q", line)
	}
	run.interrupt(t)

	s.as("alice").fails(t, exitNotFound, []string{`no participant has the id "dave"`}, "call", "join", "Stand-up", "--silent", "--ring", "dave")
	s.as("alice").fails(t, exitFailed, []string{"sip-support-dialout"}, "call", "join", "Stand-up", "--silent", "--dial", "bob")
	if peers, err := bob.Calls.Peers(t.Context(), room.Token); err != nil || len(peers) != 0 {
		t.Errorf("after commands that have failed: %v, %v", peers, err)
	}
}

// TestCallsThroughAServer: what goes through a signaling server is told, and not half done.
func TestCallsThroughAServer(t *testing.T) {
	t.Parallel()
	web := newerServer(t, func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path[strings.LastIndex(r.URL.Path, "/api/")+4:]; path {
		case "/v3/signaling/settings":
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"signalingMode":"external","server":"https://hpb.example.com","stunservers":[{"urls":["stun:a:1","stun:b:2"]}],`+
				`"turnservers":[{"urls":["turn:c:3"],"username":"u","credential":"p"}],"sipDialinInfo":"+49 30 1234"}}}`)
		case "/v3/signaling/welcome/0":
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"version":"2.0.1","warning":"UPDATE_OPTIONAL"}}}`)
		case "/v1/recording/welcome/0":
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"failure","statuscode":404},"data":null}}`)
		default:
			t.Errorf("%s %s was sent", r.Method, r.URL)
		}
	})
	at(web.URL, "anna").fails(t, exitFailed, []string{"signaling server https://hpb.example.com"}, "call", "join", newerRoom)
	same(t, at(web.URL, "anna").ok(t, "call", "servers"), "signaling\texternal https://hpb.example.com\nstun\tstun:a:1 stun:b:2\nturn\tturn:c:3\ndial in\t+49 30 1234\n")
	same(t, at(web.URL, "admin").ok(t, "call", "servers", "--check"), "signaling\t2.0.1 UPDATE_OPTIONAL\nrecording\tnone\n")
}

func TestBreakoutRooms(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Workshop", "bob", "carol")
	alice, bob := func() *call { return s.as("alice") }, func() *call { return s.as("bob") }
	alice().fails(t, exitFailed, []string{"mode"}, "breakout-room", "start", "Workshop")
	alice().fails(t, exitUsage, []string{"--mode"}, "breakout-room", "create", "Workshop", "--mode", "odd")
	alice().fails(t, exitUsage, []string{"ID=NUMBER"}, "breakout-room", "create", "Workshop", "--mode", "manual", "--place", "bob")
	alice().fails(t, exitUsage, []string{"manual"}, "breakout-room", "create", "Workshop", "--place", "bob=1")
	alice().fails(t, exitUsage, []string{"twice"}, "breakout-room", "create", "Workshop", "--mode", "manual", "--place", "bob=1,bob=2")
	alice().fails(t, exitNotFound, []string{"dave"}, "breakout-room", "create", "Workshop", "--mode", "manual", "--place", "dave=1")
	alice().fails(t, exitUsage, []string{"--amount"}, "breakout-room", "create", "Workshop", "--amount", "21")
	names := strings.Fields(alice().ok(t, "breakout-room", "create", "Workshop", "--mode", "manual", "--place", "bob=2,carol=1", "--jq", `.[] | .token`))
	if len(names) != 2 {
		t.Fatalf("made %q", names)
	}
	same(t, alice().ok(t, "breakout-room", "list", "Workshop"), names[0]+"\t\tRoom 1\n"+names[1]+"\t\tRoom 2\n")
	bob().fails(t, exitFailed, nil, "breakout-room", "list", "Workshop")
	same(t, alice().tty(80).ok(t, "breakout-room", "start", "Workshop"), "✓ Opened the breakout rooms of Workshop\n")
	same(t, bob().ok(t, "breakout-room", "list", "Workshop", "--jq", ".[].displayName"), "Room 2\n")
	if people := alice().ok(t, "breakout-room", "participants", "Workshop"); !strings.Contains(people, names[1]+"\tusers\tbob\tBob B.\n") {
		t.Errorf("participants: %q", people)
	}
	same(t, bob().tty(80).ok(t, "breakout-room", "ask", names[1]), "✓ Asked the moderators into Room 2\n")
	same(t, alice().ok(t, "breakout-room", "list", "Workshop"), names[0]+"\t\tRoom 1\n"+names[1]+"\tassistance-requested\tRoom 2\n")
	same(t, bob().ok(t, "breakout-room", "unask", names[1]), "")
	same(t, alice().ok(t, "breakout-room", "broadcast", "Workshop", "five minutes left"), "")
	if said := bob().ok(t, "read", names[1], "--jq", ".[-1].message"); said != "five minutes left\n" {
		t.Errorf("bob read %q", said)
	}
	same(t, alice().tty(80).ok(t, "breakout-room", "move", "Workshop", "bob=1"), "✓ Moved 1 in Workshop\n")
	same(t, bob().ok(t, "breakout-room", "list", "Workshop", "--jq", ".[].displayName"), "Room 1\n")
	alice().fails(t, exitNotFound, []string{"2 breakout rooms", "number 3"}, "breakout-room", "move", "Workshop", "bob=3")
	alice().fails(t, exitUsage, []string{"is missing"}, "breakout-room", "move", "Workshop")
	bob().fails(t, exitFailed, []string{"mode"}, "breakout-room", "switch", "Workshop", "Room 1")
	same(t, alice().ok(t, "breakout-room", "stop", "Workshop"), "")
	alice().fails(t, exitUsage, []string{"--yes"}, "breakout-room", "delete", "Workshop")
	alice().tty(80).stdin("n\n").run(t, "breakout-room", "delete", "Workshop")
	same(t, alice().ok(t, "breakout-room", "list", "Workshop", "--jq", "length"), "2\n")
	same(t, alice().tty(80).stdin("y\n").ok(t, "breakout-room", "delete", "Workshop"), "✓ Deleted the breakout rooms of Workshop\n")

	alice().ok(t, "breakout-room", "create", "Workshop", "--mode", "free", "--amount", "2")
	alice().ok(t, "breakout-room", "start", "Workshop")
	same(t, bob().tty(80).ok(t, "breakout-room", "switch", "Workshop", "Room 2"), "✓ You are in Room 2\n")
	same(t, bob().ok(t, "breakout-room", "switch", "Workshop", "Room 1", "--jq", ".name"), "Room 1\n")
	bob().fails(t, exitNotFound, []string{`no breakout room "Room 9"`}, "breakout-room", "switch", "Workshop", "Room 9")
	same(t, alice().ok(t, "breakout-room", "delete", "Workshop", "--yes"), "")
}
