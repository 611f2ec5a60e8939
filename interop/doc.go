// Package interop holds tests that drive the embedded server with clients of
// Nextcloud that others wrote. It is a module of its own, so that those who
// import Confab inherit nothing of theirs.
package interop
