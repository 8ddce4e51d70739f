// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

const (
	restartRate   = 500
	restartLength = 6 * time.Second
	restartAfter  = 2 * time.Second
	standbyTime   = 4 * time.Second // until a second instance stands by, warm
)

// restart is an orderly end of a server under an open loop, and how its calls fared that while. Seconds count from the instant
// when a call should have been sent.
type restart struct {
	Arm     string  `json:"arm"`
	Standby bool    `json:"standby"` // whether another instance stood by; otherwise it is started once the first has ended
	Times   int     `json:"times"`
	Calls   int64   `json:"calls"`
	Failed  int64   `json:"failed"`
	P50     float64 `json:"p50us"`
	P99     float64 `json:"p99ms"`
	Slowest float64 `json:"slowestMs"`
}

// restarts ends each Bulla so many times with and without a standby. The bare Go plugin's key is gone when it ends.
func restarts(arms []*arm, times int, folder string) (all []restart, err error) {
	for _, a := range arms {
		if a.name != armBulla && a.name != armAWS && a.name != armVault {
			continue
		}
		for _, standby := range []bool{false, true} {
			result := restart{Arm: a.name, Standby: standby, Times: times}
			latencies := histogram()
			for range times {
				if err := a.restart(folder, &result, latencies); err != nil {
					return all, err
				}
			}
			result.Calls = latencies.TotalCount()
			result.P50 = float64(latencies.ValueAtQuantile(50)) / 1e3
			result.P99 = float64(latencies.ValueAtQuantile(99)) / 1e6
			result.Slowest = float64(latencies.Max()) / 1e6
			all = append(all, result)
		}
	}
	return all, nil
}

func (a *arm) restart(folder string, result *restart, latencies *hdrhistogram.Histogram) error {
	folder, err := os.MkdirTemp(folder, "restart")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	first := &arm{name: a.name, launch: a.launch}
	if _, _, err := first.begin(ctx, folder); err != nil {
		return err
	}
	defer func() { first.process.stop() }()
	if err := first.connect(ctx); err != nil {
		return err
	}
	first.warmUp()
	second := func() (*process, error) { return a.launch(first.socket, filepath.Join(folder, "second.log")) }
	var next *process
	if result.Standby {
		if next, err = second(); err != nil {
			return err
		}
		defer func() { next.stop() }()
		time.Sleep(standbyTime)
	}
	done := make(chan struct{})
	go func() {
		h, failed, _ := open(first.target, restartRate, restartLength)
		latencies.Merge(h)
		result.Failed += failed
		close(done)
	}()
	time.Sleep(restartAfter)
	first.process.stop()
	if !result.Standby {
		if next, err = second(); err != nil {
			return err
		}
		defer func() { next.stop() }()
	}
	<-done
	return nil
}
