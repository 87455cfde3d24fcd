package pages

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// said is what the buttons of an alert say, by the path that they lead to.
var said = map[string]news.AnswerKind{
	"got": news.AnswerGot, "irrelevant": news.AnswerIrrelevant, "undo": news.AnswerUndo,
}

// answerable is an alert with what people said of it, and the form to say more.
type answerable struct {
	app.AlertAnswers
	ID      int64
	Story   int64  // the page of this story shows the form; 0: the first page does
	Request string // names the form: who presses twice says it once
}

// answerableOf reads what people said of an alert.
func (s *site) answerableOf(ctx context.Context, alert, story int64) (answerable, error) {
	answers, err := s.AnswersOf(ctx, alert)
	return answerable{answers, alert, story, requestOf(alert, answers.Newest)}, err
}

// requestOf names the forms of an alert until somebody answers it once more.
func requestOf(alert, newest int64) string { return fmt.Sprintf("%d-%d", alert, newest) }

// answer records what somebody says of an alert, then shows the page that it was said on.
func (s *site) answer(w http.ResponseWriter, r *http.Request) {
	kind, known := said[r.PathValue("said")]
	if err := r.ParseForm(); err != nil || !known {
		s.refuse(w, r, http.StatusBadRequest, "The form cannot be read.")
		return
	}
	number := func(name string) int64 {
		n, err := strconv.ParseInt(r.PostForm.Get(name), 10, 64)
		if err != nil {
			return 0
		}
		return n
	}
	request := r.PostForm.Get("request")
	if number("id") < 1 || request == "" || len(request) > mostName {
		s.refuse(w, r, http.StatusBadRequest, "That is no alert.")
		return
	}
	effect, err := s.Answer(r.Context(), app.PageAnswer{
		Kind: kind, Alert: number("id"), Undone: number("answer"), Request: request, By: s.visitorOf(r).by(),
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		s.refuse(w, r, http.StatusNotFound, "Nothing was done: there is no such alert.")
		return
	case err != nil:
		s.refuseDeed(w, r, err, "an answer cannot be recorded", "alert", number("id"))
		return
	}
	if effect == news.AnswerApplied && !holds(r.Context(), s, kind, number("id")) {
		effect = news.AnswerNothing // the form was sent before, and taken back since
	}
	back := url.URL{Path: "/"}
	q := url.Values{"said": {r.PathValue("said")}}
	if effect != news.AnswerApplied {
		q.Set("effect", string(effect))
	}
	if story := number("story"); story > 0 {
		back.Path = "/story"
		q.Set("id", strconv.FormatInt(story, 10))
	}
	back.RawQuery = q.Encode()
	http.Redirect(w, r, back.String(), http.StatusSeeOther)
}

// holds reports whether what was said of an alert is so at present.
func holds(ctx context.Context, s *site, kind news.AnswerKind, alert int64) bool {
	now, err := s.AnswersOf(ctx, alert)
	switch {
	case err != nil:
		s.Log().Error("answers cannot be read", "alert", alert, "error", err)
	case kind == news.AnswerGot:
		return now.Got.ID != 0
	case kind == news.AnswerIrrelevant:
		return now.Irrelevant.ID != 0
	}
	return true
}

// saidOf is what came of the answer that led to a page, "" when none did. It is made of a few
// words.
func saidOf(q url.Values) string {
	if _, known := said[q.Get("said")]; !known {
		return ""
	}
	switch news.AnswerEffect(q.Get("effect")) {
	case news.AnswerLate:
		return "Nothing was changed: somebody else was first."
	case news.AnswerNothing:
		return "Nothing was changed: there is nothing any more that this could change."
	default:
		return map[string]string{
			"got": "You have it. All its channels are told.", "irrelevant": "It is marked as not relevant in its channel.",
			"undo": "That is taken back.",
		}[q.Get("said")]
	}
}

// part takes a story out of its news.
func (s *site) part(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.refuse(w, r, http.StatusBadRequest, "The form cannot be read.")
		return
	}
	link, by := r.PostForm.Get("url"), s.visitorOf(r).by()
	if err := s.Apart(r.Context(), link, by); err != nil {
		s.refuseDeed(w, r, toldError{err}, "a story is not taken out of its news", "url", link)
		return
	}
	s.Log().Info("taken out of its news on a page", "url", link, "by", by)
	http.Redirect(w, r, "/story?"+url.Values{"url": {link}}.Encode(), http.StatusSeeOther)
}
