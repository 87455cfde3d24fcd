package config_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/config"
)

// manyRules is a file of n rules, each of three concepts of three terms.
func manyRules(n int) []byte {
	var b strings.Builder
	b.WriteString("rules:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - name: rule-%[1]d\n    all:\n      - [word%[1]d, other%[1]d, third %[1]d]\n      - [alpha%[1]d, beta%[1]d, gamma %[1]d]\n"+
			"      - [one%[1]d, two%[1]d, three%[1]d]\n    severity: high\n", i)
	}
	return []byte(b.String())
}

// BenchmarkParseRules reads 10,000 rules without compiling them: what is this
// package's and the YAML library's part of a load.
func BenchmarkParseRules(b *testing.B) {
	text := manyRules(10_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := config.ParseRules("rules.yaml", text); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoad loads 10,000 rules, and tells how much memory the config keeps
// beside its compiled rules.
func BenchmarkLoad(b *testing.B) {
	files := map[string][]byte{"copytaster.yaml": manyRules(10_000)}
	var c *config.Config
	b.ReportAllocs()
	for b.Loop() {
		loaded, err := config.LoadFiles("copytaster.yaml", files, none)
		if err != nil {
			b.Fatal(err)
		}
		c = loaded
	}
	with, set := heap(), c.Rules
	runtime.KeepAlive(c)
	c = nil //nolint:wastedassign // the collector is to find nothing here
	b.ReportMetric(float64(with-heap())/1e6, "MB-beside-the-rules")
	runtime.KeepAlive(set)
}

// heap is how many bytes are in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // the first one only finishes what it finds under way
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkPosition finds a place for the first time: the files are read again.
func BenchmarkPosition(b *testing.B) {
	files := map[string][]byte{"copytaster.yaml": manyRules(10_000)}
	for b.Loop() {
		b.StopTimer()
		c, err := config.LoadFiles("copytaster.yaml", files, none)
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, line, _ := c.Position("rules[9999].all[2][1]"); line == 0 {
			b.Fatal("it is not found")
		}
	}
}
