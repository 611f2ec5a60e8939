package bot

import "encoding/hex"

// Sign signs an answer as a Client does.
func Sign(s Secret, random, text string) string {
	return hex.EncodeToString(mac(string(s), random, []byte(text)))
}
