-- +goose Up

-- Stories that a person took out of a news. Neither they nor what follows them join that
-- news, or are linked to it, again.
CREATE TABLE parting (
    story_id   bigint NOT NULL REFERENCES story (id) ON DELETE CASCADE, -- that was taken out, with what lay under it
    other_id   bigint NOT NULL REFERENCES story (id) ON DELETE CASCADE, -- the first story of the news
    cluster_id bigint NOT NULL,            -- that the story was in
    joined     text   NOT NULL DEFAULT '', -- JSON: why it had joined that by its text; '': it had not
    linked     text   NOT NULL DEFAULT '', -- JSON: why its whole cluster was linked to the news; '': it left its cluster
    taken_by   text   NOT NULL,            -- who took it out
    taken_at   bigint NOT NULL,
    undone_by  text   NOT NULL DEFAULT '', -- who put it back
    undone_at  bigint NOT NULL DEFAULT 0,  -- 0: it stands
    PRIMARY KEY (story_id, other_id)
);
CREATE INDEX parting_other ON parting (other_id);
