package server_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/confab-go/confab/internal/race"
	"github.com/confab-go/confab/internal/server"
)

// drawn returns a picture, its left half red.
func drawn(t *testing.T, format string, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		for y := range height {
			c := color.RGBA{B: 255, A: 255}
			if x < width/2 {
				c = color.RGBA{R: 255, A: 255}
			}
			img.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	var err error
	switch format {
	case "png":
		err = png.Encode(&b, img)
	case "jpeg":
		err = jpeg.Encode(&b, img, nil)
	default:
		err = gif.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// upload sends a picture as a conversation's.
func (c *client) upload(token string, content []byte) answer {
	c.h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "picture")
	if err != nil {
		c.h.t.Fatal(err)
	}
	_, _ = part.Write(content)
	_ = form.Close()
	a := c.davStream("POST", talk+"/v1/room/"+token+"/avatar", &body, "Content-Type", form.FormDataContentType(),
		"OCS-APIRequest", "true", "Accept", "application/json")
	out := answer{status: a.status, raw: a.body}
	var env struct{ OCS struct{ Data any } }
	if err := json.Unmarshal([]byte(a.body), &env); err != nil {
		c.h.t.Fatalf("%v: %d %s", err, a.status, a.body)
	}
	out.data = env.OCS.Data
	return out
}

func (c *client) avatar(token, more string) davAnswer {
	c.h.t.Helper()
	return c.dav("GET", talk+"/v1/room/"+token+"/avatar"+more, "", "OCS-APIRequest", "true")
}

func TestAPictureForAConversation(t *testing.T) {
	race.Skip(t)
	t.Parallel()
	dir := t.TempDir()
	h := newHarness(t, func(cfg *server.Config) { cfg.DataDir = dir })
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Picture", "ben")
	for _, format := range []string{"png", "jpeg"} {
		before := anna.do("GET", talk+"/v4/room/"+token, "").at("avatarVersion")
		a := anna.upload(token, drawn(t, format, 700, 700))
		if a.status != http.StatusOK || a.at("isCustomAvatar") != true || a.at("avatarVersion") == before {
			t.Fatalf("%s: %d %s", format, a.status, a.raw)
		}
		got := ben.avatar(token, "")
		img, name, err := image.Decode(strings.NewReader(got.body))
		if err != nil {
			t.Fatal(err)
		}
		r, _, b, _ := img.At(20, 250).RGBA()
		if name != format || img.Bounds() != image.Rect(0, 0, 512, 512) || r < 0xe000 || b > 0x2000 || got.header.Get("Content-Type") != "image/"+format {
			t.Errorf("%s: a %s of %v, red %x, blue %x", format, name, img.Bounds(), r, b)
		}
		if again := ben.dav("GET", talk+"/v1/room/"+token+"/avatar", "", "If-None-Match", got.header.Get("ETag")); again.status != http.StatusNotModified {
			t.Errorf("with its ETag: %d", again.status)
		}
		if m := ben.newest(token); m["systemMessage"] != "avatar_set" || m["message"] != "{actor} set the conversation picture" {
			t.Errorf("ben reads %v", m)
		}
	}
	for name, tt := range map[string]struct {
		content []byte
		message string
	}{
		"not square":   {drawn(t, "png", 10, 20), "Avatar image is not square"},
		"a GIF":        {drawn(t, "gif", 10, 10), "Unknown filetype"},
		"no picture":   {[]byte("nothing to see"), "Invalid image"},
		"cut":          {drawn(t, "png", 100, 100)[:60], "Invalid image"},
		"an enormity":  {enormous(t), "Invalid image"},
		"empty":        {[]byte{}, "Invalid image"},
		"large indeed": {make([]byte, 20<<20+1), "File is too big"},
	} {
		if a := anna.upload(token, tt.content); a.status != http.StatusBadRequest || a.at("message") != tt.message {
			t.Errorf("%s: %d %.300s, want %s", name, a.status, a.raw, tt.message)
		}
	}
	if a := anna.upload(token, make([]byte, 22<<20)); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("beyond all bounds: %d", a.status)
	}
	if a := ben.upload(token, drawn(t, "png", 8, 8)); a.status != http.StatusForbidden {
		t.Errorf("ben, who is no moderator: %d", a.status)
	}
	if a := anna.do("DELETE", talk+"/v1/room/"+token+"/avatar", ""); a.at("isCustomAvatar") != false || a.at("avatarVersion") != "be859ef2" {
		t.Errorf("removed: %s", a.raw)
	}
	if a := ben.avatar(token, ""); a.header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("without a picture: %v", a.header)
	}
}

