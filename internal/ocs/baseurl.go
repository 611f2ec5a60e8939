package ocs

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// parseBaseURL reads the address of a server. Its errors never repeat the
// address, which may hold a password.
func parseBaseURL(raw string) (*url.URL, error) {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return nil, errors.New("is empty")
	}
	// An unescaped @ is looked for before parsing: a password with a slash in
	// it would otherwise be taken for a port or a path, and be shown.
	if strings.Contains(raw, "@") {
		return nil, errors.New("contains user information (…@); give the credentials apart from the address")
	}
	if !strings.Contains(raw, "://") {
		return nil, errors.New(`has no scheme; it begins with "https://" or "http://"`)
	}
	u, err := url.Parse(raw)
	if err != nil {
		if ue, ok := errors.AsType[*url.Error](err); ok {
			err = ue.Err
		}
		return nil, fmt.Errorf("is not a URL: %w", err)
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf(`has the scheme %q; it must be "https" or "http"`, u.Scheme)
	case u.Hostname() == "":
		return nil, errors.New("has no host")
	case u.RawQuery != "" || u.ForceQuery:
		return nil, errors.New("contains a query (?…)")
	case strings.Contains(raw, "#"):
		return nil, errors.New("contains a fragment (#…)")
	}
	if p := u.Port(); p != "" {
		if n, err := strconv.Atoi(p); err != nil || n < 1 || n > 65535 {
			return nil, fmt.Errorf("has the port %s; it must be between 1 and 65535", p)
		}
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	if cut, ok := strings.CutSuffix(path, "/index.php"); ok {
		path = strings.TrimRight(cut, "/")
	}
	if hasDotSegment(path) {
		return nil, errors.New(`contains a "." or ".." path segment`)
	}
	return url.Parse(u.Scheme + "://" + u.Host + path)
}

// hasDotSegment reports whether an escaped path has a segment that servers
// and proxies resolve, so that the request would reach another place than its
// path says.
func hasDotSegment(escaped string) bool {
	for seg := range strings.SplitSeq(escaped, "/") {
		if s, err := url.PathUnescape(seg); err == nil && (s == "." || s == "..") {
			return true
		}
	}
	return false
}
