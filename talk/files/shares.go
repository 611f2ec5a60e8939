package files

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
)

const sharesPath = "/ocs/v2.php/apps/files_sharing/api/v1/shares"

// Extra holds the members of a JSON object that a type has no field for.
type Extra = wire.Extra

// ShareType says whom a file is shared with.
type ShareType int

// The kinds of shares that this package makes. Other numbers are those of Nextcloud.
const (
	ShareTypeRoom ShareType = 10 // a conversation
)

// Share is what a server says of a file that is shared.
type Share struct {
	ID               string    `json:"id"`
	ShareType        ShareType `json:"share_type"`
	UIDOwner         string    `json:"uid_owner"` // who shared it
	DisplaynameOwner string    `json:"displayname_owner"`
	// Permissions are what those may do whom it is shared with, ItemPermissions what the caller may do.
	Permissions          Permissions `json:"permissions"`
	CanEdit              bool        `json:"can_edit"`
	CanDelete            bool        `json:"can_delete"`
	STime                time.Time   `json:"stime"` // when it was shared
	Parent               int64       `json:"parent,null"`
	Expiration           string      `json:"expiration,null"` // as in "2026-12-31 00:00:00"; empty for never
	Token                string      `json:"token,null"`      // of a public link
	UIDFileOwner         string      `json:"uid_file_owner"`
	Note                 string      `json:"note"`
	Label                string      `json:"label"`
	DisplaynameFileOwner string      `json:"displayname_file_owner"`
	Path                 string      `json:"path"`      // in the caller's own files
	ItemType             string      `json:"item_type"` // "file" or "folder"
	ItemPermissions      Permissions `json:"item_permissions"`
	IsMountRoot          bool        `json:"is-mount-root"`
	MountType            string      `json:"mount-type"`
	MimeType             string      `json:"mimetype"`
	HasPreview           bool        `json:"has_preview"`
	StorageID            string      `json:"storage_id"`
	Storage              int64       `json:"storage"`
	// ItemSource and FileSource are the number of the file: the ID of its Node.
	ItemSource           int64     `json:"item_source"`
	FileSource           int64     `json:"file_source"`
	FileParent           int64     `json:"file_parent"`
	FileTarget           string    `json:"file_target"`
	ItemSize             int64     `json:"item_size"` // bytes
	ItemMTime            time.Time `json:"item_mtime"`
	ShareWith            string    `json:"share_with"` // the token of the conversation
	ShareWithDisplayname string    `json:"share_with_displayname"`
	ShareWithLink        string    `json:"share_with_link"`
	MailSend             bool      `json:"mail_send,number"`
	HideDownload         bool      `json:"hide_download,number"`
	Attributes           string    `json:"attributes,null"` // JSON

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes a share as a server sends it.
func (s *Share) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, s) }

// MarshalJSON encodes the share as a server sends it.
func (s Share) MarshalJSON() ([]byte, error) { return wire.Marshal(s) }

// MessageType says as what a shared file stands in a conversation.
type MessageType string

// The types of messages that a file can have.
const (
	MessageComment MessageType = ""              // a file like any other
	MessageVoice   MessageType = "voice-message" // a voice message: MP3 or WAV only, else it is a file like any other
	MessageAudio   MessageType = "record-audio"  // the recording of a call without video
	MessageVideo   MessageType = "record-video"  // the recording of a call
)

// ShareOptions is what a file may have with it when it is shared.
type ShareOptions struct {
	// Caption is a text to the file. It needs the feature "media-caption" of the server.
	Caption     string
	MessageType MessageType
	// Silent spares everybody a notification.
	Silent bool
	// ReplyTo is the id of the message that the file answers.
	ReplyTo int64
	// ThreadID puts the file into a thread, ThreadTitle begins one with it. They need the feature "threads" of the server.
	ThreadID    int64
	ThreadTitle string
	// ReferenceID marks the message so that it is known again: at most 64 characters.
	ReferenceID string
	// Permissions are what the others may do with the file; 0 leaves it to the server: read, update and share.
	Permissions Permissions
}

type shareRequest struct {
	ShareType    ShareType   `json:"shareType"`
	ShareWith    string      `json:"shareWith"`
	Path         string      `json:"path"`
	ReferenceID  string      `json:"referenceId,omitempty"`
	TalkMetaData string      `json:"talkMetaData,omitempty"` // JSON
	Permissions  Permissions `json:"permissions,omitempty"`
}

type talkMetaData struct {
	MessageType MessageType `json:"messageType,omitempty"`
	Caption     string      `json:"caption,omitempty"`
	ReplyTo     int64       `json:"replyTo,omitempty"`
	Silent      bool        `json:"silent,omitempty"`
	ThreadID    int64       `json:"threadId,omitempty"`
	ThreadTitle string      `json:"threadTitle,omitempty"`
}

