package talk

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path"
	"strconv"
	"time"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/talk/files"
)

// FileOptions is what a file may have beside it when it is sent into a conversation.
type FileOptions struct {
	// Caption is a text with the file. It needs "media-caption".
	Caption string
	// MessageType makes an MP3 or WAV a voice message; empty is a file like any other.
	MessageType files.MessageType
	// ReplyTo is the id of the message that the file answers.
	ReplyTo int64
	// ThreadID puts the file into a thread without quoting one of its messages; ThreadTitle, of at most 200 characters,
	// begins a thread with it. Both need "threads".
	ThreadID    int64
	ThreadTitle string
	// Silent spares everybody a notification. It needs "silent-send".
	Silent bool
	// ReferenceID marks the message so that it is known again: at most 64 characters. Empty lets the client make one.
	ReferenceID string
}

// ShareFile sends a file of the account's, by its path, into a conversation, and gives the message that shows it. A file
// that the conversation has already is shown once more.
//
// A missing file or conversation gives [ErrNotFound].
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/OCS/ocs-share-api.html
//
//talk:operation POST /ocs/v2.php/apps/files_sharing/api/v1/shares
//talk:operation GET /chat/{token}
func (s *ChatService) ShareFile(ctx context.Context, token, filePath string, options *FileOptions) (*Message, error) {
	const op = "share file"
	chat, err := roomPath(op, apiV1+"/chat", token)
	if err != nil {
		return nil, err
	}
	o := FileOptions{}
	if options != nil {
		o = *options
	}
	if o.Caption != "" {
		if err := s.client.require(ctx, op, FeatureMediaCaption); err != nil {
			return nil, err
		}
	}
	if o.Silent {
		if err := s.client.require(ctx, op, FeatureSilentSend); err != nil {
			return nil, err
		}
	}
	if err := s.client.checkThread(ctx, op, o.ThreadID, o.ThreadTitle, o.ReplyTo); err != nil {
		return nil, err
	}
	if err := checkReferenceID(op, o.ReferenceID); err != nil {
		return nil, err
	}
	if o.ReferenceID == "" {
		o.ReferenceID = newReferenceID()
	}
	share := &files.ShareOptions{
		Caption: o.Caption, MessageType: o.MessageType, Silent: o.Silent, ReplyTo: o.ReplyTo, ReferenceID: o.ReferenceID,
		ThreadID: o.ThreadID, ThreadTitle: o.ThreadTitle,
	}
	d := delivery{
		chat: s, op: op, method: http.MethodGet, path: chat, token: token, referenceID: o.ReferenceID, what: "file",
		send: func(ctx context.Context) (*Message, error) {
			if _, err := s.client.Files.Share(ctx, filePath, token, share); err != nil && !errors.Is(err, files.ErrAlreadyShared) {
				return nil, err
			}
			return nil, nil // what it made is a share; the message is to be looked for
		},
	}
	return d.deliver(ctx)
}

// SendFileOptions says how a content is sent as a file.
type SendFileOptions struct {
	FileOptions
	// Size is the length of the content in bytes, 0 when it is not known.
	Size int64
	// Folder is where the file is stored among the account's; empty for its attachment folder, or for the conversation's
	// own on servers that keep one for each.
	Folder string
	// Progress is told how many bytes are sent, and how many there are, -1 when that is not known.
	Progress func(sent, total int64)
}

// SendFile stores a content among the account's files, under a name that is free, and shares it into a conversation. It
// gives the message that shows it. The content is never kept in memory as a whole. When it cannot be shared it is not stored either.
//
// A full account gives [files.ErrQuota], one that may not attach files [ErrUnsupported].
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/basic.html
//
//talk:operation POST /ocs/v2.php/apps/files_sharing/api/v1/shares
//talk:operation POST /chat/{token}/attachment/folder
//talk:operation POST /chat/{token}/attachment
//talk:operation GET /chat/{token}
func (s *ChatService) SendFile(ctx context.Context, token, name string, content io.Reader, options *SendFileOptions) (*Message, error) {
	const op = "send file"
	if _, err := roomPath(op, apiV1+"/chat", token); err != nil {
		return nil, err
	}
	if name == "" || path.Base(name) != name || name == "." || name == ".." {
		return nil, ocs.Invalid(op, "name", "%q is not the name of a file", name)
	}
	o := SendFileOptions{}
	if options != nil {
		o = *options
	}
	if o.Folder == "" && o.ThreadTitle == "" { // with which no attachment begins a thread
		subfolders, err := s.hasSubfolders(ctx)
		if err != nil {
			return nil, err
		}
		if subfolders {
			return s.sendAttachment(ctx, token, name, content, o)
		}
	}
	node, err := s.store(ctx, name, content, o)
	if err != nil {
		return nil, err
	}
	message, err := s.ShareFile(ctx, token, node.Path, &o.FileOptions)
	if err != nil && !mayHaveArrived(err) {
		s.discard(ctx, node.Path)
	}
	return message, err
}

// discard deletes a file that was stored in vain.
func (s *ChatService) discard(ctx context.Context, path string) {
	// The context may be what failed.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.client.Files.Delete(ctx, path); err != nil {
		s.client.log.WarnContext(ctx, "a file that was not shared remains", "path", path, "error", err)
	}
}

// store uploads a content under a name that is free, even when somebody else takes it meanwhile.
func (s *ChatService) store(ctx context.Context, name string, content io.Reader, o SendFileOptions) (*files.Node, error) {
	folder := o.Folder
	if folder == "" {
		var err error
		if folder, err = s.client.Files.AttachmentFolder(ctx); err != nil {
			return nil, err
		}
	}
	free, err := s.client.Files.FreeName(ctx, folder, name)
	if err != nil {
		return nil, err
	}
	return s.client.Files.Upload(ctx, path.Join("/", folder, free), content, &files.UploadOptions{
		Size: o.Size, Progress: o.Progress, NoOverwrite: true, MakeDirs: true,
	})
}

// File gives the file that the object is, as far as messages tell; ok is false for objects of other kinds.
func (o RichObject) File() (node *files.Node, ok bool) {
	if o.Type != "file" {
		return nil, false
	}
	permissions, err := files.ParsePermissions(o.Permissions)
	if err != nil {
		permissions = 0 // of a server to come; the file is one all the same
	}
	return &files.Node{
		ID: o.ID, Path: path.Join("/", o.Path), Name: o.Name, IsDir: o.MimeType == "httpd/unix-directory",
		Size: number(o.Size), MimeType: o.MimeType, ETag: o.ETag, Permissions: permissions,
		PreviewAvailable: o.PreviewAvailable == "yes", Link: o.Link,
		Width: int(number(o.Width)), Height: int(number(o.Height)),
	}, true
}

// number reads a number that a rich object has as a string; 0 for none.
func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// File gives the file that the message shares, captioned or not, if it shares one. Its Path is where the reader has it; in
// the last message of a list of conversations it is the name alone.
func (m *Message) File() (node *files.Node, ok bool) { return m.MessageParameters["file"].File() }
