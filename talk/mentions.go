package talk

import "strings"

// MentionAll mentions everybody in a conversation, where the sender may.
const MentionAll = "@all"

// Mention writes a mention by its id: the MentionID of a rich object or of a suggestion. It is quoted where it has to be:
//
//	talk.Mention("jane doe") // @"jane doe"
//
// An id cannot have a double quote in it; one is left out.
func Mention(id string) string {
	if id != "" && strings.Trim(id, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.-") == "" {
		return "@" + id
	}
	return `@"` + strings.ReplaceAll(id, `"`, "") + `"`
}

// MentionUser mentions a user of the server by their id.
func MentionUser(userID string) string { return Mention(userID) }

// MentionFederatedUser mentions a user of another server, as in "bob@cloud.example.org".
func MentionFederatedUser(cloudID string) string { return Mention("federated_user/" + cloudID) }

// MentionGuest mentions a guest by their actor id.
func MentionGuest(actorID string) string { return Mention("guest/" + actorID) }

// MentionEmail mentions somebody who was invited by e-mail, by their actor id.
func MentionEmail(actorID string) string { return Mention("email/" + actorID) }

// MentionGroup mentions the members of a group who take part in the conversation.
func MentionGroup(groupID string) string { return Mention("group/" + groupID) }

// MentionTeam mentions the members of a team who take part in the conversation.
func MentionTeam(teamID string) string { return Mention("team/" + teamID) }
