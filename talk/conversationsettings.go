package talk

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/confab-go/confab/internal/ocs"
)

// set changes a setting of a conversation, which may need a feature.
func (s *ConversationsService) set(ctx context.Context, op string, feature Feature, method, token, below string, body any) (*Conversation, error) {
	if feature != "" {
		if err := s.client.require(ctx, op, feature); err != nil {
			return nil, err
		}
	}
	return s.room(ctx, op, method, token, below, body)
}

// onOff is the method by which Talk turns a thing on or off.
func onOff(on bool) string {
	if on {
		return http.MethodPost
	}
	return http.MethodDelete
}

// SetReadOnly lets nobody write in a conversation any more, or everybody again. Only moderators may ([ErrForbidden]), in
// group and public conversations ([ErrInvalid], Reason "type"). It needs "read-only-rooms".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation PUT /room/{token}/read-only
func (s *ConversationsService) SetReadOnly(ctx context.Context, token string, readOnly bool) (*Conversation, error) {
	state := 0
	if readOnly {
		state = 1
	}
	return s.set(ctx, "set read-only", FeatureReadOnlyRooms, http.MethodPut, token, "/read-only", map[string]int{"state": state})
}

// PublicOptions says how a conversation is opened.
type PublicOptions struct {
	// Password is asked of those who do not take part in the conversation yet. It needs "conversation-creation-password".
	Password string
}

// MakePublic opens a group conversation to everybody who has its link. Only moderators may ([ErrForbidden]).
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation POST /room/{token}/public
func (s *ConversationsService) MakePublic(ctx context.Context, token string, options *PublicOptions) (*Conversation, error) {
	body := map[string]string{}
	var feature Feature
	if options != nil && options.Password != "" {
		body["password"], feature = options.Password, FeatureConversationCreationPassword
	}
	return s.set(ctx, "make conversation public", feature, http.MethodPost, token, "/public", body)
}

// MakePrivate closes a public conversation to all but its participants. Only moderators may ([ErrForbidden]).
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation DELETE /room/{token}/public
func (s *ConversationsService) MakePrivate(ctx context.Context, token string) (*Conversation, error) {
	return s.set(ctx, "make conversation private", "", http.MethodDelete, token, "/public", nil)
}

// SetPassword sets the password of a public conversation, "" removes it. Only moderators may ([ErrForbidden]). A password that
// the server finds too weak gives [ErrInvalid] with its advice as Message.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation PUT /room/{token}/password
func (s *ConversationsService) SetPassword(ctx context.Context, token, password string) (*Conversation, error) {
	return s.set(ctx, "set password", "", http.MethodPut, token, "/password", map[string]string{"password": password})
}

// SetFavorite puts a conversation among the account's favourites, or takes it out. It needs "favorites".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation POST /room/{token}/favorite
//talk:operation DELETE /room/{token}/favorite
func (s *ConversationsService) SetFavorite(ctx context.Context, token string, favorite bool) (*Conversation, error) {
	return s.set(ctx, "set favourite", FeatureFavorites, onOff(favorite), token, "/favorite", nil)
}

// SetNotificationLevel says which messages of a conversation notify the account: [NotifyAlways], [NotifyMention] or
// [NotifyNever]. It needs "notification-levels".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation POST /room/{token}/notify
func (s *ConversationsService) SetNotificationLevel(ctx context.Context, token string, level NotificationLevel) (*Conversation, error) {
	const op = "set notification level"
	if level < NotifyAlways || level > NotifyNever {
		return nil, ocs.Invalid(op, "level", "%v is not always, mention or never", level)
	}
	return s.set(ctx, op, FeatureNotificationLevels, http.MethodPost, token, "/notify", map[string]NotificationLevel{"level": level})
}

// SetCallNotifications says whether calls in a conversation notify the account. It needs "notification-calls".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation POST /room/{token}/notify-calls
func (s *ConversationsService) SetCallNotifications(ctx context.Context, token string, level CallNotificationLevel) (*Conversation, error) {
	const op = "set call notifications"
	if level != NotifyCallsOff && level != NotifyCallsOn {
		return nil, ocs.Invalid(op, "level", "%v is not on or off", level)
	}
	return s.set(ctx, op, FeatureNotificationCalls, http.MethodPost, token, "/notify-calls", map[string]CallNotificationLevel{"level": level})
}

// SetListable says who can find a conversation and join it without an invitation. Only moderators may ([ErrForbidden]). It
// needs "listable-rooms".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation PUT /room/{token}/listable
func (s *ConversationsService) SetListable(ctx context.Context, token string, scope ListableScope) (*Conversation, error) {
	return s.set(ctx, "set listable scope", FeatureListableRooms, http.MethodPut, token, "/listable", map[string]ListableScope{"scope": scope})
}

// SetDefaultPermissions says what participants may do who were given no permissions in person, and takes back those that were
// given. [PermissionsDefault] leaves it to the server. Only moderators may ([ErrForbidden]). It needs "conversation-permissions".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation PUT /room/{token}/permissions/default
func (s *ConversationsService) SetDefaultPermissions(ctx context.Context, token string, permissions Permissions) (*Conversation, error) {
	return s.set(ctx, "set default permissions", FeatureConversationPermissions, http.MethodPut, token, "/permissions/default", map[string]Permissions{"permissions": permissions})
}

// SetMentionPermissions says who may mention everybody with @all. Only moderators may ([ErrForbidden]). It needs "mention-permissions".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation PUT /room/{token}/mention-permissions
func (s *ConversationsService) SetMentionPermissions(ctx context.Context, token string, permissions MentionPermissions) (*Conversation, error) {
	return s.set(ctx, "set mention permissions", FeatureMentionPermissions, http.MethodPut, token, "/mention-permissions", map[string]MentionPermissions{"mentionPermissions": permissions})
}

