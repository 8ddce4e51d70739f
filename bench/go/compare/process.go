// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const ticksPerSecond = 100 // USER_HZ, the same on every Linux that Bulla runs on

// process is a program that this one started, and ends.
type process struct {
	cmd   *exec.Cmd
	input io.Closer // held open: some end with it
}

// start runs a program; what it writes goes to a file. Only the main goroutine, whose thread stays, may call it: the
// kernel ends the program with the thread that started it.
func start(log string, env []string, program string, args ...string) (*process, error) {
	out, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Env = append(os.Environ(), env...)
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &process{cmd, input}, nil
}

func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		_ = p.cmd.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		_ = p.cmd.Process.Kill()
		<-done
	}
}

func (p *process) proc(file string) string {
	content, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), file))
	if err != nil {
		return ""
	}
	return string(content)
}

// cpu is the processor time that it used so far, in user and in kernel mode.
func (p *process) cpu() time.Duration {
	stat := p.proc("stat")
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * time.Second / ticksPerSecond
}

// memory is a line of /proc/PID/status, such as VmRSS, in MB.
func (p *process) memory(name string) float64 {
	for line := range strings.Lines(p.proc("status")) {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == name+":" {
			kb, _ := strconv.ParseFloat(fields[1], 64)
			return kb / 1024
		}
	}
	return 0
}

// jvmOptions are those that the launcher gave to a running Bulla, without what names its own archive of classes.
func (p *process) jvmOptions() []string {
	var options []string
	for _, arg := range bytes.Split([]byte(p.proc("cmdline")), []byte{0}) {
		option := string(arg)
		switch {
		case option == "-jar":
			return options
		case strings.HasPrefix(option, "-XX:SharedArchiveFile"), strings.HasPrefix(option, "-Xshare"), strings.HasPrefix(option, "-XX:AOT"):
		case strings.HasPrefix(option, "-X"):
			options = append(options, option)
		}
	}
	return options
}

// await looks often enough for what is timed, and seldom enough not to take a core from what it waits for.
func await(what string, limit time.Duration, ready func() bool) error {
	deadline := time.Now().Add(limit)
	for !ready() {
		if time.Now().After(deadline) {
			return fmt.Errorf("%s: not within %v", what, limit)
		}
		time.Sleep(2 * time.Millisecond)
	}
	return nil
}
