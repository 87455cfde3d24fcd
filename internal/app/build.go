package app

import (
	"runtime"
	"runtime/debug"
)

// Build is what a binary says of itself.
type Build struct {
	Version  string `json:"version"` // "dev" when it was not built from a tagged module
	Commit   string `json:"commit"`  // 12 digits, "unknown" when it was not built in a repository
	Date     string `json:"date"`    // of the commit, RFC 3339, "unknown" when it was not built in a repository
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// BuildOf reads what debug.ReadBuildInfo returns.
func BuildOf(info *debug.BuildInfo, ok bool) Build {
	b := Build{Version: "dev", Commit: "unknown", Date: "unknown", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if !ok {
		return b
	}
	if info.Main.Version != "" && info.Main.Version != "(devel)" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value[:min(12, len(s.Value))]
		case "vcs.time":
			b.Date = s.Value
		}
	}
	return b
}
