// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sys/unix"
)

const (
	slowest    = int64(10 * time.Second)
	openCaller = 64 // most calls under way in an open loop; beyond it they wait, and the wait counts
)

// load is a way to call: by so many callers, each as soon as it was answered, or at a fixed rate whatever the answers do.
type load struct {
	name    string
	callers int
	rate    float64 // calls a second; 0 for a closed loop
}

// block is one measurement: an arm under a load, for a second or so.
type block struct {
	Round   int     `json:"round"`
	Load    string  `json:"load"`
	Arm     string  `json:"arm"`
	Calls   int64   `json:"calls"`
	Errors  int64   `json:"errors"`
	Seconds float64 `json:"seconds"`
	P50     float64 `json:"p50us"`
	P99     float64 `json:"p99us"`
	P999    float64 `json:"p999us"`
	CPU     float64 `json:"cpuSeconds"`
	Void    bool    `json:"void,omitempty"`
}

func (b block) rate() float64 { return float64(b.Calls) / b.Seconds }

func (l load) run(t target, length time.Duration) (*hdrhistogram.Histogram, int64, time.Duration) {
	if l.rate > 0 {
		return open(t, l.rate, length)
	}
	return closed(t, l.callers, length)
}

func histogram() *hdrhistogram.Histogram { return hdrhistogram.New(100, slowest, 3) }

func closed(t target, callers int, length time.Duration) (*hdrhistogram.Histogram, int64, time.Duration) {
	histograms := make([]*hdrhistogram.Histogram, callers)
	var failed atomic.Int64
	var wait sync.WaitGroup
	begin := time.Now()
	for caller := range callers {
		histograms[caller] = histogram()
		wait.Go(func() {
			for call := caller; ; call++ {
				before := time.Now()
				if before.Sub(begin) >= length {
					return
				}
				if err := t(caller, call); err != nil {
					failed.Add(1)
				}
				_ = histograms[caller].RecordValue(min(slowest, int64(time.Since(before))))
			}
		})
	}
	wait.Wait()
	all := histograms[0]
	for _, h := range histograms[1:] {
		all.Merge(h)
	}
	return all, failed.Load(), time.Since(begin)
}

// open sends at the rate, each call on its own goroutine, and measures from the instant when it should have been sent: a
// stall of the server, or of the sender, is seen by all the calls that it delays.
func open(t target, rate float64, length time.Duration) (*hdrhistogram.Histogram, int64, time.Duration) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	free := make(chan int, openCaller)
	for caller := range openCaller {
		free <- caller
	}
	var mutex sync.Mutex
	var failed atomic.Int64
	var wait sync.WaitGroup
	all := histogram()
	begin := time.Now()
	calls := int(rate * length.Seconds())
	for call := range calls {
		intended := begin.Add(time.Duration(float64(call) / rate * 1e9))
		if ahead := time.Until(intended); ahead > 0 {
			// Go's own timers wake up to a millisecond late.
			pause := unix.NsecToTimespec(int64(ahead))
			_ = unix.Nanosleep(&pause, nil)
		}
		wait.Go(func() {
			caller := <-free
			if err := t(caller, call); err != nil {
				failed.Add(1)
			}
			took := int64(time.Since(intended))
			free <- caller
			mutex.Lock()
			defer mutex.Unlock()
			_ = all.RecordValue(min(slowest, max(0, took)))
		})
	}
	wait.Wait()
	return all, failed.Load(), time.Since(begin)
}

// measure runs one block of an arm.
func (l load) measure(round int, a *arm, length time.Duration) (block, error) {
	before := a.process.cpu()
	h, failed, took := l.run(a.target, length)
	micros := func(percentile float64) float64 { return float64(h.ValueAtQuantile(percentile)) / 1e3 }
	if failed == h.TotalCount() {
		return block{}, fmt.Errorf("%s: every call of a block failed", a.name)
	}
	return block{
		Round: round, Load: l.name, Arm: a.name, Calls: h.TotalCount(), Errors: failed, Seconds: took.Seconds(),
		P50: micros(50), P99: micros(99), P999: micros(99.9), CPU: (a.process.cpu() - before).Seconds(),
	}, nil
}
