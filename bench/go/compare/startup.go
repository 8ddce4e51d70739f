// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"k8s.io/apiserver/pkg/storage/value/encrypt/envelope/kmsv2"
	"k8s.io/kms/pkg/service"
)

// cold is one start of a server, in milliseconds from exec.
type cold struct {
	Arm       string  `json:"arm"`
	Answering float64 `json:"answeringMs"`
	Ready     float64 `json:"readyMs"`
	First     float64 `json:"firstDecryptMs"`
	CPU       float64 `json:"cpuMs"`
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }

// starts starts each server so many times, in shuffled order, and makes one Encrypt and one Decrypt as soon as it is ready.
func starts(arms []*arm, times int, folder string) ([]cold, error) {
	var all []cold
	random := rand.New(rand.NewPCG(3, 4))
	folder = filepath.Join(folder, "starts") // the servers that were compared still hold their own sockets
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, err
	}
	for range times {
		for _, i := range random.Perm(len(arms)) {
			if arms[i].name == armEcho || arms[i].name == armNull {
				continue
			}
			one := &arm{name: arms[i].name, launch: arms[i].launch}
			result, err := one.start(folder)
			if one.process != nil {
				one.process.stop()
			}
			if err != nil {
				return all, err
			}
			all = append(all, result)
		}
	}
	return all, nil
}

func (a *arm) start(folder string) (cold, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	answering, ready, err := a.begin(ctx, folder)
	if err != nil {
		return cold{}, err
	}
	result := cold{Arm: a.name, Answering: millis(answering), Ready: millis(ready), CPU: millis(a.process.cpu())}
	plugin, err := kmsv2.NewGRPCService(ctx, "unix://"+a.socket, "bench", callTimeout)
	if err != nil {
		return result, err
	}
	sealed, err := plugin.Encrypt(ctx, uid, make([]byte, 32))
	if err != nil {
		return result, err
	}
	before := time.Now()
	_, err = plugin.Decrypt(ctx, uid, &service.DecryptRequest{Ciphertext: sealed.Ciphertext, KeyID: sealed.KeyID, Annotations: sealed.Annotations})
	result.First = millis(time.Since(before))
	return result, err
}

// size is the memory of a server after its calls and a rest, in MB.
type size struct {
	Arm  string  `json:"arm"`
	RSS  float64 `json:"rssMB"`
	Peak float64 `json:"peakMB"`
}

// sizes tops each server up to so many calls, lets it rest, and reads its memory.
func sizes(arms []*arm, p plan) []size {
	for _, a := range arms {
		for a.name != armEcho && a.name != armNull && a.calls < p.calls {
			h, _, _ := closed(a.target, 64, time.Second)
			a.calls += h.TotalCount()
		}
	}
	time.Sleep(p.rest)
	var all []size
	for _, a := range arms {
		if a.name != armEcho && a.name != armNull {
			all = append(all, size{a.name, a.process.memory("VmRSS"), a.process.memory("VmHWM")})
		}
	}
	return all
}
