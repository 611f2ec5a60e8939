package api

import "net/http"

// The versions that this server answers as.
const (
	nextcloudVersion     = "32.0.1"
	nextcloudFullVersion = "32.0.1.2"
	talkVersion          = "21.1.7"
)

func statusRoutes() []route {
	return []route{{http.MethodGet, "/status.php", open, serverStatus}}
}

func serverStatus(*request) (reply, error) { return ok(statusObject(false)), nil }

func statusObject(maintenance bool) object {
	return object{
		{"installed", true},
		{"maintenance", maintenance},
		{"needsDbUpgrade", false},
		{"version", nextcloudFullVersion},
		{"versionstring", nextcloudVersion},
		{"edition", ""},
		{"productname", "Nextcloud"},
		{"extendedSupport", false},
	}
}
