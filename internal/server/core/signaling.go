package core

// signalTopic is the hub's topic of who waits for signals in a conversation. No token has a colon.
func signalTopic(token string) string { return "signals:" + token }

// signalChange tells the sessions of the conversation that who is in it, or in its call, has changed.
func (s *scope) signalChange() error {
	if err := s.tx.SignalChange(s.room.ID, s.now); err != nil {
		return err
	}
	s.tx.AfterCommit(func() { s.c.hub.notify(signalTopic(s.room.Token)) })
	return nil
}
