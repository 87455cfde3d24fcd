package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// answeredAlone decides by one query after the other whether an alert needs nobody.
func answeredAlone(t *testing.T, s *store.Store, a news.Alert) bool {
	t.Helper()
	sameNews := fmt.Sprintf(`(SELECT c.id FROM cluster c, cluster own WHERE own.id = %d AND (c.id = own.id OR c.id = own.news_id
		OR own.news_id = 0 AND c.news_id = own.id OR own.news_id <> 0 AND c.news_id = own.news_id))`, a.Cluster)
	if must[news.Answer](t)(s.Answers.Got(t.Context(), a.ID)).ID != 0 {
		return true
	}
	opened := int64(0)
	inTx(t, s, func(tx *store.Tx) error {
		at, err := tx.Answers.Reopened(t.Context(), a.ID)
		if opened = at.UnixMilli(); at.IsZero() {
			opened = 0
		}
		return err
	})
	if s.Number(t, fmt.Sprintf(`SELECT count(*) FROM snooze WHERE kind = 'news' AND cluster_id IN %s
		AND (ended_at = 0 OR ended_by_name = '') AND since > %d`, sameNews, opened)) > 0 {
		return true
	}
	if s.Number(t, fmt.Sprintf(`SELECT count(*) FROM story WHERE id = %d AND withdrawn_at > 0`, a.Story)) > 0 {
		return true
	}
	for _, id := range s.Names(t, `SELECT CAST(id AS text) FROM alert WHERE cluster_id IN `+sameNews) {
		other := s.Number(t, `SELECT `+id)
		told := must[news.Alert](t)(s.Alerts.AlertOf(t.Context(), other))
		dismissed := append(news.RecalledRules(must[[]news.Recall](t)(s.Recalls.Of(t.Context(), other))),
			must[news.Answer](t)(s.Answers.Irrelevant(t.Context(), other)).Rules...)
		stands := func(rule string) bool { return !slices.Contains(dismissed, rule) }
		if len(dismissed) == 0 || slices.ContainsFunc(told.Rules, stands) {
			return false
		}
	}
	return true
}

// unwantedAlone decides so whether the channel of an alert does not want it.
func unwantedAlone(t *testing.T, s *store.Store, a news.Alert) bool {
	t.Helper()
	return must[news.Answer](t)(s.Answers.Irrelevant(t.Context(), a.ID)).ID != 0 ||
		a.TakenBack(must[[]news.Recall](t)(s.Recalls.Of(t.Context(), a.ID)))
}

