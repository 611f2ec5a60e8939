package core

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/crypto/bcrypt"

	"github.com/confab-go/confab/internal/server/store"
)

// ErrBadCredentials is returned when the credentials prove nobody. It does
// not say why: an unknown user and a wrong password look alike.
var ErrBadCredentials = errors.New("bad credentials")

// Caller is who asks. The zero value is somebody without account and cookie.
type Caller struct {
	UserID     string // "" for a guest
	Admin      bool
	TokenID    int64      // the app password that proved it, 0 for the real one
	WebSession string     // the cookie's session, which joined conversations hang on
	BaseURL    string     // what links in the answer start with
	RemoteIP   netip.Addr // where the request comes from, as the connection says
}

// appPasswordLength is the number of characters of an app password.
const appPasswordLength = 72

func (c *Core) loadSecret(tx *store.Tx) error {
	secret, err := tx.Setting("secret")
	if isNotFound(err) {
		secret = make([]byte, 32)
		if _, err := c.random.Read(secret); err != nil {
			return fmt.Errorf("make secret: %w", err)
		}
		err = tx.SetSetting("secret", secret)
	}
	c.secret = secret
	return err
}

// hashPassword returns a bcrypt hash. The digest inside lifts bcrypt's limit of 72 bytes.
func (c *Core) hashPassword(password string) (string, error) {
	hash, err := bcrypt.GenerateFromPassword(digest(password), c.hashCost)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return string(hash), nil
}

func checkPassword(hash, password string) bool {
	return bcrypt.CompareHashAndPassword([]byte(hash), digest(password)) == nil
}

func digest(password string) []byte {
	sum := sha256.Sum256([]byte(password))
	return []byte(base64.RawStdEncoding.EncodeToString(sum[:]))
}

func tokenHash(token string) []byte {
	sum := sha512.Sum512_256([]byte(token))
	return sum[:]
}

// verifiedCache remembers which credentials were right, so that only the first
// request pays for the slow hash. It holds no password: the keys are MACs.
type verifiedCache struct {
	mu      sync.Mutex
	entries map[[32]byte]verified
}

type verified struct {
	userID  string
	epoch   int64
	tokenID int64
}

// maxVerified bounds the cache. It is emptied when full: that costs a hash each, no more.
const maxVerified = 4096

func (c *Core) cacheKey(user, password string) [32]byte {
	mac := hmac.New(sha256.New, c.secret)
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(user)))
	mac.Write([]byte("credentials"))
	mac.Write(n[:])
	mac.Write([]byte(user))
	mac.Write([]byte(password))
	return [32]byte(mac.Sum(nil))
}

func (v *verifiedCache) get(key [32]byte) (verified, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	e, ok := v.entries[key]
	return e, ok
}

func (v *verifiedCache) put(key [32]byte, e verified) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.entries == nil || len(v.entries) >= maxVerified {
		v.entries = map[[32]byte]verified{}
	}
	v.entries[key] = e
}

func (v *verifiedCache) forgetAll() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.entries = nil
}

func (v *verifiedCache) forgetToken(id int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for k, e := range v.entries {
		if e.tokenID == id {
			delete(v.entries, k)
		}
	}
}

// Login proves a user by a password or an app password.
func (c *Core) Login(ctx context.Context, user, password string) (Caller, error) {
	if password == "" {
		return Caller{}, ErrBadCredentials
	}
	key := c.cacheKey(user, password)
	if e, ok := c.verified.get(key); ok {
		if u, ok := c.dir.user(e.userID); ok && u.Enabled && u.Epoch == e.epoch {
			return Caller{UserID: u.ID, Admin: u.Admin, TokenID: e.tokenID}, nil
		}
	}
	u, known := c.dir.user(user)
	tokenID, err := c.proves(ctx, u, known, password)
	if err != nil {
		return Caller{}, err
	}
	if !u.Enabled {
		return Caller{}, ErrBadCredentials
	}
	if err := c.noteLogin(ctx, u.ID); err != nil {
		return Caller{}, err
	}
	c.verified.put(key, verified{userID: u.ID, epoch: u.Epoch, tokenID: tokenID})
	return Caller{UserID: u.ID, Admin: u.Admin, TokenID: tokenID}, nil
}

// proves checks a password against an account: as an app password, which is
// quick, and then as the real one, with the same effort whether the account exists or not.
func (c *Core) proves(ctx context.Context, u store.User, known bool, password string) (tokenID int64, err error) {
	t, err := c.token(ctx, password)
	if err == nil && known && strings.EqualFold(t.UserID, u.ID) {
		return t.ID, nil
	}
	if err != nil && !isNotFound(err) {
		return 0, err
	}
	hash := u.PasswordHash
	if !known || hash == "" {
		hash = c.dummyHash
	}
	right := checkPassword(hash, password)
	if !right || !known || u.PasswordHash == "" {
		return 0, ErrBadCredentials
	}
	return 0, nil
}

