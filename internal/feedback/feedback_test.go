package feedback_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/feedback"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/rules"
)

const (
	editor = "U0EDITOR001"
	got    = "got"
	wrong  = "wrong"
	none   = ""
)

// filler are texts that have nothing in common.
var filler = []string{
	"Workers poured concrete on the western quay while cranes lowered a hull into the harbour. The yard hires four hundred welders.",
	"Deputies argued over barley, fertiliser and the price of rice. Farmers in two provinces had lost a third of their crop.",
	"Curators dried manuscripts and restored a mosaic that mud had covered since July. Schoolchildren enter without a ticket.",
	"Customers queued around the block before noon. A bottle costs ninety euros, and comes in a box of recycled cardboard.",
	"The judge heard both lawyers and adjourned until spring. The plaintiff wants two million dollars for a broken contract.",
	"Her knee has healed, her backhand is as strong as ever, and the season on clay begins in three weeks at Roland Garros.",
}

// said are stories, and what somebody says of their alerts.
type said [][2]string

// watched runs a test in a world with a rule for Kim, in which stories alerted and were
// answered.
func watched(t *testing.T, all said, test func(t *testing.T, w *pipetest.World)) {
	t.Helper()
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Definition = rules.Definition{
			Concepts: map[string]rules.Node{"kim": {Any: []rules.Node{{Term: "Kim"}, {Term: "김"}}}},
			Rules:    []rules.Rule{{Name: "kim", Editor: editor, Severity: news.Normal, Node: rules.Node{Concept: "kim"}}},
		}
		set, mistakes := rules.Compile(w.Plan.Definition)
		if set == nil {
			t.Fatal(mistakes)
		}
		w.Plan.Rules, w.Plan.Answerable, w.Plan.RulesChannel = set, true, "rules"
		w.Plan.Severities = map[string]news.Severity{"kim": news.Normal}
		w.SetPlan()
		for i, one := range all {
			story := pipetest.Listed(one[0])[0]
			story.Text = filler[i%len(filler)] // so that it is news of its own
			w.Stories = append(w.Stories, story)
		}
		for range all { // no more than a post in a second
			w.Turn()
			w.Pass(2 * time.Second)
		}
		answer(t, w, all)
		test(t, w)
	})
}

// answer says of the alerts of stories what is to be said.
func answer(t *testing.T, w *pipetest.World, all said) {
	t.Helper()
	for _, one := range all {
		at := slices.IndexFunc(w.Posts, func(m notify.Message) bool { return m.Headline == one[0] })
		if at < 0 {
			t.Fatalf("no alert on %q", one[0])
		}
		by := answers.Said{Request: one[0] + one[1], By: news.Person{ID: "U0ANNA00001", Name: "Anna"}, Channel: "news"}
		var err error
		switch one[1] {
		case got:
			_, err = w.Pipe.Answers.Got(t.Context(), by, w.Posts[at].Alert)
		case wrong:
			why := answers.Irrelevance{Reason: "another Kim"}
			_, err = w.Pipe.Answers.Irrelevant(t.Context(), by, w.Posts[at].Alert, why)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

var kims = said{
	{"Kim Jong Un visits a shipyard in Nampo", got},
	{"Parliament hears Kim Jong Un on grain harvests", got},
	{"Museum of Kim Il Sung reopens after floods", none},
	{"Boutique of Kim Kardashian sells perfume in Milan", wrong},
	{"A chauffeur sues reality star Kim Kardashian", wrong},
	{"Tennis: Kim Clijsters talks of her comeback", wrong},
}

// clausesOf are the clauses for the rule, as people see them.
func clausesOf(t *testing.T, w *pipetest.World, about int64) (said []string) {
	t.Helper()
	record, err := feedback.Read(t.Context(), w.Pipe.Env, "kim")
	if err != nil {
		t.Fatal(err)
	}
	clauses, err := record.Clauses(t.Context(), about)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range clauses {
		said = append(said, c.Never+" "+c.Effect())
	}
	return said
}

// TestClauses: what is proposed is around what matched, or shared, and keeps what somebody
// got.
func TestClauses(t *testing.T) {
	const effect = " alerts of 30 days, none that somebody got"
	for _, tt := range []struct {
		name string
		all  said
		want []string
	}{
		{"a name", kims, []string{"Kim Kardashian −2 of 6" + effect, "Kim Clijsters −1 of 6" + effect}},
		{"nothing is irrelevant", kims[:3], nil},
		{"shared words of other scripts", said{
			{"김 의원 부산 연설", got}, {"김 장관 제주 방문", none}, {"김 감독 야구 경기 승리", wrong},
			{"김 선수 어제 야구 은퇴", wrong}, {"김 총리 서울 회견", got},
		}, []string{"야구 −2 of 5" + effect}},
		{"the same words in what somebody got", said{
			{"Kim Kardashian and a senator meet about prisons", got},
			{"Boutique of Kim Kardashian sells perfume in Milan", wrong},
		}, nil},
		{"what is got by somebody stays, whoever else calls it irrelevant", said{
			{"Boutique of Kim Kardashian sells perfume in Milan", got}, {"Museum of Kim Il Sung reopens after floods", none},
		}, nil},
		{"a headline in capitals", said{{"Kim Watches Rocket Launch From Wonsan Beach", wrong}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			watched(t, tt.all, func(t *testing.T, w *pipetest.World) {
				if have := clausesOf(t, w, 0); !slices.Equal(have, tt.want) {
					t.Errorf("proposed %q, want %q", have, tt.want)
				}
			})
		})
	}
}

// TestClausesOfOne: an alert counts as irrelevant while somebody is about to say so.
func TestClausesOfOne(t *testing.T) {
	all := slices.Clone(kims[:4])
	all[3][1] = none
	watched(t, all, func(t *testing.T, w *pipetest.World) {
		about := w.Posts[slices.IndexFunc(w.Posts, func(m notify.Message) bool { return m.Headline == all[3][0] })].Alert
		if have := clausesOf(t, w, about); len(have) != 1 || !strings.HasPrefix(have[0], "Kim Kardashian −1 of 4") {
			t.Errorf("proposed %q", have)
		}
		if have := clausesOf(t, w, 0); have != nil {
			t.Errorf("proposed %q", have)
		}
	})
}

// TestEncode: a clause comes back from the value of a choice; what nobody was offered is none.
func TestEncode(t *testing.T) {
	for _, c := range []feedback.Clause{{Never: "Kim Kardashian", Lost: 3, Of: 41, Days: 30}, {Never: "O'Neill"}, {Never: "야구"}} {
		if back, ok := feedback.ParseClause(c.Encode()); !ok || back != c {
			t.Errorf("%v came back as %v", c, back)
		}
	}
	for _, bad := range []string{
		"", "1/2/3", "1/2/3/", "x/2/3/Kim", "1/2/-3/Kim", "1/2/3/\"]\nrules: [", "1/2/3/~Kim", "1/2/3/ Kim",
		"1/2/3/" + strings.Repeat("k", 99),
	} {
		if c, ok := feedback.ParseClause(bad); ok {
			t.Errorf("%q is %v", bad, c)
		}
	}
}
