package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/config"
)

// TestStorageFolder: where the folder of a store is missing, it is either made,
// for the daemon's user alone, or named with what to do; nothing between.
func TestStorageFolder(t *testing.T) {
	for name, tt := range map[string]struct {
		storage string // DIR is the config's folder, STATE is $STATE_DIRECTORY
		state   string // of $STATE_DIRECTORY
		wrong   string // "" when there is no mistake
		made    bool
	}{
		"beside the config":             {"news.db", "", "", true},
		"below the config":              {"data/deep/news.db", "", "", true},
		"below the config, by its path": {"DIR/data/news.db", "", "", true},
		"in $STATE_DIRECTORY":           {"deep/news.db", "STATE", "", true},
		"in a later $STATE_DIRECTORY":   {"STATE/news.db", "DIR/one:STATE", "", true},
		"a folder that is there":        {"DIR/../there/news.db", "", "", true},
		"misspelt":                      {"DIR/../var/libb/news.db", "", "the folder DIR/../var/libb does not exist", false},
		"above the config":              {"../other/news.db", "", "other does not exist", false},
		"a name that begins alike":      {"DIR-2/news.db", "", "DIR-2 does not exist", false},
		"a file for a folder":           {"DIR/copytaster.yaml/news.db", "", "copytaster.yaml is a file, not a folder", false},
		"a folder for a file":           {"DIR/../there", "", "there is a folder", true},
		"PostgreSQL":                    {"postgres://db/news", "", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			dir, state := filepath.Join(root, "conf"), filepath.Join(root, "state")
			for _, d := range []string{dir, filepath.Join(root, "there")} {
				if err := os.Mkdir(d, 0o700); err != nil {
					t.Fatal(err)
				}
			}
			place := strings.NewReplacer("DIR", dir, "STATE", state)
			path := filepath.Join(dir, "copytaster.yaml")
			if err := os.WriteFile(path, fmt.Appendf(nil, "storage: %q\nsources: []\n", place.Replace(tt.storage)), 0o600); err != nil {
				t.Fatal(err)
			}
			env := func(name string) (string, bool) {
				return place.Replace(tt.state), name == "STATE_DIRECTORY" && tt.state != ""
			}
			cfg, err := config.Load(path, env)
			if err != nil {
				t.Fatal(err)
			}
			got := cfg.CheckStorage(env)
			if len(got.Errors()) != len(got) || (len(got) > 0) != (tt.wrong != "") {
				t.Fatalf("mistakes: %v", got)
			}
			want := place.Replace(tt.wrong)
			for _, m := range got[:min(len(got), 1)] {
				says := strings.Contains(m.Message, filepath.Clean(want)) || strings.Contains(m.Message, want)
				if says && m.Line == 1 && m.Hint != "" {
					continue
				}
				t.Errorf("got %v (hint %q), want %q", m, m.Hint, want)
			}
			if err := cfg.MakeStorageFolder(env); err != nil {
				if !tt.made {
					return // a file is in the way
				}
				t.Fatal(err)
			}
			info, err := os.Stat(filepath.Dir(cfg.Storage))
			if made := err == nil && info.IsDir() || name == "PostgreSQL"; made != tt.made {
				t.Errorf("the folder is there: %v, want %v", made, tt.made)
			}
			if err == nil && info.IsDir() && info.Mode().Perm() != 0o700 && filepath.Dir(cfg.Storage) != root {
				t.Errorf("its mode is %v", info.Mode())
			}
		})
	}
}
