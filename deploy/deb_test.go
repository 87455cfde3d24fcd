package deploy

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// machine is a Debian system in a folder, where a package is installed.
type machine struct {
	t    *testing.T
	root string
}

// newMachine copies the Debian system that $COPYTASTER_ROOT names, and its package
// $COPYTASTER_DEB into it. `.ci/run package` makes both: they need a mirror and root.
func newMachine(t *testing.T) machine {
	t.Helper()
	deb, pristine := os.Getenv("COPYTASTER_DEB"), os.Getenv("COPYTASTER_ROOT")
	if deb == "" || pristine == "" {
		t.Skip("`.ci/run package` builds the package and installs it")
	}
	m := machine{t, filepath.Join(t.TempDir(), "root")}
	output(t, "cp", "-a", pristine, m.root)
	output(t, "cp", deb, m.path("/copytaster.deb"))
	return m
}

func (m machine) path(name string) string { return filepath.Join(m.root, name) }

// command is one in the system, as if a user had typed it.
func (m machine) command(ctx context.Context, user string, words ...string) *exec.Cmd {
	if user != "root" {
		words = append([]string{"setpriv", "--reuid", user, "--regid", user, "--clear-groups"}, words...)
	}
	cmd := exec.CommandContext(ctx, "/usr/bin/env", words...)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", "HOME=/"}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: m.root}
	return cmd
}

// do runs a command that has to succeed.
func (m machine) do(user string, words ...string) string {
	m.t.Helper()
	out, err := m.command(m.t.Context(), user, words...).CombinedOutput()
	if err != nil {
		m.t.Fatalf("%q: %v\n%s", words, err, out)
	}
	return string(out)
}

func (m machine) write(name, text string) {
	m.t.Helper()
	if err := os.WriteFile(m.path(name), []byte(text), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

// holds says how files of the system should be: "mode user group" or "absent".
func (m machine) holds(want map[string]string) {
	m.t.Helper()
	for name, mode := range want {
		got := "absent"
		if _, err := os.Lstat(m.path(name)); err == nil {
			got = strings.TrimSpace(m.do("root", "stat", "-c", "%a %U %G", name))
		}
		if got != mode {
			m.t.Errorf("%s is %s, want %s", name, got, mode)
		}
	}
}

// withSystemd lets maintainer scripts find a systemd, which writes down what it is asked.
func (m machine) withSystemd() {
	m.t.Helper()
	if err := os.MkdirAll(m.path("/run/systemd/system"), 0o755); err != nil {
		m.t.Fatal(err)
	}
	m.write("/usr/bin/systemctl", "#!/bin/sh\necho \"$*\" >>/asked\n[ \"$*\" = \"${*%is-enabled*}\" ] || echo enabled\n")
	m.do("root", "chmod", "755", "/usr/bin/systemctl")
}

var acts = regexp.MustCompile(`(?:^| )(preset|start|stop|restart|try-restart) copytaster\.service$`)

// asked returns what systemd was told to do with the daemon since the last call.
func (m machine) asked() (all string) {
	m.t.Helper()
	for line := range strings.Lines(read(m.t, m.path("/asked"))) {
		if act := acts.FindStringSubmatch(strings.TrimSpace(line)); act != nil {
			all += act[1] + " "
		}
	}
	m.write("/asked", "")
	return strings.TrimSpace(all)
}

// newer is the same package with a higher version.
func (m machine) newer(version string) string {
	m.t.Helper()
	folder, into := filepath.Join(m.t.TempDir(), "deb"), "/copytaster-newer.deb"
	output(m.t, "dpkg-deb", "-R", m.path("/copytaster.deb"), folder)
	control := filepath.Join(folder, "DEBIAN/control")
	text := regexp.MustCompile(`(?m)^Version: .*$`).ReplaceAllString(read(m.t, control), "Version: "+version)
	if err := os.WriteFile(control, []byte(text), 0o644); err != nil {
		m.t.Fatal(err)
	}
	output(m.t, "dpkg-deb", "-Znone", "-b", folder, m.path(into))
	return into
}

// start runs what the installed unit starts, as systemd does, until it says that it is ready.
// What is returned stops it.
func (m machine) start() (stop func()) {
	m.t.Helper()
	m.do("root", "install", "-d", "-m", "750", "-o", "copytaster", "-g", "copytaster", "/run/copytaster")
	var said bytes.Buffer
	listener, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: m.path("/run/notify"), Net: "unixgram"})
	if err != nil {
		m.t.Fatal(err)
	}
	defer func() { _, _ = listener.Close(), os.Remove(m.path("/run/notify")) }()
	m.do("root", "chmod", "777", "/run/notify")

	found := directives(read(m.t, m.path("/usr/lib/systemd/system/"+unit)))
	ctx, cancel := context.WithCancel(m.t.Context())
	daemon := m.command(ctx, found["User"][0], strings.Fields(found["ExecStart"][0])...)
	daemon.Env = append(daemon.Env, "STATE_DIRECTORY=/var/lib/copytaster", "RUNTIME_DIRECTORY=/run/copytaster", "NOTIFY_SOCKET=/run/notify")
	daemon.Stdout, daemon.Stderr = &said, &said
	daemon.Cancel = func() error { return daemon.Process.Signal(syscall.SIGTERM) }
	if err := daemon.Start(); err != nil {
		m.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		ended <- daemon.Wait()
		_ = listener.Close() // nothing more is said
	}()
	for buffer := make([]byte, 4096); ; {
		n, err := listener.Read(buffer)
		if err != nil {
			m.t.Fatalf("the daemon is not ready: %v, %v\n%s", err, <-ended, &said)
		}
		if strings.Contains(string(buffer[:n]), "READY=1") {
			break
		}
	}
	return func() {
		m.t.Helper()
		cancel()
		if err := <-ended; daemon.ProcessState.ExitCode() != 0 {
			m.t.Errorf("the daemon ends with %v\n%s", err, &said)
		}
	}
}

