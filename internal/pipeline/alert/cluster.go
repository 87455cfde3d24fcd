package alert

import (
	"context"
	"slices"

	"github.com/copytaster/copytaster/internal/identity"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/revision"
	"github.com/copytaster/copytaster/internal/store"
)

// joinCluster moves a story to the cluster of another one, so that no channel is
// told twice of it. The other one may be of any source. All of this holds:
//
//  1. It is listed under the same link, or its page says that this is its URL.
//  2. Its title or its text is alike: outlets name one URL on pages with different
//     stories.
//  3. The story is not the next issue of a page that has another one every day.
//  4. Nobody has taken the two apart.
//
// twin is the ID of the other one if it is of the same source and was matched
// before, else 0.
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
		if apart, err := tx.Partings.Part(ctx, s.Cluster, other.Cluster); err != nil {
			return 0, err
		} else if apart {
			continue
		}
		if other.Origin.Source == s.Origin.Source && !other.Waiting {
			twin = other.ID
		}
		return twin, tx.Stories.JoinCluster(ctx, s, other.Cluster)
	}
	return 0, nil
}

// of returns the matches of rules that others has a match of.
func of(matches, others []news.Match) []news.Match {
	return slices.DeleteFunc(slices.Clone(matches), func(m news.Match) bool {
		return !slices.ContainsFunc(others, func(o news.Match) bool { return o.Rule == m.Rule })
	})
}

// notOf returns the matches of rules that others has no match of.
func notOf(matches, others []news.Match) []news.Match {
	return slices.DeleteFunc(slices.Clone(matches), func(m news.Match) bool {
		return slices.ContainsFunc(others, func(o news.Match) bool { return o.Rule == m.Rule })
	})
}
