package bot

import "encoding/hex"

// Sign signs an answer as a Client does.
func Sign(s Secret, random, text string) string {
	return hex.EncodeToString(mac(string(s), random, []byte(text)))
}

// MatchCommand gives the raw arguments of a command in a message.
func MatchCommand(pattern, text string) (args map[string]string, ok bool, err error) {
	words, err := parsePattern(pattern)
	if err != nil {
		return nil, false, err
	}
	args, how := (&Command{pattern: pattern, words: words}).match(text)
	return args, how == fits, nil
}
