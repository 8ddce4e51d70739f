// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/apiserver/pkg/storage/value/encrypt/envelope/kmsv2"
)

const (
	armEcho  = "echo"
	armNull  = "null"
	armBulla = "bulla"
	armGo    = "go"
	armAWS   = "bulla-aws"
	armVault = "bulla-vault"

	startLimit = 60 * time.Second
	warmCalls  = 60_000
)

// arm is one of the servers that are compared.
type arm struct {
	name    string
	socket  string
	process *process
	target  target
	launch  func(socket, log string) (*process, error)
	kek     string // configuration of its KEK, where a service holds it
	calls   int64
}

// parts are what the driver was told to compare.
type parts struct {
	bulla   string // the launcher
	bin     string // this module's programs
	java    string
	classes string // class path of bench's own server
	folder  string // for sockets, keys and logs
}

func (p parts) write(name, content string) (string, error) {
	file := filepath.Join(p.folder, name)
	return file, os.WriteFile(file, []byte(content), 0o600)
}

// serve gives the launch of a Bulla with that KEK, and more lines of configuration.
func (p parts) serve(name, kek string, more ...string) func(socket, log string) (*process, error) {
	return func(socket, log string) (*process, error) {
		config, err := p.write(name+".yaml", fmt.Sprintf(
			"scope: bench\nsocket: { path: %s, mode: \"0600\", allowedUids: [%d] }\nkeks:\n  - name: primary\n    role: write\n    %s\n%s", socket, os.Getuid(), kek, strings.Join(more, "")))
		if err != nil {
			return nil, err
		}
		return start(log, []string{"NOTIFY_SOCKET=" + notifySocket(socket)}, p.bulla, "serve", "--config", config)
	}
}

func (p parts) localKek() (string, error) {
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	file, err := p.write("kek", string(key))
	return "local: { keyFile: " + file + " }", err
}

func (p parts) program(name string) func(socket, log string) (*process, error) {
	return func(socket, log string) (*process, error) {
		return start(log, nil, filepath.Join(p.bin, name), socket)
	}
}

// benchServer runs Bulla's own server, with the null method, under the options of the running Bulla.
func (p parts) benchServer(bulla *process) func(socket, log string) (*process, error) {
	return func(socket, log string) (*process, error) {
		args := append(bulla.jvmOptions(), "--enable-native-access=ALL-UNNAMED", "-cp", p.classes, "dev.bulla.bench.BenchServer", socket, filepath.Join(p.folder, "kek"))
		return start(log, []string{"MALLOC_ARENA_MAX=1", "MALLOC_MMAP_THRESHOLD_=16384"}, p.java, args...)
	}
}

// begin starts the arm's server and waits until it is ready; both times count from exec.
func (a *arm) begin(ctx context.Context, folder string) (answering, ready time.Duration, err error) {
	a.socket = filepath.Join(folder, a.name+".sock")
	_ = os.Remove(a.socket)
	notices, err := listen(a.socket)
	if err != nil {
		return 0, 0, err
	}
	defer notices.close()
	begin := time.Now()
	if a.process, err = a.launch(a.socket, filepath.Join(folder, a.name+".log")); err != nil {
		return 0, 0, err
	}
	err = await(a.name+": its socket", startLimit, func() bool {
		_, err := os.Stat(a.socket)
		return err == nil
	})
	if err != nil || a.name == armEcho || a.name == armNull {
		return time.Since(begin), time.Since(begin), err
	}
	plugin, err := kmsv2.NewGRPCService(ctx, "unix://"+a.socket, "bench", callTimeout)
	if err != nil {
		return 0, 0, err
	}
	isOk := func() bool {
		s, err := plugin.Status(ctx)
		return err == nil && s.Healthz == "ok"
	}
	ok := isOk()
	answering = time.Since(begin)
	if !ok {
		if err := notices.ready(startLimit); err != nil {
			return answering, 0, fmt.Errorf("%s: not ready within %v: %w", a.name, startLimit, err)
		}
		err = await(a.name+": Status ok", startLimit, isOk)
	}
	return answering, time.Since(begin), err
}

// connect makes the arm callable.
func (a *arm) connect(ctx context.Context) (err error) {
	switch a.name {
	case armEcho:
		a.target, err = echo(a.socket, openCaller)
	case armNull:
		a.target, err = null(ctx, a.socket)
	default:
		a.target, err = kms(ctx, a.socket)
	}
	return err
}

// warmUp calls until the compiler has done its work: so many times, however long a busy machine takes.
func (a *arm) warmUp() {
	for called := int64(0); called < warmCalls; {
		h, _, _ := closed(a.target, 8, time.Second)
		called += h.TotalCount()
	}
}
