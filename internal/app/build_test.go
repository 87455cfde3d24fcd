package app

import (
	"regexp"
	"runtime/debug"
	"testing"
)

func TestBuildOf(t *testing.T) {
	info := &debug.BuildInfo{Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.time", Value: "2026-11-29T20:11:11Z"},
	}}
	info.Main.Version = "v1.2.3"
	if v := BuildOf(info, true); v.Version != "v1.2.3" || v.Commit != "0123456789ab" || v.Date != "2026-11-29T20:11:11Z" {
		t.Errorf("version %+v", v)
	}
	info.Main.Version = "(devel)"
	if v := BuildOf(info, true); v.Version != "dev" {
		t.Errorf("version %+v", v)
	}
	if v := BuildOf(nil, false); v.Version != "dev" || v.Commit != "unknown" || v.Date != "unknown" ||
		!regexp.MustCompile(`^\w+/\w+$`).MatchString(v.Platform) {
		t.Errorf("version %+v", v)
	}
}
