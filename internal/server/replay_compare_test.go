package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// correspondence says which value here stands for which recorded one: ids,
// tokens and the like are never the same, but the same one has to appear in the same places.
type correspondence struct {
	there, here map[string]string // keyed by class and value
	texts       [][2]string       // tokens and session ids, which appear inside texts too
}

func newCorrespondence() *correspondence {
	return &correspondence{there: map[string]string{}, here: map[string]string{}}
}

// match notes that a recorded value is ours, or checks it when it is known.
func (c *correspondence) match(class, recorded, ours string) bool {
	rk, ok := class+"="+recorded, class+"="+ours
	known, seen := c.there[rk]
	back, seenBack := c.here[ok]
	if seen || seenBack {
		return known == ours && back == recorded
	}
	c.there[rk], c.here[ok] = ours, recorded
	if class == "token" || class == "hex" || class == "session" {
		c.texts = append(c.texts, [2]string{recorded, ours})
	}
	return true
}

// translate replaces what is known inside a recorded text.
func (c *correspondence) translate(text string) string {
	for _, t := range c.texts {
		text = strings.ReplaceAll(text, t[0], t[1])
	}
	return text
}

// classes of the values that differ between servers, by their keys.
var classes = map[string]string{
	"token": "token", "roomToken": "token", "sessionId": "session", "sessionIds": "session",
	"attendeeId": "attendee", "lastReadMessage": "message", "lastCommonReadMessage": "message",
	"share": "share", "item_source": "file", "file_source": "file", "file_parent": "file", "storage": "storage",
	"messageId": "message", "roomId": "room id", "etag": "etag", "poll id": "poll", "ban id": "ban",
}

// moments are times, of which only matters whether they are set.
var moments = []string{
	"lastActivity", "timestamp", "lastPing", "expirationTimestamp", "firstLoginTimestamp",
	"lastLoginTimestamp", "lastLogin", "callStartTime", "lastEditTimestamp", "bannedTime", "stime", "item_mtime",
}

// free values are random or of the machine.
var free = []string{"apppassword", "ticket", "used", "storageLocation", "avatarVersion", "login"}

var (
	hexID     = regexp.MustCompile(`^[0-9a-f]{40}$`)
	iconTail  = regexp.MustCompile(`\?v=[0-9A-Za-z_-]+$`)
	duration  = regexp.MustCompile(`\(Duration [0-9:]+\)`)
	timeRange = int64(1e9)
)

// compare returns how an answer differs from the recorded one, "" when it does not.
func (r *replay) compare(e *exchange, res *http.Response, body []byte) string {
	r.n = e.N
	if r.excusedWhole(e.Status, res.StatusCode) {
		return ""
	}
	if e.Status != res.StatusCode {
		return fmt.Sprintf("status %d, recorded %d: %.300s", res.StatusCode, e.Status, body)
	}
	for key, want := range e.ResponseHeaders {
		if key == "content-type" && e.Status == http.StatusNotModified {
			continue // net/http sends none with an answer that has no body
		}
		if diff := r.compareHeader(key, want, res.Header.Get(key)); diff != "" {
			return diff
		}
	}
	switch {
	case e.ResponseBase64 != nil:
		return diffPictures(*e.ResponseBase64, body)
	case e.ResponseText != nil:
		if !r.sameText(*e.ResponseText, string(body)) {
			return fmt.Sprintf("text %.300q", body)
		}
		return ""
	case len(e.Response) == 0:
		if len(body) > 0 {
			return fmt.Sprintf("body %.300s, recorded none", body)
		}
		return ""
	}
	want, err := decodeJSON(e.Response)
	if err != nil {
		return err.Error()
	}
	got, err := decodeJSON(body)
	if err != nil {
		return fmt.Sprintf("no JSON: %.300s", body)
	}
	return r.diff("", "", want, got)
}

func (r *replay) compareHeader(key, want, got string) string {
	switch key {
	case "x-chat-last-given", "x-chat-last-common-read":
		if want == got && strings.HasPrefix(want, "-") || got != "" && r.same.match("message", want, got) {
			return ""
		}
	case "oc-fileid":
		if r.sameFileID(want, got) {
			return ""
		}
	case "content-disposition":
		if r.sameName(want, got) {
			return ""
		}
	case "x-nextcloud-talk-hash", "x-nextcloud-talk-modified-before", "etag", "oc-etag", "allow", "dav":
		if got != "" {
			return ""
		}
	default:
		if want == got {
			return ""
		}
	}
	return fmt.Sprintf("header %s %q, recorded %q", key, got, want)
}

