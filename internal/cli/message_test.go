package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/confab-go/confab/talk"
)

func TestMessageEdit(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	m := s.send("alice", room.Token, "Is it lvie?", nil)
	id := fmt.Sprint(m.ID)

	same(t, s.as("alice").ok(t, "message", "edit", "Deploys", id, "Is", "it", "live?"), "")
	same(t, s.as("bob").ok(t, "message", "list", "Deploys", "-n1", "--jq", ".[0].parent.message"), "Is it live?\n")
	same(t, s.as("alice").tty(80).ok(t, "msg", "edit", "Deploys", "#"+id, "Well?"), "✓ Edited message "+id+" in Deploys\n")
	same(t, s.as("alice").stdin("From a pipe\n").ok(t, "message", "edit", "Deploys", id, "--json=id,message"), fmt.Sprintf(`{"id":%s,"message":"From a pipe"}`+"\n", id))

	s.as("bob").fails(t, exitFailed, []string{"403", "does not permit"}, "message", "edit", "Deploys", id, "Mine")
	s.as("alice").fails(t, exitUsage, []string{`"x"`, "id of a message"}, "message", "edit", "Deploys", "x", "y")
	s.as("alice").fails(t, exitUsage, []string{"message is empty"}, "message", "edit", "Deploys", id, " ")
	s.as("alice").tty(80).fails(t, exitUsage, []string{"no message"}, "message", "edit", "Deploys", id)
	s.as("alice").fails(t, exitNotFound, []string{"404"}, "message", "edit", "Deploys", "4711", "y")
}

func TestMessageDelete(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	one, two, three := s.send("alice", room.Token, "one", nil), s.send("alice", room.Token, "two", nil), s.send("bob", room.Token, "three", nil)

	s.as("alice").fails(t, exitUsage, []string{"--yes"}, "message", "delete", "Deploys", fmt.Sprint(one.ID))
	r := s.as("alice").tty(80).stdin("n\n").run(t, "message", "delete", "Deploys", fmt.Sprint(one.ID))
	if r.code != exitFailed || !strings.HasPrefix(r.err, fmt.Sprintf(`Delete 1 message of "Deploys" (%s) for everybody? [y/N] `, room.Token)) {
		t.Errorf("not agreed: %+v", r)
	}
	same(t, s.as("alice").tty(80).stdin("y\n").ok(t, "message", "delete", "Deploys", fmt.Sprint(one.ID)), "✓ Deleted 1 message in Deploys\n")
	same(t, s.as("alice").ok(t, "message", "delete", "Deploys", fmt.Sprint(two.ID), "--yes"), "")
	s.as("bob").fails(t, exitNotFound, []string{"after deleting " + fmt.Sprint(three.ID)}, "message", "delete", "Deploys", fmt.Sprint(three.ID), "4711", "--yes")

	left := strings.Fields(s.as("bob").ok(t, "read", "Deploys", "--all", "--jq", `.[] | select(.messageType == "comment") | .message`))
	if len(left) != 0 {
		t.Errorf("%q are left", left)
	}
}

func TestMessageContext(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys")
	var ids []int64
	for i := range 5 {
		ids = append(ids, s.send("alice", room.Token, fmt.Sprint("message ", i), nil).ID)
	}
	same(t, s.as("alice").ok(t, "message", "context", "Deploys", fmt.Sprint(ids[2]), "-n1", "--jq", ".[].message"), "message 1\nmessage 2\nmessage 3\n")
	if out := s.as("alice").ok(t, "message", "context", "Deploys", fmt.Sprint(ids[4]), "-n1"); strings.Count(out, "\n") != 2 || !strings.HasSuffix(out, "\tmessage 4\n") {
		t.Errorf("a pipe gets %q", out)
	}
	if out := s.as("alice").tty(80).ok(t, "message", "context", "Deploys", fmt.Sprint(ids[4]), "-n1"); !strings.HasSuffix(out, "  message 4\n") {
		t.Errorf("a terminal gets %q", out)
	}
	s.as("alice").fails(t, exitUsage, []string{"--limit", "100"}, "message", "context", "Deploys", "1", "-n100")
	s.as("alice").fails(t, exitUsage, []string{`"0"`}, "message", "context", "Deploys", "0")
}

