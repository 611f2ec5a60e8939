package server

import "github.com/confab-go/confab/internal/server/api"

// AwaitPolls returns when n polls wait for messages of a conversation.
func (s *Server) AwaitPolls(token string, n int) { s.core.AwaitWaiters(token, n) }

// StopWaiting answers everybody who waits, as at the end.
func (s *Server) StopWaiting() { s.core.Stop() }

// Endpoints lists what the server answers to.
func (s *Server) Endpoints() []api.Endpoint { return s.api.Endpoints() }
