package talk

import (
	"context"
	"net/http"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// TranscriptionService has calls written down while people speak, and translated. The text itself arrives over the external
// signaling server. All of it needs the setting "live-transcription" of the server's calls, which Talk has from version 22 on.
//
// Where the app that does it does not answer, calls give [ErrInvalid] with Reason "app".
type TranscriptionService service

// TranscriptionLanguage is a language that can be transcribed or translated into.
type TranscriptionLanguage struct {
	Name     string                        `json:"name"` // in the account's language
	MetaData TranscriptionLanguageMetaData `json:"metadata"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a language as a server sends it.
func (l *TranscriptionLanguage) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, l) }

// MarshalJSON encodes the language as a server sends it.
func (l TranscriptionLanguage) MarshalJSON() ([]byte, error) { return wire.Marshal(l) }

// TranscriptionLanguageMetaData says how a language is written.
type TranscriptionLanguageMetaData struct {
	Separator   string `json:"separator"` // between words
	RightToLeft bool   `json:"rtl"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes the data as a server sends it.
func (m *TranscriptionLanguageMetaData) UnmarshalJSON(data []byte) error {
	return wire.Unmarshal(data, m)
}

// MarshalJSON encodes the data as a server sends it.
func (m TranscriptionLanguageMetaData) MarshalJSON() ([]byte, error) { return wire.Marshal(m) }

// TranslationLanguages are the languages, by their ids, that can be translated: each Origin into each Target.
type TranslationLanguages struct {
	Origins map[string]TranscriptionLanguage `json:"originLanguages,array"`
	Targets map[string]TranscriptionLanguage `json:"targetLanguages,array"`
	// DefaultTarget is the id of the one that the account is assumed to want.
	DefaultTarget string `json:"defaultTargetLanguageId"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes the languages as a server sends them.
func (l *TranslationLanguages) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, l) }

// MarshalJSON encodes the languages as a server sends them.
func (l TranslationLanguages) MarshalJSON() ([]byte, error) { return wire.Marshal(l) }

// Start has the call of a conversation transcribed for the account's session. Who is not in the call gets [ErrInvalid] with
// Reason "in-call", in a classified conversation with Reason "classified".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/capabilities/
//
//talk:operation POST /live-transcription/{token}
func (s *TranscriptionService) Start(ctx context.Context, token string) error {
	return s.inCall(ctx, "start transcription", http.MethodPost, token, "", nil, transcribes)
}

// Stop ends it for the account's session. Who is not in the call gets [ErrInvalid] with Reason "in-call".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/capabilities/
//
//talk:operation DELETE /live-transcription/{token}
func (s *TranscriptionService) Stop(ctx context.Context, token string) error {
	return s.inCall(ctx, "stop transcription", http.MethodDelete, token, "", nil, transcribes)
}

// Languages gives the languages that can be transcribed, by their ids.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/capabilities/
//
//talk:operation GET /live-transcription/languages
func (s *TranscriptionService) Languages(ctx context.Context) (map[string]TranscriptionLanguage, error) {
	const op = "list languages of transcription"
	if err := s.require(ctx, op, transcribes); err != nil {
		return nil, err
	}
	return fetch[map[string]TranscriptionLanguage](ctx, s.client, &ocs.Request{Op: op, Path: transcriptionPath + "/languages"})
}

// SetLanguage says which language is spoken in a conversation, by the id of one of [TranscriptionService.Languages], "" for
// the server's own choice. Only moderators may ([ErrForbidden]).
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/capabilities/
//
//talk:operation POST /live-transcription/{token}/language
func (s *TranscriptionService) SetLanguage(ctx context.Context, token, languageID string) error {
	body := map[string]string{"languageId": languageID}
	return s.inCall(ctx, "set language of transcription", http.MethodPost, token, "/language", body, transcribes)
}

// TranslationLanguages gives the languages between which can be translated. It needs the setting "live-translation" as
// well, which Talk has from version 23 on.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/capabilities/
//
//talk:operation GET /live-transcription/translation-languages
func (s *TranscriptionService) TranslationLanguages(ctx context.Context) (*TranslationLanguages, error) {
	const op = "list languages of translation"
	if err := s.require(ctx, op, translates); err != nil {
		return nil, err
	}
	return fetch[*TranslationLanguages](ctx, s.client, &ocs.Request{Op: op, Path: transcriptionPath + "/translation-languages"})
}

// SetTargetLanguage says which language the account's session wants to read what is said in, by the id of one of the Targets
// of [TranscriptionService.TranslationLanguages]; "" for the one that is spoken. Who is not in the call gets [ErrInvalid]
// with Reason "in-call". It needs the setting "live-translation" as well.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/capabilities/
//
//talk:operation POST /live-transcription/{token}/target-language
func (s *TranscriptionService) SetTargetLanguage(ctx context.Context, token, languageID string) error {
	body := map[string]*string{"targetLanguageId": &languageID}
	if languageID == "" {
		body["targetLanguageId"] = nil
	}
	return s.inCall(ctx, "set language of translation", http.MethodPost, token, "/target-language", body, translates)
}

const transcriptionPath = apiV1 + "/live-transcription"

// What the server's calls must be able to do, by the names of their settings.
const (
	transcribes = "live-transcription"
	translates  = "live-translation"
)

func (s *TranscriptionService) require(ctx context.Context, op, setting string) error {
	caps, err := s.client.Capabilities(ctx)
	if err != nil {
		return err
	}
	switch call := caps.Config.Call; {
	case !call.LiveTranscription:
		return ocs.Unsupported(op, transcribes)
	case setting == translates && !call.LiveTranslation:
		return ocs.Unsupported(op, translates)
	}
	return nil
}

func (s *TranscriptionService) inCall(ctx context.Context, op, method, token, below string, body any, setting string) error {
	path, err := roomPath(op, transcriptionPath, token)
	if err != nil {
		return err
	}
	if err := s.require(ctx, op, setting); err != nil {
		return err
	}
	_, err = s.client.call(ctx, &ocs.Request{Op: op, Method: method, Path: path + below, Body: body, Repeatable: true}, nil)
	return err
}
