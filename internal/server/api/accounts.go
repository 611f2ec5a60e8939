package api

import (
	"cmp"
	"net/http"

	"github.com/confab-go/confab/internal/server/core"
)

func ownAccount(rq *request) (reply, error) {
	a, err := rq.core.Account(rq.caller.UserID)
	return ok(account(a, true, false)), err
}

// getUser shows an account: all of it to its owner and to who may change it.
func getUser(rq *request) (reply, error) {
	a, err := rq.core.Account(rq.params["userId"])
	if err != nil {
		return failure(http.StatusNotFound, http.StatusNotFound, "User does not exist"), nil //nolint:nilerr // it is the answer
	}
	self := a.ID == rq.caller.UserID
	if !self && !rq.governs(a) {
		return refuseProvisioning(codeUnknown, ""), nil
	}
	return ok(account(a, self, !self)), nil
}

// profileFields are those that people fill in and the server only keeps.
var profileFields = []string{"phone", "address", "website", "twitter", "bluesky", "fediverse", "organisation", "role", "headline", "biography"}

// settingFields are those of an account that programs set, and the server only keeps.
var settingFields = []string{"profile_enabled", "pronouns", "language", "locale", "timezone"}

// account is an account on the wire. Its owner sees who may see each field
// (the scopes), an administrator where it is stored.
func account(a core.Account, scopes, storage bool) object {
	o := object{{"enabled", a.Enabled}}
	if storage {
		o = append(o, member{"storageLocation", "/data/" + a.ID})
	}
	o = append(o,
		member{"id", a.ID},
		member{"firstLoginTimestamp", a.FirstLogin},
		member{"lastLoginTimestamp", a.LastLogin},
		member{"lastLogin", a.LastLogin * 1000},
		member{"backend", "Database"},
		member{"subadmin", orEmpty(a.SubAdmin)},
		member{"quota", object{{"free", -3}, {"used", 0}, {"total", -3}, {"relative", 0}, {"quota", -3}}},
		member{"manager", ""},
	)
	field := func(name string, value any, scope string) {
		o = append(o, member{name, value})
		if scopes && scope != "" {
			o = append(o, member{name + "Scope", scope})
		}
	}
	const federated, local = "v2-federated", "v2-local"
	if scopes {
		o = append(o, member{"avatarScope", federated})
	}
	field("email", a.Email, federated)
	o = append(o, member{"additional_mail", list{}})
	if scopes {
		o = append(o, member{"additional_mailScope", list{}})
	}
	o = append(o, member{"displayname", a.DisplayName})
	o = append(o, member{"display-name", a.DisplayName})
	if scopes {
		o = append(o, member{"displaynameScope", federated})
	}
	profile := a.Profile()
	for _, name := range profileFields {
		field(name, profile[name], local)
	}
	field("profile_enabled", cmp.Or(profile["profile_enabled"], "1"), local)
	field("pronouns", profile["pronouns"], federated)
	return append(o,
		member{"groups", orEmpty(a.Groups)},
		member{"language", cmp.Or(profile["language"], "en")}, member{"locale", profile["locale"]}, member{"timezone", profile["timezone"]},
		member{"notify_email", nil},
		member{"backendCapabilities", object{{"setDisplayName", true}, {"setPassword", true}}},
	)
}
