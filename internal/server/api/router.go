package api

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// access says who may call a route.
type access int

const (
	public access = iota // also without an account
	open                 // whoever it says it is: credentials are not even looked at
	user                 // with an account
	admin                // with an administrator's account
)

// route is one endpoint. A path segment in braces is a parameter: {token} is a
// conversation's token, one whose name ends in Id a number, any other what it is.
type route struct {
	method string
	path   string
	access access
	handle func(*request) (reply, error)
}

// waits reports whether a request may wait for what has not happened yet.
func (rt *route) waits() bool {
	return rt.method == http.MethodGet && (rt.path == talk1+"/chat/{token}" || rt.path == talk3+"/signaling/{token}")
}

// shown reports whether browsers ask for it by themselves, to show or to keep it:
// they add no header then.
func (rt *route) shown() bool {
	return rt.method == http.MethodGet && (rt.path == avatarPath || rt.path == avatarPath+"/dark" || rt.path == talk4+"/call/{token}/download")
}

const (
	talk4 = "/ocs/apps/spreed/api/v4"
	talk3 = "/ocs/apps/spreed/api/v3"
	talk1 = "/ocs/apps/spreed/api/v1"
)

var tokenPattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9]{4,30}$`) })

// router finds routes by their number of segments, which leaves few to compare.
type router struct {
	byLength map[int][]compiled
}

type compiled struct {
	route    route
	segments []string
}

func (t *router) add(routes ...route) {
	if t.byLength == nil {
		t.byLength = map[int][]compiled{}
	}
	for _, r := range routes {
		segments := strings.Split(strings.TrimPrefix(r.path, "/"), "/")
		t.byLength[len(segments)] = append(t.byLength[len(segments)], compiled{r, segments})
	}
}

// Endpoint is something that the API answers to.
type Endpoint struct {
	Method string
	Path   string // parameters stand in braces; /ocs stands for /ocs/v1.php and /ocs/v2.php
	Who    string // "anybody", "public" (credentials are looked at, but not needed), "user" or "admin"
}

// Endpoints lists what the API answers to, in no order. WebDAV and the testing aids are apart.
func (a *API) Endpoints() []Endpoint {
	var out []Endpoint
	for _, routes := range a.routes.byLength {
		for _, c := range routes {
			who := [...]string{public: "public", open: "anybody", user: "user", admin: "admin"}[c.route.access]
			out = append(out, Endpoint{c.route.method, c.route.path, who})
		}
	}
	return out
}

// find returns the route of a request; known says whether the path has one with another method.
func (t *router) find(method string, segments []string) (found *route, params map[string]string, known bool) {
	if method == "HEAD" {
		method = "GET"
	}
	for i := range t.byLength[len(segments)] {
		c := &t.byLength[len(segments)][i]
		p, ok := match(c.segments, segments)
		if !ok {
			continue
		}
		if c.route.method == method {
			return &c.route, p, true
		}
		known = true
	}
	return nil, nil, known
}

func match(pattern, segments []string) (params map[string]string, ok bool) {
	for i, p := range pattern {
		s := segments[i]
		if !strings.HasPrefix(p, "{") {
			if p != s {
				return nil, false
			}
			continue
		}
		name := strings.Trim(p, "{}")
		switch {
		case name == "token":
			ok = tokenPattern().MatchString(s)
		case strings.HasSuffix(name, "Id") && name != "userId" && name != "groupId":
			_, err := strconv.ParseInt(s, 10, 64)
			ok = err == nil && s[0] != '-' && s[0] != '+'
		default:
			ok = s != ""
		}
		if !ok {
			return nil, false
		}
		if params == nil {
			params = map[string]string{}
		}
		params[name] = s
	}
	return params, true
}
