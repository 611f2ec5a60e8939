package api

import (
	"net/http"
	"slices"
)

// apps are those parts of Nextcloud that are here, under the names of their apps.
var apps = []string{"dav", "files", "files_sharing", "provisioning_api", "spreed", "user_status"}

func appRoutes() []route {
	return []route{
		{http.MethodGet, "/ocs/cloud/apps", admin, listApps},
		{http.MethodGet, "/ocs/cloud/apps/{app}", admin, getApp},
		{http.MethodGet, "/ocs/core/navigation/apps", user, navigation},
	}
}

// listApps lists the apps: all, the enabled ones, which are the same, or the disabled ones, of which there are none.
func listApps(rq *request) (reply, error) {
	filter, err := rq.text("filter", "")
	if err != nil {
		return reply{}, err
	}
	switch filter {
	case "", "enabled":
		return ok(object{{"apps", apps}}), nil
	case "disabled":
		return ok(object{{"apps", list{}}}), nil
	default:
		return failure(http.StatusBadRequest, 101, ""), nil
	}
}

func getApp(rq *request) (reply, error) {
	id := rq.params["app"]
	if !slices.Contains(apps, id) {
		return failure(http.StatusNotFound, 998, "The request app was not found"), nil
	}
	version := nextcloudVersion
	if id == "spreed" {
		version = talkVersion
	}
	return ok(object{{"id", id}, {"version", version}}), nil
}

// navigation lists what a user would see at the top of Nextcloud's pages.
func navigation(rq *request) (reply, error) {
	entry := func(id, name, path string, order int) object {
		return object{
			{"id", id},
			{"order", order},
			{"href", rq.base() + "/index.php/apps/" + path},
			{"icon", rq.base() + "/apps/" + id + "/img/app.svg"},
			{"type", "link"},
			{"name", name},
			{"active", false},
			{"classes", ""},
			{"unread", 0},
			{"app", id},
		}
	}
	return ok([]object{entry("files", "Files", "files/", 0), entry("spreed", "Talk", "spreed/", 3)}), nil
}
