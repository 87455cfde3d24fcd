-- +goose Up

-- Clusters that tell of one event are one news, named by the cluster that began it.
ALTER TABLE cluster ADD COLUMN news_id bigint NOT NULL DEFAULT 0; -- 0: a news of its own
ALTER TABLE cluster ADD COLUMN linked text NOT NULL DEFAULT '';   -- JSON: why it belongs to the news
CREATE INDEX cluster_news ON cluster (news_id) WHERE news_id <> 0;

ALTER TABLE alert ADD COLUMN earlier_id bigint NOT NULL DEFAULT 0;     -- an earlier alert that this one names; 0: none
ALTER TABLE alert ADD COLUMN earlier_loose integer NOT NULL DEFAULT 0; -- 1: that may be about another news
CREATE INDEX alert_story ON alert (story_id);

-- The reports of a news that came after the one that raised its alert in a channel.
CREATE TABLE report (
    alert_id    bigint NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
    story_id    bigint NOT NULL,
    relation    text   NOT NULL,            -- to the news: copy, update, link
    level       bigint NOT NULL,            -- what it is worth there: cluster.Level
    why         text   NOT NULL DEFAULT '', -- JSON: of the level
    delivery_id bigint NOT NULL DEFAULT 0,  -- the update that tells of it; 0: it is only counted
    created_at  bigint NOT NULL,
    PRIMARY KEY (alert_id, story_id)
);
CREATE INDEX report_delivery ON report (delivery_id) WHERE delivery_id <> 0;
CREATE INDEX report_story ON report (story_id);

ALTER TABLE delivery ADD COLUMN about text NOT NULL DEFAULT '';         -- what an update tells
ALTER TABLE delivery ADD COLUMN thread text NOT NULL DEFAULT '';        -- ts of the message that it replies to
ALTER TABLE delivery ADD COLUMN broadcast integer NOT NULL DEFAULT 0;   -- 1: of a reply, the channel shows it, too
ALTER TABLE delivery ADD COLUMN edition bigint NOT NULL DEFAULT 0;      -- grows when what it says changes
ALTER TABLE delivery ADD COLUMN edits bigint NOT NULL DEFAULT 0;        -- the delivery whose message it edits; 0: none
ALTER TABLE delivery ADD COLUMN closed text NOT NULL DEFAULT '';        -- gone or locked: the message cannot be edited
UPDATE delivery SET about = 'raised', body = '{"From":"' || body || '"}' WHERE kind = 'update';
CREATE UNIQUE INDEX delivery_edits ON delivery (edits) WHERE edits <> 0;
CREATE INDEX delivery_alert ON delivery (alert_id) WHERE alert_id IS NOT NULL;

-- What goes next: edits after all else, the most severe first.
DROP INDEX delivery_turn;
CREATE INDEX delivery_turn ON delivery (channel, (CASE WHEN kind = 'edit' THEN 1 ELSE 0 END), severity DESC, id)
    WHERE state IN ('pending', 'sending', 'in_doubt', 'parked');