// status is what the daemon answers to a user.
func (m machine) status(user string) {
	m.t.Helper()
	var answer struct {
		Running bool
		Sources []json.RawMessage
	}
	text := m.do(user, "sh", "-c", "copytaster status --format json 2>/dev/null")
	if err := json.Unmarshal([]byte(text), &answer); err != nil || !answer.Running {
		m.t.Errorf("status says %v: %s", err, text)
	}
}

const notMuch = "storage: /var/lib/copytaster/copytaster.db\nlisten: \"\"\n"

// The life of a package: installed, configured, run, upgraded, removed, installed again and purged.
func TestPackageInstalled(t *testing.T) {
	m := newMachine(t)
	m.do("root", "dpkg", "-i", "/copytaster.deb") // as in a container that has no systemd
	enabled := "/etc/systemd/system/multi-user.target.wants/" + unit
	m.holds(map[string]string{enabled: "777 root root"}) // a link
	m.do("root", "dpkg", "-P", "copytaster")
	m.holds(map[string]string{enabled: "absent", "/etc/copytaster": "absent", "/var/lib/copytaster": "absent"})

	m.withSystemd()
	if said := m.do("root", "dpkg", "-i", "/copytaster.deb"); !strings.Contains(said, "copytaster init /etc/copytaster") {
		t.Errorf("nothing says what comes next: %s", said)
	}
	if acts := m.asked(); acts != "preset" { // which enables it
		t.Errorf("without a config systemd is told to %q", acts)
	}
	asInstalled := map[string]string{
		"/etc/copytaster": "2750 root copytaster", "/etc/copytaster/environment": "600 root root",
		"/var/lib/copytaster": "700 copytaster copytaster", "/usr/bin/copytaster": "755 root root",
	}
	m.holds(asInstalled)
	m.do("root", "copytaster", "init", "/etc/copytaster")
	m.do("copytaster", "copytaster", "check", "-c", "/etc/copytaster/copytaster.yaml") // it can be read
	m.write("/etc/copytaster/copytaster.yaml", notMuch)
	m.write("/etc/copytaster/environment", "SLACK_BOT_TOKEN=kept\n")
	stop := m.start()
	m.status("copytaster")

	m.do("root", "dpkg", "-i", m.newer("99"))
	if acts := m.asked(); acts != "try-restart" {
		t.Errorf("an upgrade tells systemd to %q", acts)
	}
	m.holds(asInstalled)
	if got := read(t, m.path("/etc/copytaster/environment")) + read(t, m.path("/etc/copytaster/copytaster.yaml")); got != "SLACK_BOT_TOKEN=kept\n"+notMuch {
		t.Errorf("an upgrade leaves of the config %q", got)
	}
	m.status("copytaster") // the one that was started before
	stop()
	stop = m.start()
	m.status("root")
	stop()

	m.do("root", "dpkg", "-r", "copytaster")
	if acts := m.asked(); acts != "stop" {
		t.Errorf("removal tells systemd to %q", acts)
	}
	m.holds(map[string]string{
		"/usr/bin/copytaster": "absent", "/etc/copytaster/copytaster.yaml": "640 root copytaster",
		"/etc/copytaster/environment": "600 root root", "/var/lib/copytaster/copytaster.db": "600 copytaster copytaster",
	})
	m.do("root", "dpkg", "-i", "/copytaster.deb")
	if acts := m.asked(); acts != "start" {
		t.Errorf("installed beside a config, systemd is told to %q", acts)
	}
	m.do("root", "dpkg", "-P", "copytaster")
	m.holds(map[string]string{
		"/etc/copytaster/environment": "absent", "/var/lib/copytaster": "absent",
		"/etc/copytaster/copytaster.yaml": "640 root copytaster", // somebody's work
	})
}

