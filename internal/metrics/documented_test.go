package metrics

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// TestReferenceHasMetrics: the tables of docs/reference.md name the series that
// there are, with their labels, and no other.
func TestReferenceHasMetrics(t *testing.T) {
	text, err := os.ReadFile("../../docs/reference.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(copytaster_[^`]*)`").FindAllStringSubmatch(string(text), -1) {
		documented[m[1]] = true
	}
	ch := make(chan *prometheus.Desc, 200)
	New().registry.Describe(ch)
	close(ch)
	parts := regexp.MustCompile(`fqName: "(copytaster_\w+)".*variableLabels: (\{[^}]*\})`)
	for desc := range ch {
		m := parts.FindStringSubmatch(desc.String())
		if m == nil {
			continue // of the Go runtime
		}
		name := strings.TrimSuffix(m[1]+m[2], "{}")
		if !documented[name] {
			t.Errorf("docs/reference.md does not name %s", name)
		}
		delete(documented, name)
	}
	for name := range documented {
		t.Errorf("docs/reference.md names %s, which there is not", name)
	}
}