// SetMessageExpiration lets messages that are sent from now on disappear after some whole seconds; 0 for never. Only
// moderators may ([ErrForbidden]). Servers announce it as "message-expiration" only when they have a clock to tidy up by, and obey all the same.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation POST /room/{token}/message-expiration
func (s *ConversationsService) SetMessageExpiration(ctx context.Context, token string, after time.Duration) (*Conversation, error) {
	const op = "set message expiration"
	if after < 0 || after%time.Second != 0 {
		return nil, ocs.Invalid(op, "message expiration", "%v is not a number of whole seconds", after)
	}
	return s.set(ctx, op, "", http.MethodPost, token, "/message-expiration", map[string]int64{"seconds": int64(after / time.Second)})
}

// SetLobby holds all but moderators back in the lobby, or lets them in; with a time not zero, the lobby opens by itself
// then. Only moderators may ([ErrForbidden]). It needs "webinary-lobby".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/webinar/
//
//talk:operation PUT /room/{token}/webinar/lobby
func (s *ConversationsService) SetLobby(ctx context.Context, token string, state LobbyState, until time.Time) (*Conversation, error) {
	body := map[string]int64{"state": int64(state)}
	if !until.IsZero() {
		body["timer"] = until.Unix()
	}
	return s.set(ctx, "set lobby", FeatureWebinaryLobby, http.MethodPut, token, "/webinar/lobby", body)
}

// SetArchived puts a conversation out of the account's sight, or back. It needs "archived-conversations-v2".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation POST /room/{token}/archive
//talk:operation DELETE /room/{token}/archive
func (s *ConversationsService) SetArchived(ctx context.Context, token string, archived bool) (*Conversation, error) {
	return s.set(ctx, "set archived", FeatureArchivedConversations, onOff(archived), token, "/archive", nil)
}

// SetImportant lets a conversation notify the account even while it is not to be disturbed. It needs "important-conversations".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation POST /room/{token}/important
//talk:operation DELETE /room/{token}/important
func (s *ConversationsService) SetImportant(ctx context.Context, token string, important bool) (*Conversation, error) {
	return s.set(ctx, "set important", FeatureImportantConversations, onOff(important), token, "/important", nil)
}

// SetSensitive hides the messages of a conversation in the account's list and notifications. It needs "sensitive-conversations".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation POST /room/{token}/sensitive
//talk:operation DELETE /room/{token}/sensitive
func (s *ConversationsService) SetSensitive(ctx context.Context, token string, sensitive bool) (*Conversation, error) {
	return s.set(ctx, "set sensitive", FeatureSensitiveConversations, onOff(sensitive), token, "/sensitive", nil)
}

// Listed gives the conversations that the account could join without an invitation, and whose names contain a text. It
// needs "listable-rooms".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation GET /listed-room
func (s *ConversationsService) Listed(ctx context.Context, search string) ([]*Conversation, error) {
	const op = "list open conversations"
	if err := s.client.require(ctx, op, FeatureListableRooms); err != nil {
		return nil, err
	}
	return fetch[[]*Conversation](ctx, s.client, &ocs.Request{Op: op, Path: apiV4 + "/listed-room", Query: url.Values{"searchTerm": {search}}})
}

// SetRecordingConsent says whether participants must agree to being recorded before they join a call: [RecordingConsentNone] or
// [RecordingConsentRequired]. Only moderators with an account may ([ErrForbidden]), and not during a call ([ErrInvalid], Reason
// "call"). A server without a recording server refuses with the status 412 and the Reason "config". It needs "recording-consent".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/recording/
//
//talk:operation PUT /room/{token}/recording-consent
func (s *ConversationsService) SetRecordingConsent(ctx context.Context, token string, consent RecordingConsent) (*Conversation, error) {
	const op = "set recording consent"
	if consent != RecordingConsentNone && consent != RecordingConsentRequired {
		return nil, ocs.Invalid(op, "consent", "%v is not none or required", consent)
	}
	return s.set(ctx, op, FeatureRecordingConsent, http.MethodPut, token, "/recording-consent", map[string]RecordingConsent{"recordingConsent": consent})
}

// SetSIP says whether a conversation can be dialled into. Only moderators whom the administrator lets do so may ([ErrForbidden]).
// A server that is not set up for it refuses with the status 412 and the Reason "config". It needs "sip-support", and
// [SIPWithoutPIN] "sip-support-nopin".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/webinar/
//
//talk:operation PUT /room/{token}/webinar/sip
func (s *ConversationsService) SetSIP(ctx context.Context, token string, state SIPState) (*Conversation, error) {
	const op = "set SIP"
	feature := FeatureSIPSupport
	switch state {
	case SIPDisabled, SIPWithPIN:
	case SIPWithoutPIN:
		feature = FeatureSIPSupportNoPIN
	default:
		return nil, ocs.Invalid(op, "state", "%v is not disabled, with-pin or without-pin", state)
	}
	return s.set(ctx, op, feature, http.MethodPut, token, "/webinar/sip", map[string]SIPState{"state": state})
}

// Unbind frees a conversation from what it was made for, such as an event, so that it stays when that is over. Only moderators
// may ([ErrForbidden]); one that was made for nothing that ends gives [ErrInvalid] with Reason "object-type". It needs
// "unbind-conversation".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation DELETE /room/{token}/object
func (s *ConversationsService) Unbind(ctx context.Context, token string) (*Conversation, error) {
	return s.set(ctx, "unbind conversation", FeatureUnbindConversation, http.MethodDelete, token, "/object", nil)
}
