package server_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	_ "image/png" // what recorded pictures are
	"regexp"
	"strconv"
	"strings"
)

// What differs between servers in the texts that WebDAV answers with.
var (
	// A picture's name is the conversation's token or random.
	pictureName = regexp.MustCompile(`filename="([a-z0-9]{8}|[A-Za-z0-9]{16}(\.[a-z]+))"$`)
	davValues   = regexp.MustCompile(`<(d:getlastmodified|d:getetag|oc:fileid|oc:id|firstLoginTimestamp|lastLoginTimestamp|lastLogin|used)>[^<]*<`)
	fileLink    = regexp.MustCompile(`/f/(\d+)$`)
)

// sameText compares texts but for ids and times. Icons are drawn anew: that there is one is enough.
func (r *replay) sameText(recorded, ours string) bool {
	if strings.HasPrefix(recorded, "<svg") {
		return strings.HasPrefix(ours, "<svg") && strings.HasSuffix(strings.TrimSpace(ours), "</svg>")
	}
	wanted, got := davValues.FindAllString(recorded, -1), davValues.FindAllString(ours, -1)
	if len(wanted) != len(got) {
		return false
	}
	for i := range wanted {
		if w, isID := strings.CutPrefix(wanted[i], "<oc:fileid>"); isID && !r.same.match("file", strings.Trim(w, "<"),
			strings.Trim(strings.TrimPrefix(got[i], "<oc:fileid>"), "<")) {
			return false
		}
	}
	return davValues.ReplaceAllString(r.same.translate(strings.TrimSpace(recorded)), "<$1>?<") ==
		davValues.ReplaceAllString(strings.TrimSpace(ours), "<$1>?<")
}

// sameFileID compares ids that end with the server's own.
func (r *replay) sameFileID(want, got string) bool {
	if len(want) != 20 || len(got) != 20 {
		return false
	}
	w, err := strconv.Atoi(want[:8])
	g, err2 := strconv.Atoi(got[:8])
	return err == nil && err2 == nil && r.same.match("file", strconv.Itoa(w), strconv.Itoa(g))
}

// sameName compares the names that answers give to what they bring.
func (r *replay) sameName(want, got string) bool {
	return r.same.translate(want) == got ||
		pictureName.MatchString(got) && pictureName.ReplaceAllString(want, "?$2") == pictureName.ReplaceAllString(got, "?$2")
}

// sameLink compares links, which end with the id of a file.
func (r *replay) sameLink(want, got string) bool {
	w, g := fileLink.FindStringSubmatch(want), fileLink.FindStringSubmatch(got)
	if w == nil || g == nil {
		return r.same.translate(want) == got
	}
	return r.same.match("file", w[1], g[1]) && strings.TrimSuffix(want, w[0]) == strings.TrimSuffix(got, g[0])
}

// renameKeys puts our ids of messages in the place of recorded ones that are keys.
func (r *replay) renameKeys(recorded map[string]any) map[string]any {
	out := make(map[string]any, len(recorded))
	for k, v := range recorded {
		if ours, ok := r.same.there["message="+k]; ok {
			k = ours
		}
		out[k] = v
	}
	return out
}

// diffPictures compares what matters of pictures, which no two programs draw alike: their format and size.
func diffPictures(recorded string, ours []byte) string {
	raw, err := base64.StdEncoding.DecodeString(recorded)
	if err != nil {
		return err.Error()
	}
	want, wantFormat, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return err.Error()
	}
	got, format, err := image.DecodeConfig(bytes.NewReader(ours))
	if err != nil {
		return fmt.Sprintf("no picture: %v", err)
	}
	if want.Width != got.Width || want.Height != got.Height || wantFormat != format {
		return fmt.Sprintf("a %s of %dx%d, recorded a %s of %dx%d", format, got.Width, got.Height, wantFormat, want.Width, want.Height)
	}
	return ""
}