// enormous is a small PNG that says it is 60000 pixels wide and high.
func enormous(t *testing.T) []byte {
	t.Helper()
	small := drawn(t, "png", 1, 1)
	var out bytes.Buffer
	out.Write(small[:8])
	header := []byte("IHDR\x00\x00\xea\x60\x00\x00\xea\x60\x08\x06\x00\x00\x00")
	out.Write([]byte{0, 0, 0, 13})
	out.Write(header)
	out.Write(crc(header))
	out.Write(small[33:])
	return out.Bytes()
}

// crc is the check at the end of a part of a PNG.
func crc(part []byte) []byte { return binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(part)) }

func TestAnEmojiForAConversation(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	token := anna.room("Emoji")
	set := func(body string) answer { return anna.do("POST", talk+"/v1/room/"+token+"/avatar/emoji", body) }
	if a := set(`{"emoji":"👩‍💻"}`); a.status != http.StatusOK || a.at("isCustomAvatar") != true {
		t.Fatal(a.raw)
	}
	if light, dark := anna.avatar(token, ""), anna.avatar(token, "/dark"); light.body == dark.body || !strings.Contains(light.body, "👩‍💻") {
		t.Errorf("light %s\ndark %s", light.body, dark.body)
	}
	if set(`{"emoji":"👍🏽","color":"a1B2c3"}`); !strings.Contains(anna.avatar(token, "").body, `fill="#a1B2c3"`) ||
		anna.avatar(token, "").body != anna.avatar(token, "?darkTheme=1").body {
		t.Errorf("coloured: %s", anna.avatar(token, "").body)
	}
	for body, want := range map[string]string{
		`{"emoji":"ab"}`: "Invalid emoji character", `{"emoji":""}`: "Invalid emoji character", `{"emoji":"👍👍"}`: "Invalid emoji character",
		`{"emoji":"<b>"}`:               "Invalid emoji character",
		`{"emoji":"👍","color":"12345"}`: "Invalid background color", `{"emoji":"👍","color":"\"/><x"}`: "Invalid background color",
	} {
		if a := set(body); a.status != http.StatusBadRequest || a.at("message") != want {
			t.Errorf("%s: %d %s", body, a.status, a.raw)
		}
	}
	made := anna.do("POST", talk+"/v4/room", `{"roomType":2,"roomName":"Made","emoji":"🚀","avatarColor":"4466AA"}`)
	madeToken, _ := made.at("token").(string)
	if made.at("isCustomAvatar") != true || !strings.Contains(anna.avatar(madeToken, "").body, `fill="#4466AA"`) {
		t.Errorf("made with an emoji: %s", made.raw)
	}
	if a := anna.do("POST", talk+"/v4/room", `{"roomType":2,"roomName":"Made","emoji":"no"}`); a.status != http.StatusBadRequest || a.at("error") != "avatar" {
		t.Errorf("made with no emoji: %d %s", a.status, a.raw)
	}
}

func TestWhoSeesAPicture(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, cleo, guest := h.as("anna"), h.as("cleo"), h.as("")
	token := anna.room("Seen")
	check := func(what string, c *client, want int) {
		t.Helper()
		c.avatar(token, "").wants(t, what, want, "")
	}
	check("the owner", anna, 200)
	check("a stranger", cleo, 404)
	check("somebody without account", guest, 404)
	anna.do("POST", talk+"/v4/room/"+token+"/public", "{}")
	check("somebody without account, when it is public", guest, 404)
	guest.do("POST", talk+"/v4/room/"+token+"/participants/active", "{}")
	check("a guest", guest, 200)
	anna.do("PUT", talk+"/v4/room/"+token+"/listable", `{"scope":1}`)
	check("a stranger, when it is listed", cleo, 200)

	for path, size := range map[string]int{
		"/index.php/avatar/ben/64": 64, "/index.php/avatar/ben/512": 512, "/index.php/avatar/ben/100/dark": 512,
		"/index.php/avatar/guest/Some%20body/64": 64,
	} {
		a := anna.dav("GET", path, "")
		cfg, err := png.DecodeConfig(strings.NewReader(a.body))
		if err != nil || cfg.Width != size || cfg.Height != size {
			t.Errorf("%s: %d, %v, %d wide", path, a.status, err, cfg.Width)
		}
	}
	anna.dav("GET", "/index.php/avatar/nobody/64", "").wants(t, "of nobody", 404, "")
}