// What lies in the package is whole: it says what it is, completes, can be read about.
func TestPackageContents(t *testing.T) {
	m := newMachine(t)
	m.do("root", "dpkg", "-i", "/copytaster.deb")
	if said := m.do("root", "copytaster", "version"); strings.Contains(said, "unknown") || strings.Contains(said, "dev") {
		t.Errorf("it does not know what it is: %s", said)
	}
	m.do("root", "bash", "-n", "/usr/share/bash-completion/completions/copytaster")
	for _, name := range []string{"zsh/vendor-completions/_copytaster", "fish/vendor_completions.d/copytaster.fish"} {
		if !strings.Contains(read(t, m.path("/usr/share/"+name)), "copytaster") {
			t.Errorf("/usr/share/%s completes nothing", name)
		}
	}
	pages := m.do("root", "sh", "-c", "cd /usr/share/man/man1 && zcat copytaster.1.gz copytaster-*.1.gz")
	if n := strings.Count(pages, ".SH NAME"); n < 25 || !strings.Contains(pages, `copytaster\-deliveries\-retry`) {
		t.Errorf("there are %d manual pages", n)
	}
	if level := exposure(t, m.path("/usr/lib/systemd/system/"+unit)); level > mostExposed {
		t.Errorf("exposure %.1f, at most %.1f", level, mostExposed)
	}
	said := bufio.NewScanner(strings.NewReader(m.do("root", "dpkg", "--verify", "copytaster")))
	for said.Scan() {
		t.Error(said.Text())
	}
}

// exposure is what systemd-analyze finds of a unit, of 10.
func exposure(t *testing.T, name string) float64 {
	t.Helper()
	out := output(t, "systemd-analyze", "security", "--offline=true", "--no-pager", name)
	found := regexp.MustCompile(`Overall exposure level for \S+: ([\d.]+)`).FindStringSubmatch(out)
	if found == nil {
		t.Fatalf("systemd-analyze knows no offline check: %s", out)
	}
	level, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		t.Fatal(fmt.Errorf("read %q: %w", found[1], err))
	}
	return level
}
