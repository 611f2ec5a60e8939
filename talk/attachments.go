package talk

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/talk/files"
)

// AttachmentFolderOptions says what a folder for attachments is wanted for.
type AttachmentFolderOptions struct {
	// Names are those that files shall be posted under: the folder's Renames tell which are taken.
	Names []string
	// AllowUpdate lets the other participants change the files; Talk 25.
	AllowUpdate bool
}

// AttachmentFolder is where files are stored before they are posted.
type AttachmentFolder struct {
	// Path is among the account's files, as in "/Talk/Deploys-abcd1234/Draft".
	Path string
	// Renames tells, by the names that are taken, which ones the files would get.
	Renames map[string]string
}

// AttachmentFolder gives the folder among the account's files where a file is to be stored before [ChatService.PostAttachment]
// moves it to those of the conversation, and makes it if need be. [ChatService.SendFile] does all of it.
//
// A full account gives [files.ErrQuota]. It needs the setting "conversation-subfolders" of the server's attachments, which Talk has
// from version 24 on.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation POST /chat/{token}/attachment/folder
func (s *ChatService) AttachmentFolder(ctx context.Context, token string, options *AttachmentFolderOptions) (*AttachmentFolder, error) {
	const op = "get folder for attachments"
	body := struct {
		Names       []string `json:"fileNames"`
		AllowUpdate bool     `json:"allowUpdate,omitempty"`
	}{Names: []string{}}
	if options != nil {
		body.Names, body.AllowUpdate = append(body.Names, options.Names...), options.AllowUpdate
	}
	type answer struct {
		Folder  string              `json:"folder"`
		Renames []map[string]string `json:"renames"`
	}
	// Asked again, the server gives the folder that it has made.
	req := &ocs.Request{Op: op, Method: http.MethodPost, Body: body, Repeatable: true}
	if err := s.attachments(ctx, req, token, "/folder"); err != nil {
		return nil, err
	}
	a, err := fetch[answer](ctx, s.client, req)
	if err != nil {
		return nil, attachmentError(err)
	}
	if a.Folder == "" {
		return nil, ocs.BadResponse(op, req.Method, req.Path, errors.New("no folder in the answer"))
	}
	folder := &AttachmentFolder{Path: path.Join("/", a.Folder), Renames: map[string]string{}}
	for _, rename := range a.Renames {
		maps.Copy(folder.Renames, rename)
	}
	return folder, nil
}

// AttachmentOptions is what a file may have with it when it is posted.
type AttachmentOptions struct {
	// FileOptions are those of every file, but for the ThreadTitle: no thread begins with an attachment.
	FileOptions
	// Name is what the file shall be called; the server adds a number to one that is taken. Empty keeps the one it has.
	Name string
	// AllowUpdate lets the other participants change the file; Talk 25.
	AllowUpdate bool
}

// PostAttachment moves a file, by its path in the folder of [ChatService.AttachmentFolder], to those of the conversation, and
// gives the message that shows it. A file that is not there gives [ErrNotFound], a full account [files.ErrQuota]. It needs the
// setting "conversation-subfolders" of the server's attachments, which Talk has from version 24 on.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation POST /chat/{token}/attachment
//talk:operation GET /chat/{token}
func (s *ChatService) PostAttachment(ctx context.Context, token, filePath string, options *AttachmentOptions) (*Message, error) {
	const op = "post attachment"
	o := AttachmentOptions{}
	if options != nil {
		o = *options
	}
	if err := s.checkAttachment(ctx, op, filePath, o); err != nil {
		return nil, err
	}
	if o.ReferenceID == "" {
		o.ReferenceID = newReferenceID()
	}
	meta, err := json.Marshal(attachmentMetaData{o.Caption, o.MessageType, o.Silent, o.ReplyTo, o.ThreadID})
	if err != nil {
		return nil, ocs.Invalid(op, "caption", "cannot be encoded: %w", err)
	}
	body := struct {
		Path        string `json:"filePath"`
		ReferenceID string `json:"referenceId"`
		MetaData    string `json:"talkMetaData"`
		Name        string `json:"fileName,omitempty"`
		AllowUpdate bool   `json:"allowUpdate,omitempty"`
	}{strings.TrimPrefix(path.Clean(filePath), "/"), o.ReferenceID, string(meta), o.Name, o.AllowUpdate}
	req := &ocs.Request{Op: op, Method: http.MethodPost, Body: body}
	if err := s.attachments(ctx, req, token, ""); err != nil {
		return nil, err
	}
	d := delivery{
		chat: s, op: op, method: http.MethodPost, path: req.Path, token: token, referenceID: o.ReferenceID, what: "file",
		once: true, // the file has moved if it arrived
		send: func(ctx context.Context) (*Message, error) {
			_, err := s.client.call(ctx, req, nil)
			return nil, attachmentError(err)
		},
	}
	return d.deliver(ctx)
}

