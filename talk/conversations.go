package talk

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

// ConversationsService makes, lists, changes and leaves conversations.
type ConversationsService service

// ListOptions narrows or widens a list of conversations.
type ListOptions struct {
	// ModifiedSince leaves out conversations without news since then. Give it the ModifiedBefore of an earlier list: the
	// server's clock counts, not the caller's. Conversations that were left or deleted since are not told.
	ModifiedSince time.Time
	// IncludeStatus asks for the status of the other users of one-to-one conversations.
	IncludeStatus bool
	// OmitLastMessage makes the list smaller.
	OmitLastMessage bool
}

func (o *ListOptions) query() url.Values {
	q := url.Values{"noStatusUpdate": {"1"}}
	if o == nil {
		return q
	}
	if !o.ModifiedSince.IsZero() {
		q.Set("modifiedSince", strconv.FormatInt(o.ModifiedSince.Unix(), 10))
	}
	if o.IncludeStatus {
		q.Set("includeStatus", "1")
	}
	if o.OmitLastMessage {
		q.Set("includeLastMessage", "0")
	}
	return q
}

// ConversationList is a list of conversations, and what the server told along with it.
type ConversationList struct {
	Conversations []*Conversation
	// ModifiedBefore is the time of the list on the server's clock, for the ModifiedSince of the next one.
	ModifiedBefore time.Time
	// FederationInvites counts the invitations from other servers that wait for an answer.
	FederationInvites int
}

const modifiedBefore = "X-Nextcloud-Talk-Modified-Before"

// List gives the account's conversations, the ones with the latest activity first on most servers.
// For very many, [ConversationsService.All] needs less memory. Guests get [ErrUnauthorized].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation GET /room
func (s *ConversationsService) List(ctx context.Context, options *ListOptions) (*ConversationList, error) {
	var list ConversationList
	resp, err := s.client.call(ctx, &ocs.Request{Op: "list conversations", Path: apiV4 + "/room", Query: options.query()}, &list.Conversations)
	if err != nil {
		return nil, err
	}
	s.client.noteHash(resp.Header)
	list.ModifiedBefore = headerTime(resp.Header, modifiedBefore)
	list.FederationInvites = int(headerInt(resp.Header, "X-Nextcloud-Talk-Federation-Invites"))
	return &list, nil
}

// All goes through the account's conversations. They are decoded one at a time as they arrive, in memory that does not
// grow with the list; the connection stays open until the loop ends. An error is the last thing that it yields.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation GET /room
func (s *ConversationsService) All(ctx context.Context, options *ListOptions) iter.Seq2[*Conversation, error] {
	return s.all(ctx, options, func(http.Header) {})
}

