package talk_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/confab-go/confab/talk"
)

func picture(t *testing.T, width, height int) *bytes.Reader {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		for y := range height {
			img.Set(x, y, color.RGBA{uint8(x), uint8(y), 0x99, 0xff})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}

func TestLiveAvatars(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t)
	w.need(talk.FeatureAvatar)
	alice, bob, eve := w.client("alice"), w.client("bob"), w.client("eve")
	room := w.room(alice, "Pictures", "bob")

	drawn := must(bob.Avatars.Get(ctx, room.Token, nil))(t)
	if !strings.HasPrefix(drawn.MimeType, "image/") || len(drawn.Data) == 0 {
		t.Errorf("drawn by the server: %s, %d bytes", drawn.MimeType, len(drawn.Data))
	}
	dark := must(bob.Avatars.Get(ctx, room.Token, &talk.AvatarOptions{Dark: true}))(t)
	if bytes.Equal(dark.Data, drawn.Data) {
		t.Error("the dark one is the light one")
	}

	set := must(alice.Avatars.Set(ctx, room.Token, picture(t, 300, 300)))(t)
	if !set.IsCustomAvatar || set.AvatarVersion == room.AvatarVersion || set.LastMessage.SystemMessage != talk.SystemAvatarSet {
		t.Errorf("set: %+v", set)
	}
	got := must(bob.Avatars.Get(ctx, room.Token, nil))(t)
	if _, format, err := image.Decode(bytes.NewReader(got.Data)); err != nil || format != "png" || got.MimeType != "image/png" {
		t.Errorf("got %s, %s, %v", got.MimeType, format, err)
	}
	emoji := must(alice.Avatars.SetEmoji(ctx, room.Token, "🚀", "4466AA"))(t)
	if !emoji.IsCustomAvatar || emoji.AvatarVersion == set.AvatarVersion {
		t.Errorf("emoji: %+v", emoji)
	}
	if got := must(bob.Avatars.Get(ctx, room.Token, nil))(t); !bytes.Contains(got.Data, []byte("🚀")) && got.MimeType == "image/svg+xml" {
		t.Error("the picture has no rocket")
	}
	refused(t, "a user sets", errOf(bob.Avatars.Set(ctx, room.Token, picture(t, 10, 10))), talk.ErrForbidden, "")
	refused(t, "not a square", errOf(alice.Avatars.Set(ctx, room.Token, picture(t, 30, 20))), talk.ErrInvalid, "")
	err := errOf(alice.Avatars.Set(ctx, room.Token, strings.NewReader("no picture")))
	var e *talk.Error
	if refused(t, "not a picture", err, talk.ErrInvalid, ""); errors.As(err, &e) && e.Message == "" {
		t.Errorf("not a picture: %v says not why", err)
	}
	refused(t, "two emoji", errOf(alice.Avatars.SetEmoji(ctx, room.Token, "🚀🚀", "")), talk.ErrInvalid, "")
	refused(t, "a stranger", errOf(eve.Avatars.Delete(ctx, room.Token)), talk.ErrNotFound, "")
	if gone := must(alice.Avatars.Delete(ctx, room.Token))(t); gone.IsCustomAvatar {
		t.Errorf("deleted: %+v", gone)
	}
}