// Share shares a file into a conversation, by its token, and so sends a message with it. The message is not in the
// answer: it can be known by its ReferenceID.
//
// A missing file or conversation gives ErrNotFound. A file that the conversation has already gives [ErrAlreadyShared];
// Talk sends the message all the same, so that whoever only wants the file in the chat once more has it there. When the
// connection breaks the file may have been shared, and is not shared again: [Service.Shares] and the reference id tell.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/OCS/ocs-share-api.html
//
//talk:operation POST /ocs/v2.php/apps/files_sharing/api/v1/shares
func (s *Service) Share(ctx context.Context, path, token string, options *ShareOptions) (*Share, error) {
	const op = "share file"
	o := ShareOptions{}
	if options != nil {
		o = *options
	}
	p, err := parseFile(op, "path", path)
	if err != nil {
		return nil, err
	}
	if err := checkShare(op, token, o); err != nil {
		return nil, err
	}
	body := shareRequest{ShareType: ShareTypeRoom, ShareWith: token, Path: string(p), ReferenceID: o.ReferenceID, Permissions: o.Permissions}
	if meta := (talkMetaData{o.MessageType, o.Caption, o.ReplyTo, o.Silent, o.ThreadID, o.ThreadTitle}); meta != (talkMetaData{}) {
		text, err := json.Marshal(meta)
		if err != nil {
			return nil, ocs.Invalid(op, "caption", "cannot be encoded: %w", err)
		}
		body.TalkMetaData = string(text)
	}
	share := new(Share)
	err = s.call(ctx, &ocs.Request{Op: op, Method: http.MethodPost, Path: sharesPath, Body: body}, share)
	if statusIn(err, http.StatusForbidden) && s.isShared(ctx, string(p), token, err) {
		if e, ok := errors.AsType[*ocs.Error](err); ok {
			e.Err = because(ErrAlreadyShared, e.Err)
		}
	}
	if err != nil {
		return nil, err
	}
	return share, nil
}

func checkShare(op, token string, o ShareOptions) error {
	switch {
	case token == "" || strings.Trim(token, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "":
		return ocs.Invalid(op, "token", "%q is not a conversation's token: letters and digits, as in the link /call/TOKEN", token)
	case o.ReplyTo < 0:
		return ocs.Invalid(op, "reply to", "%d is not a message's id", o.ReplyTo)
	case o.ThreadID < 0:
		return ocs.Invalid(op, "thread id", "%d is not a thread's id", o.ThreadID)
	case o.Permissions < 0:
		return ocs.Invalid(op, "permissions", "%d is not a set of permissions", int(o.Permissions))
	case !utf8.ValidString(o.Caption):
		return ocs.Invalid(op, "caption", "is not UTF-8")
	}
	if n := utf8.RuneCountInString(o.ReferenceID); n > 64 {
		return ocs.Invalid(op, "reference id", "%d characters, more than 64", n)
	}
	return nil
}

// isShared reports whether a refusal is because the conversation has the file already: the server says so, but in the
// language of the user.
func (s *Service) isShared(ctx context.Context, path, token string, refusal error) bool {
	if e, ok := errors.AsType[*ocs.Error](refusal); ok && strings.Contains(e.Message, "already shared") {
		return true
	}
	shares, err := s.Shares(ctx, path)
	if err != nil {
		return false
	}
	for _, share := range shares {
		if share.ShareType == ShareTypeRoom && share.ShareWith == token {
			return true
		}
	}
	return false
}

// Shares gives the shares of a file, those of others included.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/OCS/ocs-share-api.html
//
//talk:operation GET /ocs/v2.php/apps/files_sharing/api/v1/shares
func (s *Service) Shares(ctx context.Context, path string) ([]*Share, error) {
	const op = "list shares"
	p, err := parseFile(op, "path", path)
	if err != nil {
		return nil, err
	}
	var shares []*Share
	query := url.Values{"path": {string(p)}, "reshares": {"true"}}
	err = s.call(ctx, &ocs.Request{Op: op, Path: sharesPath, Query: query}, &shares)
	return shares, err
}

// Unshare takes a shared file back, by the ID of the share. The message stays, and says that the file is gone. For
// somebody else's share it only takes the file out of the caller's own view. What is not shared gives ErrNotFound; but
// when a connection broke and it is gone at the second attempt, it counts as taken back.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/OCS/ocs-share-api.html
//
//talk:operation DELETE /ocs/v2.php/apps/files_sharing/api/v1/shares/{id}
func (s *Service) Unshare(ctx context.Context, shareID string) error {
	const op = "unshare file"
	if !isNumber(shareID) {
		return ocs.Invalid(op, "share id", "%q is not the ID of a share", shareID)
	}
	req := &ocs.Request{Op: op, Method: http.MethodDelete, Path: sharesPath + "/" + shareID, Repeatable: true}
	err := s.call(ctx, req, nil)
	if errors.Is(err, ocs.ErrNotFound) && repeated(err) {
		return nil
	}
	return err
}

// AttachmentFolder gives the folder for what the user shares into conversations, as in "/Talk". It may have to be made.
// Who cannot attach files, as a guest, gets ErrUnsupported.
//
//talk:operation GET /ocs/v2.php/cloud/capabilities
func (s *Service) AttachmentFolder(ctx context.Context) (string, error) {
	const op, path = "get attachment folder", "/ocs/v2.php/cloud/capabilities"
	var all struct {
		Capabilities struct {
			Spreed *struct {
				Config struct {
					Attachments struct {
						Allowed bool   `json:"allowed"`
						Folder  string `json:"folder"`
					} `json:"attachments"`
				} `json:"config"`
			} `json:"spreed"`
		} `json:"capabilities"`
	}
	if err := s.call(ctx, &ocs.Request{Op: op, Path: path}, &all); err != nil {
		return "", err
	}
	spreed := all.Capabilities.Spreed
	switch {
	case spreed == nil:
		return "", ocs.Unsupported(op, "spreed")
	case !spreed.Config.Attachments.Allowed:
		return "", ocs.Unsupported(op, "attachments")
	}
	// It comes from the server, and leads to where the caller writes.
	p, err := parseDir(op, "folder", spreed.Config.Attachments.Folder)
	if err != nil || spreed.Config.Attachments.Folder == "" {
		return "", ocs.BadResponse(op, http.MethodGet, path, errors.New("the folder is not a path"))
	}
	return string(p), nil
}