// all is All, with the headers of the answer given before the first conversation.
func (s *ConversationsService) all(ctx context.Context, options *ListOptions, headers func(http.Header)) iter.Seq2[*Conversation, error] {
	return func(yield func(*Conversation, error) bool) {
		req := &ocs.Request{Op: "list conversations", Path: apiV4 + "/room", Query: options.query()}
		stream, err := s.client.ocs.Stream(ctx, req)
		if err != nil {
			yield(nil, err)
			return
		}
		defer stream.Close()
		s.client.noteHash(stream.Header)
		headers(stream.Header)
		for {
			element, err := stream.Next()
			if errors.Is(err, io.EOF) && !errors.Is(err, ErrBadResponse) {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
			var c Conversation
			if err := wire.Unmarshal(element, &c); err != nil {
				yield(nil, ocs.BadResponse(req.Op, http.MethodGet, req.Path, err))
				return
			}
			if !yield(&c, nil) {
				return
			}
		}
	}
}

// Get gives one conversation. One that the account does not take part in and cannot find either gives [ErrNotFound].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation GET /room/{token}
func (s *ConversationsService) Get(ctx context.Context, token string) (*Conversation, error) {
	return s.room(ctx, "get conversation", http.MethodGet, token, "", nil)
}

// NoteToSelf gives the account's conversation with itself, and makes it when there is none. It needs "note-to-self".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation GET /room/note-to-self
func (s *ConversationsService) NoteToSelf(ctx context.Context) (*Conversation, error) {
	const op = "get note to self"
	if err := s.client.require(ctx, op, FeatureNoteToSelf); err != nil {
		return nil, err
	}
	return s.do(ctx, &ocs.Request{Op: op, Path: apiV4 + "/room/note-to-self"})
}

// CreateOptions is what a new conversation may have from its start. Fields at zero are left to the server.
//
// Invite and Source are understood by every server. Those from Description on, but for the password, need
// "conversation-creation-all".
type CreateOptions struct {
	// Name is what the conversation is called, at most 255 characters.
	Name string
	// Invite is the user to talk to, in a one-to-one conversation; in others a group or team, as Source says.
	Invite string
	// Source is where Invite comes from: [ActorGroup], which is the default, or [ActorCircle].
	Source ActorType
	// ObjectType and ObjectID bind the conversation to something: "room" for a breakout room of the conversation with
	// that token, "event" for an appointment, "phone" for a telephone call and so on.
	ObjectType, ObjectID string
	// Preset is the identifier of one of [ConversationsService.Presets]: Create asks for them, and what is left at zero here
	// is as the preset has it, and the type, too, if that is 0. What the server's administrator forces goes before all.
	// Group and public conversations can have one. It needs "conversation-presets".
	Preset string
	// Password protects a public conversation. It needs "conversation-creation-password".
	Password string

	Description        string // at most 2000 characters, or what the capabilities say
	ReadOnly           bool
	Listable           ListableScope
	MessageExpiration  time.Duration // whole seconds
	LobbyState         LobbyState
	LobbyTimer         time.Time // when the lobby opens by itself
	SIPEnabled         SIPState
	Permissions        Permissions // the default ones of its participants
	RecordingConsent   RecordingConsent
	MentionPermissions MentionPermissions
	Emoji              string           // the picture of the conversation
	AvatarColor        string           // behind the emoji: six hexadecimal digits
	Participants       *ParticipantList // to invite
}

// createRequest is what CreateOptions are on the wire.
type createRequest struct {
	Type               ConversationType   `json:"roomType"`
	Name               string             `json:"roomName,omitempty"`
	Invite             string             `json:"invite,omitempty"`
	Source             ActorType          `json:"source,omitempty"`
	ObjectType         string             `json:"objectType,omitempty"`
	ObjectID           string             `json:"objectId,omitempty"`
	Preset             string             `json:"preset,omitempty"`
	Password           string             `json:"password,omitempty"`
	Description        string             `json:"description,omitempty"`
	ReadOnly           int                `json:"readOnly,omitempty"`
	Listable           ListableScope      `json:"listable,omitempty"`
	MessageExpiration  int64              `json:"messageExpiration,omitempty"`
	LobbyState         LobbyState         `json:"lobbyState,omitempty"`
	LobbyTimer         int64              `json:"lobbyTimer,omitempty"`
	SIPEnabled         SIPState           `json:"sipEnabled,omitempty"`
	Permissions        Permissions        `json:"permissions,omitempty"`
	RecordingConsent   RecordingConsent   `json:"recordingConsent,omitempty"`
	MentionPermissions MentionPermissions `json:"mentionPermissions,omitempty"`
	Emoji              string             `json:"emoji,omitempty"`
	AvatarColor        string             `json:"avatarColor,omitempty"`
	Participants       *ParticipantList   `json:"participants,omitempty"`
}

func (r createRequest) needsCreationAll() bool {
	return r.Description != "" || r.ReadOnly != 0 || r.Listable != 0 || r.MessageExpiration != 0 || r.LobbyState != 0 || r.LobbyTimer != 0 ||
		r.SIPEnabled != 0 || r.Permissions != 0 || r.RecordingConsent != 0 || r.MentionPermissions != 0 || r.Emoji != "" || r.AvatarColor != "" || r.Participants != nil
}

// maxName is the longest name of a conversation, in characters.
const maxName = 255

// Create makes a conversation, with the account as its owner. A one-to-one conversation that exists already is given
// as it is. Who could not be invited is told by the conversation's InvalidParticipants.
//
// A refused argument gives [ErrInvalid] with the server's word for it as Reason; an unknown Invite [ErrNotFound]; an
// account that may not create conversations [ErrForbidden].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation POST /room
//talk:operation GET /presets/room
func (s *ConversationsService) Create(ctx context.Context, kind ConversationType, options *CreateOptions) (*Conversation, error) {
	const op = "create conversation"
	if options == nil {
		options = &CreateOptions{}
	}
	o := *options
	if o.Preset != "" {
		var err error
		if kind, o, err = s.withPreset(ctx, op, kind, o); err != nil {
			return nil, err
		}
	}
	if utf8.RuneCountInString(o.Name) > maxName {
		return nil, ocs.Invalid(op, "name", "longer than %d characters", maxName)
	}
	if kind == ConversationOneToOne && o.Invite == "" && (o.Participants == nil || len(o.Participants.Users) == 0) {
		return nil, ocs.Invalid(op, "invite", "empty: a one-to-one conversation needs the other user")
	}
	if o.MessageExpiration < 0 || o.MessageExpiration%time.Second != 0 {
		return nil, ocs.Invalid(op, "message expiration", "%v is not a number of whole seconds", o.MessageExpiration)
	}
	body := createRequest{
		Type: kind, Name: o.Name, Invite: o.Invite, Source: o.Source, ObjectType: o.ObjectType, ObjectID: o.ObjectID, Preset: o.Preset, Password: o.Password,
		Description: o.Description, Listable: o.Listable, MessageExpiration: int64(o.MessageExpiration / time.Second), LobbyState: o.LobbyState,
		SIPEnabled: o.SIPEnabled, Permissions: o.Permissions, RecordingConsent: o.RecordingConsent, MentionPermissions: o.MentionPermissions,
		Emoji: o.Emoji, AvatarColor: o.AvatarColor, Participants: o.Participants,
	}
	if o.ReadOnly {
		body.ReadOnly = 1
	}
	if !o.LobbyTimer.IsZero() {
		body.LobbyTimer = o.LobbyTimer.Unix()
	}
	if body.needsCreationAll() {
		if err := s.client.require(ctx, op, FeatureConversationCreationAll); err != nil {
			return nil, err
		}
	}
	if o.Password != "" {
		if err := s.client.require(ctx, op, FeatureConversationCreationPassword); err != nil {
			return nil, err
		}
	}
	return s.do(ctx, &ocs.Request{Op: op, Method: http.MethodPost, Path: apiV4 + "/room", Body: body})
}

// Rename gives a conversation another name, of 1 to 255 characters. Only moderators may ([ErrForbidden]).
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation PUT /room/{token}
func (s *ConversationsService) Rename(ctx context.Context, token, name string) (*Conversation, error) {
	const op = "rename conversation"
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return nil, ocs.Invalid(op, "name", "empty")
	case n > maxName:
		return nil, ocs.Invalid(op, "name", "%d characters, more than %d", n, maxName)
	}
	return s.room(ctx, op, http.MethodPut, token, "", map[string]string{"roomName": name})
}

