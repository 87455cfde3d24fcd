package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const reference = "docs/reference.md"

var span = regexp.MustCompile("`([^`\n]+)`")

// chapter returns a chapter of docs/reference.md.
func chapter(t *testing.T, title string) string {
	t.Helper()
	_, text, ok := strings.Cut(textOf(t, reference), "\n## "+title+"\n")
	if !ok {
		t.Fatalf("%s has no chapter %q", reference, title)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}

// TestReferenceHasCommands: docs/reference.md has a row for each command, which
// names all its flags.
func TestReferenceHasCommands(t *testing.T) {
	rows := map[string]string{}
	for _, table := range tables(chapter(t, "Commands")) {
		for _, row := range table[1:] {
			if name := commandOf(row[0]); name != "" {
				rows[name] = strings.Join(row, " ")
			}
		}
	}
	root := (&tool{output: newOutput(stdio{env: noEnv})}).root()
	root.InitDefaultCompletionCmd()
	all := commandsOf(root)
	for name, cmd := range all {
		row, ok := rows[name]
		if !ok {
			t.Errorf("%s has no row for `copytaster %s`", reference, name)
			continue
		}
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name != "help" && f.Name != "format" && !strings.Contains(row, "--"+f.Name) {
				t.Errorf("%s: the row of `%s` does not name --%s", reference, name, f.Name)
			}
		})
	}
	for name := range rows {
		if _, ok := all[name]; !ok {
			t.Errorf("%s has a row for %q, which is no command", reference, name)
		}
	}
}

var lowerWord = regexp.MustCompile(`^[a-z][a-z-]*$`)

// commandOf returns the words of a cell that name a command: those before its
// arguments and flags.
func commandOf(cell string) string {
	var name []string
	for word := range strings.FieldsSeq(strings.ReplaceAll(cell, "`", "")) {
		if !lowerWord.MatchString(word) {
			break
		}
		name = append(name, word)
	}
	return strings.Join(name, " ")
}

// commandsOf returns all commands that do something by their names.
func commandsOf(parent *cobra.Command) map[string]*cobra.Command {
	all := map[string]*cobra.Command{}
	for _, cmd := range parent.Commands() {
		if cmd.Name() == "help" {
			continue
		}
		name := strings.TrimPrefix(cmd.CommandPath(), "copytaster ")
		if all[name] = cmd; name != "completion" { // a row says which shells there are
			maps.Copy(all, commandsOf(cmd))
		}
	}
	return all
}

// TestCommandsExist: a command that any document names is one, with its flags.
func TestCommandsExist(t *testing.T) {
	found := 0
	for _, name := range documents(t) {
		text := textOf(t, name)
		lines := regexp.MustCompile(`(?m)^(?:\$ |#   )(copytaster .*)$`).FindAllStringSubmatch(text, -1)
		for _, m := range append(lines, span.FindAllStringSubmatch(text, -1)...) {
			if words := strings.Fields(m[1]); len(words) > 1 && words[0] == "copytaster" && lowerWord.MatchString(words[1]) {
				found++
				checkCommand(t, name, words[1:])
			}
		}
	}
	if found < 50 {
		t.Errorf("only %d commands were found", found)
	}
}

// checkCommand looks for a command and its flags, as a document names them.
func checkCommand(t *testing.T, document string, words []string) {
	t.Helper()
	cmd, rest, err := (&tool{output: newOutput(stdio{env: noEnv})}).root().Find(words)
	if err != nil {
		t.Errorf("%s names copytaster %q: %v", document, words, err)
		return
	}
	for _, word := range rest {
		flag, isFlag := strings.CutPrefix(word, "--")
		flag, _, _ = strings.Cut(flag, "=")
		if isFlag && flag != "" && flag != "help" && cmd.Flags().Lookup(flag) == nil {
			t.Errorf("%s names copytaster %q: there is no flag --%s", document, words, flag)
		}
	}
}

// TestReferenceHasKeys: docs/reference.md lists the keys that the schema has,
// and no other. A heading such as `sources.basic_auth` says where the keys of the
// tables below it belong; it may name several places.
func TestReferenceHasKeys(t *testing.T) {
	var schema map[string]any
	text, err := os.ReadFile(filepath.Join(root, "config/starter/copytaster.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	keysOf(schema, schema, "", nil, want)
	got := map[string]bool{}
	for part := range strings.SplitSeq(chapter(t, "Configuration keys"), "\n### ") {
		listedKeys(part, got)
	}
	for key := range want {
		if !got[key] {
			t.Errorf("%s does not list the key %s", reference, key)
		}
	}
	for key := range got {
		if !want[key] {
			t.Errorf("%s lists the key %s, which the schema does not have", reference, key)
		}
	}
}

// listedKeys collects the keys of one part of the chapter, whose heading says
// where they belong.
func listedKeys(part string, keys map[string]bool) {
	title, _, _ := strings.Cut(part, "\n")
	var prefixes []string
	for _, m := range span.FindAllStringSubmatch(title, -1) {
		prefixes = append(prefixes, m[1]+".")
	}
	if prefixes == nil {
		prefixes = []string{""} // the top level
	}
	for _, m := range span.FindAllStringSubmatch(firstColumn(part), -1) {
		for _, prefix := range prefixes {
			keys[prefix+m[1]] = true
		}
	}
}

// firstColumn returns the first cells of all rows of all tables.
func firstColumn(markdown string) string {
	var all strings.Builder
	for _, table := range tables(markdown) {
		for _, row := range table {
			all.WriteString(row[0] + "\n")
		}
	}
	return all.String()
}

// keysOf collects the paths of all keys of a JSON schema. What a definition holds
// of itself, as a node does of nodes, is left out.
func keysOf(whole map[string]any, part any, path string, within []string, keys map[string]bool) {
	switch part := part.(type) {
	case []any:
		for _, v := range part {
			keysOf(whole, v, path, within, keys)
		}
	case map[string]any:
		if ref, ok := part["$ref"].(string); ok {
			name := strings.TrimPrefix(ref, "#/definitions/")
			if !slices.Contains(within, name) && !strings.HasPrefix(name, "node") {
				keysOf(whole, whole["definitions"].(map[string]any)[name], path, append(within, name), keys)
			}
		}
		properties, _ := part["properties"].(map[string]any)
		for key, v := range properties {
			keys[path+key] = true
			keysOf(whole, v, path+key+".", within, keys)
		}
		for name, v := range part {
			if name != "properties" && name != "definitions" && name != "$ref" {
				keysOf(whole, v, path, within, keys)
			}
		}
	}
}
