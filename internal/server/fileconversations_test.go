package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestConversationsAboutFiles(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	room := anna.room("Shared", "ben")
	anna.dav("MKCOL", annaFiles+"/Photos", "")
	anna.put("/Photos/a.txt", "shared with its folder")
	anna.put("/b.txt", "shared by itself")
	folder := anna.shared("/Photos", room)
	anna.shared("/b.txt", room)
	id := func(path string) string {
		t.Helper()
		a := anna.dav("PROPFIND", annaFiles+path, `<propfind xmlns="DAV:" xmlns:o="http://owncloud.org/ns"><prop><o:fileid/></prop></propfind>`, "Depth", "0")
		_, after, _ := strings.Cut(a.body, "<oc:fileid>")
		id, _, ok := strings.Cut(after, "</oc:fileid>")
		if !ok {
			t.Fatalf("%s: no id in %+v", path, a)
		}
		return id
	}
	about := func(c *client, file string) answer { return c.do("GET", talk+"/v1/file/"+file, "") }

	for _, path := range []string{"/Photos/a.txt", "/b.txt"} {
		file := id(path)
		made, again := about(anna, file), about(ben, file)
		token, _ := made.at("token").(string)
		if made.status != http.StatusOK || token == "" || again.at("token") != token {
			t.Fatalf("%s: anna gets %s, ben %s", path, made.raw, again.raw)
		}
		if a := ben.do("GET", talk+"/v1/chat/"+token+"?lookIntoFuture=0", ""); a.status != http.StatusNotFound {
			t.Errorf("%s: ben is in without having come: %s", path, a.raw)
		}
		joined := ben.do("POST", talk+"/v4/room/"+token+"/participants/active", "")
		if joined.at("objectType") != "file" || joined.at("objectId") != file || joined.at("participantType") != json.Number("3") {
			t.Errorf("%s: ben joins %s", path, joined.raw)
		}
		if m := ben.newest(token); m["systemMessage"] != "user_added" {
			t.Errorf("%s: the newest message is %v", path, m)
		}
		ben.send(token, `{"message":"about it"}`)
		for _, stranger := range []*client{cleo, h.as("")} {
			if a := stranger.do("POST", talk+"/v4/room/"+token+"/participants/active", ""); a.status != http.StatusNotFound {
				t.Errorf("%s: somebody without the file joins: %d %s", path, a.status, a.raw)
			}
		}
	}

	anna.put("/own.txt", "nobody else's")
	for name, a := range map[string]answer{
		"a file of hers alone": about(anna, id("/own.txt")), "a folder": about(anna, id("/Photos")), "a file of others": about(cleo, id("/b.txt")), "none": about(anna, "99999999"),
	} {
		if a.status != http.StatusNotFound || a.message != "File is not shared, or shared but not with the user" {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
	if a := about(h.as(""), id("/b.txt")); a.status != http.StatusUnauthorized {
		t.Errorf("nobody in particular: %d %s", a.status, a.raw)
	}

	file := id("/Photos/a.txt")
	token, _ := about(anna, file).at("token").(string)
	anna.do("DELETE", sharesPath+"/"+folder, "")
	if a := about(ben, file); a.status != http.StatusNotFound {
		t.Errorf("ben, who has the file no more: %d %s", a.status, a.raw)
	}
	if a := ben.do("POST", talk+"/v4/room/"+token+"/participants/active", ""); a.status != http.StatusNotFound {
		t.Errorf("ben joins, who has the file no more: %d %s", a.status, a.raw)
	}
}