// befall has anything happen to alerts, of which two tell one story each.
func befall(t *testing.T, s *store.Store, alerts int) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	for range alerts {
		at, id := r.IntN(100), 1+r.IntN(alerts)
		cluster := 1 + r.IntN(alerts/2)
		for _, query := range [][]string{
			{fmt.Sprintf(`UPDATE cluster SET news_id = %d WHERE id = %d`, 1+cluster/3, cluster)},
			{fmt.Sprintf(`UPDATE alert SET rules = '["r","q"]' WHERE id = %d`, id)},
			{fmt.Sprintf(`UPDATE story SET withdrawn_at = 1 WHERE id = %d AND id %% 5 = 0`, cluster)},
			{fmt.Sprintf(`UPDATE alert SET created_at = %d WHERE id = %d`, at, id)},
			{
				`INSERT INTO answer (request, kind, alert_id, by_name, said_at, rules, effect, undone_at) VALUES`,
				fmt.Sprintf(`('%d', 'irrelevant', %d, 'Ada', %d, '["r"]', 'applied', 0)`, r.Uint64(), id, at),
				fmt.Sprintf(`('%d', 'irrelevant', %d, 'Ada', %d, '["q","r"]', 'applied', 0)`, r.Uint64(), id, at),
				fmt.Sprintf(`('%d', 'got', %d, 'Ada', %d, '', 'applied', 0)`, r.Uint64(), id, at),
				fmt.Sprintf(`('%d', 'got', %d, 'Ada', %d, '', 'late', 0)`, r.Uint64(), id, at),
				fmt.Sprintf(`('%d', 'got', %d, 'Ada', %d, '', 'applied', 7)`, r.Uint64(), id, at),
			},
			{
				`INSERT INTO snooze (kind, channel, cluster_id, severity, since, until, ended_at, ended_by_name) VALUES`,
				fmt.Sprintf(`('news', 'news', %d, 3, %d, 200, 0, '')`, cluster, at),
				fmt.Sprintf(`('news', 'news', %d, 3, %d, 200, 9, '')`, cluster, at),
				fmt.Sprintf(`('news', 'news', %d, 3, %d, 200, 9, 'Ada')`, cluster, at),
				fmt.Sprintf(`('rule', 'news', %d, 3, %d, 200, 0, '')`, cluster, at),
			},
			{
				`INSERT INTO delivery (alert_id, channel, kind, state, about, channel_id, ts, done_at, due_at, created_at) VALUES`,
				fmt.Sprintf(`(%d, 'news', 'update', 'sent', 'turn', '', '', 0, 2, %d)`, id, at),
				fmt.Sprintf(`(%d, 'news', 'update', 'sent', 'batch', 'C1', '%d.1', %d, 2, %d)`, id, at, at, at),
				fmt.Sprintf(`(%d, 'news', 'story', 'sent', '', 'C1', '%d.2', %d, 2, %d)`, id, at, at, at),
			},
			{fmt.Sprintf(`INSERT INTO recall (rule, since, made_at, undone_at) VALUES ('r', 1, 1, %d)`, at/70)},
		} {
			if r.IntN(4) > 0 {
				continue
			}
			text := query[0]
			if len(query) > 1 {
				text += " " + query[1+r.IntN(len(query)-1)]
			}
			if err := s.Exec(t.Context(), text); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestNeeded: of many alerts, to which anything may have happened, one query finds those that need somebody
// which are found one by one; and what it returns to show of them is the same.
func TestNeeded(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		const alerts = 120
		for i := range alerts / 2 {
			add(t, s, story(fmt.Sprint(i)), "news", "duty")
		}
		befall(t, s, alerts)
		if err := s.Exec(t.Context(), `INSERT INTO recalled (alert_id, recall_id) SELECT a.id, r.id FROM alert a JOIN recall r ON a.id % 4 = r.id % 9`); err != nil {
			t.Fatal(err)
		}
		var ids []int64
		for id := range int64(alerts + 2) { // of two there is no alert
			ids = append(ids, id)
		}
		here := must[map[int64]bool](t)(s.Unanswered.Needed(t.Context(), ids))
		shown := must[map[int64]store.ShownAlert](t)(s.Alerts.Shown(t.Context(), ids))
		counts := map[[2]bool]int{}
		for id := int64(1); id <= alerts; id++ {
			a := must[news.Alert](t)(s.Alerts.AlertOf(t.Context(), id))
			answered, unwanted := answeredAlone(t, s, a), unwantedAlone(t, s, a)
			counts[[2]bool{answered, unwanted}]++
			got := must[bool](t)(s.Unanswered.Answered(t.Context(), id))
			if got != answered || here[id] == (answered || unwanted) {
				t.Errorf("alert %d: answered is %v, want %v; needed %v, its channel does not want it: %v", id, got, answered, here[id], unwanted)
			}
			root, _, err := s.Deliveries.Root(t.Context(), id)
			newest := must[int64](t)(s.Answers.Newest(t.Context(), id))
			if want := (store.ShownAlert{Title: "Kim meets Putin", Root: root, Answer: newest}); err != nil || shown[id] != want {
				t.Errorf("alert %d is shown as %+v, want %+v, %v", id, shown[id], want, err)
			}
		}
		if len(counts) < 4 || len(shown) != alerts || here[0] || here[alerts+1] {
			t.Errorf("the alerts are not of all kinds: %v; %d shown", counts, len(shown))
		}
		if !must[bool](t)(s.Unanswered.Answered(t.Context(), alerts+1)) {
			t.Error("an alert that is gone needs somebody")
		}
	})
}
