package api

import (
	"bytes"
	"errors"
	"net/http"
	"strings"

	"github.com/confab-go/confab/internal/server/core"
)

func callRoutes() []route {
	path := talk4 + "/call/{token}"
	return []route{
		{http.MethodGet, path, public, callPeers},
		{http.MethodPost, path, public, joinCall},
		{http.MethodPut, path, public, setCallFlags},
		{http.MethodDelete, path, public, leaveCall},
		{http.MethodPost, path + "/ring/{attendeeId}", public, ring},
		{http.MethodPost, path + "/dialout/{attendeeId}", public, dialOut},
		{http.MethodGet, path + "/notification-state", user, callNotificationState},
		{http.MethodGet, path + "/download", public, downloadCall},
	}
}

// callPeer is a session in a call on the wire.
type callPeer struct {
	ActorType   string `json:"actorType"`
	ActorID     string `json:"actorId"`
	DisplayName string `json:"displayName"`
	Token       string `json:"token"`
	LastPing    int64  `json:"lastPing"`
	SessionID   string `json:"sessionId"`
}

func callPeers(rq *request) (reply, error) {
	peers, err := rq.core.CallPeers(rq.r.Context(), rq.caller, rq.token())
	out := make([]callPeer, 0, len(peers))
	for _, p := range peers {
		out = append(out, callPeer{p.ActorType, p.ActorID, p.DisplayName, rq.token(), p.LastPing, p.SessionID})
	}
	return ok(out), err
}

func joinCall(rq *request) (reply, error) {
	flags, err := rq.number("flags", core.DefaultCallFlags)
	if err != nil {
		return reply{}, err
	}
	silent := rq.flag("silent", false)
	return ok(nil), rq.core.JoinCall(rq.r.Context(), rq.caller, rq.token(), clampInt(flags), silent)
}

func setCallFlags(rq *request) (reply, error) {
	flags, err := rq.needNumber("flags")
	if err != nil {
		return reply{}, err
	}
	return ok(nil), rq.core.SetCallFlags(rq.r.Context(), rq.caller, rq.token(), clampInt(flags))
}

func leaveCall(rq *request) (reply, error) {
	all := rq.flag("all", false)
	return ok(nil), rq.core.LeaveCall(rq.r.Context(), rq.caller, rq.token(), all)
}

func ring(rq *request) (reply, error) {
	return ok(nil), rq.core.Ring(rq.r.Context(), rq.caller, rq.token(), phpInt(rq.params["attendeeId"]))
}

func dialOut(rq *request) (reply, error) {
	return reply{status: http.StatusCreated}, rq.core.DialOut(rq.r.Context(), rq.caller, rq.token())
}

func callNotificationState(rq *request) (reply, error) {
	missed, err := rq.core.CallMissed(rq.r.Context(), rq.caller, rq.token())
	if missed {
		return reply{status: http.StatusCreated}, err
	}
	return ok(nil), err
}

// downloadCall answers with a table of who has been in the call.
func downloadCall(rq *request) (reply, error) {
	list, err := rq.core.CallParticipants(rq.r.Context(), rq.caller, rq.token())
	format, formatErr := rq.text("format", "csv")
	refused, isRefused := errors.AsType[*core.Error](err)
	switch {
	case isRefused && !refused.Access, err == nil && (formatErr != nil || format != "csv"):
		return outOfRange(), nil //nolint:nilerr // the answer tells it
	case err != nil:
		return reply{}, err
	}
	var b bytes.Buffer
	csvLine(&b, "name", "email", "type", "identifier")
	for _, p := range list.People {
		csvLine(&b, p.Name, p.Email, p.ActorType, p.ActorID)
	}
	name := fileName(list.RoomName) + " " + rq.core.Now().UTC().Format("2006-01-02") + ".csv"
	rep := reply{status: http.StatusOK}.with("Content-Disposition", `attachment; filename="`+name+`"`)
	rep.stream = func() { rq.write(http.StatusOK, "text/csv;charset=UTF-8", b.Bytes()) }
	return rep, nil
}

// maxFileName is the longest name of a conversation inside a file's name, in bytes.
const maxFileName = 100

// fileName makes a conversation's name fit for a file's, as Talk does.
func fileName(name string) string {
	dashed := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|- `, r) || r < ' ' {
			return '-'
		}
		return r
	}, name)
	for strings.Contains(dashed, "--") {
		dashed = strings.ReplaceAll(dashed, "--", "-")
	}
	if len(dashed) > maxFileName {
		dashed = strings.ToValidUTF8(dashed[:maxFileName], "")
	}
	return dashed
}

// csvLine writes a line of a table as PHP's fputcsv does. What a spreadsheet
// would take for a formula gets an apostrophe.
func csvLine(b *bytes.Buffer, fields ...string) {
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		if f != "" && strings.ContainsRune("=+-@\t\r", rune(f[0])) {
			f = "'" + f
		}
		if strings.ContainsAny(f, ",\"\n\r\t ") {
			f = `"` + strings.ReplaceAll(f, `"`, `""`) + `"`
		}
		b.WriteString(f)
	}
	b.WriteByte('\n')
}
