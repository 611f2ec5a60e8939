package api

import (
	"errors"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/confab-go/confab/internal/server/core"
)

func provisioningRoutes() []route {
	const users = "/ocs/cloud/users"
	return []route{
		{http.MethodGet, "/ocs/cloud/user", user, ownAccount},
		{http.MethodGet, users, user, subAdmins(listUsers)},
		{http.MethodGet, users + "/details", user, subAdmins(listAccounts)},
		{http.MethodPost, users, user, subAdmins(createUser)},
		{http.MethodGet, users + "/{userId}", user, getUser},
		{http.MethodPut, users + "/{userId}", user, editUser},
		{http.MethodDelete, users + "/{userId}", user, subAdmins(deleteUser)},
		{http.MethodPut, users + "/{userId}/enable", user, subAdmins(enableUser(true))},
		{http.MethodPut, users + "/{userId}/disable", user, subAdmins(enableUser(false))},
		{http.MethodGet, users + "/{userId}/groups", user, groupsOfUser},
		{http.MethodPost, users + "/{userId}/groups", user, subAdmins(setMember(true))},
		{http.MethodDelete, users + "/{userId}/groups", user, subAdmins(setMember(false))},
	}
}

// The codes of the provisioning API's refusals. Version 2 shows each as HTTP 400, but for 998.
const (
	codeInvalid  = 101
	codeExists   = 102
	codeNoGroup  = 104
	codePassword = 107
	codeUnknown  = 998
)

func refuseProvisioning(code int, message string) reply {
	status := http.StatusBadRequest
	if code == codeUnknown {
		status = http.StatusNotFound
	}
	return failure(status, code, message)
}

// provisioningError answers to the errors that accounts and groups have.
func provisioningError(err error) (reply, error) {
	switch {
	case errors.Is(err, core.ErrUserExists):
		return refuseProvisioning(codeExists, "User already exists"), nil
	case errors.Is(err, core.ErrGroupExists):
		return refuseProvisioning(codeExists, "group exists"), nil
	case errors.Is(err, core.ErrNoSuchUser):
		return refuseProvisioning(codeUnknown, ""), nil
	case errors.Is(err, core.ErrNoSuchGroup):
		return refuseProvisioning(codeInvalid, "Group does not exist"), nil
	case errors.Is(err, core.ErrBadUserID), errors.Is(err, core.ErrTooLong):
		return refuseProvisioning(codeInvalid, err.Error()), nil
	}
	return reply{}, err
}

func provisioned(err error) (reply, error) {
	if err != nil {
		return provisioningError(err)
	}
	return ok(list{}), nil
}

// subAdmins lets only those in who administer everything or some group.
func subAdmins(handle func(*request) (reply, error)) func(*request) (reply, error) {
	return func(rq *request) (reply, error) {
		if !rq.caller.Admin {
			self, err := rq.core.Account(rq.caller.UserID)
			if err != nil {
				return reply{}, err
			}
			if len(self.SubAdmin) == 0 {
				return failure(http.StatusForbidden, http.StatusForbidden, "Logged in account must be at least a sub admin"), nil
			}
		}
		return handle(rq)
	}
}

// governs reports whether the caller may change an account: everybody's for an
// administrator, those in their groups for a sub-admin.
func (rq *request) governs(a core.Account) bool {
	if rq.caller.Admin {
		return true
	}
	self, err := rq.core.Account(rq.caller.UserID)
	return err == nil && !a.Admin && slices.ContainsFunc(a.Groups, func(g string) bool { return slices.Contains(self.SubAdmin, g) })
}

func (rq *request) governsGroup(id string) bool {
	if rq.caller.Admin {
		return true
	}
	self, err := rq.core.Account(rq.caller.UserID)
	return err == nil && slices.Contains(self.SubAdmin, id)
}

// subject finds the account in the path, if the caller may change it.
func (rq *request) subject() (core.Account, error) {
	a, err := rq.core.Account(rq.params["userId"])
	if err == nil && !rq.governs(a) {
		err = core.ErrNoSuchUser
	}
	return a, err
}

// paging reads which part of a list is wanted.
func (rq *request) paging() (search string, limit, offset int64, err error) {
	if search, err = rq.text("search", ""); err != nil {
		return "", 0, 0, err
	}
	if limit, err = rq.number("limit", math.MaxInt64); err != nil {
		return "", 0, 0, err
	}
	offset, err = rq.number("offset", 0)
	return search, limit, offset, err
}

// page is a part of a list.
func page[T any](all []T, limit, offset int64) []T {
	all = all[max(0, min(offset, int64(len(all)))):]
	return all[:max(0, min(limit, int64(len(all))))]
}

// governed returns the accounts that the caller may change, of those asked for.
func (rq *request) governed() (out []core.Account, err error) {
	search, limit, offset, err := rq.paging()
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(rq.core.Accounts(search), func(a core.Account) bool { return !rq.governs(a) })
	return page(all, limit, offset), nil
}

func listUsers(rq *request) (reply, error) {
	accounts, err := rq.governed()
	ids := []string{}
	for _, a := range accounts {
		ids = append(ids, a.ID)
	}
	return ok(object{{"users", ids}}), err
}

