package core

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // an ETag, as Nextcloud makes it
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"regexp"
	"strings"
	"sync"

	"github.com/confab-go/confab/internal/server/picture"
	"github.com/confab-go/confab/internal/server/store"
)

// MaxAvatarUpload is the largest picture of a conversation, in bytes, as it is sent.
const MaxAvatarUpload = 20 << 20

// avatarSize is how many pixels wide and high avatars are kept.
const avatarSize = 512

// The backgrounds of avatars without a colour of their own.
const (
	brightBackground = "6B6B6B"
	darkBackground   = "3B3B3B"
	// anyBackground stands for either in a kept avatar.
	anyBackground = "{background}"
)

// PictureError says why a picture is refused, in Talk's words.
type PictureError struct{ Message string }

func (e *PictureError) Error() string { return e.Message }

func refusePicture(message string) error { return &PictureError{message} }

// Picture is a picture to be shown.
type Picture struct {
	Name    string // of the file that it would be
	Kind    string // its media type
	ETag    string // without quotes, "" for one that belongs to the program
	Content []byte
}

func newPicture(name, kind string, content []byte) Picture {
	sum := md5.Sum(content) //nolint:gosec // see above
	return Picture{Name: name, Kind: kind, Content: content, ETag: hex.EncodeToString(sum[:])}
}

func (s *scope) mayHaveAvatar() error {
	if isPair(s.room) {
		return refusePicture("One-to-one rooms always need to show the other users avatar")
	}
	return nil
}

// SetAvatar gives a conversation a square PNG or JPEG as its picture. content is nil when none was sent.
func (c *Core) SetAvatar(ctx context.Context, caller Caller, token string, content []byte) (*RoomView, error) {
	err := c.read(ctx, caller, token, needModerator, (*scope).mayHaveAvatar)
	if err != nil {
		return nil, err
	}
	a, err := c.avatarOf(ctx, content) // takes its time: not inside the transaction
	if err != nil {
		return nil, err
	}
	return c.change(ctx, caller, token, needModerator, func(s *scope) error {
		if err := s.mayHaveAvatar(); err != nil {
			return err
		}
		return s.setAvatar(a, "avatar_set")
	})
}

func (c *Core) avatarOf(ctx context.Context, content []byte) (a store.Avatar, err error) {
	switch {
	case content == nil:
		return a, refusePicture("No image file provided")
	case len(content) > MaxAvatarUpload:
		return a, refusePicture("File is too big")
	}
	err = c.drawing(ctx, func() error {
		img, format, err := picture.Decode(bytes.NewReader(content))
		switch {
		case errors.Is(err, picture.ErrUnknown):
			return refusePicture("Invalid image")
		case err != nil:
			return err
		case format != "png" && format != "jpeg":
			return refusePicture("Unknown filetype")
		case img.Bounds().Dx() != img.Bounds().Dy():
			return refusePicture("Avatar image is not square")
		}
		a.Kind = "image/" + format
		encode := picture.PNG
		if format == "jpeg" {
			encode = picture.JPEG
		}
		a.Content, err = encode(picture.Fit(img, avatarSize, avatarSize))
		return err
	})
	return a, err
}

