package ocs

import (
	"fmt"
	"net/http"
	"net/url"
)

// maxRedirects is how many redirects in a row are followed.
const maxRedirects = 5

// redirectError says where a refused redirect led, without what the address
// may hold besides the host.
type redirectError struct {
	to  string
	why string
}

func (e *redirectError) Error() string {
	if e.to == "" {
		return "redirect refused: " + e.why
	}
	return fmt.Sprintf("redirect to %s refused: %s", e.to, e.why)
}

func refuse(to *url.URL, why string) error {
	return &redirectError{to: to.Scheme + "://" + to.Host, why: why}
}

// checkRedirect is the client's rule for redirects. It is asked before
// anything is sent to the new address.
func checkRedirect(next *http.Request, via []*http.Request) error {
	last := via[len(via)-1]
	from, to := last.URL, next.URL
	read := last.Method == http.MethodGet || last.Method == http.MethodHead
	switch {
	case to.Scheme != "https" && to.Scheme != "http":
		return refuse(to, "not a web address")
	case from.Hostname() != to.Hostname():
		return refuse(to, "it is another host")
	case from.Scheme == "https" && to.Scheme == "http":
		return refuse(to, "it leaves the encrypted connection")
	case from.Scheme == to.Scheme && port(from) != port(to):
		return refuse(to, "it is another port")
	case !read && next.Method != last.Method:
		return refuse(to, fmt.Sprintf("it would turn the %s into a %s", last.Method, next.Method))
	case !read && from.Scheme != to.Scheme:
		return refuse(to, "the request was sent unencrypted; use the https address from the start")
	case len(via) > maxRedirects:
		return refuse(to, fmt.Sprintf("it is the %dth in a row", len(via)))
	}
	return nil
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

// locationGuard refuses redirects whose address cannot be read, before
// net/http does so with an error that repeats the address in full.
type locationGuard struct{ next http.RoundTripper }

func (g locationGuard) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := g.next.RoundTrip(req)
	if err != nil || res.StatusCode < 300 || res.StatusCode > 399 {
		return res, err
	}
	if loc := res.Header.Get("Location"); loc != "" {
		if _, err := req.URL.Parse(loc); err != nil {
			_ = res.Body.Close()
			return nil, &redirectError{why: "its address cannot be read"}
		}
	}
	return res, nil
}

// CloseIdleConnections keeps http.Client.CloseIdleConnections working.
func (g locationGuard) CloseIdleConnections() {
	if c, ok := g.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
