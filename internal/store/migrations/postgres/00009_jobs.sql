-- +goose Up
-- Nothing changes on PostgreSQL, where River carries the jobs; the versions of
-- both databases are the same.
SELECT 1;
