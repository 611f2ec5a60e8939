package api_test

import (
	"strings"
	"testing"
)

func TestProvisioning(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const users, groups = "/ocs/v2.php/cloud/users", "/ocs/v2.php/cloud/groups"
	for _, tt := range []struct {
		user, method, path, body string
		status, code             int
		data                     string
	}{
		{"admin", "POST", users, `{"userid":"dora","password":"x","groups":["crew"]}`, 200, 200, `{"id":"dora"}`},
		{"admin", "POST", users, `{"userid":"dora","password":"x"}`, 400, 102, `[]`},
		{"admin", "POST", users, `{"userid":"a/b","password":"x"}`, 400, 101, `[]`},
		{"admin", "POST", users, `{"userid":"emil","password":"x","displayName":"` + strings.Repeat("e", 65) + `"}`, 400, 101, `[]`},
		{"admin", "POST", users, `{"userid":"emil"}`, 400, 108, `[]`},
		{"admin", "POST", users, `{"userid":"emil","password":"x","groups":["nogroup"]}`, 400, 104, `[]`},
		{"admin", "POST", users, `{"password":"x"}`, 400, 400, `{"error":"userid"}`},
		{"anna", "POST", users, `{"userid":"emil","password":"x"}`, 403, 403, `[]`},
		{"anna", "GET", users, "", 403, 403, `[]`},
		{"admin", "GET", users + "?search=DOR", "", 200, 200, `{"users":["dora"]}`},
		{"admin", "GET", users + "?limit=2&offset=1", "", 200, 200, `{"users":["anna","ben"]}`},
		{"admin", "GET", users + "?offset=99", "", 200, 200, `{"users":[]}`},
		{"anna", "GET", users + "/ben", "", 404, 998, `[]`},
		{"anna", "GET", users + "/nobody", "", 404, 404, `[]`},
		{"anna", "PUT", users + "/anna", `{"key":"displayname","value":"Anna the First"}`, 200, 200, `[]`},
		{"anna", "PUT", users + "/ben", `{"key":"displayname","value":"Mine"}`, 404, 998, `[]`},
		{"anna", "PUT", users + "/anna", `{"key":"quota","value":"1"}`, 400, 113, `[]`},
		{"anna", "PUT", users + "/anna", `{"key":"phone","value":"+4930123456"}`, 200, 200, `[]`},
		{"anna", "PUT", users + "/anna", `{"key":"language","value":"de"}`, 200, 200, `[]`},
		{"anna", "PUT", users + "/anna", `{"key":"role","value":"` + strings.Repeat("r", 2049) + `"}`, 400, 101, `[]`},
		{"anna", "PUT", users + "/anna", `{"key":"email","value":"no address"}`, 400, 101, `[]`},
		{"anna", "DELETE", users + "/ben", "", 403, 403, `[]`},
		{"admin", "PUT", users + "/dora/disable", "", 200, 200, `[]`},
		{"admin", "PUT", users + "/admin/disable", "", 400, 101, `[]`},
		{"admin", "PUT", users + "/nobody/enable", "", 404, 998, `[]`},
		{"admin", "POST", groups, `{"groupid":"team"}`, 200, 200, `[]`},
		{"admin", "POST", groups, `{"groupid":"team"}`, 400, 102, `[]`},
		{"admin", "POST", groups, `{"groupid":" "}`, 400, 101, `[]`},
		{"admin", "POST", users + "/dora/groups", `{"groupid":"team"}`, 200, 200, `[]`},
		{"admin", "POST", users + "/dora/groups", `{"groupid":"nogroup"}`, 400, 102, `[]`},
		{"admin", "POST", users + "/dora/groups", `{}`, 400, 101, `[]`},
		{"admin", "GET", users + "/dora/groups", "", 200, 200, `{"groups":["crew","team"]}`},
		{"anna", "GET", users + "/anna/groups", "", 200, 200, `{"groups":["crew"]}`},
		{"anna", "GET", groups + "/crew", "", 200, 200, `{"users":["anna","ben","dora"]}`},
		{"anna", "GET", groups + "/team", "", 403, 403, `[]`},
		{"admin", "GET", groups + "/nogroup", "", 404, 404, `[]`},
		{"admin", "GET", groups + "?search=te", "", 200, 200, `{"groups":["team"]}`},
		{"admin", "DELETE", users + "/dora/groups", `{"groupid":"team"}`, 200, 200, `[]`},
		{"admin", "PUT", groups + "/team", `{"key":"displayname","value":"The Team"}`, 200, 200, `[]`},
		{"admin", "PUT", groups + "/team", `{"key":"colour","value":"red"}`, 400, 101, `[]`},
		{"admin", "PUT", groups + "/nogroup", `{"key":"displayname","value":"x"}`, 400, 101, `[]`},
		{"anna", "PUT", groups + "/team", `{"key":"displayname","value":"x"}`, 403, 403, `[]`},
		{"admin", "GET", groups + "/details?search=the", "", 200, 200, `{"groups":[{"id":"team","displayname":"The Team","usercount":0,"disabled":0,"canAdd":true,"canRemove":true}]}`},
		{"admin", "GET", groups + "?limit=1&offset=1", "", 200, 200, `{"groups":["team"]}`},
		{"admin", "GET", groups + "/crew/users", "", 200, 200, `{"users":["anna","ben","dora"]}`},
		{"admin", "GET", groups + "/team/users/details", "", 200, 200, `{"users":[]}`},
		{"admin", "POST", users + "/dora/subadmins", `{"groupid":"team"}`, 200, 200, `[]`},
		{"admin", "POST", users + "/dora/subadmins", `{"groupid":"nogroup"}`, 400, 102, `[]`},
		{"admin", "POST", users + "/dora/subadmins", `{"groupid":"admin"}`, 400, 103, `[]`},
		{"admin", "POST", users + "/nobody/subadmins", `{"groupid":"team"}`, 400, 101, `[]`},
		{"anna", "POST", users + "/anna/subadmins", `{"groupid":"team"}`, 403, 403, `[]`},
		{"admin", "GET", users + "/dora/subadmins", "", 200, 200, `["team"]`},
		{"admin", "GET", groups + "/team/subadmins", "", 200, 200, `["dora"]`},
		{"admin", "GET", groups + "/nogroup/subadmins", "", 404, 404, `[]`},
		{"admin", "DELETE", users + "/dora/subadmins", `{"groupid":"team"}`, 200, 200, `[]`},
		{"admin", "DELETE", users + "/dora/subadmins", `{"groupid":"team"}`, 400, 102, `[]`},
		{"admin", "DELETE", groups + "/team", "", 200, 200, `[]`},
		{"admin", "DELETE", groups + "/team", "", 400, 101, `[]`},
		{"admin", "DELETE", users + "/admin", "", 400, 101, `[]`},
		{"admin", "DELETE", users + "/dora", "", 200, 200, `[]`},
		{"admin", "DELETE", users + "/dora", "", 404, 998, `[]`},
	} {
		w := s.call(tt.user, tt.method, tt.path, tt.body)
		a := decode(t, w)
		if w.Code != tt.status || a.OCS.Meta.StatusCode != tt.code || string(a.OCS.Data) != tt.data {
			t.Errorf("%s: %s %s %s: %d, %d %s; want %d, %d %s", tt.user, tt.method, tt.path, tt.body,
				w.Code, a.OCS.Meta.StatusCode, a.OCS.Data, tt.status, tt.code, tt.data)
		}
	}
	own := s.call("anna", "GET", "/ocs/v2.php/cloud/user", "").Body.String()
	for _, want := range []string{`"displayname":"Anna the First"`, `"phone":"+4930123456"`, `"role":""`, `"language":"de"`} {
		if !strings.Contains(own, want) {
			t.Errorf("no %s in %s", want, own)
		}
	}
}

func TestADisabledUserIsOut(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	before := s.call("ben", "GET", "/ocs/v2.php/cloud/user", "")
	s.call("admin", "PUT", "/ocs/v2.php/cloud/users/ben/disable", "")
	if w := s.call("ben", "GET", "/ocs/v2.php/cloud/user", ""); w.Code != 401 {
		t.Errorf("by password: %d", w.Code)
	}
	if w := s.call("", "GET", "/ocs/v2.php/cloud/user", "", cookie(before)); w.Code != 401 {
		t.Errorf("by cookie: %d", w.Code)
	}
	s.call("admin", "PUT", "/ocs/v2.php/cloud/users/ben/enable", "")
	if w := s.call("ben", "GET", "/ocs/v2.php/cloud/user", ""); w.Code != 200 {
		t.Errorf("enabled again: %d", w.Code)
	}
}