// drawing runs what works on pictures, which takes memory: only few at a time.
func (c *Core) drawing(ctx context.Context, fn func() error) error {
	select {
	case c.easels <- struct{}{}:
		defer func() { <-c.easels }()
		return fn()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// extensions are how the names of avatars end.
var extensions = map[string]string{"image/png": ".png", "image/jpeg": ".jpg", "image/svg+xml": ".svg"}

// setAvatar keeps a picture, and leaves a system message when word is given.
func (s *scope) setAvatar(a store.Avatar, word string) error {
	version, err := s.c.randomString(16, alphanumeric)
	if err != nil {
		return err
	}
	if err := s.tx.SetAvatar(s.room.ID, a); err != nil {
		return err
	}
	s.room.Avatar = version + extensions[a.Kind]
	return s.saveRoom(word, systemParams{})
}

var colorPattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-fA-F]{6}$`) })

// emojiAvatar draws an emoji on a colour of six hexadecimal digits, "" for the usual one.
func emojiAvatar(emoji, color string) (store.Avatar, error) {
	switch {
	case !isEmoji(emoji):
		return store.Avatar{}, refusePicture("Invalid emoji character")
	case color == "":
		color = anyBackground
	case !colorPattern().MatchString(color):
		return store.Avatar{}, refusePicture("Invalid background color")
	}
	return store.Avatar{Kind: "image/svg+xml", Content: fmt.Appendf(nil, emojiDrawing, color, emoji)}, nil
}

// emojiDrawing is how Talk draws an emoji: clients cut it in the same way.
const emojiDrawing = `<?xml version="1.0" encoding="UTF-8" standalone="no"?>
		<svg width="512" height="512" version="1.1" viewBox="0 0 500 500" xmlns="http://www.w3.org/2000/svg">
			<rect width="100%%" height="100%%" fill="#%s"></rect>
			<text x="50%%" y="330" style="font-size:240px;font-family:'Segoe UI',Roboto,Oxygen-Sans,Cantarell,Ubuntu,'Helvetica Neue',Arial,sans-serif,'Noto Color Emoji','Apple Color Emoji','Segoe UI Emoji','Segoe UI Symbol','Noto Sans';text-anchor:middle;">%s</text>
		</svg>`

// SetEmojiAvatar gives a conversation an emoji as its picture, on a colour of six hexadecimal digits, "" for the usual one.
func (c *Core) SetEmojiAvatar(ctx context.Context, caller Caller, token, emoji, color string) (*RoomView, error) {
	return c.change(ctx, caller, token, needModerator, func(s *scope) error {
		if err := s.mayHaveAvatar(); err != nil {
			return err
		}
		a, err := emojiAvatar(emoji, color)
		if err != nil {
			return err
		}
		return s.setAvatar(a, "avatar_set")
	})
}

// RemoveAvatar gives a conversation back the usual picture of its kind.
func (c *Core) RemoveAvatar(ctx context.Context, caller Caller, token string) (*RoomView, error) {
	return c.change(ctx, caller, token, needModerator, func(s *scope) error {
		if err := s.mayHaveAvatar(); err != nil || s.room.Avatar == "" {
			return err
		}
		if err := s.tx.DeleteAvatar(s.room.ID); err != nil {
			return err
		}
		s.room.Avatar = ""
		return s.saveRoom("avatar_removed", systemParams{})
	})
}

// Avatar returns the picture of a conversation that the caller is in, or that is listed for them.
func (c *Core) Avatar(ctx context.Context, caller Caller, token string, dark bool) (p Picture, err error) {
	other := ""
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		s, err := c.enter(tx, caller, token, 0)
		if _, ok := errors.AsType[*Error](err); ok {
			room, roomErr := tx.Room(token)
			if roomErr != nil || caller.UserID == "" || room.Listable == 0 {
				return err
			}
			s, err = &scope{c: c, tx: tx, caller: caller, room: &room}, nil
		}
		if err != nil {
			return err
		}
		if s.room.Type == OneToOne {
			other = otherOf(s.room, s.self)
			return nil
		}
		p, err = s.avatar(dark)
		return err
	})
	if err != nil || other == "" {
		return p, err
	}
	return c.UserAvatar(ctx, other, avatarSize, dark)
}

func (s *scope) avatar(dark bool) (Picture, error) {
	background := brightBackground
	if dark {
		background = darkBackground
	}
	if s.room.Avatar == "" {
		drawing := `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 44 44" height="22" width="22" version="1.1">` +
			`<rect width="44" height="44" fill="#` + background + `"/><g fill="#fff">` + roomIcon(s.room) + "</g></svg>\n"
		return Picture{Name: s.room.Token, Kind: "image/svg+xml", Content: []byte(drawing)}, nil
	}
	a, err := s.tx.Avatar(s.room.ID)
	if err != nil {
		return Picture{}, err
	}
	if a.Kind == "image/svg+xml" {
		a.Content = bytes.ReplaceAll(a.Content, []byte(anyBackground), []byte(background))
	}
	return newPicture(s.room.Avatar, a.Kind, a.Content), nil
}

// UserAvatar draws the picture of a user, which is their initial, size pixels wide and high.
func (c *Core) UserAvatar(ctx context.Context, userID string, size int, dark bool) (p Picture, err error) {
	u, ok := c.dir.user(userID)
	if !ok {
		return p, refuse(NotFound, "")
	}
	return c.initial(ctx, u.ID, u.DisplayName, size, dark)
}

// GuestAvatar draws the picture of somebody without account.
func (c *Core) GuestAvatar(ctx context.Context, name string, size int, dark bool) (Picture, error) {
	return c.initial(ctx, "guest/"+name, name, size, dark)
}

func (c *Core) initial(ctx context.Context, id, name string, size int, dark bool) (p Picture, err error) {
	err = c.drawing(ctx, func() error {
		var img image.Image
		if img, err = picture.Initial(id, name, size, dark); err != nil {
			return err
		}
		content, err := picture.PNG(img)
		p = newPicture(fmt.Sprintf("avatar.%d.png", size), "image/png", content)
		return err
	})
	return p, err
}

// roomIcon draws what a conversation without a picture of its own is shown as.
func roomIcon(r *store.Room) string {
	const person = `<circle cx="22" cy="16" r="6"/><path d="M10 35c0-8 5-11 12-11s12 3 12 11z"/>`
	switch r.Type {
	case OneToOne, FormerOneToOne:
		return person
	case Changelog:
		return `<path d="M10 12h24v4H10zM10 20h24v4H10zM10 28h16v4H10z"/>`
	case NoteToSelf:
		return `<path d="M11 33l1-7L27 11l6 6-15 15zM29 9l2-2 6 6-2 2z"/>`
	case Public:
		return `<path d="M20 28h-6a6 6 0 0 1 0-12h6v-4h-6a10 10 0 0 0 0 20h6zM24 16h6a6 6 0 0 1 0 12h-6v4h6a10 10 0 0 0 0-20h-6zM15 20h14v4H15z"/>`
	default:
		return `<circle cx="18" cy="17" r="5"/><path d="M8 33c0-7 4-9 10-9s10 2 10 9z"/>` +
			`<circle cx="29" cy="18" r="4"/><path d="M30 33h7c0-6-3-8-8-8l-1 1c1 2 2 4 2 7z"/>`
	}
}

// customVersion returns the version of a picture that somebody has chosen.
func customVersion(r *store.Room) string {
	version, _, _ := strings.Cut(r.Avatar, ".")
	return version
}

// customAvatar reports whether a conversation does not look like all of its kind; a notebook never does.
func customAvatar(r *store.Room) bool { return r.Avatar != "" || r.Type == NoteToSelf }
