package store

import (
	"context"
	"time"
)

// Caught is what was found of a source since a time, of what it published before another.
type Caught struct {
	Stories int           // first listed since
	Waiting int           // of these, those whose page is still to be read
	Matched int           // of these, those that a rule finds
	Alerted int           // of those, those that a channel was told of, if only as a further report
	Late    time.Duration // from publication to the first alert, of the latest; 0: not known
	TooOld  int           // of those that match, those that only a digest of what was missed tells
}

// Caught counts the stories of a source that were first listed after since, and published
// before until or at no time that is known.
func (s Sources) Caught(ctx context.Context, source string, since, until time.Time) (c Caught, err error) {
	var late int64
	const missed = `EXISTS (SELECT 1 FROM delivery d WHERE d.id = a.digest_id AND d.about = '')`
	err = s.db.read.QueryRowContext(ctx, `
		SELECT count(*), coalesce(sum(waiting), 0), coalesce(sum(matched), 0),
			coalesce(sum(CASE WHEN told_at > 0 OR reported > 0 THEN 1 ELSE 0 END), 0),
			coalesce(max(CASE WHEN told_at > 0 AND published_at > 0 THEN told_at - published_at ELSE 0 END), 0),
			coalesce(sum(CASE WHEN told_at = 0 AND reported = 0 THEN old ELSE 0 END), 0)
		FROM (SELECT published_at, CASE WHEN waiting = 0 THEN 0 ELSE 1 END AS waiting,
				CASE WHEN EXISTS (SELECT 1 FROM match m WHERE m.story_id = story.id) THEN 1 ELSE 0 END AS matched,
				(SELECT coalesce(min(a.created_at), 0) FROM alert a WHERE a.story_id = story.id AND NOT `+missed+`) AS told_at,
				(SELECT count(*) FROM report r WHERE r.story_id = story.id) AS reported,
				CASE WHEN EXISTS (SELECT 1 FROM alert a WHERE a.story_id = story.id AND `+missed+`) THEN 1 ELSE 0 END AS old
			FROM story WHERE source = $1 AND first_seen_at > $2 AND published_at < $3) AS found`,
		source, ms(since), ms(until)).
		Scan(&c.Stories, &c.Waiting, &c.Matched, &c.Alerted, &late, &c.TooOld)
	c.Late = time.Duration(late) * time.Millisecond
	return c, wrap("count what was found late", err)
}
