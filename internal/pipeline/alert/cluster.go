package alert

import (
	"context"
	"slices"

	"github.com/copytaster/copytaster/internal/identity"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/revision"
	"github.com/copytaster/copytaster/internal/store"
)

// joinCluster puts a story into the cluster of another one, of whatever source,
// that is listed under the same link or whose page calls that link its own, when
// title or text are alike: no channel is told twice of a cluster. Pages that
// wrongly name one URL for them all tell different stories, and stay apart. The
// next issue of a page that tells another story every day stays apart, too. twin
// is the other one where it is of the same source and was matched already, else 0.
func joinCluster(ctx context.Context, tx *store.Tx, s *news.Story) (twin int64, err error) {
	links := slices.DeleteFunc([]string{news.LinkKey(s.URL), news.LinkKey(s.Canonical)}, func(key string) bool {
		return key == ""
	})
	if len(links) == 0 {
		return 0, nil
	}
	siblings, err := tx.Stories.Siblings(ctx, s.ID, links...)
	if err != nil {
		return 0, err
	}
	for _, other := range siblings {
		if other.Cluster == s.Cluster || identity.NextIssue(other.Story, s) || !revision.Alike(s, other.Story) {
			continue
		}
		if other.Origin.Source == s.Origin.Source && !other.Waiting {
			twin = other.ID
		}
		return twin, tx.Stories.JoinCluster(ctx, s, other.Cluster)
	}
	return 0, nil
}

// notOf returns the matches of rules that others has no match of.
func notOf(matches, others []news.Match) []news.Match {
	return slices.DeleteFunc(slices.Clone(matches), func(m news.Match) bool {
		return slices.ContainsFunc(others, func(o news.Match) bool { return o.Rule == m.Rule })
	})
}
