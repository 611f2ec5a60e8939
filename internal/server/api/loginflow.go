package api

import (
	"bytes"
	"errors"
	"html/template"
	"net/http"
	"sync"

	"github.com/confab-go/confab/internal/server/core"
)

const loginPath = "/index.php/login/v2"

func loginFlowRoutes() []route {
	return []route{
		{http.MethodPost, loginPath, open, startLogin},
		{http.MethodPost, loginPath + "/poll", open, pollLogin},
		{http.MethodGet, loginPath + "/flow/{flow}", open, showLogin},
		{http.MethodPost, loginPath + "/flow/{flow}", open, grantLogin},
	}
}

// jsonReply answers with JSON alone, as pages of Nextcloud do.
func (rq *request) jsonReply(status int, v any) reply {
	return reply{stream: func() { rq.writeJSON(status, "application/json; charset=utf-8", v) }}
}

func startLogin(rq *request) (reply, error) {
	program := rq.r.UserAgent()
	if program == "" {
		program = "unknown"
	}
	poll, flow, err := rq.core.StartLogin(rq.r.Context(), program)
	if err != nil {
		return reply{}, err
	}
	return rq.jsonReply(http.StatusOK, object{
		{"poll", object{{"token", poll}, {"endpoint", rq.base() + loginPath + "/poll"}}},
		{"login", rq.base() + loginPath + "/flow/" + flow},
	}), nil
}

func pollLogin(rq *request) (reply, error) {
	token, err := rq.needText("token")
	if err != nil {
		return reply{}, err
	}
	name, secret, err := rq.core.PollLogin(rq.r.Context(), token)
	if refused(err, core.NotFound) {
		return rq.jsonReply(http.StatusNotFound, list{}), nil
	}
	if err != nil {
		return reply{}, err
	}
	return rq.jsonReply(http.StatusOK, object{{"server", rq.base()}, {"loginName", name}, {"appPassword", secret}}), nil
}

func refused(err error, kind core.Kind) bool {
	e, ok := errors.AsType[*core.Error](err)
	return ok && e.Kind == kind
}

// loginPage asks a person whether to let a program in.
var loginPage = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("login").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Log in</title>
</head>
<body>
<main>
{{- if .Done}}
<h1>Logged in</h1>
<p>You may close this page and go back to {{.Program}}.</p>
{{- else if .Gone}}
<h1>Too late</h1>
<p>Nothing waits to be let in here any more. Start again in your program.</p>
{{- else}}
<h1>Let {{.Program}} in?</h1>
{{- if .Problem}}
<p role="alert">{{.Problem}}</p>
{{- end}}
<form method="post">
<p><label>User <input name="user" autocomplete="username" required autofocus></label></p>
<p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
<p><button>Grant access</button></p>
</form>
{{- end}}
</main>
</body>
</html>
`))
})

// loginView is what the page shows.
type loginView struct {
	Program string
	Problem string
	Done    bool
	Gone    bool
}

func (rq *request) loginReply(status int, v loginView) (reply, error) {
	var page bytes.Buffer
	if err := loginPage().Execute(&page, v); err != nil {
		return reply{}, err
	}
	return reply{
		header: map[string]string{
			"Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
			"Referrer-Policy":         "no-referrer",
			"X-Content-Type-Options":  "nosniff",
			"X-Frame-Options":         "DENY",
		},
		stream: func() { rq.write(status, "text/html; charset=utf-8", page.Bytes()) },
	}, nil
}

func showLogin(rq *request) (reply, error) {
	program, err := rq.core.LoginProgram(rq.r.Context(), rq.params["flow"])
	switch {
	case refused(err, core.NotFound):
		return rq.loginReply(http.StatusNotFound, loginView{Gone: true})
	case err != nil:
		return reply{}, err
	}
	return rq.loginReply(http.StatusOK, loginView{Program: program})
}

func grantLogin(rq *request) (reply, error) {
	name, err := rq.needText("user")
	if err != nil {
		return reply{}, err
	}
	password, err := rq.needText("password")
	if err != nil {
		return reply{}, err
	}
	program, err := rq.core.LoginProgram(rq.r.Context(), rq.params["flow"])
	if err == nil {
		err = rq.core.GrantLogin(rq.r.Context(), rq.params["flow"], name, password)
	}
	switch {
	case refused(err, core.NotFound):
		return rq.loginReply(http.StatusNotFound, loginView{Gone: true})
	case errors.Is(err, core.ErrBadCredentials):
		return rq.loginReply(http.StatusForbidden, loginView{Program: program, Problem: "The user or the password is wrong."})
	case err != nil:
		return reply{}, err
	}
	return rq.loginReply(http.StatusOK, loginView{Program: program, Done: true})
}
