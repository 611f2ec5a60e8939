package talk

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/confab-go/confab/internal/ocs"
)

// SettingsService changes what the account has chosen, and some of what the administrator has. Most of it can be read again in
// [Capabilities].
type SettingsService service

// UserSetting is the name of something that an account chooses.
type UserSetting string

// The settings of accounts. Servers of different versions have others, too; one that a server does not know gives [ErrInvalid].
const (
	SettingAttachmentFolder   UserSetting = "attachment_folder"         // where files from conversations go, as in "/Talk"
	SettingReadStatusPrivacy  UserSetting = "read_status_privacy"       // a Privacy
	SettingTypingPrivacy      UserSetting = "typing_privacy"            // a Privacy
	SettingPlaySounds         UserSetting = "play_sounds"               // "yes" or "no"
	SettingStartWithoutMedia  UserSetting = "calls_start_without_media" // "yes" or "no"
	SettingBlurBackground     UserSetting = "blur_virtual_background"   // "yes" or "no"
	SettingConversationsStyle UserSetting = "conversations_list_style"  // "two-lines" or "compact"
	SettingChatStyle          UserSetting = "chat_style"                // "split" or "unified"; Talk 23
)

// Set chooses something for the account. A setting that the server does not know, or a value that it does not take, gives
// [ErrInvalid].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/settings/
//
//talk:operation POST /settings/user
func (s *SettingsService) Set(ctx context.Context, setting UserSetting, value string) error {
	const op = "change setting"
	if setting == "" {
		return ocs.Invalid(op, "setting", "empty")
	}
	return s.set(ctx, op, map[string]string{"key": string(setting), "value": value})
}

// SetReadStatusPrivacy says whether others see how far the account has read. Who hides it does not see others' either. It needs
// "chat-read-status".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/settings/
//
//talk:operation POST /settings/user
func (s *SettingsService) SetReadStatusPrivacy(ctx context.Context, privacy Privacy) error {
	return s.setPrivacy(ctx, "set privacy of reading", FeatureChatReadStatus, SettingReadStatusPrivacy, privacy)
}

// SetTypingPrivacy says whether others see that the account is writing. Who hides it does not see others either. It needs
// "typing-privacy".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/settings/
//
//talk:operation POST /settings/user
func (s *SettingsService) SetTypingPrivacy(ctx context.Context, privacy Privacy) error {
	return s.setPrivacy(ctx, "set privacy of typing", FeatureTypingPrivacy, SettingTypingPrivacy, privacy)
}

// SetAttachmentFolder says into which of the account's folders files go that are sent into conversations, as in "/Talk". The
// server makes it when it is not there.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/settings/
//
//talk:operation POST /settings/user
func (s *SettingsService) SetAttachmentFolder(ctx context.Context, folder string) error {
	const op = "set attachment folder"
	if !strings.HasPrefix(folder, "/") {
		return ocs.Invalid(op, "folder", "%q does not begin with a slash", folder)
	}
	for part := range strings.SplitSeq(folder, "/") {
		if part == "." || part == ".." {
			return ocs.Invalid(op, "folder", "%q has %q in it", folder, part)
		}
	}
	return s.set(ctx, op, map[string]string{"key": string(SettingAttachmentFolder), "value": folder})
}

func (s *SettingsService) setPrivacy(ctx context.Context, op string, feature Feature, setting UserSetting, privacy Privacy) error {
	if privacy != PrivacyPublic && privacy != PrivacyPrivate {
		return ocs.Invalid(op, "privacy", "%v is not public or private", privacy)
	}
	if err := s.client.require(ctx, op, feature); err != nil {
		return err
	}
	body := struct {
		Key   UserSetting `json:"key"`
		Value Privacy     `json:"value"`
	}{setting, privacy}
	return s.set(ctx, op, body)
}

// set sends a choice. The capabilities have it in them, and are asked for anew.
func (s *SettingsService) set(ctx context.Context, op string, body any) error {
	req := &ocs.Request{Op: op, Method: http.MethodPost, Path: apiV1 + "/settings/user", Body: body, Repeatable: true}
	if _, err := s.client.call(ctx, req, nil); err != nil {
		return err
	}
	s.client.forgetCapabilities()
	return nil
}

// SIPSettings are the administrator's for dialling in and out.
type SIPSettings struct {
	// Groups are the ids of those whose members may have conversations dialled into; none lets everybody.
	Groups []string `json:"sipGroups"`
	// DialInInfo tells people how to dial in.
	DialInInfo string `json:"dialInInfo"`
	// SharedSecret is what the bridge to telephones signs with. It is a secret.
	SharedSecret string `json:"sharedSecret"`
}

// SetSIP sets up the bridge to telephones; all of its settings are replaced. Only administrators may ([ErrForbidden]).
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/settings/
//
//talk:operation POST /settings/sip
func (s *SettingsService) SetSIP(ctx context.Context, settings *SIPSettings) error {
	const op = "set SIP settings"
	if settings == nil {
		return ocs.Invalid(op, "settings", "none")
	}
	body := *settings
	if body.Groups == nil {
		body.Groups = []string{}
	}
	req := &ocs.Request{Op: op, Method: http.MethodPost, Path: apiV1 + "/settings/sip", Body: body, Repeatable: true}
	_, err := s.client.call(ctx, req, nil)
	return err
}

// CertificateExpiration tells in how many days the certificate of a host, such as "turn.example.com:5349", expires: fewer than
// 0 when it has; known is false when the server could not tell. Only administrators may ask ([ErrForbidden]); a host that
// cannot be reached gives [ErrInvalid].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/settings/
//
//talk:operation GET /certificate/expiration
func (s *SettingsService) CertificateExpiration(ctx context.Context, host string) (days int, known bool, err error) {
	const op = "get expiration of certificate"
	if strings.TrimSpace(host) == "" {
		return 0, false, ocs.Invalid(op, "host", "empty")
	}
	type result struct {
		Days *int `json:"expiration_in_days"`
	}
	req := &ocs.Request{Op: op, Path: apiV1 + "/certificate/expiration", Query: url.Values{"host": {host}}, NoRetry: true}
	r, err := fetch[result](ctx, s.client, req)
	if err != nil || r.Days == nil {
		return 0, false, err
	}
	return *r.Days, true, nil
}
