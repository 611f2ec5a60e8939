package talk

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/confab-go/confab/internal/ocs"
)

// UsersService makes, changes and deletes the server's accounts. It is Nextcloud's provisioning, and no part of Talk.
//
// Only administrators may, and those who administer some groups as far as these go; others get [ErrForbidden], or
// [ErrNotFound] for what they may not even see. Each account may look at itself.
type UsersService service

// ListUsersOptions narrows a list of users.
type ListUsersOptions struct {
	Search string // in ids, names and addresses
	Limit  int    // 0 for all
	Offset int
}

// List gives the ids of users.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/admin_manual/configuration_user/instruction_set_for_users.html
//
//talk:operation GET /ocs/v2.php/cloud/users
func (s *UsersService) List(ctx context.Context, options *ListUsersOptions) ([]string, error) {
	const op = "list users"
	query := url.Values{}
	if o := options; o != nil {
		switch {
		case o.Limit < 0:
			return nil, ocs.Invalid(op, "limit", "%d is less than none", o.Limit)
		case o.Offset < 0:
			return nil, ocs.Invalid(op, "offset", "%d is before the first", o.Offset)
		}
		if o.Search != "" {
			query.Set("search", o.Search)
		}
		if o.Limit > 0 {
			query.Set("limit", strconv.Itoa(o.Limit))
		}
		if o.Offset > 0 {
			query.Set("offset", strconv.Itoa(o.Offset))
		}
	}
	type result struct {
		Users []string `json:"users"`
	}
	r, err := fetch[result](ctx, s.client, &ocs.Request{Op: op, Path: usersPath, Query: query})
	return r.Users, err
}

// Own gives the account itself.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/admin_manual/configuration_user/instruction_set_for_users.html
//
//talk:operation GET /ocs/v2.php/cloud/user
func (s *UsersService) Own(ctx context.Context) (*User, error) {
	return fetch[*User](ctx, s.client, &ocs.Request{Op: "get own account", Path: cloudPath + "/user"})
}

// Get gives a user by their id.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/admin_manual/configuration_user/instruction_set_for_users.html
//
//talk:operation GET /ocs/v2.php/cloud/users/{userId}
func (s *UsersService) Get(ctx context.Context, userID string) (*User, error) {
	const op = "get user"
	path, err := namedPath(op, "user id", usersPath, userID)
	if err != nil {
		return nil, err
	}
	return fetch[*User](ctx, s.client, &ocs.Request{Op: op, Path: path})
}

// CreateUserOptions says more of a new user. Either a password or an address is needed.
type CreateUserOptions struct {
	Password    string
	DisplayName string
	Email       string // where an invitation goes when there is no password
	// Groups are the ids of those to put the user into. Who administers some groups only must name one of them.
	Groups []string
}

// Create makes a user. [ErrInvalid] says by its OCSCode what is wrong: 101 for an id that cannot be, 102 for one that there is
// already, 104 for a group that there is not, 107 and its Message for a password that the server finds too weak.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/admin_manual/configuration_user/instruction_set_for_users.html
//
//talk:operation POST /ocs/v2.php/cloud/users
func (s *UsersService) Create(ctx context.Context, userID string, options *CreateUserOptions) error {
	const op = "create user"
	if _, err := namedPath(op, "user id", usersPath, userID); err != nil {
		return err
	}
	var o CreateUserOptions
	if options != nil {
		o = *options
	}
	if o.Password == "" && o.Email == "" {
		return ocs.Invalid(op, "password", "neither a password nor an address to invite to")
	}
	body := struct {
		UserID      string   `json:"userid"`
		Password    string   `json:"password,omitempty"`
		DisplayName string   `json:"displayName,omitempty"`
		Email       string   `json:"email,omitempty"`
		Groups      []string `json:"groups,omitempty"`
	}{userID, o.Password, o.DisplayName, o.Email, o.Groups}
	_, err := s.client.call(ctx, &ocs.Request{Op: op, Method: http.MethodPost, Path: usersPath, Body: body}, nil)
	return err
}

// UserField is the name of something of an account that can be changed.
type UserField string

// What can be changed of accounts. Servers have more, each by the name that it has as a field.
const (
	UserFieldDisplayName UserField = "displayname"
	UserFieldEmail       UserField = "email"
	UserFieldPassword    UserField = "password"
	UserFieldQuota       UserField = "quota" // as in "5 GB", or "none"
	UserFieldLanguage    UserField = "language"
)

