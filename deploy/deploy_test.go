// Package deploy holds what copytaster is installed with, and the tests of it.
package deploy

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/config"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// output runs a program that may be absent.
func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil && len(out) == 0 {
		t.Fatal(err)
	}
	return string(out)
}

const unit = "copytaster.service"

// mostExposed is what systemd-analyze may find, of 10.
const mostExposed = 1.5

func TestUnitExposure(t *testing.T) {
	if level := exposure(t, unit); level > mostExposed {
		t.Errorf("exposure %.1f, at most %.1f: `systemd-analyze security --offline=true %s` says why", level, mostExposed, unit)
	}
}

// Every line of the unit is understood, by whatever systemd is here.
func TestUnitIsRight(t *testing.T) {
	text := read(t, unit)
	here := filepath.Join(t.TempDir(), unit)
	installed := regexp.MustCompile(`(?m)^ExecStart=\S+`)
	if err := os.WriteFile(here, []byte(installed.ReplaceAllString(text, "ExecStart=/bin/true")), 0o600); err != nil {
		t.Fatal(err)
	}
	out := output(t, "systemd-analyze", "verify", here)
	for line := range strings.Lines(out) {
		if strings.Contains(line, unit) {
			t.Error(line)
		}
	}
}

// directives are those of the unit, by their names.
func directives(text string) map[string][]string {
	found := map[string][]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if name, value, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") {
			found[name] = append(found[name], value)
		}
	}
	return found
}

