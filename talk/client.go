package talk

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
	"github.com/confab-go/confab/talk/files"
)

// Client speaks to one server as one account, or as a guest. It is safe for use by many goroutines.
//
// When the server finds that there are too many requests (429), all of the client's requests wait as long as it asks; when it
// refuses the credentials (401), the client sends nothing more: see [Client.Readmit].
type Client struct {
	// Conversations are made, listed, changed and left.
	Conversations *ConversationsService
	// Participants of conversations are listed, added and removed.
	Participants *ParticipantsService
	// Bans keep people out of conversations.
	Bans *BansService
	// Calls are joined, left and ended.
	Calls *CallsService
	// BreakoutRooms split conversations into smaller ones for a while.
	BreakoutRooms *BreakoutRoomsService
	// Chat sends, reads, follows, edits and deletes messages.
	Chat *ChatService
	// Threads are named chains of messages; Talk 22.
	Threads *ThreadsService
	// Scheduled messages wait on the server for the time at which they are sent; Talk 23.
	Scheduled *ScheduledService
	// Reactions to messages are added, removed and listed.
	Reactions *ReactionsService
	// Reminders of messages come at a later time.
	Reminders *RemindersService
	// Polls are made, voted in and ended.
	Polls *PollsService
	// Bots are listed, and let into conversations.
	Bots *BotsService
	// Recordings of calls are started, stopped and shared.
	Recordings *RecordingsService
	// Transcription has calls written down and translated; Talk 22.
	Transcription *TranscriptionService
	// Signaling carries what clients in calls say to each other.
	Signaling *SignalingService
	// Meetings are put into calendars.
	Meetings *MeetingsService
	// Tags sort the account's conversations; Talk 24.
	Tags *TagsService
	// Avatars are the pictures of conversations.
	Avatars *AvatarsService
	// Search finds messages and conversations by their text.
	Search *SearchService
	// Federation answers invitations from other servers.
	Federation *FederationService
	// Bridges tie conversations to chats elsewhere.
	Bridges *BridgesService
	// Settings are what the account has chosen.
	Settings *SettingsService
	// Status says who is available.
	Status *StatusService
	// Users are the server's accounts, for their administrators.
	Users *UsersService
	// Groups of users, for their administrators.
	Groups *GroupsService
	// Files are the account's own, and can be shared into conversations.
	Files *files.Service

	ocs   *ocs.Client
	log   *slog.Logger
	retry Retry
	caps  capabilityCache
}

// service is what all services have: the client that they call through.
type service struct{ client *Client }

// NewClient returns a client for the Nextcloud at an address such as "https://cloud.example.com" or
// "https://example.com/nextcloud". It sends nothing; an address or option that cannot work gives [ErrInvalid].
//
// Without credentials the client is a guest, known to the server by its cookies.
func NewClient(baseURL string, options ...Option) (*Client, error) {
	s := settings{Config: ocs.Config{BaseURL: baseURL, UserAgent: userAgent()}}
	for _, option := range options {
		option(&s)
	}
	conn, err := ocs.New(s.Config)
	if err != nil {
		return nil, err
	}
	c := &Client{ocs: conn, log: s.Logger, retry: s.Retry}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	c.Conversations = &ConversationsService{c}
	c.Participants = &ParticipantsService{c}
	c.Bans = &BansService{c}
	c.Calls = &CallsService{c}
	c.BreakoutRooms = &BreakoutRoomsService{c}
	c.Chat = &ChatService{c}
	c.Threads = &ThreadsService{c}
	c.Scheduled = &ScheduledService{c}
	c.Reactions = &ReactionsService{c}
	c.Reminders = &RemindersService{c}
	c.Polls = &PollsService{c}
	c.Bots = &BotsService{c}
	c.Recordings = &RecordingsService{c}
	c.Transcription = &TranscriptionService{c}
	c.Signaling = &SignalingService{c}
	c.Meetings = &MeetingsService{c}
	c.Tags = &TagsService{c}
	c.Avatars = &AvatarsService{c}
	c.Search = &SearchService{c}
	c.Federation = &FederationService{c}
	c.Bridges = &BridgesService{c}
	c.Settings = &SettingsService{c}
	c.Status = &StatusService{c}
	c.Users = &UsersService{c}
	c.Groups = &GroupsService{c}
	c.Files = files.New(conn)
	return c, nil
}

