package talk_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

// transcriber gives a client of a server whose calls can do what the settings say.
func transcriber(t *testing.T, settings string, handler http.HandlerFunc) *talk.Client {
	t.Helper()
	return clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/cloud/capabilities") {
			fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"capabilities":{"spreed":{"config":{"call":{%s}}}}}}}`, settings)
			return
		}
		handler(w, r)
	})
}

func TestTranscription(t *testing.T) {
	t.Parallel()
	var sent []string
	c := transcriber(t, `"live-transcription":true,"live-translation":true`, func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		decodeBody(t, r, &body)
		path := r.URL.Path[strings.LastIndex(r.URL.Path, "/live"):]
		sent = append(sent, fmt.Sprintf("%s %s %v", r.Method, path, body))
		data := "null"
		switch path {
		case "/live-transcription/languages":
			data = `{"de":{"name":"Deutsch","metadata":{"separator":" ","rtl":false}},"ar":{"name":"العربية","metadata":{"separator":" ","rtl":true}}}`
		case "/live-transcription/translation-languages":
			data = `{"originLanguages":{"de":{"name":"Deutsch","metadata":{"separator":" ","rtl":false}}},"targetLanguages":[],"defaultTargetLanguageId":"en"}`
		}
		fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":%s}}`, data)
	})
	ctx := t.Context()
	languages := must(c.Transcription.Languages(ctx))(t)
	if len(languages) != 2 || languages["de"].Name != "Deutsch" || !languages["ar"].MetaData.RightToLeft || languages["de"].MetaData.Separator != " " {
		t.Errorf("languages: %+v", languages)
	}
	between := must(c.Transcription.TranslationLanguages(ctx))(t)
	if len(between.Origins) != 1 || len(between.Targets) != 0 || between.DefaultTarget != "en" {
		t.Errorf("translations: %+v", between)
	}
	if err := errors.Join(
		c.Transcription.Start(ctx, "abcd1234"),
		c.Transcription.SetLanguage(ctx, "abcd1234", "de"),
		c.Transcription.SetTargetLanguage(ctx, "abcd1234", "en"),
		c.Transcription.SetTargetLanguage(ctx, "abcd1234", ""),
		c.Transcription.Stop(ctx, "abcd1234"),
	); err != nil {
		t.Error(err)
	}
	want := []string{
		"GET /live-transcription/languages map[]",
		"GET /live-transcription/translation-languages map[]",
		"POST /live-transcription/abcd1234 map[]",
		"POST /live-transcription/abcd1234/language map[languageId:de]",
		"POST /live-transcription/abcd1234/target-language map[targetLanguageId:en]",
		"POST /live-transcription/abcd1234/target-language map[targetLanguageId:<nil>]",
		"DELETE /live-transcription/abcd1234 map[]",
	}
	if diff := cmp.Diff(want, sent); diff != "" {
		t.Errorf("-want +sent:\n%s", diff)
	}
	refusedHere(t, "no conversation", c.Transcription.Start(ctx, ""), "token")
}

func TestTranscriptionRefused(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{"app", "in-call", "classified"} {
		c := transcriber(t, `"live-transcription":true`, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"ocs":{"meta":{"status":"failure","statuscode":400},"data":{"error":%q}}}`, reason)
		})
		refused(t, reason, c.Transcription.Start(t.Context(), "abcd1234"), talk.ErrInvalid, reason)
	}
	never := func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s was sent", r.Method, r.URL) }
	for settings, missing := range map[string]string{
		`"live-transcription":true`: "live-translation",
		`"live-translation":true`:   "live-transcription",
		``:                          "live-transcription",
	} {
		_, err := transcriber(t, settings, never).Transcription.TranslationLanguages(t.Context())
		if !errors.Is(err, talk.ErrUnsupported) || !strings.Contains(err.Error(), missing) {
			t.Errorf("%q: %v", settings, err)
		}
	}
}
