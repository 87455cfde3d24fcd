package cluster

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

func TestEscalate(t *testing.T) {
	at := func(minutes int, r Account) Account {
		r.Seen = noon.Add(time.Duration(minutes) * time.Minute)
		return r
	}
	a, b, c := Account{Outlet: "A"}, Account{Outlet: "B"}, Account{Outlet: "C", Tiers: []string{"blog", "wire"}}
	three := news.Escalation{Outlets: 3, Over: 45 * time.Minute, Severity: news.High}
	wire := news.Escalation{Outlets: 1, Tier: "wire", Severity: news.Urgent}
	owned := func(outlet string) Account { return Account{Outlet: outlet, Owner: "O"} }
	citing := func(outlet string) Account { return Account{Outlet: outlet, Cites: []string{"KCNA"}} }
	high := []news.Escalation{three}
	slowly := []news.Escalation{{Outlets: 3, Severity: news.High}}
	opinion, z := Account{Outlet: "C", Kind: Opinion}, Account{Outlet: "Z"}
	for _, tt := range []struct {
		name    string
		all     []news.Escalation
		reports []Account
		above   news.Severity
		want    string // "severity outlets over"
	}{
		{"none is written", nil, []Account{at(0, a), b, c}, news.Normal, ""},
		{"too few", high, []Account{at(0, a), at(1, b)}, news.Normal, ""},
		{"three", high, []Account{at(0, a), at(5, b), at(17, c)}, news.Normal, "high [A B C] 17m0s"},
		{"three, as late as may be", high, []Account{at(0, a), at(5, b), at(45, c)}, news.Normal, "high [A B C] 45m0s"},
		{"three, too slowly", high, []Account{at(0, a), at(5, b), at(46, c)}, news.Normal, ""},
		{"three of four, the last ones", high, []Account{at(0, z), at(40, a), at(50, b), at(80, c)}, news.Normal, "high [A B C] 40m0s"},
		{"they may come in any order", high, []Account{at(17, c), at(5, b), at(0, a)}, news.Normal, "high [A B C] 17m0s"},
		{"three, and time does not matter", slowly, []Account{at(0, a), at(500, b), at(2000, c)}, news.Normal, "high [A B C] 33h20m0s"},
		{"three of one owner", high, []Account{owned("A"), at(1, owned("B")), at(2, owned("C"))}, news.Normal, ""},
		{"three that cite one", high, []Account{citing("A"), at(1, citing("B")), at(2, citing("C"))}, news.Normal, ""},
		{"opinions are none", high, []Account{at(0, a), at(1, b), at(2, opinion)}, news.Normal, ""},
		{"copies are none", high, []Account{{Outlet: "A", Carried: 9}}, news.Normal, ""},
		{"one of a tier", []news.Escalation{wire}, []Account{at(0, a), at(1, c)}, news.Normal, "urgent [C] 0s"},
		{"none of a tier", []news.Escalation{wire}, []Account{at(0, a), b}, news.Normal, ""},
		{"two of a tier", []news.Escalation{{Outlets: 2, Tier: "wire", Severity: news.High}}, []Account{at(0, a), at(1, c)}, news.Normal, ""},
		{"the most severe one counts", []news.Escalation{wire, three}, []Account{at(0, a), at(1, b), at(2, c)}, news.Normal, "urgent [C] 0s"},
		{"it is as severe already", high, []Account{at(0, a), at(1, b), at(2, c)}, news.High, ""},
	} {
		r, ok := Escalate(tt.all, tt.reports, tt.above)
		got := ""
		if ok {
			got = fmt.Sprint(r.Severity, " ", r.Outlets, " ", r.Over)
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// A thousand papers that cite one agency are counted in a moment.
func TestEscalateByMany(t *testing.T) {
	reports := make([]Account, 1000)
	for i := range reports {
		reports[i] = Account{Outlet: fmt.Sprint(i), Cites: []string{"KCNA"}, Seen: noon.Add(time.Duration(i) * time.Second)}
	}
	five := []news.Escalation{{Outlets: 5, Severity: news.High}}
	if _, ok := Escalate(five, reports, news.Normal); ok {
		t.Error("one voice counts as five")
	}
	for i := range 4 {
		reports[200*i].Cites = nil
	}
	r, ok := Escalate(five, reports, news.Normal)
	if !ok || !slices.Equal(r.Outlets, []string{"0", "1", "200", "400", "600"}) {
		t.Errorf("%v %+v", ok, r)
	}
}