func TestMarkers(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	one := s.send("alice", room.Token, "one", nil)
	s.send("alice", room.Token, "two", nil)

	same(t, s.as("bob").ok(t, "message", "mark-read", "Deploys", fmt.Sprint(one.ID), "--json=unreadMessages"), `{"unreadMessages":1}`+"\n")
	same(t, s.as("bob").tty(80).ok(t, "message", "mark-read", "Deploys"), "✓ Marked Deploys as read\n")
	if n := s.view("bob", room.Token).UnreadMessages; n != 0 {
		t.Errorf("%d are unread after marking all as read", n)
	}
	same(t, s.as("bob").ok(t, "message", "mark-unread", "Deploys"), "")
	if n := s.view("bob", room.Token).UnreadMessages; n != 1 {
		t.Errorf("%d are unread after marking the newest as unread", n)
	}
	s.as("bob").fails(t, exitUsage, []string{"id of a message"}, "message", "mark-read", "Deploys", "1x")
}

func TestCompleteMessage(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	m := s.send("bob", room.Token, "Is it\n\x1b[2J live?", nil)
	same(t, s.as("alice").ok(t, "__complete", "message", "edit", "Deploys", ""), fmt.Sprintf("%d\tBob B.: Is it ␛[2J live?\n:36\n", m.ID))
	same(t, s.as("alice").ok(t, "__complete", "reaction", "add", "De"), fmt.Sprintf("Deploys\tgroup %s\n:4\n", room.Token))
	same(t, s.as("alice").ok(t, "__complete", "message", "edit", "@carol", ""), ":4\n")
	if rooms := s.as("carol").ok(t, "conversation", "list"); rooms != "" {
		t.Errorf("completing made %q", rooms)
	}
}

func TestReactions(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	id := fmt.Sprint(s.send("alice", room.Token, "Is it live?", nil).ID)

	same(t, s.as("alice").tty(80).run(t, "reaction", "list", "Deploys", id).err, "Nobody reacted to message "+id+".\n")
	same(t, s.as("alice").ok(t, "reaction", "list", "Deploys", id, "--json"), "{}\n")
	same(t, s.as("bob").ok(t, "reaction", "add", "Deploys", id, "👍"), "")
	same(t, s.as("alice").tty(80).ok(t, "reaction", "add", "Deploys", id, "👍"), "✓ Reacted with 👍 to message "+id+"\n")
	same(t, s.as("bob").ok(t, "reaction", "add", "Deploys", id, "🎉", "--jq", "keys | length"), "2\n")
	same(t, s.as("alice").ok(t, "reaction", "list", "Deploys", id, "--emoji", "🎉"), "🎉\tusers\tbob\tBob B.\t2026-03-01T12:00:00Z\n")
	same(t, s.as("alice").tty(80).ok(t, "reaction", "ls", "Deploys", id, "--emoji", "🎉"), "EMOJI  SOURCE  ID   NAME    TIME\n🎉     users   bob  Bob B.  5m ago\n")
	same(t, s.as("bob").ok(t, "reaction", "rm", "Deploys", id, "🎉"), "")

	var left map[string][]talk.Reaction
	if err := json.Unmarshal([]byte(s.as("alice").ok(t, "reaction", "list", "Deploys", id, "--json")), &left); err != nil || len(left) != 1 || len(left["👍"]) != 2 {
		t.Errorf("left are %v, %v", left, err)
	}
	s.as("bob").fails(t, exitNotFound, []string{"404"}, "reaction", "remove", "Deploys", id, "🎉")
	s.as("bob").fails(t, exitFailed, []string{"emoji"}, "reaction", "add", "Deploys", id, "yes")
	s.as("bob").fails(t, exitUsage, []string{"emoji is empty"}, "reaction", "add", "Deploys", id, "")
	s.as("bob").fails(t, exitUsage, []string{"EMOJI is missing"}, "reaction", "add", "Deploys", id)
	s.as("bob").fails(t, exitUsage, []string{"no fixed fields"}, "reaction", "list", "Deploys", id, "--fields", "actorId")
}