// BaseURL gives the address of the server, without a slash at its end.
func (c *Client) BaseURL() *url.URL { return c.ocs.BaseURL() }

// Readmit lets the client send requests again after the server has refused its credentials. From such a refusal on every
// call fails with [ErrUnauthorized] and sends nothing, since servers lock out those who try again and again.
func (c *Client) Readmit() { c.ocs.Readmit() }

// Response is what an answer says beside its data.
type Response struct {
	StatusCode int
	Header     http.Header
}

// Do calls any endpoint of the server, with the client's credentials, retries and errors.
//
// The path stands below the server's address: "/ocs/v2.php/cloud/user". A body is sent as JSON, a [url.Values] as a form;
// nil is none. The data of the answer is decoded into out, unless that is nil: for paths below /ocs/ without their
// envelope, for others the whole body.
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, body, out any) (*Response, error) {
	req := &ocs.Request{Op: strings.ToLower(method) + " " + path, Method: method, Path: path, Query: query, Body: body, NotModifiedOK: true}
	if strings.HasPrefix(path, "/ocs/") {
		resp, err := c.call(ctx, req, out)
		if err != nil {
			return nil, err
		}
		return &Response{resp.StatusCode, resp.Header}, nil
	}
	resp, err := c.ocs.Raw(ctx, req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if out != nil && resp.StatusCode != http.StatusNoContent && resp.StatusCode != http.StatusNotModified {
		data, err := io.ReadAll(io.LimitReader(resp.Body, ocs.DefaultMaxBody))
		if err == nil {
			err = json.Unmarshal(data, out)
		}
		if err != nil {
			return nil, ocs.BadResponse(req.Op, req.Method, req.Path, err)
		}
	}
	return &Response{resp.StatusCode, resp.Header}, nil
}

// call sends a request and decodes the data of its answer into out, unless that is nil.
func (c *Client) call(ctx context.Context, req *ocs.Request, out any) (*ocs.Response, error) {
	resp, err := c.ocs.Do(ctx, req)
	if err != nil {
		return nil, err
	}
	if out != nil && resp.Data != nil {
		if err := wire.Unmarshal(resp.Data, out); err != nil {
			return nil, ocs.BadResponse(req.Op, req.Method, req.Path, err)
		}
	}
	return resp, nil
}

// fetch sends a request and gives the data of its answer; nothing of it when that is not what it should be.
func fetch[T any](ctx context.Context, c *Client, req *ocs.Request) (T, error) {
	var data, none T
	if _, err := c.call(ctx, req, &data); err != nil {
		return none, err
	}
	return data, nil
}

const (
	apiV1 = "/ocs/v2.php/apps/spreed/api/v1"
	apiV3 = "/ocs/v2.php/apps/spreed/api/v3"
	apiV4 = "/ocs/v2.php/apps/spreed/api/v4"
)

// roomPath gives the path of a conversation below a prefix such as apiV4+"/room". A token that cannot be one is refused,
// lest it name another endpoint.
func roomPath(op, prefix, token string) (string, error) {
	if token == "" {
		return "", ocs.Invalid(op, "token", "empty")
	}
	for _, r := range token {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return "", ocs.Invalid(op, "token", "%q is not a conversation's token: letters and digits, as in the link /call/TOKEN", token)
		}
	}
	return prefix + "/" + token, nil
}

// roomPathFor is roomPath for what needs a feature, "" for none.
func (c *Client) roomPathFor(ctx context.Context, op, prefix, token string, feature Feature) (string, error) {
	path, err := roomPath(op, prefix, token)
	if err != nil || feature == "" {
		return path, err
	}
	return path, c.require(ctx, op, feature)
}

// inRoom calls an endpoint of one conversation that answers with nothing.
func (c *Client) inRoom(ctx context.Context, op, method, token, below string, query url.Values, body any) error {
	path, err := roomPath(op, apiV4+"/room", token)
	if err != nil {
		return err
	}
	_, err = c.call(ctx, &ocs.Request{Op: op, Method: method, Path: path + below, Query: query, Body: body}, nil)
	return err
}

// flag writes a boolean as servers of every version read it.
func flag(on bool) string {
	if on {
		return "1"
	}
	return "0"
}