// SetDescription says what a conversation is for, "" removes that. Only moderators may ([ErrForbidden]). It needs
// "room-description".
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation PUT /room/{token}/description
func (s *ConversationsService) SetDescription(ctx context.Context, token, description string) (*Conversation, error) {
	const op = "set description"
	if err := s.client.require(ctx, op, FeatureRoomDescription); err != nil {
		return nil, err
	}
	return s.room(ctx, op, http.MethodPut, token, "/description", map[string]string{"description": description})
}

// Delete deletes a conversation for everybody in it. Only moderators may, and none that is preserved ([ErrForbidden], Reason
// "preserved"); a one-to-one conversation can only be left ([ErrInvalid]).
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation DELETE /room/{token}
func (s *ConversationsService) Delete(ctx context.Context, token string) error {
	return s.client.inRoom(ctx, "delete conversation", http.MethodDelete, token, "", nil, nil)
}

// JoinOptions says how a conversation is entered.
type JoinOptions struct {
	// Password opens a public conversation that has one, to those who do not take part in it yet.
	Password string
	// KeepOther fails with [ErrConflict], instead of taking over, when another session of the account is in a call there.
	KeepOther bool
}

// Join opens a session in a conversation, which shows the account as present there and is needed for calls; reading and
// writing need none. Somebody who follows the link of a public conversation becomes a participant by it. A wrong
// password or a ban give [ErrForbidden].
//
// The session hangs on the client's cookies, and ends with [ConversationsService.LeaveSession].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/participant/
//
//talk:operation POST /room/{token}/participants/active
func (s *ConversationsService) Join(ctx context.Context, token string, options *JoinOptions) (*Conversation, error) {
	body := struct {
		Password string `json:"password,omitempty"`
		Force    bool   `json:"force"`
	}{Force: true}
	if options != nil {
		body.Password, body.Force = options.Password, !options.KeepOther
	}
	return s.room(ctx, "join conversation", http.MethodPost, token, "/participants/active", body)
}

// LeaveSession ends the session that [ConversationsService.Join] opened. The account stays a participant.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/participant/
//
//talk:operation DELETE /room/{token}/participants/active
func (s *ConversationsService) LeaveSession(ctx context.Context, token string) error {
	return s.client.inRoom(ctx, "leave session", http.MethodDelete, token, "/participants/active", nil, nil)
}

// Leave gives up taking part in a conversation. The last moderator cannot while others remain ([ErrInvalid], Reason
// "last-moderator"), nor can others than moderators leave an announcement (Reason "announcement"). A one-to-one
// conversation comes back with the next message in it.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/participant/
//
//talk:operation DELETE /room/{token}/participants/self
func (s *ConversationsService) Leave(ctx context.Context, token string) error {
	return s.client.inRoom(ctx, "leave conversation", http.MethodDelete, token, "/participants/self", nil, nil)
}

// room calls an endpoint of one conversation that answers with it. Where an older server answers a change with nothing, the
// conversation is asked for.
func (s *ConversationsService) room(ctx context.Context, op, method, token, below string, body any) (*Conversation, error) {
	path, err := roomPath(op, apiV4+"/room", token)
	if err != nil {
		return nil, err
	}
	c, err := s.do(ctx, &ocs.Request{Op: op, Method: method, Path: path + below, Body: body})
	if errors.Is(err, errNoConversation) && method != http.MethodGet {
		return s.Get(ctx, token)
	}
	return c, err
}

var errNoConversation = errors.New("no conversation in the answer")

func (s *ConversationsService) do(ctx context.Context, req *ocs.Request) (*Conversation, error) {
	var c *Conversation
	resp, err := s.client.call(ctx, req, &c)
	if err != nil {
		return nil, err
	}
	s.client.noteHash(resp.Header)
	if c == nil || c.Token == "" {
		return nil, ocs.BadResponse(req.Op, req.Method, req.Path, errNoConversation)
	}
	return c, nil
}

func headerInt(header http.Header, name string) int64 {
	n, err := strconv.ParseInt(header.Get(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func headerTime(header http.Header, name string) time.Time {
	n := headerInt(header, name)
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}
