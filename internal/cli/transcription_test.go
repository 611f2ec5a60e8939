package cli

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/confab-go/confab/internal/playback"
)

// transcriber is a server whose calls can be transcribed: a real one needs an app and a signaling server for that.
func transcriber(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	return newerServer(t, handler, `"live-transcription":false`, `"live-transcription":true`, `"live-translation":false`, `"live-translation":true`).URL
}

func TestTranscription(t *testing.T) {
	t.Parallel()
	var sent []string
	url := transcriber(t, func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path[strings.LastIndex(r.URL.Path, "/live"):]
		sent = append(sent, r.Method+" "+path)
		data := "null"
		switch path {
		case "/live-transcription/languages":
			data = `{"de":{"name":"Deutsch","metadata":{"separator":" ","rtl":false}},"ar":{"name":"Arabic","metadata":{"separator":" ","rtl":true}}}`
		case "/live-transcription/translation-languages":
			data = `{"originLanguages":[],"targetLanguages":{"en":{"name":"English","metadata":[]},"de":{"name":"Deutsch","metadata":[]}},"defaultTargetLanguageId":"en"}`
		}
		fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":%s}}`, data)
	})
	anna := func() *call { return at(url, "anna").tty(80) }
	same(t, at(url, "anna").ok(t, "transcription", "languages"), "ar\t\tArabic\nde\t\tDeutsch\n")
	same(t, at(url, "anna").ok(t, "transcription", "languages", "--json=id,rightToLeft"), `[{"id":"ar","rightToLeft":true},{"id":"de","rightToLeft":false}]`+"\n")
	same(t, at(url, "anna").ok(t, "transcription", "languages", "--targets"), "de\t\tDeutsch\nen\tdefault\tEnglish\n")
	same(t, anna().ok(t, "transcription", "start", newerRoom), "✓ The call in Rights is transcribed for you\n")
	same(t, anna().ok(t, "transcription", "set-language", newerRoom, "de"), "✓ de is spoken in Rights\n")
	same(t, anna().ok(t, "transcription", "set-target", newerRoom, "en"), "✓ The call in Rights is translated for you: en\n")
	same(t, anna().ok(t, "transcription", "set-target", newerRoom), "✓ The call in Rights is not translated for you\n")
	same(t, anna().ok(t, "transcription", "stop", newerRoom), "✓ The call in Rights is no longer transcribed for you\n")
	same(t, strings.Join(sent[3:], "\n"), strings.ReplaceAll(`POST /live-transcription/R
POST /live-transcription/R/language
POST /live-transcription/R/target-language
POST /live-transcription/R/target-language
DELETE /live-transcription/R`, "R", newerRoom))
	anna().fails(t, exitUsage, []string{"LANGUAGE is missing"}, "transcription", "set-language", newerRoom)
}

func TestPollExport(t *testing.T) {
	t.Parallel()
	url := newerServer(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/poll/"+newerRoom+"/7/export/csv") {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"failure","statuscode":403},"data":{"error":"permission"}}}`)
			return
		}
		w.Header().Set("Content-Type", "text/csv")
		fmt.Fprint(w, "Option,Votes\n")
	}).URL
	same(t, at(url, "anna").ok(t, "poll", "export", newerRoom, "7"), "Option,Votes\n")
	file := t.TempDir() + "/days.csv"
	same(t, at(url, "anna").tty(80).ok(t, "poll", "export", newerRoom, "7", "--output", file), "✓ Stored the results of poll 7 as "+file+"\n")
	at(url, "anna").fails(t, exitFailed, []string{"is there already"}, "poll", "export", newerRoom, "7", "--output", file)
	at(url, "anna").fails(t, exitFailed, []string{"permission"}, "poll", "export", newerRoom, "8")
	at(url, "anna").fails(t, exitUsage, []string{"--format", "pdf"}, "poll", "export", newerRoom, "7", "--format", "pdf")
	at(url, "anna").fails(t, exitUsage, []string{"id of a poll"}, "poll", "export", newerRoom, "x")
	at(url, "anna").tty(80).fails(t, exitUsage, []string{"--output"}, "poll", "export", newerRoom, "7")
}

// TestCreateFromAPreset: the type is the preset's, unless one is given.
func TestCreateFromAPreset(t *testing.T) {
	t.Parallel()
	story, _, err := playback.Story("talk-25-alpha/presets")
	if err != nil {
		t.Fatal(err)
	}
	var bodies []string
	url := newerServer(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/presets/room") {
			_, _ = w.Write(story[0].Response)
			return
		}
		bodies = append(bodies, read(t, r))
		fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":201},"data":{"id":1,"token":"abcd1234","displayName":"Open day"}}}`)
	}).URL
	same(t, at(url, "anna").ok(t, "conversation", "create", "Open day", "--preset", "webinar"), "abcd1234\n")
	at(url, "anna").ok(t, "conversation", "create", "Open day", "--preset", "webinar", "--type", "group")
	at(url, "anna").fails(t, exitFailed, []string{`no preset "bogus"`}, "conversation", "create", "x", "--preset", "bogus")
	same(t, strings.Join(bodies, "\n"), `{"roomType":3,"roomName":"Open day","preset":"webinar","lobbyState":1,"permissions":389,"recordingConsent":1,"mentionPermissions":1}
{"roomType":2,"roomName":"Open day","preset":"webinar","lobbyState":1,"permissions":389,"recordingConsent":1,"mentionPermissions":1}`)
	same(t, at(url, "anna").ok(t, "__complete", "conversation", "create", "--preset", "w"), "webinar\tWebinar\n:4\n")
}
