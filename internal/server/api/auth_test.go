package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func cookie(w *httptest.ResponseRecorder) func(*http.Request) {
	return func(r *http.Request) {
		for _, c := range w.Result().Cookies() {
			r.AddCookie(c)
		}
	}
}

func TestCookiesKeepTheSession(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	first := s.call("anna", "GET", "/ocs/v2.php/cloud/user", "")
	if w := s.call("", "GET", "/ocs/v2.php/cloud/user", "", cookie(first)); w.Code != http.StatusOK || w.Header().Get("X-User-Id") != "anna" {
		t.Errorf("the cookie alone: %d, user %q", w.Code, w.Header().Get("X-User-Id"))
	}
	w := s.call("", "GET", "/ocs/v2.php/cloud/user", "", cookie(first), header("OCS-APIRequest", ""))
	if w.Code != http.StatusPreconditionFailed || w.Body.String() != `{"message":"CSRF check failed"}` {
		t.Errorf("the cookie without OCS-APIRequest: %d %s", w.Code, w.Body)
	}
	if w := s.call("anna", "GET", "/ocs/v2.php/cloud/user", "", header("OCS-APIRequest", "")); w.Code != http.StatusPreconditionFailed {
		t.Errorf("basic authentication without OCS-APIRequest: %d", w.Code)
	}
	w = s.call("ben", "GET", "/ocs/v2.php/cloud/user", "", cookie(first))
	if w.Header().Get("X-User-Id") != "ben" || w.Header().Get("Set-Cookie") == "" {
		t.Errorf("another's cookie: user %q, cookie %q", w.Header().Get("X-User-Id"), w.Header().Get("Set-Cookie"))
	}
}

func TestAJoinedRoomHangsOnTheCookie(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	token := s.room(`{"roomName":"Join"}`)
	active, state := talk4+"/room/"+token+"/participants/active", talk4+"/room/"+token+"/participants/state"
	joined := s.call("anna", "POST", active, `{}`)
	if w := s.call("anna", "PUT", state, `{"state":0}`, cookie(joined)); w.Code != http.StatusOK {
		t.Errorf("with the cookie: %d %s", w.Code, w.Body)
	}
	if w := s.call("anna", "PUT", state, `{"state":0}`); w.Code != http.StatusNotFound || string(decode(t, w).OCS.Data) != "null" {
		t.Errorf("without the cookie: %d %s", w.Code, w.Body)
	}
	if w := s.call("anna", "DELETE", active, "", cookie(joined)); w.Code != http.StatusOK {
		t.Errorf("leave: %d", w.Code)
	}
	if w := s.call("anna", "PUT", state, `{"state":0}`, cookie(joined)); w.Code != http.StatusNotFound {
		t.Errorf("after leaving: %d", w.Code)
	}
	if w := s.call("anna", "DELETE", talk4+"/room/nosuchroom/participants/active", ""); w.Code != http.StatusOK {
		t.Errorf("leave what is not there: %d", w.Code)
	}
}

func TestAppPasswords(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	secretOf := func(w *httptest.ResponseRecorder) string {
		t.Helper()
		var data struct{ AppPassword string }
		if err := json.Unmarshal(decode(t, w).OCS.Data, &data); err != nil || len(data.AppPassword) != 72 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return data.AppPassword
	}
	with := func(secret string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth("anna", secret) }
	}
	first := secretOf(s.call("anna", "GET", "/ocs/v2.php/core/getapppassword", ""))
	if w := s.call("", "GET", "/ocs/v2.php/cloud/user", "", header("Authorization", "Bearer "+first)); w.Header().Get("X-User-Id") != "anna" {
		t.Errorf("bearer: %d %s", w.Code, w.Body)
	}
	if w := s.call("", "GET", "/ocs/v2.php/core/getapppassword", "", with(first)); w.Code != http.StatusForbidden {
		t.Errorf("one by another: %d", w.Code)
	}
	second := secretOf(s.call("", "POST", "/ocs/v2.php/core/apppassword/rotate", "", with(first)))
	if w := s.call("", "GET", talk4+"/room", "", with(first)); w.Code != http.StatusUnauthorized {
		t.Errorf("rotated away: %d", w.Code)
	}
	if w := s.call("", "DELETE", "/ocs/v2.php/core/apppassword", "", with(second)); w.Code != http.StatusOK {
		t.Errorf("delete: %d %s", w.Code, w.Body)
	}
	if w := s.call("", "GET", talk4+"/room", "", with(second)); w.Code != http.StatusUnauthorized {
		t.Errorf("deleted: %d", w.Code)
	}
	for _, m := range []struct{ method, path string }{{"DELETE", "/ocs/v2.php/core/apppassword"}, {"POST", "/ocs/v2.php/core/apppassword/rotate"}} {
		if w := s.call("anna", m.method, m.path, ""); w.Code != http.StatusForbidden || decode(t, w).OCS.Meta.Message != "no app password in use" {
			t.Errorf("%s with the real password: %d %s", m.method, w.Code, w.Body)
		}
	}
}

func TestAuthorization(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, tt := range []struct {
		name, value string
		status      int
	}{
		{"none", "", 401},
		{"unknown scheme", "Digest x", 401},
		{"not base64", "Basic ???", 401},
		{"unknown bearer", "Bearer " + strings.Repeat("a", 72), 401},
		{"password as bearer", "Bearer secret-anna", 401},
	} {
		w := s.call("", "GET", talk4+"/room", "", header("Authorization", tt.value))
		if w.Code != tt.status {
			t.Errorf("%s: %d", tt.name, w.Code)
		}
		if challenged := w.Header().Get("WWW-Authenticate") != ""; challenged != (tt.value != "") {
			t.Errorf("%s: WWW-Authenticate %q", tt.name, w.Header().Get("WWW-Authenticate"))
		}
	}
}
