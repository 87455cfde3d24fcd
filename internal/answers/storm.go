package answers

import (
	"context"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// singlyFor is how long the news of a rule come singly after somebody ended its storm.
const singlyFor = time.Hour

// Singly ends a storm: the next news of its rule come singly for an hour. The head of the
// storm says who did it.
func (a *Recorder) Singly(ctx context.Context, said Said, storm int64) (Result, error) {
	w := news.Answer{Kind: news.AnswerSingly, Target: storm}
	return a.say(ctx, said, w, func(tx *store.Tx, w *news.Answer) (none news.Answer, err error) {
		st, err := tx.Storms.Get(ctx, storm)
		if err != nil {
			return none, err
		}
		st.Ended, st.EndedBy, st.Singly = w.At, said.By, w.At.Add(singlyFor)
		ended, err := tx.Storms.End(ctx, st)
		if err != nil || !ended {
			w.Effect = news.AnswerNothing
			return none, err
		}
		return none, tx.Storms.Show(ctx, storm, w.At, 0)
	})
}
