// Package files reaches a user's files on a Nextcloud as far as Talk needs them: to look at them, send and fetch them,
// and share them into conversations.
//
// A [Service] is a field of talk's Client:
//
//	node, err := c.Files.Upload(ctx, "Talk/plan.pdf", f, &files.UploadOptions{NoOverwrite: true, MakeDirs: true})
//	share, err := c.Files.Share(ctx, node.Path, room.Token, &files.ShareOptions{Caption: "The plan"})
//
// # Paths
//
// A path leads from the root of the user's files, with slashes and with or without one at its beginning: "Talk/a.png" is
// "/Talk/a.png". Names may hold any character but the slash and NUL. Paths with "..", "." or an empty name in them, and
// what is not UTF-8, are refused before anything is sent.
//
// # Errors
//
// Errors are those of package talk, and [errors.Is] tells their kind: talk's ErrNotFound and its sisters, and the kinds
// that only files have: [ErrExists], [ErrChanged], [ErrNotFolder], [ErrLocked], [ErrQuota], [ErrSize], [ErrAlreadyShared].
package files
