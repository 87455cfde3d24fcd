package app

import (
	"regexp"
	"runtime/debug"
	"testing"
)

func TestBuildOf(t *testing.T) {
	info := &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}}}
	info.Main.Version = "v1.2.3"
	if v := BuildOf(info, true); v.Version != "v1.2.3" || v.Commit != "0123456789ab" {
		t.Errorf("version %+v", v)
	}
	info.Main.Version = "(devel)"
	if v := BuildOf(info, true); v.Version != "dev" {
		t.Errorf("version %+v", v)
	}
	if v := BuildOf(nil, false); v.Version != "dev" || v.Commit != "unknown" || !regexp.MustCompile(`^\w+/\w+$`).MatchString(v.Platform) {
		t.Errorf("version %+v", v)
	}
}