// attachmentMetaData is what a message with a file has, in the form that a server wants as a text.
type attachmentMetaData struct {
	Caption     string            `json:"caption,omitempty"`
	MessageType files.MessageType `json:"messageType,omitempty"`
	Silent      bool              `json:"silent,omitempty"`
	ReplyTo     int64             `json:"replyTo,omitempty"`
	ThreadID    int64             `json:"threadId,omitempty"`
}

func (s *ChatService) checkAttachment(ctx context.Context, op, filePath string, o AttachmentOptions) error {
	switch {
	case filePath == "" || strings.HasSuffix(filePath, "/"):
		return ocs.Invalid(op, "path", "%q is not the path of a file", filePath)
	case o.Name != "" && (path.Base(o.Name) != o.Name || o.Name == "." || o.Name == ".."):
		return ocs.Invalid(op, "name", "%q is not the name of a file", o.Name)
	case o.ThreadTitle != "":
		return ocs.Invalid(op, "thread title", "no thread begins with an attachment")
	case o.ReplyTo < 0:
		return ocs.Invalid(op, "reply to", "%d is not a message's id", o.ReplyTo)
	case !utf8.ValidString(o.Caption):
		return ocs.Invalid(op, "caption", "is not UTF-8")
	}
	if err := checkReferenceID(op, o.ReferenceID); err != nil {
		return err
	}
	return s.client.checkThread(ctx, op, o.ThreadID, "", o.ReplyTo)
}

// attachments completes a request about the attachments of a conversation.
func (s *ChatService) attachments(ctx context.Context, req *ocs.Request, token, below string) error {
	chat, err := roomPath(req.Op, apiV1+"/chat", token)
	if err != nil {
		return err
	}
	req.Path = chat + "/attachment" + below
	folders, err := s.hasSubfolders(ctx)
	if err == nil && !folders {
		err = ocs.Unsupported(req.Op, "conversation-subfolders")
	}
	return err
}

func (s *ChatService) hasSubfolders(ctx context.Context) (bool, error) {
	caps, err := s.client.Capabilities(ctx)
	if err != nil {
		return false, err
	}
	return caps.Config.Attachments.ConversationSubfolders, nil
}

// attachmentError adds to an error about attachments the kind that its status stands for.
func attachmentError(err error) error {
	e, ok := errors.AsType[*Error](err)
	if ok && e.StatusCode == http.StatusInsufficientStorage {
		e.Err = errors.Join(files.ErrQuota, e.Err)
	}
	return err
}

// sendAttachment stores a content in the folder for attachments, under a name that nobody else has, and posts it.
func (s *ChatService) sendAttachment(ctx context.Context, token, name string, content io.Reader, o SendFileOptions) (*Message, error) {
	if err := s.checkAttachment(ctx, "send file", name, AttachmentOptions{FileOptions: o.FileOptions}); err != nil {
		return nil, err
	}
	folder, err := s.AttachmentFolder(ctx, token, &AttachmentFolderOptions{Names: []string{name}})
	if err != nil {
		return nil, err
	}
	draft := path.Join(folder.Path, newReferenceID()[:32]+path.Ext(name))
	node, err := s.client.Files.Upload(ctx, draft, content, &files.UploadOptions{Size: o.Size, Progress: o.Progress, NoOverwrite: true})
	if err != nil {
		return nil, err
	}
	message, err := s.PostAttachment(ctx, token, node.Path, &AttachmentOptions{FileOptions: o.FileOptions, Name: name})
	if err != nil && !mayHaveArrived(err) {
		s.discard(ctx, node.Path)
	}
	return message, err
}
