-- +goose Up

-- Whether a post mentioned people: too many of a rule in a channel come without.
ALTER TABLE delivery ADD COLUMN mentions integer NOT NULL DEFAULT 0;  -- 1: the last attempt mentioned people; 2: its mentions rest
ALTER TABLE delivery ADD COLUMN resting  text    NOT NULL DEFAULT ''; -- JSON: the rules of which it says that their mentions rest
CREATE INDEX delivery_mentions ON delivery (channel, started_at) WHERE mentions <> 0;