func TestUnitHoldsItsPromises(t *testing.T) {
	found := directives(read(t, unit))
	for name, want := range map[string]string{
		"Type": "notify", "User": "copytaster", "UMask": "0077", "Restart": "on-failure", "ProtectSystem": "strict",
		"ConditionPathExists": "/etc/copytaster/copytaster.yaml", "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "StateDirectory": "copytaster", "StateDirectoryMode": "0700",
		"ExecStart": "/usr/local/bin/copytaster run --last-good -c /etc/copytaster/copytaster.yaml",
	} {
		if got := found[name]; !slices.Equal(got, []string{want}) {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"MemoryMax", "MemoryHigh", "TasksMax", "SystemCallFilter", "SystemCallArchitectures", "RestrictAddressFamilies"} {
		if len(found[name]) == 0 {
			t.Errorf("%s is not set", name)
		}
	}
}

// instruction is one of a Dockerfile.
type instruction struct{ verb, args string }

var verbs = []string{"ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "RUN", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}

// dockerfile parses the Dockerfile: a line each, comments left out, those that
// end in a backslash continued (https://docs.docker.com/reference/dockerfile/).
func dockerfile(t *testing.T) (all []instruction) {
	t.Helper()
	var open string
	for line := range strings.Lines(read(t, "Dockerfile")) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var continued bool
		if open, continued = strings.CutSuffix(open+line, `\`); continued {
			continue
		}
		verb, args, _ := strings.Cut(open, " ")
		if args = strings.TrimSpace(args); !slices.Contains(verbs, verb) || args == "" {
			t.Errorf("no instruction: %q", open)
		}
		all = append(all, instruction{verb, args})
		open = ""
	}
	if open != "" {
		t.Errorf("it ends within %q", open)
	}
	return all
}

func TestDockerfile(t *testing.T) {
	var stages []string
	last := map[string][]string{} // instructions of the last stage
	for _, in := range dockerfile(t) {
		if in.verb == "FROM" {
			stages, last = append(stages, in.args), map[string][]string{}
		}
		last[in.verb] = append(last[in.verb], in.args)
		if (in.verb == "CMD" || in.verb == "ENTRYPOINT") && !strings.HasPrefix(in.args, "[") {
			t.Errorf("%s needs a shell, which the image does not have: %s", in.verb, in.args)
		}
	}
	if len(stages) != 2 || !strings.HasSuffix(stages[0], " AS build") || !strings.HasPrefix(stages[1], "gcr.io/distroless/static-") {
		t.Fatalf("stages %q: the last must be an image with CA certificates and nothing else", stages)
	}
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "../go.mod"))
	if version == nil || !strings.HasPrefix(stages[0], "golang:"+version[1]+"-") {
		t.Errorf("it is built by %s, go.mod asks for %q", stages[0], version)
	}
	if user := last["USER"]; len(user) != 1 || !regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(user[0]) {
		t.Errorf("user %q: want the numbers of one without rights, which orchestrators can check", user)
	}
	for _, copied := range last["COPY"] {
		if !strings.HasPrefix(copied, "--from=build ") {
			t.Errorf("COPY %s: the image is to hold what was built alone", copied)
		}
	}
	if len(last["RUN"]) > 0 || !strings.Contains(strings.Join(last["ENV"], " "), "STATE_DIRECTORY=/var/lib/copytaster ") {
		t.Errorf("the last stage has RUN %q, ENV %q", last["RUN"], last["ENV"])
	}
	if got := last["CMD"]; !slices.Equal(got, []string{`["run", "--last-good"]`}) {
		t.Errorf("CMD %q", got)
	}
}

// The command of the Dockerfile builds a program that needs no library, no
// zone data and no environment.
func TestStaticBinary(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program with other flags than the tests, which takes a while")
	}
	if runtime.GOOS != "linux" {
		t.Skip("the Dockerfile builds for Linux")
	}
	const into = "/out/copytaster"
	all := dockerfile(t)
	i := slices.IndexFunc(all, func(in instruction) bool { return in.verb == "RUN" && strings.Contains(in.args, into) })
	if i < 0 {
		t.Fatal("nothing builds " + into)
	}
	program := filepath.Join(t.TempDir(), "copytaster")
	build := exec.CommandContext(t.Context(), "sh", "-c", strings.Replace(all[i].args, into, program, 1))
	build.Dir = ".."
	build.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false") // the clone may be another user's
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", all[i].args, err, out)
	}
	file, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	libraries, err := file.ImportedLibraries()
	dynamic := slices.ContainsFunc(file.Progs, func(p *elf.Prog) bool {
		return p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC
	})
	if err != nil || len(libraries) > 0 || dynamic {
		t.Errorf("it is not static: libraries %q, error %v", libraries, err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
	folder := t.TempDir()
	text := "timezone: Asia/Seoul\nrules: [{name: a, any: [x], tests: [match: x]}]\n"
	if err := os.WriteFile(filepath.Join(folder, "copytaster.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), program, "test", "-c", filepath.Join(folder, "copytaster.yaml"))
	run.Env, run.Dir = []string{}, folder
	if out, err := run.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("1 passed, 0 failed")) {
		t.Errorf("it says %s, %v", out, err)
	}
}

// compose is as much of the Compose specification as compose.yaml uses
// (https://github.com/compose-spec/compose-spec/blob/main/spec.md).
type compose struct {
	Name     string
	Services map[string]service
	Volumes  map[string]struct{}
}

type service struct {
	Build       struct{ Context, Dockerfile string }
	Image       string
	Hostname    string
	User        string
	Environment map[string]string
	Volumes     []string
	Ports       []string
	Tmpfs       []string
	DependsOn   map[string]struct{ Condition string } `yaml:"depends_on"`
	Healthcheck struct {
		Test              []string
		Interval, Timeout string
		Retries           int
	}
	ReadOnly    bool     `yaml:"read_only"`
	CapDrop     []string `yaml:"cap_drop"`
	SecurityOpt []string `yaml:"security_opt"`
	MemLimit    string   `yaml:"mem_limit"`
	ShmSize     string   `yaml:"shm_size"`
	PidsLimit   int      `yaml:"pids_limit"`
	StopGrace   string   `yaml:"stop_grace_period"`
	Restart     string
	Logging     struct {
		Driver  string
		Options map[string]string
	}
}

func composed(t *testing.T) (c compose) {
	t.Helper()
	decoder := yaml.NewDecoder(strings.NewReader(read(t, "compose.yaml")))
	decoder.KnownFields(true)
	if err := decoder.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCompose(t *testing.T) {
	c := composed(t)
	for name, s := range c.Services {
		if !s.ReadOnly || s.Restart != "unless-stopped" || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
			t.Errorf("%s: read only %v, restart %q, security %q", name, s.ReadOnly, s.Restart, s.SecurityOpt)
		}
		for _, volume := range s.Volumes {
			from, _, _ := strings.Cut(volume, ":")
			if _, err := os.Stat(from); strings.HasPrefix(from, ".") && err != nil {
				t.Errorf("%s: %v", name, err)
			} else if _, named := c.Volumes[from]; !named && !strings.HasPrefix(from, ".") {
				t.Errorf("%s: there is no volume %s", name, from)
			}
		}
		for other, on := range s.DependsOn {
			if on.Condition == "service_healthy" && len(c.Services[other].Healthcheck.Test) == 0 {
				t.Errorf("%s waits for the health of %s, which nobody looks at", name, other)
			}
		}
	}
	ours := c.Services["copytaster"]
	if _, err := os.Stat(filepath.Join(ours.Build.Context, ours.Build.Dockerfile)); err != nil {
		t.Error(err)
	}
	if !slices.Contains(ours.CapDrop, "ALL") || ours.MemLimit == "" || ours.User != lastOf(dockerfile(t), "USER") {
		t.Errorf("capabilities %q, memory %q, user %q", ours.CapDrop, ours.MemLimit, ours.User)
	}
	for _, port := range ours.Ports {
		if !strings.HasPrefix(port, "127.0.0.1:") {
			t.Errorf("port %s is open to everybody", port)
		}
	}
}

func lastOf(all []instruction, verb string) (args string) {
	for _, in := range all {
		if in.verb == verb {
			args = in.args
		}
	}
	return args
}

// The config of compose.yaml is right, in the environment that it gets there,
// and fits what is composed.
func TestComposedConfig(t *testing.T) {
	c := composed(t)
	ours := c.Services["copytaster"]
	env := func(name string) (string, bool) {
		value, set := ours.Environment[name]
		if _, wanted, ok := strings.Cut(value, ":?"); ok && strings.HasSuffix(wanted, "}") {
			value = "secret"
		}
		return value, set
	}
	cfg, err := config.Load("config/copytaster.yaml", env)
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Warnings) > 0 {
		t.Error(cfg.Warnings)
	}
	if want := "postgres://copytaster:secret@db/copytaster"; cfg.Storage != want {
		t.Errorf("storage %s, want %s", cfg.Storage, want)
	}
	if _, ok := c.Services["db"]; !ok {
		t.Error("there is no service db")
	}
	_, port, _ := strings.Cut(cfg.Listen, ":")
	if !slices.Contains(ours.Ports, "127.0.0.1:8460:"+port) || !strings.HasPrefix(cfg.Listen, "0.0.0.0:") {
		t.Errorf("it listens on %s, published are %q", cfg.Listen, ours.Ports)
	}
}

// The documents send people here.
func TestOperationsPointHere(t *testing.T) {
	text := read(t, "../docs/operations.md")
	for _, name := range []string{unit, "Dockerfile", "compose.yaml"} {
		if !strings.Contains(text, "deploy/"+name) {
			t.Errorf("docs/operations.md does not name deploy/%s", name)
		}
	}
	if strings.Contains(text, "ExecStart=") {
		t.Error("docs/operations.md prints a unit: it would differ from the one that is kept here")
	}
}