// Set changes something of a user; users may change some of themselves. What the server does not take gives [ErrInvalid].
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/admin_manual/configuration_user/instruction_set_for_users.html
//
//talk:operation PUT /ocs/v2.php/cloud/users/{userId}
func (s *UsersService) Set(ctx context.Context, userID string, field UserField, value string) error {
	const op = "change user"
	if field == "" {
		return ocs.Invalid(op, "field", "empty")
	}
	return s.do(ctx, op, http.MethodPut, userID, "", map[string]string{"key": string(field), "value": value})
}

// SetEnabled lets a user log in, or no longer.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/admin_manual/configuration_user/instruction_set_for_users.html
//
//talk:operation PUT /ocs/v2.php/cloud/users/{userId}/enable
//talk:operation PUT /ocs/v2.php/cloud/users/{userId}/disable
func (s *UsersService) SetEnabled(ctx context.Context, userID string, enabled bool) error {
	if enabled {
		return s.do(ctx, "enable user", http.MethodPut, userID, "/enable", nil)
	}
	return s.do(ctx, "disable user", http.MethodPut, userID, "/disable", nil)
}

// Delete deletes a user with all that is theirs.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/admin_manual/configuration_user/instruction_set_for_users.html
//
//talk:operation DELETE /ocs/v2.php/cloud/users/{userId}
func (s *UsersService) Delete(ctx context.Context, userID string) error {
	return s.do(ctx, "delete user", http.MethodDelete, userID, "", nil)
}

// Groups gives the ids of the groups that a user is in.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/admin_manual/configuration_user/instruction_set_for_users.html
//
//talk:operation GET /ocs/v2.php/cloud/users/{userId}/groups
func (s *UsersService) Groups(ctx context.Context, userID string) ([]string, error) {
	const op = "list groups of user"
	path, err := namedPath(op, "user id", usersPath, userID)
	if err != nil {
		return nil, err
	}
	r, err := fetch[groupIDs](ctx, s.client, &ocs.Request{Op: op, Path: path + "/groups"})
	return r.Groups, err
}

// AddToGroup puts a user into a group. One that is not there gives [ErrInvalid] with the OCSCode 102.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/admin_manual/configuration_user/instruction_set_for_users.html
//
//talk:operation POST /ocs/v2.php/cloud/users/{userId}/groups
func (s *UsersService) AddToGroup(ctx context.Context, userID, groupID string) error {
	return s.member(ctx, "add user to group", http.MethodPost, userID, groupID)
}

// RemoveFromGroup takes a user out of a group. One that is not there gives [ErrInvalid] with the OCSCode 102.
//
// Nextcloud's documentation: https://docs.nextcloud.com/server/latest/admin_manual/configuration_user/instruction_set_for_users.html
//
//talk:operation DELETE /ocs/v2.php/cloud/users/{userId}/groups
func (s *UsersService) RemoveFromGroup(ctx context.Context, userID, groupID string) error {
	return s.member(ctx, "remove user from group", http.MethodDelete, userID, groupID)
}

func (s *UsersService) member(ctx context.Context, op, method, userID, groupID string) error {
	if strings.TrimSpace(groupID) == "" {
		return ocs.Invalid(op, "group id", "empty")
	}
	return s.do(ctx, op, method, userID, "/groups", map[string]string{"groupid": groupID})
}

func (s *UsersService) do(ctx context.Context, op, method, userID, below string, body any) error {
	path, err := namedPath(op, "user id", usersPath, userID)
	if err != nil {
		return err
	}
	_, err = s.client.call(ctx, &ocs.Request{Op: op, Method: method, Path: path + below, Body: body}, nil)
	return err
}

const (
	cloudPath = "/ocs/v2.php/cloud"
	usersPath = cloudPath + "/users"
)

// namedPath gives the path of something that people have named. What would name another endpoint is refused.
func namedPath(op, field, prefix, name string) (string, error) {
	if strings.TrimSpace(name) == "" || name == "." || name == ".." {
		return "", ocs.Invalid(op, field, "%q is none", name)
	}
	return prefix + "/" + url.PathEscape(name), nil
}