// diff compares two JSON values; key is the last name on the way to them.
func (r *replay) diff(path, key string, want, got any) string {
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s: %s, recorded an object", path, show(got))
		}
		return r.diffObjects(path, want, got)
	case []any:
		got, ok := got.([]any)
		if !ok || len(want) != len(got) {
			return fmt.Sprintf("%s: %s, recorded %s", path, show(got), show(want))
		}
		for i := range want {
			if d := r.diff(fmt.Sprintf("%s[%d]", path, i), key, want[i], got[i]); d != "" {
				return d
			}
		}
		return ""
	}
	if r.leaf(key, want, got) {
		return ""
	}
	return fmt.Sprintf("%s: %s, recorded %s", path, show(got), show(want))
}

func (r *replay) diffObjects(path string, want, got map[string]any) string {
	want = r.renameKeys(want)
	for k := range got {
		if _, ok := want[k]; !ok {
			return fmt.Sprintf("%s.%s: %s, not recorded", path, k, show(got[k]))
		}
	}
	names := make([]string, 0, len(want))
	for k := range want {
		names = append(names, k)
	}
	// Tokens first: other values contain them.
	slices.SortFunc(names, func(a, b string) int {
		if (a == "token") != (b == "token") {
			if a == "token" {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	for _, k := range names {
		value, ok := got[k]
		if r.excused(path+"."+k, want) {
			continue
		}
		if !ok {
			return fmt.Sprintf("%s.%s: missing, recorded %s", path, k, show(want[k]))
		}
		class := k
		if k == "id" {
			class = idClass(want)
		}
		if d := r.diff(path+"."+k, class, want[k], value); d != "" {
			return d
		}
	}
	return ""
}

// idClass tells what an object's id identifies.
func idClass(o map[string]any) string {
	switch {
	case o["hide-download"] != nil:
		return "item_source"
	case o["share_type"] != nil:
		return "share"
	case o["messageType"] != nil || o["deleted"] != nil:
		return "lastReadMessage"
	case o["bannedTime"] != nil:
		return "ban id"
	case o["avatarVersion"] != nil:
		return "room id"
	case o["resultMode"] != nil || o["type"] == "talk-poll":
		return "poll id"
	default:
		return "id"
	}
}

// leaf compares two values without parts.
func (r *replay) leaf(key string, want, got any) bool {
	if slices.Contains(free, key) {
		return (want == nil) == (got == nil)
	}
	wn, isNumber := want.(json.Number)
	gn, gotNumber := got.(json.Number)
	if isNumber != gotNumber {
		return false
	}
	if isNumber {
		class := classes[key]
		if key == "room id" {
			class = key
		}
		w, _ := wn.Int64()
		g, _ := gn.Int64()
		switch {
		case slices.Contains(moments, key):
			return (w > timeRange) == (g > timeRange) || w == g
		case class != "" && w > 0 && w != 99999999:
			return g > 0 && r.same.match(class, wn.String(), gn.String())
		default:
			return wn == gn
		}
	}
	ws, isText := want.(string)
	gs, gotText := got.(string)
	if !isText || !gotText {
		return want == got
	}
	switch {
	case ws == gs:
		return true
	case slices.Contains(moments, key):
		return ws != "" && gs != "" && strings.Trim(ws+gs, "0123456789") == ""
	case classes[key] != "" && ws != "0" && ws != "":
		return r.same.match(classes[key], ws, gs)
	case hexID.MatchString(ws) && hexID.MatchString(gs):
		return r.same.match("hex", ws, gs)
	case key == "link":
		return r.sameLink(ws, gs)
	case key == "resourceUrl":
		wantPage, wantID, _ := strings.Cut(ws, "#message_")
		gotPage, gotID, _ := strings.Cut(gs, "#message_")
		return r.same.translate(wantPage) == gotPage && (wantID == gotID || r.same.match("message", wantID, gotID))
	case key == "icon-url":
		return iconTail.ReplaceAllString(r.same.translate(ws), "") == iconTail.ReplaceAllString(gs, "")
	default:
		// The clock of a replay is not that of the recording.
		return duration.ReplaceAllString(r.same.translate(ws), "") == duration.ReplaceAllString(gs, "")
	}
}

func show(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	if len(b) > 200 {
		return string(b[:200]) + "…"
	}
	return string(b)
}
