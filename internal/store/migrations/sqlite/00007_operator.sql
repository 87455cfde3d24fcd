-- +goose Up

-- What the operators have heard of a source: JSON, opaque here. What they were
-- told before this was kept is its verdict and its last gap.
ALTER TABLE source ADD COLUMN told text NOT NULL DEFAULT '';
UPDATE source SET told = json_object('verdict', coalesce(json_extract(health, '$.verdict'), ''), 'gap', coalesce(json_extract(health, '$.gap'), ''))
    WHERE json_valid(health);

-- Messages to the operators of which many may come at once: after the first of
-- a subject, those of the next moments are one message.
CREATE TABLE telling (
    subject     text    PRIMARY KEY,
    delivery_id bigint  NOT NULL DEFAULT 0,   -- the last message
    told_at     bigint  NOT NULL DEFAULT 0,   -- when that was, or is, to be sent
    lines       integer NOT NULL DEFAULT 0,   -- that it stands for
    last        text    NOT NULL DEFAULT ''   -- what was said last
);

-- What is not sent is counted at every look at the metrics.
CREATE INDEX delivery_unsent ON delivery (state, due_at) WHERE state <> 'sent';

-- When a hub was last asked: what it says later than that is not an answer.
ALTER TABLE subscription ADD COLUMN asked_at bigint NOT NULL DEFAULT 0;
