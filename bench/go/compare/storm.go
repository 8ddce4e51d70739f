// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"k8s.io/apiserver/pkg/storage/value/encrypt/envelope/kmsv2"
	"k8s.io/kms/pkg/service"
)

const (
	stormDeks    = 100
	seedsPerDek  = 100
	stormCallers = 64
	annotation   = "dek.bulla.dev"
	// A DEK is used up after so many; its successor is made at four fifths.
	sealsPerDek = "dek: { maxSeals: 140 }\n"
	makeLimit   = 2 * time.Minute
	stormRest   = 15 * time.Second // a kube-apiserver reads its first Secret some seconds after the plugin is ready
)

// storm is an API server's cold start, replayed: 10,000 seeds under 100 DEKs, 64 calls at a time, a KEK of 20 ms and 500/s.
type storm struct {
	Arm     string  `json:"arm"`
	Phase   string  `json:"phase"`
	Times   int     `json:"times"`
	Calls   int64   `json:"calls"`
	Failed  int64   `json:"failed"`
	Unwraps []int64 `json:"unwraps"` // the KEK's, each time
	Total   float64 `json:"totalMs"` // median
	P50     float64 `json:"p50us"`
	P99     float64 `json:"p99ms"`
	P999    float64 `json:"p999ms"`

	totals    []float64
	latencies *hdrhistogram.Histogram
}

// sealedSeed is what etcd holds of a seed, and what must come back.
type sealedSeed struct {
	plain   []byte
	request *service.DecryptRequest
}

