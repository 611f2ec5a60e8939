-- The pieces of an upload have names of their clients' choosing.
CREATE TABLE named_chunks (
  upload_id INTEGER NOT NULL REFERENCES uploads(id) ON DELETE CASCADE,
  name      TEXT NOT NULL,
  size      INTEGER NOT NULL,
  modified  INTEGER NOT NULL,
  blob      TEXT NOT NULL,
  PRIMARY KEY (upload_id, name)
) WITHOUT ROWID;
INSERT INTO named_chunks (upload_id, name, size, modified, blob)
  SELECT upload_id, CAST(number AS TEXT), size, modified, blob FROM upload_chunks;
DROP TABLE upload_chunks;
ALTER TABLE named_chunks RENAME TO upload_chunks;

-- What the client that wrote a file said of it, for example SHA1:...; '' for nothing.
ALTER TABLE nodes ADD COLUMN checksum TEXT NOT NULL DEFAULT '';
