-- +goose Up

-- Rules that are watched for how often they match, and what their channels were told of it.
CREATE TABLE signal (
    rule          text   PRIMARY KEY,
    watched_since bigint NOT NULL,            -- no silence is counted from before
    silent_since  bigint NOT NULL DEFAULT 0,  -- when the silence began that was told last; 0: none was
    burst_until   bigint NOT NULL DEFAULT 0   -- the burst that was told last ends then if no more news come; 0: none was
);

-- When a rule matched last, and how often in a time.
CREATE INDEX match_rule ON match (rule, matched_at);
