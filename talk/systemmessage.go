package talk

// SystemMessage is the word by which a message says what happened. It is empty for messages that somebody wrote.
type SystemMessage string

// What system messages tell of.
const (
	SystemConversationCreated       SystemMessage = "conversation_created"
	SystemConversationRenamed       SystemMessage = "conversation_renamed"
	SystemDescriptionSet            SystemMessage = "description_set"
	SystemDescriptionRemoved        SystemMessage = "description_removed"
	SystemCallStarted               SystemMessage = "call_started"
	SystemCallJoined                SystemMessage = "call_joined"
	SystemCallLeft                  SystemMessage = "call_left"
	SystemCallEnded                 SystemMessage = "call_ended"
	SystemCallEndedEveryone         SystemMessage = "call_ended_everyone"
	SystemCallMissed                SystemMessage = "call_missed"
	SystemCallTried                 SystemMessage = "call_tried"
	SystemReadOnly                  SystemMessage = "read_only"
	SystemReadOnlyOff               SystemMessage = "read_only_off"
	SystemListableNone              SystemMessage = "listable_none"
	SystemListableUsers             SystemMessage = "listable_users"
	SystemListableAll               SystemMessage = "listable_all"
	SystemLobbyNone                 SystemMessage = "lobby_none"
	SystemLobbyNonModerators        SystemMessage = "lobby_non_moderators"
	SystemLobbyTimerReached         SystemMessage = "lobby_timer_reached"
	SystemBreakoutRoomsStarted      SystemMessage = "breakout_rooms_started"
	SystemBreakoutRoomsStopped      SystemMessage = "breakout_rooms_stopped"
	SystemGuestsAllowed             SystemMessage = "guests_allowed"
	SystemGuestsDisallowed          SystemMessage = "guests_disallowed"
	SystemPasswordSet               SystemMessage = "password_set"
	SystemPasswordRemoved           SystemMessage = "password_removed"
	SystemUserAdded                 SystemMessage = "user_added"
	SystemUserRemoved               SystemMessage = "user_removed"
	SystemFederatedUserAdded        SystemMessage = "federated_user_added"
	SystemFederatedUserRemoved      SystemMessage = "federated_user_removed"
	SystemGroupAdded                SystemMessage = "group_added"
	SystemGroupRemoved              SystemMessage = "group_removed"
	SystemCircleAdded               SystemMessage = "circle_added"
	SystemCircleRemoved             SystemMessage = "circle_removed"
	SystemPhoneAdded                SystemMessage = "phone_added"
	SystemPhoneRemoved              SystemMessage = "phone_removed"
	SystemModeratorPromoted         SystemMessage = "moderator_promoted"
	SystemModeratorDemoted          SystemMessage = "moderator_demoted"
	SystemGuestModeratorPromoted    SystemMessage = "guest_moderator_promoted"
	SystemGuestModeratorDemoted     SystemMessage = "guest_moderator_demoted"
	SystemFileShared                SystemMessage = "file_shared"
	SystemObjectShared              SystemMessage = "object_shared"
	SystemMatterbridgeAdded         SystemMessage = "matterbridge_config_added"
	SystemMatterbridgeEdited        SystemMessage = "matterbridge_config_edited"
	SystemMatterbridgeRemoved       SystemMessage = "matterbridge_config_removed"
	SystemMatterbridgeEnabled       SystemMessage = "matterbridge_config_enabled"
	SystemMatterbridgeDisabled      SystemMessage = "matterbridge_config_disabled"
	SystemMessageDeleted            SystemMessage = "message_deleted"
	SystemMessageEdited             SystemMessage = "message_edited"
	SystemMessageExpirationEnabled  SystemMessage = "message_expiration_enabled"
	SystemMessageExpirationDisabled SystemMessage = "message_expiration_disabled"
	SystemReaction                  SystemMessage = "reaction"
	SystemReactionDeleted           SystemMessage = "reaction_deleted"
	SystemReactionRevoked           SystemMessage = "reaction_revoked"
	SystemHistoryCleared            SystemMessage = "history_cleared"
	SystemAvatarSet                 SystemMessage = "avatar_set"
	SystemAvatarRemoved             SystemMessage = "avatar_removed"
	SystemPollVoted                 SystemMessage = "poll_voted"
	SystemPollClosed                SystemMessage = "poll_closed"
	SystemRecordingStarted          SystemMessage = "recording_started"
	SystemRecordingStopped          SystemMessage = "recording_stopped"
	SystemRecordingFailed           SystemMessage = "recording_failed"
	SystemAudioRecordingStarted     SystemMessage = "audio_recording_started"
	SystemAudioRecordingStopped     SystemMessage = "audio_recording_stopped"
	SystemThreadCreated             SystemMessage = "thread_created"            // Talk 22
	SystemThreadRenamed             SystemMessage = "thread_renamed"            // Talk 22
	SystemMessagePinned             SystemMessage = "message_pinned"            // Talk 23
	SystemMessageUnpinned           SystemMessage = "message_unpinned"          // Talk 23
	SystemConversationPreserved     SystemMessage = "preserve_conversation"     // Talk 25
	SystemConversationPreservedOff  SystemMessage = "preserve_conversation_off" // Talk 25
	SystemOwnerPromoted             SystemMessage = "owner_promoted"            // Talk 25
	SystemOwnerDemoted              SystemMessage = "owner_demoted"             // Talk 25
)