func listAccounts(rq *request) (reply, error) {
	accounts, err := rq.governed()
	return ok(object{{"users", accountsByID(accounts)}}), err
}

// accountsByID encodes accounts, with where they are stored, by their ids; none are PHP's empty array.
func accountsByID(accounts []core.Account) any {
	if len(accounts) == 0 {
		return list{}
	}
	out := make(object, 0, len(accounts))
	for _, a := range accounts {
		out = append(out, member{a.ID, account(a, false, true)})
	}
	return out
}

func createUser(rq *request) (reply, error) {
	var n core.NewUser
	var err error
	if n.ID, err = rq.needText("userid"); err != nil {
		return reply{}, err
	}
	for name, to := range map[string]*string{"password": &n.Password, "displayName": &n.DisplayName, "email": &n.Email} {
		if *to, err = rq.text(name, ""); err != nil {
			return reply{}, err
		}
	}
	groups, _ := rq.args["groups"].([]any)
	for _, g := range groups {
		id, isText := g.(string)
		if !isText {
			return reply{}, &argumentError{"groups", "must be a list of strings"}
		}
		if !rq.governsGroup(id) {
			return failure(http.StatusForbidden, http.StatusForbidden, "Insufficient privileges for group "+id), nil
		}
		n.Groups = append(n.Groups, id)
	}
	switch {
	case !rq.caller.Admin && len(n.Groups) == 0:
		return refuseProvisioning(106, "No group specified (required for sub-admins)"), nil
	case n.Password == "" && n.Email == "":
		return refuseProvisioning(108, "An email address is required, to send a password link to the user."), nil
	}
	if err := rq.core.CreateUser(rq.r.Context(), n); err != nil {
		if errors.Is(err, core.ErrNoSuchGroup) {
			return refuseProvisioning(codeNoGroup, err.Error()), nil
		}
		return provisioningError(err)
	}
	return ok(object{{"id", n.ID}}), nil
}

func editUser(rq *request) (reply, error) {
	key, err := rq.needText("key")
	if err != nil {
		return reply{}, err
	}
	value, err := rq.needText("value")
	if err != nil {
		return reply{}, err
	}
	a, err := rq.core.Account(rq.params["userId"])
	if err == nil && a.ID != rq.caller.UserID && !rq.governs(a) {
		err = core.ErrNoSuchUser
	}
	if err != nil {
		return provisioningError(err)
	}
	var change core.UserChange
	switch key {
	case "displayname", "display":
		if strings.TrimSpace(value) == "" {
			return refuseProvisioning(codeInvalid, "Invalid displayname"), nil
		}
		change.DisplayName = &value
	case "email":
		if value != "" && !strings.Contains(value, "@") {
			return refuseProvisioning(codeInvalid, ""), nil
		}
		change.Email = &value
	case "password":
		if value == "" {
			return refuseProvisioning(codePassword, "Password must not be empty"), nil
		}
		change.Password = &value
	default:
		if !slices.Contains(profileFields, key) && !slices.Contains(settingFields, key) {
			return refuseProvisioning(113, ""), nil
		}
		change.Profile = map[string]string{key: value}
	}
	return provisioned(rq.core.ChangeUser(rq.r.Context(), a.ID, change))
}

func deleteUser(rq *request) (reply, error) {
	a, err := rq.subject()
	if err != nil {
		return provisioningError(err)
	}
	if a.ID == rq.caller.UserID {
		return refuseProvisioning(codeInvalid, ""), nil
	}
	return provisioned(rq.core.DeleteUser(rq.r.Context(), a.ID))
}

func enableUser(on bool) func(*request) (reply, error) {
	return func(rq *request) (reply, error) {
		a, err := rq.subject()
		if err != nil {
			return provisioningError(err)
		}
		if a.ID == rq.caller.UserID {
			return refuseProvisioning(codeInvalid, ""), nil
		}
		return provisioned(rq.core.ChangeUser(rq.r.Context(), a.ID, core.UserChange{Enabled: &on}))
	}
}

func setMember(in bool) func(*request) (reply, error) {
	return func(rq *request) (reply, error) {
		id, err := rq.text("groupid", "")
		if err != nil {
			return reply{}, err
		}
		if id == "" {
			return refuseProvisioning(codeInvalid, ""), nil
		}
		a, err := rq.core.Account(rq.params["userId"])
		if err != nil {
			return provisioningError(err)
		}
		if !rq.governsGroup(id) {
			return refuseProvisioning(codeNoGroup, ""), nil
		}
		err = rq.core.SetMember(rq.r.Context(), id, a.ID, in)
		if errors.Is(err, core.ErrNoSuchGroup) {
			return refuseProvisioning(codeExists, ""), nil
		}
		return provisioned(err)
	}
}

func groupsOfUser(rq *request) (reply, error) {
	a, err := rq.core.Account(rq.params["userId"])
	if err == nil && a.ID != rq.caller.UserID && !rq.governs(a) {
		err = core.ErrNoSuchUser
	}
	if err != nil {
		return provisioningError(err)
	}
	return ok(object{{"groups", orEmpty(a.Groups)}}), nil
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
