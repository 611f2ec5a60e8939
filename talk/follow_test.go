package talk_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

// scripted answers the polls of a conversation one after the other, and notes what they asked for.
type scripted struct {
	mu      sync.Mutex
	answers []func(http.ResponseWriter)
	asked   []string
}

func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	s.asked = append(s.asked, q.Get("lastKnownMessageId"))
	if q.Get("setReadMarker") != "0" || q.Get("markNotificationsAsRead") != "0" || q.Get("noStatusUpdate") != "1" {
		s.asked = append(s.asked, "with traces: "+r.URL.RawQuery)
	}
	answer := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	answer(w)
}

// pageOf is a page with messages, of which the last that was given may be another one or none.
func pageOf(status int, lastGiven string, ids ...int) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		if lastGiven != "" {
			w.Header().Set("X-Chat-Last-Given", lastGiven)
		}
		w.WriteHeader(status)
		if status == http.StatusNotModified {
			return
		}
		var messages []string
		for _, id := range ids {
			messages = append(messages, fmt.Sprintf(`{"id":%d,"token":"abcd1234","message":"%d"}`, id, id))
		}
		fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":%d,"message":"OK"},"data":[%s]}}`, status, strings.Join(messages, ","))
	}
}

func refusal(status, ocs int, text string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.WriteHeader(status)
		if ocs == 0 {
			fmt.Fprint(w, text)
			return
		}
		fmt.Fprintf(w, `{"ocs":{"meta":{"status":"failure","statuscode":%d,"message":%q},"data":[]}}`, ocs, text)
	}
}

// TestFollowGoesThroughWhatIsNoEnd: pages without messages, with a cursor or without, answers that there is nothing new, messages that
// are known, answers that lack their headers, and refusals that are not Talk's.
func TestFollowGoesThroughWhatIsNoEnd(t *testing.T) {
	t.Parallel()
	s := &scripted{answers: []func(http.ResponseWriter){
		pageOf(304, ""), pageOf(304, "6"), pageOf(200, "8"), pageOf(200, ""), pageOf(200, "10", 7, 8, 9, 10), pageOf(200, "", 11, 12), pageOf(200, "", 12),
		refusal(404, 998, "Invalid query, please check the syntax."), refusal(404, 0, "404 page not found"), refusal(403, 0, "<html>no</html>"),
		pageOf(304, ""), pageOf(200, "15", 14, 15), refusal(404, 404, ""),
	}}
	c := clientOf(t, s.ServeHTTP)
	var got []string
	for m, err := range c.Chat.Follow(t.Context(), "abcd1234", &talk.FollowOptions{After: 5}) {
		if err != nil {
			if got = append(got, "404"); !errors.Is(err, talk.ErrNotFound) {
				t.Error(err)
			}
			break
		}
		got = append(got, m.Message)
	}
	if diff := cmp.Diff([]string{"9", "10", "11", "12", "14", "15", "404"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"5", "5", "6", "8", "8", "10", "12", "12", "12", "12", "12", "12", "15"}, s.asked); diff != "" {
		t.Error(diff)
	}
}

// TestFollowEndsWithItsReason: on what does not pass, once, and without asking again.
func TestFollowEndsWithItsReason(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer func(http.ResponseWriter)
		want   error
		reason string
	}{
		"401":                 {refusal(401, 997, "Unauthorised"), talk.ErrUnauthorized, "Unauthorised"},
		"403":                 {refusal(403, 403, "not you"), talk.ErrForbidden, "not you"},
		"404":                 {refusal(404, 404, "no such room"), talk.ErrNotFound, "no such room"},
		"no Nextcloud at all": {refusal(404, 0, "<html>"), talk.ErrBadResponse, "is this the address of a Nextcloud?"},
		"no Talk at all":      {refusal(404, 998, "Invalid query"), talk.ErrNotFound, "Talk is not installed there"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &scripted{answers: []func(http.ResponseWriter){tt.answer}}
			c := clientOf(t, s.ServeHTTP)
			for what, follow := range map[string]func() error{
				"follow": func() (last error) {
					for _, last = range c.Chat.Follow(t.Context(), "abcd1234", &talk.FollowOptions{After: 5}) {
					}
					return last
				},
				"events": func() (last error) {
					for _, last = range c.Chat.Events(t.Context(), "abcd1234", nil) {
					}
					return last
				},
			} {
				c.Readmit()
				if err := follow(); !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.reason) {
					t.Errorf("%s: %v", what, err)
				}
			}
			if tt.want != talk.ErrUnauthorized && len(s.asked) != 2 {
				t.Errorf("the server was asked %d times", len(s.asked))
			}
		})
	}
}

func TestFollowMarksAsReadWhenAsked(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	alice, bob := srv.Client(t, "alice"), srv.Client(t, "bob")
	room := group(t, alice, "Markers", "bob")
	unread := func() int { return must(bob.Conversations.Get(t.Context(), room.Token))(t).UnreadMessages }
	last := must(bob.Chat.Page(t.Context(), room.Token, &talk.PageOptions{Limit: 1}))(t).LastGiven
	for i := range 3 {
		must(alice.Chat.Send(t.Context(), room.Token, fmt.Sprint(i), nil))(t)
	}
	texts(t, bob.Chat.Follow(t.Context(), room.Token, &talk.FollowOptions{After: last}), 3)
	if n := unread(); n != 3 {
		t.Errorf("without being asked to it has left %d unread", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	heard := 0
	for _, err := range bob.Chat.Follow(ctx, room.Token, &talk.FollowOptions{After: last, SetReadMarker: true}) {
		if err != nil {
			t.Fatal(err)
		}
		if heard++; heard == 3 { // and the next poll, which marks them, has to have begun when the fourth comes
			must(alice.Chat.Send(t.Context(), room.Token, "one more", nil))(t)
		}
		if heard == 4 {
			break
		}
	}
	if n := unread(); n > 1 {
		t.Errorf("when asked to it has left %d unread", n)
	}
}
