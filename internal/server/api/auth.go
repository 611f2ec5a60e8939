package api

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"

	"github.com/confab-go/confab/internal/server/core"
)

// cookieName is the session cookie.
const cookieName = "confab_session"

// authenticate finds out who asks. ok is false when the answer is a refusal.
func (rq *request) authenticate() (rep reply, ok bool) {
	cookie, haveCookie := rq.cookie()
	basicUser, basicPassword, basic := rq.r.BasicAuth()
	bearer, isBearer := strings.CutPrefix(rq.r.Header.Get("Authorization"), "Bearer ")
	var err error
	switch {
	case basic:
		rq.caller, err = rq.core.Login(rq.r.Context(), basicUser, basicPassword)
	case isBearer:
		rq.caller, err = rq.core.LoginToken(rq.r.Context(), bearer)
	case rq.r.Header.Get("Authorization") != "":
		err = core.ErrBadCredentials
	case haveCookie:
		rq.caller = cookie
	}
	if errors.Is(err, core.ErrBadCredentials) {
		rq.caller = core.Caller{}
		return failure(http.StatusUnauthorized, 997, "Unauthorised").
			with("WWW-Authenticate", `Basic realm="Authorisation Required"`), false
	}
	if err != nil {
		return rq.refusal(err), false
	}
	if haveCookie && cookie.UserID == rq.caller.UserID {
		rq.caller.WebSession = cookie.WebSession
	}
	rq.caller.BaseURL = rq.base()
	if from, err := netip.ParseAddrPort(rq.r.RemoteAddr); err == nil {
		rq.caller.RemoteIP = from.Addr()
	}
	fresh := rq.caller.WebSession == "" || cookie.UserID != rq.caller.UserID || cookie.TokenID != rq.caller.TokenID
	if fresh && rq.ocs {
		value, err := rq.core.NewCookie(&rq.caller)
		if err != nil {
			return rq.refusal(err), false
		}
		rq.w.Header().Add("Set-Cookie", (&http.Cookie{ //nolint:gosec // Secure when the connection is: loopback has no TLS
			Name: cookieName, Value: value, Path: "/", HttpOnly: true,
			Secure: rq.r.TLS != nil, SameSite: http.SameSiteLaxMode,
		}).String())
	}
	return reply{}, true
}

// forged reports whether another site may have had a browser ask: clients of
// OCS say that they are, by a header that no site can make a browser send.
func (rq *request) forged(rt *route) bool {
	return rq.ocs && rt.access != open && !rt.shown() && rq.r.Header.Get("OCS-APIRequest") == "" &&
		!strings.HasPrefix(rq.r.Header.Get("Authorization"), "Bearer ")
}

// cookie returns whose session the request's cookie is.
func (rq *request) cookie() (core.Caller, bool) {
	c, err := rq.r.Cookie(cookieName)
	if err != nil {
		return core.Caller{}, false
	}
	return rq.core.ParseCookie(rq.r.Context(), c.Value)
}
