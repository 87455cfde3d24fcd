-- +goose Up

-- What each source's list says of its stories, as short hashes. A row is the
-- identity of one story within one source; it outlives the story.
CREATE TABLE fingerprint (
    id           integer PRIMARY KEY AUTOINCREMENT,
    source       text    NOT NULL,            -- the name in the hashes: source.keyed_as, or the name itself
    link         bigint  NOT NULL,            -- 0: none that says anything; the same of the other hashes
    guid         bigint  NOT NULL,
    title        bigint  NOT NULL,
    text         bigint  NOT NULL,
    published_at bigint  NOT NULL DEFAULT 0,
    seen_at      bigint  NOT NULL,            -- when it was last noted that the list holds it
    story_id     bigint  NOT NULL DEFAULT 0   -- 0: recorded before stories belonged to one source, under another one
);
CREATE INDEX fingerprint_link ON fingerprint (link) WHERE link <> 0;
CREATE INDEX fingerprint_guid ON fingerprint (guid) WHERE guid <> 0;
CREATE INDEX fingerprint_title ON fingerprint (title) WHERE title <> 0;

-- The URLs that pages call their own, where stories are listed under other ones.
CREATE TABLE page_url (
    key      text   PRIMARY KEY,
    story_id bigint NOT NULL,
    seen_at  bigint NOT NULL
);
INSERT INTO page_url (key, story_id, seen_at)
    SELECT n.key, max(s.id), max(n.seen_at) FROM seen n JOIN story s ON s.key = n.same_as WHERE n.same_as <> '' GROUP BY n.key;

-- Table seen holds the keys of before, which were those of all sources: no row is
-- added any more. Each source takes what its next whole list shares with it for
-- known.
ALTER TABLE source ADD COLUMN adopts integer NOT NULL DEFAULT 0; -- 1: that list is still to come
UPDATE source SET adopts = 1;
ALTER TABLE source ADD COLUMN ways text NOT NULL DEFAULT '';     -- JSON: how the source names its entries, opaque here

-- Published while the source could not be read: it is told even when it is too old.
ALTER TABLE story ADD COLUMN missed integer NOT NULL DEFAULT 0;

-- An alert that is told in a digest, and a delivery that tells of another story
-- than the one that raised its alert.
ALTER TABLE alert ADD COLUMN digest_id bigint NOT NULL DEFAULT 0;   -- delivery; 0: the alert has one of its own
CREATE INDEX alert_digest ON alert (digest_id) WHERE digest_id <> 0;
ALTER TABLE delivery ADD COLUMN story_id bigint NOT NULL DEFAULT 0; -- 0: the alert's
