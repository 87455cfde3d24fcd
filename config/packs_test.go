package config_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/rules"
)

// holdsSources reports whether a pack is one of sources.
func holdsSources(t *testing.T, name string) bool {
	t.Helper()
	text := string(readFile(t, "packs/"+name+".yaml"))
	return strings.Contains(text, "\nsources:") || strings.Contains(text, "\ninclude:")
}

// TestPacks: every pack of rules that comes with the program is right, warns of
// nothing, and its tests pass. It is read as a file of one's own, whose warnings
// count.
func TestPacks(t *testing.T) {
	names := config.Packs()
	if !slices.IsSorted(names) || !slices.Contains(names, "dprk") {
		t.Fatalf("packs %q", names)
	}
	for _, name := range names {
		if holdsSources(t, name) {
			continue // see TestSourcePacks
		}
		t.Run(name, func(t *testing.T) {
			d, err := config.ParseRules(name+".yaml", readFile(t, "packs/"+name+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			set, mistakes := rules.Compile(d)
			for _, m := range mistakes {
				t.Errorf("%s: %s (%s)", m.Path, m.Message, m.Hint)
			}
			if set == nil {
				return
			}
			report := set.Test()
			for _, f := range report.Failures {
				t.Errorf("%s: want match %v: %s: %s", f.Rule, f.Want, f.Text, f.Reason)
			}
			if len(d.Rules) == 0 || report.Passed < len(d.Rules) {
				t.Errorf("%d rules, %d tests", len(d.Rules), report.Passed)
			}
			for _, r := range d.Rules {
				if r.Topic == "" || len(r.To)+len(r.AlsoTo) > 0 || !r.Until.IsZero() {
					t.Errorf("%s: a pack's rule has a topic and leaves channels and days to its users", r.Name)
				}
			}
		})
	}
}

// TestPacksTogether: all packs can be included at once, by their file or as the
// config itself, and every rule and concept has its pack's name.
func TestPacksTogether(t *testing.T) {
	var include []string
	for _, name := range config.Packs() {
		include = append(include, fmt.Sprintf("%q", "pack:"+name))
	}
	c, mistakes := loadText(t, "include: ["+strings.Join(append(include, include...), ", ")+"]\nalerts: {default_channel: news}\n")
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	if len(c.Warnings) > 0 {
		t.Error(c.Warnings)
	}
	if report := c.Rules.Test(); report.Failed > 0 || report.Passed == 0 {
		t.Errorf("%d passed, %d failed", report.Passed, report.Failed)
	}
	of := func(name string) bool {
		pack, own, ok := strings.Cut(name, ".")
		return ok && own != "" && slices.Contains(config.Packs(), pack)
	}
	for _, r := range c.Definition.Rules {
		if !of(r.Name) {
			t.Errorf("the rule %s has no pack's name", r.Name)
		}
	}
	for name := range c.Definition.Concepts {
		if !of(name) {
			t.Errorf("the concept %s has no pack's name", name)
		}
	}
	if len(c.Files) != 1+len(config.Packs()) {
		t.Errorf("%d files", len(c.Files))
	}
	if _, err := config.Load("pack:dprk", none); err != nil {
		t.Errorf("as the config itself: %v", err)
	}
}

// TestUnknownPack: the packs there are are listed.
func TestUnknownPack(t *testing.T) {
	known := strings.Join(config.Packs(), ", ")
	for text, want := range map[string]string{
		"include: [\"pack:dprc\"]":                    `1:11: there is no pack "dprc"|did you mean ` + "`pack:dprk`? there are " + known,
		"include: [\"pack:elsewhere\"]":               `1:11: there is no pack "elsewhere"|there are ` + known,
		"include: [\"pack:*\"]":                       `1:11: there is no pack "*"|there are ` + known,
		"include: [\"pack:\"]":                        `1:11: there is no pack ""|there are ` + known,
		"include: [\"pack:../packs/dprk\"]":           `1:11: there is no pack "../packs/dprk"|there are ` + known,
		"rules: [{name: a, any: [$dprc.kim]}]":        `1:25: there is no pack "dprc"|did you mean ` + "`$dprk.kim`?",
		"rules: [{name: a, any: [$elsewhere.kim]}]":   `1:25: there is no pack "elsewhere"|there are ` + known,
		"rules: [{name: a, any: [x, $dprk.kim]}]":     `1:28: the pack dprk is not included|add it to the list under include: "pack:dprk"`,
		"rules: [{name: dprk.kim, enabled: false}]":   `1:9: the pack dprk is not included|add it to the list under include: "pack:dprk"`,
		"rules: [{name: elsewhere.a, enabled: true}]": `1:9: the rule has nothing to look for|add all: or any: with a list of terms`,
	} {
		_, mistakes := loadText(t, text)
		if len(mistakes) != 1 || mistakes[0].Error()+"|"+mistakes[0].Hint != "copytaster.yaml:"+want {
			t.Errorf("%s:\n%v\nwant %s", text, mistakes, want)
		}
	}
}

// pack are files of a config that includes a small pack.
func pack(main, text string) map[string][]byte {
	return map[string][]byte{"copytaster.yaml": []byte(main), "pack:dprk": []byte(text)}
}

// TestPackPositions: what stands in a pack is found there, and its mistakes say
// so.
func TestPackPositions(t *testing.T) {
	const text = "concepts:\n  kim: [Kim,\n    Kim Jong-un]\nrules:\n  - name: summit\n    all: [$kim, summit]\n    tests: [match: Kim alone]\n"
	c, err := config.LoadFiles("conf/copytaster.yaml", pack("rules:\n  - {name: dprk.summit, enabled: false}\n  - {name: mine, any: [x]}\ninclude: [\"pack:dprk\"]\n", text), none)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"rules[0]":                "conf/copytaster.yaml:3:5",
		"rules[1]":                "pack:dprk:5:5",
		"rules[1].all[1]":         "pack:dprk:6:17",
		"concepts.dprk.kim[1]":    "pack:dprk:3:5",
		"concepts.dprk.kim":       "pack:dprk:2:8",
		"concepts.dprk.nobody[1]": "pack:dprk:2:3",
	} {
		if file, line, column := c.Position(path); fmt.Sprintf("%s:%d:%d", file, line, column) != want {
			t.Errorf("%s: %s:%d:%d, want %s", path, file, line, column, want)
		}
	}
	report := c.Rules.Test()
	if len(report.Failures) != 1 || !c.Definition.Rules[1].Disabled {
		t.Fatalf("%+v", report)
	}
	if file, line, _ := c.Position(report.Failures[0].Path); file != "pack:dprk" || line != 7 {
		t.Errorf("the test that fails is in %s:%d", file, line)
	}
	_, err = config.LoadFiles("copytaster.yaml", pack("include: [\"pack:dprk\"]\n", strings.Replace(text, "all:", "anny:", 1)), none)
	if err == nil || !strings.HasPrefix(err.Error(), "pack:dprk:6:5: unknown key `anny` in a rule\n    6 |     anny: [$kim, summit]\n") {
		t.Errorf("%v", err)
	}
	for _, wrong := range []string{"storage: a.db\n", "alerts: {}\n", "include: [a.yaml]\n", "include: [\"*.yaml\"]\n", "include: [\"pack:nothing\"]\n"} {
		if _, err := config.LoadFiles("copytaster.yaml", pack("include: [\"pack:dprk\"]\n", wrong), none); err == nil {
			t.Errorf("a pack may say %s", wrong)
		}
	}
}

// TestPackHash: another text of a pack is another config.
func TestPackHash(t *testing.T) {
	hash := func(text string) string {
		c, err := config.LoadFiles("copytaster.yaml", pack("include: [\"pack:dprk\"]\n", text), none)
		if err != nil {
			t.Fatal(err)
		}
		return c.Hash
	}
	if hash("rules: []\n") == hash("rules: []\n# more\n") {
		t.Error("the hash does not cover packs")
	}
	t.Chdir(t.TempDir())
	write(t, "copytaster.yaml", "include: [\"pack:dprk\"]\n")
	c, err := config.Load("copytaster.yaml", none)
	if err != nil {
		t.Fatal(err)
	}
	if config.Hash("copytaster.yaml", none) != c.Hash {
		t.Error("the config that was loaded has another hash than the same files read")
	}
	again, err := config.LoadFiles("copytaster.yaml", c.Files, none)
	if err != nil || again.Hash != c.Hash {
		t.Errorf("from copies: %v", err)
	}
	if err := os.Remove("copytaster.yaml"); err != nil {
		t.Fatal(err)
	}
	if config.Hash("copytaster.yaml", none) == c.Hash {
		t.Error("without the config the hash is the same")
	}
}

// TestPackOfAnotherVersion: copies are what they were, whatever the program's
// own pack says now.
func TestPackOfAnotherVersion(t *testing.T) {
	c, err := config.LoadFiles("copytaster.yaml", pack("include: [\"pack:dprk\"]\n", "rules: [{name: old, any: [x]}]\n"), none)
	if err != nil || len(c.Definition.Rules) != 1 || c.Definition.Rules[0].Name != "dprk.old" {
		t.Errorf("%v", err)
	}
}
