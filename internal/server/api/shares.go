package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/confab-go/confab/internal/server/core"
)

func shareRoutes() []route {
	path := "/ocs/apps/files_sharing/api/v1/shares"
	return []route{
		{http.MethodGet, path, user, sharing(listShares)},
		{http.MethodPost, path, user, sharing(createShare)},
		{http.MethodGet, path + "/{shareId}", user, sharing(getShare)},
		{http.MethodDelete, path + "/{shareId}", user, sharing(deleteShare)},
		{http.MethodGet, "/index.php/s/{shareToken}/download", public, downloadShare},
	}
}

// share is a share on the wire.
type share struct {
	ID                   string  `json:"id"`
	ShareType            int     `json:"share_type"`
	UIDOwner             string  `json:"uid_owner"`
	DisplayNameOwner     string  `json:"displayname_owner"`
	Permissions          int     `json:"permissions"`
	CanEdit              bool    `json:"can_edit"`
	CanDelete            bool    `json:"can_delete"`
	STime                int64   `json:"stime"`
	Parent               *string `json:"parent"`
	Expiration           *string `json:"expiration"`
	Token                *string `json:"token"`
	UIDFileOwner         string  `json:"uid_file_owner"`
	Note                 string  `json:"note"`
	Label                string  `json:"label"`
	DisplayNameFileOwner string  `json:"displayname_file_owner"`
	Path                 string  `json:"path"`
	ItemType             string  `json:"item_type"`
	ItemPermissions      int     `json:"item_permissions"`
	IsMountRoot          bool    `json:"is-mount-root"`
	MountType            string  `json:"mount-type"`
	MimeType             string  `json:"mimetype"`
	HasPreview           bool    `json:"has_preview"`
	StorageID            string  `json:"storage_id"`
	Storage              int64   `json:"storage"`
	ItemSource           int64   `json:"item_source"`
	FileSource           int64   `json:"file_source"`
	FileParent           int64   `json:"file_parent"`
	FileTarget           string  `json:"file_target"`
	ItemSize             int64   `json:"item_size"`
	ItemMTime            int64   `json:"item_mtime"`
	ShareWith            string  `json:"share_with"`
	ShareWithDisplayName string  `json:"share_with_displayname"`
	ShareWithLink        string  `json:"share_with_link"`
	MailSend             int     `json:"mail_send"`
	HideDownload         int     `json:"hide_download"`
	Attributes           *string `json:"attributes"`
}

func (rq *request) wireShare(v core.ShareView) share {
	n := v.Node
	w := share{
		ID: strconv.FormatInt(v.ID, 10), ShareType: core.ShareRoom, UIDOwner: v.Sharer, DisplayNameOwner: v.SharerName,
		Permissions: v.Permissions, CanEdit: v.MayChange, CanDelete: v.MayChange, STime: v.Created,
		UIDFileOwner: n.Owner, DisplayNameFileOwner: v.OwnerName, Path: core.JoinPath(n.Path),
		ItemType: "file", ItemPermissions: n.Permissions, MimeType: n.MimeType, HasPreview: n.HasPreview(),
		StorageID: "home::" + n.Owner, Storage: v.RootID, ItemSource: n.ID, FileSource: n.ID, FileParent: n.ParentID,
		FileTarget: "/{TALK_PLACEHOLDER}/" + n.Name, ItemSize: n.Size, ItemMTime: n.Modified,
		ShareWith: v.RoomToken, ShareWithDisplayName: v.RoomName, ShareWithLink: rq.base() + "/index.php/call/" + v.RoomToken,
	}
	if n.Folder {
		w.ItemType, w.MimeType = "folder", "httpd/unix-directory"
	}
	if n.Mount {
		w.IsMountRoot, w.MountType, w.FileTarget = true, "shared", w.Path
	}
	return w
}

func (rq *request) wireShares(views []core.ShareView) []share {
	out := make([]share, 0, len(views))
	for _, v := range views {
		out = append(out, rq.wireShare(v))
	}
	return out
}

// sharing answers a refused share with the text of the refusal.
func sharing(handle func(*request) (reply, error)) func(*request) (reply, error) {
	return func(rq *request) (reply, error) {
		rep, err := handle(rq)
		if refused, ok := errors.AsType[*core.ShareError](err); ok {
			status := statusOf(refused.Kind)
			return failure(status, status, refused.Message), nil
		}
		return rep, err
	}
}

func createShare(rq *request) (reply, error) {
	kind, err := rq.number("shareType", -1)
	if err != nil {
		return reply{}, err
	}
	var in core.NewShare
	var meta string
	for name, to := range map[string]*string{"path": &in.Path, "shareWith": &in.Token, "referenceId": &in.ReferenceID, "talkMetaData": &meta} {
		if *to, err = rq.text(name, ""); err != nil {
			return reply{}, err
		}
	}
	allowed, err := rq.number("permissions", 0)
	if err != nil {
		return reply{}, err
	}
	if in.Permissions = clampInt(allowed); rq.has("permissions") && allowed == 0 {
		in.Permissions = core.FileRead
	}
	if in.Path != "" && kind != core.ShareRoom {
		return failure(http.StatusBadRequest, http.StatusBadRequest, "Unknown share type"), nil
	}
	readTalkMeta(meta, &in)
	v, err := rq.core.ShareFile(rq.r.Context(), rq.caller, in)
	if err != nil {
		return reply{}, err
	}
	return ok(rq.wireShare(v)), nil
}

// readTalkMeta reads what Talk's clients add to a share. What is of no use is
// left out, as Talk does: the share matters more than how it is announced.
func readTalkMeta(text string, in *core.NewShare) {
	var meta map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &meta) != nil {
		return
	}
	for name, to := range map[string]any{"messageType": &in.MessageType, "caption": &in.Caption, "replyTo": &in.ReplyTo, "silent": &in.Silent} {
		_ = json.Unmarshal(meta[name], to) // as said above
	}
}

func listShares(rq *request) (reply, error) {
	path, err := rq.text("path", "")
	if err != nil {
		return reply{}, err
	}
	withMe := rq.flag("shared_with_me", false)
	var views []core.ShareView
	if withMe {
		views, err = rq.core.SharedWithMe(rq.r.Context(), rq.caller)
	} else {
		views, err = rq.core.Shares(rq.r.Context(), rq.caller, path)
	}
	return ok(rq.wireShares(views)), err
}

func (rq *request) shareID() int64 {
	id, err := strconv.ParseInt(rq.params["shareId"], 10, 64)
	if err != nil {
		return 0 // the route takes numbers only
	}
	return id
}

func getShare(rq *request) (reply, error) {
	v, err := rq.core.Share(rq.r.Context(), rq.caller, rq.shareID())
	if err != nil {
		return reply{}, err
	}
	return ok([]share{rq.wireShare(v)}), nil
}

func deleteShare(rq *request) (reply, error) {
	return ok(list{}), rq.core.Unshare(rq.r.Context(), rq.caller, rq.shareID())
}

// downloadShare answers with the file that a link in a conversation opens for its guests.
func downloadShare(rq *request) (reply, error) {
	n, f, err := rq.core.ReadShared(rq.r.Context(), rq.params["shareToken"])
	if _, ok := errors.AsType[*core.FileError](err); ok {
		return failure(http.StatusNotFound, http.StatusNotFound, ""), nil
	}
	if err != nil {
		return reply{}, err
	}
	return reply{stream: func() {
		defer f.Close()
		rq.serveContent(n, f)
	}}, nil
}
