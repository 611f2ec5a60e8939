package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/confab-go/confab/internal/server/core"
)

// avatarPath takes larger bodies than other paths do.
const avatarPath = talk1 + "/room/{token}/avatar"

func avatarRoutes() []route {
	return []route{
		{http.MethodGet, avatarPath, public, getAvatar(false)},
		{http.MethodGet, avatarPath + "/dark", public, getAvatar(true)},
		{http.MethodPost, avatarPath, public, pictures(setAvatar)},
		{http.MethodPost, avatarPath + "/emoji", public, pictures(setEmojiAvatar)},
		{http.MethodDelete, avatarPath, public, pictures(removeAvatar)},
		{http.MethodGet, "/index.php/avatar/guest/{name}/{size}", public, getGuestAvatar(false)},
		{http.MethodGet, "/index.php/avatar/guest/{name}/{size}/dark", public, getGuestAvatar(true)},
		{http.MethodGet, "/index.php/avatar/{userId}/{size}", public, getUserAvatar(false)},
		{http.MethodGet, "/index.php/avatar/{userId}/{size}/dark", public, getUserAvatar(true)},
		{http.MethodGet, "/index.php/core/preview", user, getPreview},
	}
}

// limitOf returns how long the body of a request for a path may be, in bytes.
func limitOf(path string) int64 {
	if path == avatarPath {
		return core.MaxAvatarUpload + maxBody
	}
	return maxBody
}

// pictures answers a refused picture with the text of the refusal.
func pictures(handle func(*request) (reply, error)) func(*request) (reply, error) {
	return func(rq *request) (reply, error) {
		rep, err := handle(rq)
		if refused, ok := errors.AsType[*core.PictureError](err); ok {
			return reply{status: http.StatusBadRequest, data: object{{"message", refused.Message}}}, nil
		}
		return rep, err
	}
}

// show answers with a picture.
func (rq *request) show(p core.Picture, err error) (reply, error) {
	if err != nil {
		return reply{}, err
	}
	return reply{stream: func() {
		h := rq.w.Header()
		h.Set("Cache-Control", "private, max-age=86400, immutable")
		h.Set("Content-Type", p.Kind)
		h.Set("Content-Disposition", `inline; filename="`+p.Name+`"`)
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		h.Set("X-Content-Type-Options", "nosniff")
		if p.ETag != "" {
			h.Set("ETag", `"`+p.ETag+`"`)
		}
		http.ServeContent(rq.w, rq.r, "", time.Time{}, bytes.NewReader(p.Content))
	}}, nil
}

func getAvatar(dark bool) func(*request) (reply, error) {
	return func(rq *request) (reply, error) {
		wanted := rq.flag("darkTheme", dark)
		return rq.show(rq.core.Avatar(rq.r.Context(), rq.caller, rq.token(), wanted))
	}
}

func setAvatar(rq *request) (reply, error) {
	var content []byte
	if rq.r.MultipartForm != nil {
		if files := rq.r.MultipartForm.File["file"]; len(files) > 0 {
			f, err := files[0].Open()
			if err != nil {
				return reply{}, err
			}
			defer f.Close()
			if content, err = io.ReadAll(f); err != nil {
				return reply{}, err
			}
		}
	}
	return rq.roomReply(rq.core.SetAvatar(rq.r.Context(), rq.caller, rq.token(), content))
}

func setEmojiAvatar(rq *request) (reply, error) {
	emoji, err := rq.needText("emoji")
	if err != nil {
		return reply{}, err
	}
	color, err := rq.text("color", "")
	if err != nil {
		return reply{}, err
	}
	return rq.roomReply(rq.core.SetEmojiAvatar(rq.r.Context(), rq.caller, rq.token(), emoji, color))
}

func removeAvatar(rq *request) (reply, error) {
	return rq.roomReply(rq.core.RemoveAvatar(rq.r.Context(), rq.caller, rq.token()))
}

// size returns the size of a user's picture: there are two.
func (rq *request) size() int {
	if n, err := strconv.Atoi(rq.params["size"]); err == nil && n <= 64 {
		return 64
	}
	return 512
}

func getUserAvatar(dark bool) func(*request) (reply, error) {
	return func(rq *request) (reply, error) {
		return rq.show(rq.core.UserAvatar(rq.r.Context(), rq.params["userId"], rq.size(), dark))
	}
}

func getGuestAvatar(dark bool) func(*request) (reply, error) {
	return func(rq *request) (reply, error) {
		return rq.show(rq.core.GuestAvatar(rq.r.Context(), rq.params["name"], rq.size(), dark))
	}
}

func getPreview(rq *request) (reply, error) {
	args := map[string]int64{"fileId": -1, "x": 32, "y": 32}
	for name, missing := range args {
		n, err := rq.number(name, missing)
		if err != nil {
			return reply{}, err
		}
		args[name] = n
	}
	if args["fileId"] < 0 || args["x"] <= 0 || args["y"] <= 0 {
		return reply{status: http.StatusBadRequest, data: list{}}, nil
	}
	keepAspect := rq.flag("a", false)
	p, err := rq.core.Preview(rq.r.Context(), rq.caller, args["fileId"], clampInt(args["x"]), clampInt(args["y"]), !keepAspect)
	if _, ok := errors.AsType[*core.FileError](err); ok {
		return reply{status: http.StatusNotFound, data: list{}}, nil
	}
	return rq.show(p, err)
}
