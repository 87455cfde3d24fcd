-- +goose Up

-- Which segments of the index of words are filled: a segment is 1,024 stories by their IDs. It is
-- filled in the background, and stories of any other are read one by one.
CREATE TABLE word_segment (
    segment bigint PRIMARY KEY,
    stories bigint NOT NULL,  -- with a text when it was filled
    seen_to bigint NOT NULL,  -- when the last of them was first seen
    build   bigint NOT NULL   -- how often it was filled
);

-- The postings of the words of a segment, spread over 512 rows.
CREATE TABLE word_index (
    id       bigint PRIMARY KEY,  -- the row, 0 to 511, times 2^32, and the segment
    postings bytea NOT NULL      -- opaque here
);

-- Stories that changed since their segment was filled, or before it is.
CREATE TABLE word_stale (
    story_id bigint PRIMARY KEY,
    edits    bigint NOT NULL  -- how often it changed
);