func TestPreviews(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	id := func(a davAnswer) string { return strings.TrimLeft(a.header.Get("OC-FileId")[:8], "0") }
	wide := id(anna.put("/wide.png", string(drawn(t, "png", 400, 200))))
	text := id(anna.put("/a.txt", "some\ntext"))
	opaque := id(anna.put("/a.bin", "some\x00thing"))
	fake := id(anna.put("/fake.png", "no picture at all"))
	for query, want := range map[string]image.Point{
		"fileId=" + wide + "&x=32&y=32":           {64, 64},
		"fileId=" + wide + "&x=100&y=100&a=1":     {256, 128},
		"fileId=" + wide + "&x=1000&y=1000&a=1":   {400, 200},
		"fileId=" + wide + "&x=9999999&y=9999999": {200, 200},
		"fileId=" + text + "&x=200&y=200":         {256, 256},
	} {
		a := anna.dav("GET", "/index.php/core/preview?"+query, "")
		cfg, err := png.DecodeConfig(strings.NewReader(a.body))
		if err != nil || cfg.Width != want.X || cfg.Height != want.Y {
			t.Errorf("%s: %d, %dx%d %v, want %v", query, a.status, cfg.Width, cfg.Height, err, want)
		}
	}
	for query, want := range map[string]int{"fileId=" + opaque: 404, "fileId=" + fake: 404, "fileId=99999": 404, "": 400, "fileId=" + wide + "&x=0": 400} {
		anna.dav("GET", "/index.php/core/preview?"+query, "").wants(t, query, want, "")
	}
	ben.dav("GET", "/index.php/core/preview?fileId="+wide, "").wants(t, "somebody else's", 404, "")
	anna.shared("/wide.png", anna.room("Previews", "ben"))
	ben.dav("GET", "/index.php/core/preview?fileId="+wide, "").wants(t, "what is shared", 200, "")
	res := h.as("").davOpen("GET", "/index.php/core/preview?fileId="+wide, nil)
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusUnauthorized {
		t.Errorf("without an account: %d", res.StatusCode)
	}
}

func TestPreferences(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Preferences", "ben")
	set := func(key, value string) int {
		return ben.do("POST", talk+"/v1/settings/user", fmt.Sprintf(`{"key":%q,"value":%s}`, key, value)).status
	}
	state := func() (config any, hash string) {
		caps := ben.do("GET", "/ocs/v2.php/cloud/capabilities", "")
		return caps.at("capabilities", "spreed", "config", "attachments", "folder"),
			ben.do("GET", talk+"/v4/room/"+token, "").header.Get("X-Nextcloud-Talk-Hash")
	}
	folder, hash := state()
	if folder != "/Talk" {
		t.Errorf("folder %v", folder)
	}
	if got := set("attachment_folder", `"/Chats/Files/"`); got != http.StatusOK {
		t.Errorf("folder: %d", got)
	}
	changed, changedHash := state()
	if changed != "/Chats/Files" || changedHash == hash || changedHash == "" {
		t.Errorf("folder %v, hash %q then %q", changed, hash, changedHash)
	}
	anna.put("/a.txt", "here")
	anna.shared("/a.txt", token)
	if a := ben.dav("GET", benFiles+"/Chats/Files/a.txt", ""); a.body != "here" || file(ben.newest(token), "path") != "Chats/Files/a.txt" {
		t.Errorf("%+v, seen at %q", a, file(ben.newest(token), "path"))
	}
	ben.put("/in-the-way", "x")
	for key, values := range map[string][]string{
		"attachment_folder":   {`"/../x"`, `"/a\u0000b"`, `"/in-the-way"`, `"/in-the-way/d"`},
		"read_status_privacy": {`2`, `"x"`, `-1`}, "typing_privacy": {`9`}, "play_sounds": {`"maybe"`, `1`}, "bogus": {`1`}, "": {`1`},
	} {
		for _, v := range values {
			if got := set(key, v); got != http.StatusBadRequest {
				t.Errorf("%s = %s: %d", key, v, got)
			}
		}
	}
	anna.do("POST", talk+"/v1/chat/"+token, `{"message":"read it"}`)
	if a := ben.do("POST", talk+"/v1/chat/"+token+"/read", "{}"); a.header.Get("X-Chat-Last-Common-Read") == "" {
		t.Error("who shows how far they have read is told how far all have")
	}
	if got := set("read_status_privacy", "1"); got != http.StatusOK {
		t.Errorf("read privacy: %d", got)
	}
	if a := ben.do("POST", talk+"/v1/chat/"+token+"/read", "{}"); a.header.Get("X-Chat-Last-Common-Read") != "" {
		t.Error("who hides how far they have read is not told how far all have")
	}
}
