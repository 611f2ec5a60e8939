package talk

import (
	"encoding/json"
	"time"

	"github.com/confab-go/confab/internal/wire"
)

// User is an account as it sees itself, and as administrators do.
type User struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayname"`
	Email       string `json:"email,null"`
	// Enabled is false for who may not log in.
	Enabled    bool      `json:"enabled"`
	Groups     []string  `json:"groups"`              // the ids of those it is in
	SubAdmin   []string  `json:"subadmin"`            // the ids of those it administers
	FirstLogin time.Time `json:"firstLoginTimestamp"` // zero for never
	LastLogin  time.Time `json:"lastLoginTimestamp"`  // zero for never
	Quota      UserQuota `json:"quota"`
	Language   string    `json:"language"` // as in "en"
	Locale     string    `json:"locale"`
	Timezone   string    `json:"timezone"`
	Manager    string    `json:"manager"`
	Backend    string    `json:"backend"` // where the server has it from, as in "Database"
	// StorageLocation is where its files are on the server; for administrators.
	StorageLocation string          `json:"storageLocation,omitempty"`
	AdditionalMail  []string        `json:"additional_mail"`
	NotifyEmail     string          `json:"notify_email,null"` // where notifications go, empty for Email
	Can             UserBackendCaps `json:"backendCapabilities"`
	// What it says of itself.
	Phone        string `json:"phone"`
	Address      string `json:"address"`
	Website      string `json:"website"`
	Twitter      string `json:"twitter"`
	Bluesky      string `json:"bluesky"`
	Fediverse    string `json:"fediverse"`
	Organisation string `json:"organisation"`
	Role         string `json:"role"`
	Headline     string `json:"headline"`
	Biography    string `json:"biography"`
	Pronouns     string `json:"pronouns"`
	// ProfileEnabled is "1" for who has a page of their own.
	ProfileEnabled string `json:"profile_enabled"`
	// Scopes say who may see that; only the account itself is told.
	Scopes UserScopes `json:"scopes,inline"`
	// The same once more, as older clients read it: milliseconds, and the name.
	LegacyLastLogin   int64  `json:"lastLogin"`
	LegacyDisplayName string `json:"display-name"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes an account as a server sends it.
func (u *User) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, u) }

// MarshalJSON encodes the account as a server sends it.
func (u User) MarshalJSON() ([]byte, error) { return wire.Marshal(u) }

// UserQuota is how much an account may store.
type UserQuota struct {
	Free     int64   `json:"free"` // bytes, as Used and Total; less than 0 where nothing limits them
	Used     int64   `json:"used"`
	Total    int64   `json:"total"`
	Relative float64 `json:"relative"` // percent
	// Quota is what was allotted: a number of bytes, less than 0 for any, or a word such as "none".
	Quota json.RawMessage `json:"quota"`

	Extra Extra `json:"-"`
}

// UserBackendCaps say what can be changed of an account where the server has it from.
type UserBackendCaps struct {
	SetDisplayName bool `json:"setDisplayName"`
	SetPassword    bool `json:"setPassword"`

	Extra Extra `json:"-"`
}

// UserScope says who may see something of an account.
type UserScope string

// The scopes of what accounts say of themselves.
const (
	ScopePrivate   UserScope = "v2-private"   // only the account's own contacts
	ScopeLocal     UserScope = "v2-local"     // everybody on the server
	ScopeFederated UserScope = "v2-federated" // and on servers that it trusts
	ScopePublished UserScope = "v2-published" // and in a public address book
)

// UserScopes say who may see what an account says of itself.
type UserScopes struct {
	Avatar         UserScope   `json:"avatarScope"`
	Email          UserScope   `json:"emailScope"`
	AdditionalMail []UserScope `json:"additional_mailScope"`
	DisplayName    UserScope   `json:"displaynameScope"`
	Phone          UserScope   `json:"phoneScope"`
	Address        UserScope   `json:"addressScope"`
	Website        UserScope   `json:"websiteScope"`
	Twitter        UserScope   `json:"twitterScope"`
	Bluesky        UserScope   `json:"blueskyScope"`
	Fediverse      UserScope   `json:"fediverseScope"`
	Organisation   UserScope   `json:"organisationScope"`
	Role           UserScope   `json:"roleScope"`
	Headline       UserScope   `json:"headlineScope"`
	Biography      UserScope   `json:"biographyScope"`
	ProfileEnabled UserScope   `json:"profile_enabledScope"`
	Pronouns       UserScope   `json:"pronounsScope"`
}
