package api

import (
	"crypto/sha1" //nolint:gosec // as in capabilities.go
	"encoding/hex"
	"net/http"
	"strconv"

	"github.com/confab-go/confab/internal/server/core"
)

func preferenceRoutes() []route {
	return []route{{http.MethodPost, talk1 + "/settings/user", user, setPreference}}
}

func setPreference(rq *request) (reply, error) {
	key, err := rq.needText("key")
	if err != nil {
		return reply{}, err
	}
	value, err := rq.text("value", "")
	if err != nil {
		n, err := rq.number("value", 0)
		if err != nil {
			return reply{}, err
		}
		value = strconv.FormatInt(n, 10)
	}
	return ok(nil), rq.core.SetPreference(rq.r.Context(), rq.caller, key, value)
}

// preferences are what the caller has chosen, nil for somebody without an account.
func (rq *request) preferences() *core.Preferences {
	if rq.caller.UserID == "" {
		return nil
	}
	p := rq.core.Preferences(rq.caller.UserID)
	return &p
}

// hash tells the caller when to read the capabilities again: they have the caller's choices in them.
func (rq *request) hash() string {
	p := rq.preferences()
	if p == nil {
		return rq.talkHash
	}
	sum := sha1.Sum([]byte(rq.talkHash + "#" + p.AttachmentFolder + "#" + strconv.Itoa(p.ReadPrivacy) + strconv.Itoa(p.TypingPrivacy))) //nolint:gosec // see above
	return hex.EncodeToString(sum[:])
}

// attachmentConfig says where the caller's shared files are.
func attachmentConfig(p *core.Preferences) object {
	if p == nil {
		return object{{"allowed", false}}
	}
	return object{{"allowed", true}, {"folder", p.AttachmentFolder}}
}
