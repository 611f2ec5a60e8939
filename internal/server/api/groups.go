package api

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/confab-go/confab/internal/server/core"
)

func groupRoutes() []route {
	const users, groups = "/ocs/cloud/users", "/ocs/cloud/groups"
	return []route{
		{http.MethodGet, groups, user, subAdmins(listGroups)},
		{http.MethodGet, groups + "/details", user, subAdmins(groupDetails)},
		{http.MethodPost, groups, admin, createGroup},
		{http.MethodGet, groups + "/{groupId}", user, groupMembers},
		{http.MethodPut, groups + "/{groupId}", admin, editGroup},
		{http.MethodDelete, groups + "/{groupId}", admin, deleteGroup},
		{http.MethodGet, groups + "/{groupId}/users", user, groupMembers},
		{http.MethodGet, groups + "/{groupId}/users/details", user, subAdmins(groupAccounts)},
		{http.MethodGet, groups + "/{groupId}/subadmins", admin, groupSubAdmins},
		{http.MethodGet, users + "/{userId}/subadmins", admin, subAdminGroups},
		{http.MethodPost, users + "/{userId}/subadmins", admin, setSubAdmin(true)},
		{http.MethodDelete, users + "/{userId}/subadmins", admin, setSubAdmin(false)},
	}
}

func listGroups(rq *request) (reply, error) {
	search, limit, offset, err := rq.paging()
	ids := []string{}
	for _, g := range page(rq.core.Groups(search), limit, offset) {
		ids = append(ids, g.ID)
	}
	return ok(object{{"groups", ids}}), err
}

func groupDetails(rq *request) (reply, error) {
	search, limit, offset, err := rq.paging()
	out := []object{}
	for _, g := range page(rq.core.Groups(search), limit, offset) {
		members, err := rq.core.Members(g.ID)
		if err != nil {
			return reply{}, err
		}
		out = append(out, object{
			{"id", g.ID},
			{"displayname", g.DisplayName},
			{"usercount", len(members)},
			{"disabled", rq.disabled(members)},
			{"canAdd", true},
			{"canRemove", true},
		})
	}
	return ok(object{{"groups", out}}), err
}

func (rq *request) disabled(ids []string) (n int) {
	for _, id := range ids {
		if a, err := rq.core.Account(id); err == nil && !a.Enabled {
			n++
		}
	}
	return n
}

func createGroup(rq *request) (reply, error) {
	id, err := rq.needText("groupid")
	if err != nil {
		return reply{}, err
	}
	if strings.TrimSpace(id) == "" {
		return refuseProvisioning(codeInvalid, "Invalid group name"), nil
	}
	name, err := rq.text("displayname", "")
	if err != nil {
		return reply{}, err
	}
	return provisioned(rq.core.CreateGroup(rq.r.Context(), id, name))
}

func groupMembers(rq *request) (reply, error) {
	id := rq.params["groupId"]
	members, err := rq.core.Members(id)
	if err != nil {
		return failure(http.StatusNotFound, http.StatusNotFound, "The requested group could not be found"), nil //nolint:nilerr // it is the answer
	}
	if !rq.governsGroup(id) && !slices.Contains(members, rq.caller.UserID) {
		return failure(http.StatusForbidden, http.StatusForbidden, ""), nil
	}
	return ok(object{{"users", orEmpty(members)}}), nil
}

func groupAccounts(rq *request) (reply, error) {
	rep, err := groupMembers(rq)
	if err != nil || rep.status != http.StatusOK {
		return rep, err
	}
	_, limit, offset, err := rq.paging()
	if err != nil {
		return reply{}, err
	}
	ids, err := rq.core.Members(rq.params["groupId"])
	var accounts []core.Account
	for _, id := range page(ids, limit, offset) {
		if a, err := rq.core.Account(id); err == nil {
			accounts = append(accounts, a)
		}
	}
	return ok(object{{"users", accountsByID(accounts)}}), err
}

func groupSubAdmins(rq *request) (reply, error) {
	ids, err := rq.core.SubAdmins(rq.params["groupId"])
	if err != nil {
		return failure(http.StatusNotFound, http.StatusNotFound, "The requested group could not be found"), nil //nolint:nilerr // it is the answer
	}
	return ok(orEmpty(ids)), nil
}

func editGroup(rq *request) (reply, error) {
	key, err := rq.needText("key")
	if err != nil {
		return reply{}, err
	}
	value, err := rq.needText("value")
	if err != nil {
		return reply{}, err
	}
	if key != "displayname" {
		return refuseProvisioning(codeInvalid, ""), nil
	}
	err = rq.core.RenameGroup(rq.r.Context(), rq.params["groupId"], value)
	if errors.Is(err, core.ErrNoSuchGroup) {
		return refuseProvisioning(codeInvalid, ""), nil
	}
	return provisioned(err)
}

// adminGroup is the group of those who administer everything.
const adminGroup = "admin"

func subAdminGroups(rq *request) (reply, error) {
	a, err := rq.core.Account(rq.params["userId"])
	if err != nil {
		return failure(http.StatusNotFound, http.StatusNotFound, "User does not exist"), nil //nolint:nilerr // it is the answer
	}
	return ok(orEmpty(a.SubAdmin)), nil
}

func setSubAdmin(on bool) func(*request) (reply, error) {
	return func(rq *request) (reply, error) {
		id, err := rq.needText("groupid")
		if err != nil {
			return reply{}, err
		}
		a, err := rq.core.Account(rq.params["userId"])
		if err != nil {
			return refuseProvisioning(codeInvalid, "User does not exist"), nil //nolint:nilerr // it is the answer
		}
		switch {
		case on && strings.EqualFold(id, adminGroup):
			return refuseProvisioning(103, "Cannot create sub-admins for admin group"), nil
		case !on && !slices.Contains(a.SubAdmin, id):
			return refuseProvisioning(codeExists, "User is not a sub-admin of this group"), nil
		}
		err = rq.core.SetSubAdmin(rq.r.Context(), id, a.ID, on)
		if errors.Is(err, core.ErrNoSuchGroup) {
			return refuseProvisioning(codeExists, "Group does not exist"), nil
		}
		return provisioned(err)
	}
}

func deleteGroup(rq *request) (reply, error) {
	return provisioned(rq.core.DeleteGroup(rq.r.Context(), rq.params["groupId"]))
}
