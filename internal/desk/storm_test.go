package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/notify"
)

// TestStormButtons: who presses a storm's buttons takes back what was told there, after a
// question, or has the next news come singly.
func TestStormButtons(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		o.Plan.Storm = news.Gust{News: 2, Over: 30 * time.Minute}
		o.Plan.Routes = notify.Routes{Default: "news"}
		o.SetPlan()
		o.Stories = nil
		for i, place := range strings.Fields("Oslo Lima Cairo Quito Dakar") {
			s := pipetest.Listed(fmt.Sprintf("%s%d #kim", place, i))[0]
			s.Published = o.Now
			o.Stories = append(o.Stories, s)
		}
		o.Again()
		o.Live(2 * time.Minute)
		head := ""
		for _, m := range o.slack.Messages("news") {
			if strings.Contains(m.Text, "Storm: ") {
				head = m.TS
			}
		}
		handed := func(channel, want string) {
			t.Helper()
			if _, err := o.slack.As(bob).Slash(channel, "/copytaster", "handover 8h"); err != nil {
				t.Fatal(err)
			}
			o.desk.Wait()
			o.wantWhisper(bob, want)
		}
		handed("news", "Storms\nkim · 3 folded since ")
		handed("rules", "Storms\nkim in #news · 3 folded since ")
		press := func(who, action string) {
			if _, err := o.slack.As(who).Press("news", head, action, ""); err != nil {
				t.Fatal(err)
			}
			o.desk.Wait()
		}
		press(carla, notify.ActTakeBack)
		if n := len(o.slack.Modals(carla)); n != 0 {
			t.Errorf("%d windows are open for a guest", n)
		}
		press(anna, notify.ActTakeBack)
		if asked := string(o.modal(anna).Blocks); !strings.Contains(asked, "5 alerts of kim in #news") {
			t.Errorf("the window says %s", asked)
		}
		o.picture("recall", o.modal(anna))
		if mistakes := o.submit(anna, map[string][]string{"why": {"too wide"}}); len(mistakes) > 0 {
			t.Errorf("mistakes %v", mistakes)
		}
		o.Pass(time.Second)
		o.Live(time.Minute)
		all := o.slack.Messages("news")
		if last := all[len(all)-1]; !strings.Contains(last.Text, "TAKEN BACK · 5 alerts of kim · by Anna · too wide") {
			t.Errorf("the channel is told %s", last.Text)
		}
		press(bob, notify.ActTakeBack)
		o.wantWhisper(bob, "took these back already")
		press(bob, notify.ActSingly)
		handed("news", " · ended by Bob ")
		press(bob, notify.ActSingly)
		o.wantWhisper(bob, "over already")
	})
}
