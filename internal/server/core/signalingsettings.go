package core

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strconv"

	"github.com/confab-go/confab/internal/server/store"
)

// helloTokenLife is how long a token for a signaling server is good, in seconds.
const helloTokenLife = 60

// SignalingSettings says how a client signals, and proves who it is to a signaling server.
type SignalingSettings struct {
	Ticket     string // of version 1
	HelloToken string // of version 2, a JSON web token
}

// loadSignalingKey makes the key that signs tokens, or finds it.
func (c *Core) loadSignalingKey(tx *store.Tx) error {
	der, err := tx.Setting("signaling_key")
	if isNotFound(err) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return fmt.Errorf("make signaling key: %w", err)
		}
		if der, err = x509.MarshalPKCS8PrivateKey(key); err != nil {
			return fmt.Errorf("encode signaling key: %w", err)
		}
		if err := tx.SetSetting("signaling_key", der); err != nil {
			return err
		}
		return c.setSignalingKey(key)
	}
	if err != nil {
		return err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return fmt.Errorf("read signaling key: %w", err)
	}
	signing, ok := key.(*ecdsa.PrivateKey)
	if !ok {
		return fmt.Errorf("read signaling key: a %T, not an ECDSA key", key)
	}
	return c.setSignalingKey(signing)
}

// setSignalingKey keeps the key, and what its signatures are verified with.
func (c *Core) setSignalingKey(key *ecdsa.PrivateKey) error {
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return fmt.Errorf("encode signaling key: %w", err)
	}
	c.signalingKey = key
	c.signalingPEM = string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	return nil
}

// SignalingPublicKey returns what a token is verified with, in PEM.
func (c *Core) SignalingPublicKey() string { return c.signalingPEM }

// SignalingSettings returns what the caller needs for signaling, in a
// conversation when token is not empty.
func (c *Core) SignalingSettings(ctx context.Context, caller Caller, token string) (out SignalingSettings, err error) {
	if token != "" {
		if err := c.mayEnter(ctx, caller, token); err != nil {
			return out, err
		}
	}
	if out.Ticket, err = c.signalingTicket(caller); err != nil {
		return out, err
	}
	out.HelloToken, err = c.helloToken(caller)
	return out, err
}

// mayEnter refuses who is neither in a conversation nor could come in by the open door.
func (c *Core) mayEnter(ctx context.Context, caller Caller, token string) error {
	return c.store.Read(ctx, func(tx *store.Tx) error {
		_, err := c.enter(tx, caller, token, 0)
		if room, roomErr := tx.Room(token); isRefusal(err) {
			if roomErr == nil && room.Type == Public {
				return nil
			}
			return refuse(NotFound, "")
		}
		return err
	})
}

// signalingTicket makes a ticket of version 1: what it says, and a MAC over it.
func (c *Core) signalingTicket(caller Caller) (string, error) {
	random, err := c.randomString(16, base64Chars)
	if err != nil {
		return "", err
	}
	said := random + ":" + strconv.FormatInt(c.unix(), 10) + ":" + caller.UserID
	mac := hmac.New(sha256.New, c.secret)
	mac.Write([]byte("signaling ticket"))
	mac.Write([]byte(said))
	return said + ":" + hex.EncodeToString(mac.Sum(nil)), nil
}

// helloToken makes a token of version 2.
func (c *Core) helloToken(caller Caller) (string, error) {
	type userData struct {
		DisplayName string `json:"displayname"`
	}
	claims := struct {
		Issuer   string    `json:"iss"`
		IssuedAt int64     `json:"iat"`
		Expires  int64     `json:"exp"`
		Subject  string    `json:"sub,omitempty"`
		UserData *userData `json:"userdata,omitempty"`
	}{Issuer: caller.BaseURL + "/", IssuedAt: c.unix(), Expires: c.unix() + helloTokenLife, Subject: caller.UserID}
	if caller.UserID != "" {
		claims.UserData = &userData{c.dir.displayName(caller.UserID)}
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	signed := base64.RawURLEncoding.EncodeToString([]byte(`{"typ":"JWT","alg":"ES256"}`)) + "." + base64.RawURLEncoding.EncodeToString(body)
	sum := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, c.signalingKey, sum[:])
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	var signature [64]byte
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature[:]), nil
}