// storms replays the cold start for each Bulla with a KEK service: at once after its start, and once it has kept itself warm
// for a while; then again with its DEKs warm; and after a restart once the DEKs noted in the journal were unwrapped.
func (p parts) storms(arms []*arm, times int) (all []*storm, err error) {
	for _, a := range arms {
		if a.kek == "" {
			continue
		}
		phases := []*storm{
			{Phase: "just started: cold"}, {Phase: "just started: warm"}, {Phase: "restarted, with journal"},
			{Phase: "started 15 s ago: cold"}, {Phase: "started 15 s ago: warm"},
		}
		for _, phase := range phases {
			phase.Arm, phase.Times, phase.latencies = a.name, times, histogram()
		}
		all = append(all, phases...)
		kek, service, err := pacedFor(a.kek)
		if err != nil {
			return all, err
		}
		err = p.storm(a, kek, service, times, phases)
		service.stop()
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

func (p parts) storm(a *arm, kek string, kekService *paced, times int, phases []*storm) error {
	folder, err := os.MkdirTemp(p.folder, "storm")
	if err != nil {
		return err
	}
	maker := &arm{name: a.name, launch: p.serve("maker", a.kek, sealsPerDek)}
	sealed, err := maker.makeSeeds(folder)
	if err != nil {
		return err
	}
	for range times {
		journal := filepath.Join(folder, "journal")
		_ = os.Remove(journal)
		launch := p.serve("storm", kek, "journal: { path: "+journal+" }\n")
		ready := func() error { return nil }
		if err := stormed(a.name, folder, launch, ready, func(plugin service.Service) {
			phases[0].replay(plugin, sealed, kekService)
			phases[1].replay(plugin, sealed, kekService)
		}); err != nil {
			return err
		}
		before := kekService.unwraps.Load()
		noted := func() error { return await("the journal's DEKs", startLimit, kekService.rest(before+stormDeks)) }
		if err := stormed(a.name, folder, launch, noted, func(plugin service.Service) {
			phases[2].replay(plugin, sealed, kekService)
		}); err != nil {
			return err
		}
		_ = os.Remove(journal)
		rested := func() error {
			time.Sleep(stormRest)
			return nil
		}
		if err := stormed(a.name, folder, launch, rested, func(plugin service.Service) {
			phases[3].replay(plugin, sealed, kekService)
			phases[4].replay(plugin, sealed, kekService)
		}); err != nil {
			return err
		}
	}
	for _, phase := range phases {
		phase.finish()
	}
	return nil
}

// stormed starts a server, waits until it is ready, and for what more its storm is to find, and gives it to its storm.
func stormed(name, folder string, launch func(socket, log string) (*process, error), settled func() error, replay func(service.Service)) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	one := &arm{name: name, launch: launch}
	defer func() {
		if one.process != nil {
			one.process.stop()
		}
	}()
	if _, _, err := one.begin(ctx, folder); err != nil {
		return err
	}
	if err := settled(); err != nil {
		return err
	}
	plugin, err := kmsv2.NewGRPCService(ctx, "unix://"+one.socket, "bench", callTimeout)
	if err != nil {
		return err
	}
	replay(plugin)
	return nil
}

// makeSeeds has so many seeds sealed under each of so many DEKs.
func (a *arm) makeSeeds(folder string) ([][]sealedSeed, error) {
	ctx, cancel := context.WithTimeout(context.Background(), makeLimit)
	defer cancel()
	if _, _, err := a.begin(ctx, folder); err != nil {
		return nil, err
	}
	defer func() { a.process.stop() }()
	plugin, err := kmsv2.NewGRPCService(ctx, "unix://"+a.socket, "bench", callTimeout)
	if err != nil {
		return nil, err
	}
	made := map[string][]sealedSeed{}
	var full [][]sealedSeed
	for len(full) < stormDeks {
		if ctx.Err() != nil {
			return nil, errors.New("not enough DEKs within " + makeLimit.String())
		}
		plain := make([]byte, 32)
		_, _ = rand.Read(plain)
		answer, err := plugin.Encrypt(ctx, uid, plain)
		if err != nil {
			time.Sleep(time.Millisecond) // used up before its successor was there
			continue
		}
		dek := string(answer.Annotations[annotation])
		if len(made[dek]) < seedsPerDek {
			made[dek] = append(made[dek], sealedSeed{plain, &service.DecryptRequest{
				Ciphertext: answer.Ciphertext, KeyID: answer.KeyID, Annotations: maps.Clone(answer.Annotations)}})
			if len(made[dek]) == seedsPerDek {
				full = append(full, made[dek])
			}
		}
	}
	return full, nil
}

// replay has each seed opened once, in an order that is not that of the DEKs: an API server reads by name.
func (s *storm) replay(plugin service.Service, sealed [][]sealedSeed, kek *paced) {
	var failed atomic.Int64
	var mutex sync.Mutex
	var wait sync.WaitGroup
	unwraps := kek.unwraps.Load()
	begin := time.Now()
	for caller := range stormCallers {
		wait.Go(func() {
			own := histogram()
			for at := caller; at < stormDeks*seedsPerDek; at += stormCallers {
				seed := sealed[at%stormDeks][at/stormDeks]
				before := time.Now()
				got, err := plugin.Decrypt(context.Background(), uid, seed.request)
				_ = own.RecordValue(min(slowest, int64(time.Since(before))))
				if err != nil || !bytes.Equal(got, seed.plain) {
					failed.Add(1)
				}
			}
			mutex.Lock()
			defer mutex.Unlock()
			s.latencies.Merge(own)
		})
	}
	wait.Wait()
	s.totals = append(s.totals, millis(time.Since(begin)))
	s.Failed += failed.Load()
	s.Unwraps = append(s.Unwraps, kek.unwraps.Load()-unwraps)
}

func (s *storm) finish() {
	s.Calls = s.latencies.TotalCount()
	s.Total = median(s.totals)
	s.P50 = float64(s.latencies.ValueAtQuantile(50)) / 1e3
	s.P99 = float64(s.latencies.ValueAtQuantile(99)) / 1e6
	s.P999 = float64(s.latencies.ValueAtQuantile(99.9)) / 1e6
}

func (r report) storming(out *strings.Builder) {
	if len(r.Storms) == 0 {
		return
	}
	fmt.Fprintf(out, "\n| %d seeds under %d DEKs, %d calls at a time, KEK of %v and %v/s | times | failed | KEK's unwraps | all, ms (median) | p50 µs | p99 ms | p99.9 ms |\n|---|---|---|---|---|---|---|---|\n",
		stormDeks*seedsPerDek, stormDeks, stormCallers, kekLatency, int(time.Second/kekInterval))
	for _, s := range r.Storms {
		fmt.Fprintf(out, "| %s, %s | %d | %d | %s | %.0f | %.0f | %.1f | %.1f |\n", s.Arm, s.Phase, s.Times, s.Failed,
			strings.Trim(fmt.Sprint(s.Unwraps), "[]"), s.Total, s.P50, s.P99, s.P999)
	}
}
