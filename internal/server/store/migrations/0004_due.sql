-- What happens by itself at a time.
CREATE INDEX rooms_lobby_timer ON rooms(lobby_timer) WHERE lobby_timer > 0;
