package deploy

import (
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// The alerting rules are what Prometheus takes, and fire when they should.
func TestAlertingRules(t *testing.T) {
	if out := output(t, "promtool", "check", "rules", "prometheus/alerts.yaml"); !strings.Contains(out, "SUCCESS") {
		t.Error(out)
	}
	if out := output(t, "promtool", "test", "rules", "prometheus/alerts_test.yaml"); !strings.Contains(out, "SUCCESS") {
		t.Error(out)
	}
}

// Each alerting rule is tested, has its section in the runbook, and asks for series that
// there are. So does each panel of the dashboard.
func TestRulesAndDashboardAreKnown(t *testing.T) {
	var file struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Annotations map[string]string
			}
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, "prometheus/alerts.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	reference, runbook := read(t, "../docs/reference.md"), read(t, "../docs/runbook.md")
	tests, dashboard := read(t, "prometheus/alerts_test.yaml"), read(t, "grafana/copytaster.json")
	sections := 0
	for _, r := range file.Groups[0].Rules {
		if !strings.Contains(tests, "alertname: "+r.Alert+"\n") {
			t.Errorf("no test lets %s fire", r.Alert)
		}
		if !strings.Contains(runbook, "\n## "+r.Alert+"\n") {
			t.Errorf("the runbook does not say what to do about %s", r.Alert)
		}
		sections++
		if want := "docs/runbook.md#" + strings.ToLower(r.Alert); r.Annotations["runbook_url"] != want {
			t.Errorf("%s: runbook_url %s, want %s", r.Alert, r.Annotations["runbook_url"], want)
		}
	}
	if n := strings.Count(runbook, "\n## Copytaster"); n != sections {
		t.Errorf("the runbook has %d alerts, the rules %d", n, sections)
	}
	asked := regexp.MustCompile(`copytaster_\w+`).FindAllString(read(t, "prometheus/alerts.yaml")+dashboard, -1)
	for _, series := range asked {
		series = strings.TrimSuffix(strings.TrimSuffix(series, "_bucket"), "_count")
		if !strings.Contains(reference, "| `"+series+"`") && !strings.Contains(reference, "| `"+series+"{") {
			t.Errorf("%s is asked for, and there is no such series", series)
		}
	}
	if len(asked) < 30 {
		t.Errorf("only %d series are asked for", len(asked))
	}
}
