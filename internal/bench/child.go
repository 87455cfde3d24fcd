package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
)

// How this binary is told to be a child: the task, and the file it works on.
const (
	taskEnv     = "COPYTASTER_BENCH_TASK"
	taskFileEnv = "COPYTASTER_BENCH_FILE"
	profileEnv  = "COPYTASTER_BENCH_PROFILE"
)

// runTask does a child's task and prints what it cost from here on: what a
// package does before main is not the task's.
func runTask(task, file string, std stdio) error {
	if task == taskDaemon {
		return runDaemon(file, std.in)
	}
	do, ok := bareTasks()[task]
	if !ok {
		return fmt.Errorf("no such task")
	}
	var work bareWork
	text, err := os.ReadFile(file) //nolint:gosec // the parent's file
	if err == nil {
		err = json.Unmarshal(text, &work)
	}
	if err != nil {
		return err
	}
	before := ownCPU()
	if err := do(&work); err != nil {
		return err
	}
	work.CPU = ownCPU() - before
	return json.NewEncoder(std.out).Encode(work)
}

// ownCPU is this process's user and system time.
func ownCPU() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails for a wrong argument only
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// runBare runs one of the bare tasks in a process of its own; work comes back
// with what it learnt.
func (b *bench) runBare(task string, work *bareWork) error {
	text, err := json.Marshal(work)
	if err != nil {
		return err
	}
	file := b.dir + "/" + task + ".json"
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return err
	}
	var answer bytes.Buffer
	cmd, err := b.child(task, file)
	if err != nil {
		return err
	}
	cmd.Stdout = &answer
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", task, err)
	}
	return json.Unmarshal(answer.Bytes(), work)
}

// child is this binary as another process.
func (b *bench) child(task, file string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self) //nolint:gosec,noctx // this very binary; whoever starts it ends it
	cmd.Env = append(os.Environ(), taskEnv+"="+task, taskFileEnv+"="+file, profileEnv+"="+b.profile)
	cmd.Stderr = b.err
	return cmd, nil
}

const taskDaemon = "daemon"

// runDaemon is the daemon on a config, until it is told to stop or the parent
// is gone.
func runDaemon(path string, parent io.Reader) (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, parent) // ends with the parent
		stop()
	}()
	if file := os.Getenv(profileEnv); file != "" {
		f, err := os.Create(file) //nolint:gosec // the user's file
		if err == nil {
			err = pprof.StartCPUProfile(f)
		}
		if err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	cfg, err := config.Load(path, os.LookupEnv)
	if err != nil {
		return err
	}
	log, err := os.Create(path + ".log") //nolint:gosec // beside the config
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	a, err := app.New(ctx, slog.New(slog.NewTextHandler(log, nil)),
		app.Options{Config: cfg, Getenv: os.LookupEnv, Output: io.Discard})
	if err != nil {
		return err
	}
	return errors.Join(a.Run(ctx), a.Close())
}

// daemon is a daemon that runs as a child.
type daemon struct{ cmd *exec.Cmd }

func (b *bench) startDaemon(path string) (*daemon, error) {
	cmd, err := b.child(taskDaemon, path)
	if err != nil {
		return nil, err
	}
	if _, err := cmd.StdinPipe(); err != nil { // which closes when we end
		return nil, err
	}
	return &daemon{cmd: cmd}, cmd.Start()
}

func (d *daemon) stop() error {
	err := d.cmd.Process.Signal(syscall.SIGTERM)
	return errors.Join(err, d.cmd.Wait())
}

// cpu is the daemon's user and system time so far (proc(5): fields 14 and 15
// of stat, in ticks of 10 ms).
func (d *daemon) cpu() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", d.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	var user, system int64
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		return 0, fmt.Errorf("read the CPU time of the daemon: %w", err)
	}
	return time.Duration(user+system) * 10 * time.Millisecond, nil
}

// memory is the daemon's resident set now and at its largest, in MB (proc(5):
// VmRSS and VmHWM of status).
func (d *daemon) memory() (now, peak float64, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.cmd.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		var kB float64
		switch name {
		case "VmRSS":
			_, err = fmt.Sscan(value, &kB)
			now = kB / 1024
		case "VmHWM":
			_, err = fmt.Sscan(value, &kB)
			peak = kB / 1024
		}
		if err != nil {
			return 0, 0, fmt.Errorf("read the memory of the daemon: %w", err)
		}
	}
	return now, peak, nil
}
