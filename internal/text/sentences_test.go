package text

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sentencesByLanguage are texts, cut where a reader of the language would end a
// sentence.
var sentencesByLanguage = map[string][][]string{
	"English": {
		{"He left.", "She stayed."},
		{"Mr. Kim met Dr. Lee.", "They talked."},
		{"He was born in the U.S. and left."},
		{"The U.S. Army left.", "Nobody saw it."},
		{"It is made in the U.S.", "The army left."},
		{"Is it?", "Yes!", "No."},
		{"“Is it?” he asked.", "“Yes.”", "Nobody knew."},
		{"He said: “Go.”", "They went."},
		{"Wait... it goes on.", "End."},
		{"It cost $9.5 million.", "Nobody paid."},
		{"J. K. Rowling wrote it.", "It sold."},
		{"See No. 5 and p. 7.", "Then stop."},
		{"On Jan. 5 he came.", "On Feb. 6 he left."},
		{"It opens at 9 a.m. today.", "It closes at 5 p.m.", "The end."},
		{"Visit example.com.", "It is free."},
		{"What?!", "Nothing."},
		{"(He left.)", "(She stayed.)"},
		{"A headline without a stop\n", "A line below it."},
		{"One paragraph.\n\n", "Another one."},
		{"Gen. Milley and Sen. Cruz met Rep. Kim.", "They left."},
		{"Acme Inc. Chairman Li left.", "He said so."},
		{"Acme Inc.", "The price fell."},
	},
	"German": {
		{"Er kam um 9 Uhr.", "Danach ging er."},
		{"Prof. Dr. Müller kam.", "Er ging."},
		{"„Nein“, sagte er.", "Er ging."},
	},
	"French": {
		{"Il est parti.", "Elle est restée."},
		{"« Non », dit-il.", "Il est parti."},
		{"Qui ?", "Personne."},
	},
	"Spanish": {
		{"¿Quién?", "Nadie."},
		{"¡Vamos!", "Ya."},
		{"El Sr. García llegó.", "Se fue."},
	},
	"Russian": {
		{"Он ушёл.", "Она осталась."},
		{"В. В. Путин приехал.", "Он уехал."},
		{"Это г. Москва.", "Потом ушли."},
		{"«Нет!»", "Он ушёл."},
	},
	"Greek": {{"Έφυγε.", "Έμεινε."}},
	"Arabic": {
		{"هل وصل؟", "نعم وصل."},
		{"وصل الرئيس.", "ثم غادر."},
	},
	"Hebrew": {{"הוא הלך.", "היא נשארה."}},
	"Hindi":  {{"पुतिन आए।", "किम गए।"}, {"कौन?", "कोई नहीं।"}},
	"Chinese": {
		{"金正恩訪問。", "普京歡迎。"},
		{"是嗎？", "是！", "完。"},
		{"他說：「走。」", "次。"},
	},
	"Japanese": {
		{"行く。", "来た。"},
		{"「行く。」", "と言った。"},
		{"本当か？", "はい！"},
	},
	"Korean": {
		{"그는 말했다.", "그녀는 갔다."},
		{"정말?", "네."},
	},
	"Amharic": {{"ሄደ።", "መጣ።"}},
}

// TestSentencesByLanguage: a text is cut where its language ends a sentence,
// whichever way it is asked for.
func TestSentencesByLanguage(t *testing.T) {
	for language, texts := range sentencesByLanguage {
		t.Run(language, func(t *testing.T) {
			for _, want := range texts {
				checkSentences(t, strings.Join(want, " "), trimmed(want))
				if language == "Chinese" || language == "Japanese" { // which write no spaces
					checkSentences(t, strings.Join(want, ""), trimmed(want))
				}
			}
		})
	}
}

func checkSentences(t *testing.T, s string, want []string) {
	t.Helper()
	if diff := cmp.Diff(want, sentencesOf(s)); diff != "" {
		t.Errorf("%q -want +got:\n%s", s, diff)
		return
	}
	if got := FirstSentence(s); got != want[0] {
		t.Errorf("the first sentence of %q is %q, want %q", s, got, want[0])
	}
	at := 0
	for _, sentence := range want {
		start := at + strings.Index(s[at:], sentence)
		at = start + len(sentence)
		if from, to := SentenceAt(s, start, at); s[from:to] != sentence {
			t.Errorf("the sentence at %q in %q is %q", sentence, s, s[from:to])
		}
		if got := Sentence(s, start, at, 1000); got != sentence {
			t.Errorf("the sentence of %q in %q is %q", sentence, s, got)
		}
	}
	tokens := Split(s)
	for i, n := range Sentences(s, tokens) {
		if word := s[tokens[i].Start:tokens[i].End]; !strings.Contains(want[n], word) {
			t.Errorf("%q of %q is said to stand in sentence %d", word, s, n)
		}
	}
}

// sentencesOf returns the sentences of s without the white space around them.
func sentencesOf(s string) (all []string) {
	for from, to := range EachSentence(s) {
		all = append(all, strings.TrimSpace(s[from:to]))
	}
	return all
}

func trimmed(sentences []string) (all []string) {
	for _, s := range sentences {
		all = append(all, strings.TrimSpace(s))
	}
	return all
}

// Lines of a page end, or do not end, like a sentence.
func TestEndsSentenceByLanguage(t *testing.T) {
	for line, want := range map[string]bool{
		"Read more": false, "Read more:": false, "5 min ago": false, "Sports, culture": false, "He left…": true, "He left...": true,
		"Er ging.": true, "„Er ging“.": true, "« Il est parti. »": false, "¿Quién?": true, "Он ушёл.": true, "Это г.": false, "г. Москва": false,
		"他走了": false, "他走了。": true, "他走了！": true, "「行く。」": true, "끝": false, "끝.": true, "किम गए": false, "किम गए।": true, "किम गए॥": true,
		"هل وصل؟": true, "وصل": false, "انہوں نے کہا۔": true, "ሄደ።": true, "Նա գնաց։": true, "סוף.": true, "သွားသည်။": true, "᠃": true,
		"Vol. 5 No. 6": false, "J. K.": false, "approx.": true, "at 9 a.m.": true, "Acme Inc.": true, "Sen.": false, "Prof. Dr.": false,
	} {
		if got := EndsSentence(line); got != want {
			t.Errorf("%q: %v, want %v", line, got, want)
		}
	}
}

// The sentences of a text are all of it, in its order, and none is empty.
func FuzzEachSentence(f *testing.F) {
	for _, texts := range sentencesByLanguage {
		for _, sentences := range texts {
			f.Add(strings.Join(sentences, " "))
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		at := 0
		for from, to := range EachSentence(s) {
			if from != at || to <= from || to > len(s) {
				t.Fatalf("%q: a sentence from %d to %d after %d", s, from, to, at)
			}
			at = to
			for range EachSentence(s) { // may be left at any time
				break
			}
		}
		if at != len(s) {
			t.Fatalf("%q: the sentences end at %d", s, at)
		}
	})
}
