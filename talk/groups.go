package talk

import (
	"context"
	"net/http"
	"net/url"

	"github.com/confab-go/confab/internal/ocs"
)

// GroupsService makes, lists and deletes the groups of the server's accounts. It is Nextcloud's provisioning, and no part of
// Talk: only administrators may ([ErrForbidden]). Who is in which is changed by [UsersService].
type GroupsService service

type groupIDs struct {
	Groups []string `json:"groups"`
}

// List gives the ids of the groups that have a text in their name, all of them for "".
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/admin_manual/configuration_user/instruction_set_for_groups.html
//
//talk:operation GET /ocs/v2.php/cloud/groups
func (s *GroupsService) List(ctx context.Context, search string) ([]string, error) {
	query := url.Values{}
	if search != "" {
		query.Set("search", search)
	}
	r, err := fetch[groupIDs](ctx, s.client, &ocs.Request{Op: "list groups", Path: groupsPath, Query: query})
	return r.Groups, err
}

// Create makes a group. One that there is already gives [ErrInvalid] with the OCSCode 102.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/admin_manual/configuration_user/instruction_set_for_groups.html
//
//talk:operation POST /ocs/v2.php/cloud/groups
func (s *GroupsService) Create(ctx context.Context, groupID string) error {
	const op = "create group"
	if _, err := namedPath(op, "group id", groupsPath, groupID); err != nil {
		return err
	}
	body := map[string]string{"groupid": groupID}
	_, err := s.client.call(ctx, &ocs.Request{Op: op, Method: http.MethodPost, Path: groupsPath, Body: body}, nil)
	return err
}

// Members gives the ids of the users in a group. One that is not there gives [ErrNotFound].
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/admin_manual/configuration_user/instruction_set_for_groups.html
//
//talk:operation GET /ocs/v2.php/cloud/groups/{groupId}
func (s *GroupsService) Members(ctx context.Context, groupID string) ([]string, error) {
	const op = "list members of group"
	path, err := namedPath(op, "group id", groupsPath, groupID)
	if err != nil {
		return nil, err
	}
	type result struct {
		Users []string `json:"users"`
	}
	r, err := fetch[result](ctx, s.client, &ocs.Request{Op: op, Path: path})
	return r.Users, err
}

// Delete deletes a group, and none of its users. One that is not there gives [ErrInvalid] with the OCSCode 101.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/admin_manual/configuration_user/instruction_set_for_groups.html
//
//talk:operation DELETE /ocs/v2.php/cloud/groups/{groupId}
func (s *GroupsService) Delete(ctx context.Context, groupID string) error {
	const op = "delete group"
	path, err := namedPath(op, "group id", groupsPath, groupID)
	if err != nil {
		return err
	}
	_, err = s.client.call(ctx, &ocs.Request{Op: op, Method: http.MethodDelete, Path: path}, nil)
	return err
}

const groupsPath = cloudPath + "/groups"