func (c *Core) token(ctx context.Context, password string) (t store.Token, err error) {
	if len(password) != appPasswordLength {
		return t, store.ErrNotFound
	}
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		t, err = tx.Token(tokenHash(password))
		return err
	})
	return t, err
}

// LoginToken proves a user by an app password alone.
func (c *Core) LoginToken(ctx context.Context, token string) (Caller, error) {
	t, err := c.token(ctx, token)
	if isNotFound(err) {
		return Caller{}, ErrBadCredentials
	}
	if err != nil {
		return Caller{}, err
	}
	return c.Login(ctx, t.UserID, token)
}

// noteLogin keeps the times of the first and last login. It is called when
// credentials are checked, not with every request.
func (c *Core) noteLogin(ctx context.Context, userID string) error {
	return c.changeUser(ctx, userID, func(u *store.User) error {
		u.LastLogin = c.unix()
		if u.FirstLogin == 0 {
			u.FirstLogin = u.LastLogin
		}
		return nil
	})
}

// NewAppPassword makes an app password of the user.
func (c *Core) NewAppPassword(ctx context.Context, userID, name string) (string, error) {
	u, ok := c.dir.user(userID)
	if !ok {
		return "", fmt.Errorf("make app password: user %q: %w", userID, store.ErrNotFound)
	}
	secret, err := c.randomString(appPasswordLength, alphanumeric)
	if err != nil {
		return "", err
	}
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.InsertToken(store.Token{UserID: u.ID, Name: name, Created: c.unix()}, tokenHash(secret))
		return err
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// DeleteAppPassword ends an app password.
func (c *Core) DeleteAppPassword(ctx context.Context, id int64) error {
	err := c.store.Write(ctx, func(tx *store.Tx) error { return tx.DeleteToken(id) })
	c.verified.forgetToken(id)
	return err
}

// RotateAppPassword replaces an app password by a new one.
func (c *Core) RotateAppPassword(ctx context.Context, id int64) (string, error) {
	secret, err := c.randomString(appPasswordLength, alphanumeric)
	if err != nil {
		return "", err
	}
	err = c.store.Write(ctx, func(tx *store.Tx) error { return tx.UpdateToken(id, tokenHash(secret)) })
	c.verified.forgetToken(id)
	if err != nil {
		return "", err
	}
	return secret, nil
}

// NewCookie returns the value of a session cookie for the caller, who gets a
// session of its own when it has none. The value is signed and says it all:
// nothing is kept for those who only look in.
func (c *Core) NewCookie(caller *Caller) (string, error) {
	if caller.WebSession == "" {
		id, err := c.randomString(24, alphanumeric)
		if err != nil {
			return "", err
		}
		caller.WebSession = id
	}
	payload := caller.WebSession + ":" + strconv.FormatInt(caller.TokenID, 10) + ":" +
		base64.RawURLEncoding.EncodeToString([]byte(caller.UserID))
	return payload + ":" + c.signCookie(payload, caller.UserID), nil
}

func (c *Core) signCookie(payload, userID string) string {
	u, _ := c.dir.user(userID)
	mac := hmac.New(sha256.New, c.secret)
	fmt.Fprintf(mac, "cookie:%s:%d", payload, u.Epoch)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// ParseCookie returns whose session a cookie is. A cookie that is not of this
// server, or is no longer valid, is nobody's: ok is false then.
func (c *Core) ParseCookie(ctx context.Context, value string) (caller Caller, ok bool) {
	parts := strings.Split(value, ":")
	if len(parts) != 4 {
		return Caller{}, false
	}
	tokenID, err1 := strconv.ParseInt(parts[1], 10, 64)
	id, err2 := base64.RawURLEncoding.DecodeString(parts[2])
	if err1 != nil || err2 != nil {
		return Caller{}, false
	}
	want := c.signCookie(strings.Join(parts[:3], ":"), string(id))
	if !hmac.Equal([]byte(parts[3]), []byte(want)) {
		return Caller{}, false
	}
	caller = Caller{WebSession: parts[0]}
	if len(id) == 0 {
		return caller, true
	}
	u, known := c.dir.user(string(id))
	if !known || !u.Enabled {
		return Caller{}, false
	}
	if tokenID != 0 {
		err := c.store.Read(ctx, func(tx *store.Tx) error { _, err := tx.TokenByID(tokenID); return err })
		if err != nil {
			return Caller{}, false
		}
	}
	caller.UserID, caller.Admin, caller.TokenID = u.ID, u.Admin, tokenID
	return caller, true
}
