// SPDX-License-Identifier: Apache-2.0

// bulla-bench-compare measures servers against each other over Unix sockets, in shuffled blocks of one run, with
// kube-apiserver's own client. bench/compare builds all parts and runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"time"
)

// noise is how much worse than usual the echo's 99th percentile may be; beyond it the round is void.
const noise = 2

func init() {
	runtime.LockOSThread() // the servers end with the thread that started them
}

func main() {
	var p parts
	quick := flag.Bool("quick", false, "short: 4 minutes at most, no memory after a million calls")
	out := flag.String("out", "", "folder for the table, the JSON and the plots")
	commit := flag.String("commit", "", "what is measured")
	motoProgram := flag.String("moto", "", "moto's server, for Bulla with AWS KMS")
	baoProgram := flag.String("bao", "", "OpenBao's server, for Bulla with transit")
	flag.StringVar(&p.bulla, "bulla", "", "Bulla's launcher")
	flag.StringVar(&p.bin, "bin", "", "folder of this module's programs")
	flag.StringVar(&p.java, "java", "", "the JVM, for the null method")
	flag.StringVar(&p.classes, "classes", "", "class path of the bench's own server")
	flag.Parse()
	if err := run(p, *quick, *out, *commit, *motoProgram, *baoProgram); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(p parts, quick bool, out, commit, motoProgram, baoProgram string) (err error) {
	if p.folder, err = os.MkdirTemp("", "bulla-bench"); err != nil {
		return err
	}
	defer os.RemoveAll(p.folder)
	plan := planned(quick)
	arms, services, err := prepare(p, motoProgram, baoProgram)
	defer func() {
		for _, a := range arms {
			services = append(services, a.process)
		}
		for _, s := range services {
			if s != nil {
				s.stop()
			}
		}
	}()
	if err != nil {
		return err
	}
	report := report{Commit: commit, Date: time.Now().UTC().Format("2006-01-02 15:04 MST"), Machine: machine(), Quick: quick}
	for _, l := range loads(quick) {
		blocks, err := rounds(l, arms, plan)
		if err != nil {
			return err
		}
		report.Blocks = append(report.Blocks, blocks...)
	}
	if !quick {
		report.Sizes = sizes(arms, plan)
	}
	withTLS, fronts, err := p.tlsArms(arms)
	for _, front := range fronts {
		defer front.Close()
	}
	if err == nil {
		report.Starts, err = starts(append(slices.Clone(arms), withTLS...), plan.starts, p.folder)
	}
	if err == nil {
		report.Restarts, err = restarts(arms, plan.restarts, p.folder)
	}
	if err == nil {
		report.Storms, err = p.storms(arms, plan.storms)
	}
	report.Load = loadAverage()
	return errors.Join(err, report.write(out))
}

// prepare starts all servers, connects to them and warms them up.
func prepare(p parts, motoProgram, baoProgram string) (arms []*arm, services []*process, err error) {
	kek, err := p.localKek()
	if err != nil {
		return nil, nil, err
	}
	bulla := &arm{name: armBulla, launch: p.serve(armBulla, kek)}
	arms = []*arm{bulla, {name: armGo, launch: p.program("plugin")}, {name: armEcho, launch: p.program("echo")}}
	for _, remote := range []struct {
		arm, program string
		start        func(string) (*process, string, error)
	}{{armAWS, motoProgram, p.moto}, {armVault, baoProgram, p.bao}} {
		if remote.program == "" {
			continue
		}
		service, kek, err := remote.start(remote.program)
		services = append(services, service)
		if err != nil {
			return arms, services, err
		}
		arms = append(arms, &arm{name: remote.arm, launch: p.serve(remote.arm, kek), kek: kek})
	}
	ctx := context.Background()
	for i := 0; i < len(arms); i++ {
		a := arms[i]
		if _, _, err := a.begin(ctx, p.folder); err != nil {
			return arms, services, err
		}
		if a == bulla {
			arms = append(arms, &arm{name: armNull, launch: p.benchServer(a.process)})
		}
		if err := a.connect(ctx); err != nil {
			return arms, services, err
		}
		a.warmUp()
	}
	return arms, services, nil
}

// rounds measures each arm once a round, in shuffled order. A round in which the echo's tail was far from usual tells of the
// machine, not of the servers: it is void, and another one is run, up to a limit.
func rounds(l load, arms []*arm, p plan) (all []block, err error) {
	random := rand.New(rand.NewPCG(5, uint64(len(l.name))))
	for _, a := range arms {
		if _, err := l.measure(-1, a, p.warmUp/4); err != nil {
			return nil, err
		}
	}
	for round := 0; round < p.most && (round < p.rounds || valid(all, l.name) < p.rounds); round++ {
		for _, i := range random.Perm(len(arms)) {
			b, err := l.measure(round, arms[i], p.length)
			if err != nil {
				return nil, err
			}
			arms[i].calls += b.Calls
			all = append(all, b)
		}
		markVoid(all)
	}
	fmt.Printf("%s: %d rounds, %d valid\n", l.name, len(all)/len(arms), valid(all, l.name))
	return all, nil
}

func markVoid(blocks []block) {
	var tails []float64
	for _, b := range blocks {
		if b.Arm == armEcho {
			tails = append(tails, b.P99)
		}
	}
	usual := median(tails)
	void := map[int]bool{}
	for _, b := range blocks {
		if b.Arm == armEcho && b.P99 > noise*usual {
			void[b.Round] = true
		}
	}
	for i := range blocks {
		blocks[i].Void = void[blocks[i].Round]
	}
}

func valid(blocks []block, load string) int {
	n := 0
	for _, b := range blocks {
		if b.Load == load && b.Arm == armEcho && !b.Void {
			n++
		}
	}
	return n
}
