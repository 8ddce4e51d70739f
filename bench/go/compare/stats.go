// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math/rand/v2"
	"slices"
)

const resamples = 2000

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

// interval is an estimate with its bootstrap 95 % interval.
type interval struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// ratio compares two arms by one figure of their blocks: the ratio of the medians. Blocks of one round belong together, and are
// drawn together.
func ratio(of, to []block, figure func(block) float64) interval {
	rounds := min(len(of), len(to))
	if rounds == 0 {
		return interval{}
	}
	estimate := func(pick func(int) int) float64 {
		var a, b []float64
		for i := range rounds {
			round := pick(i)
			a = append(a, figure(of[round]))
			b = append(b, figure(to[round]))
		}
		if m := median(b); m > 0 {
			return median(a) / m
		}
		return 0
	}
	random := rand.New(rand.NewPCG(1, 2))
	var drawn []float64
	for range resamples {
		drawn = append(drawn, estimate(func(int) int { return random.IntN(rounds) }))
	}
	slices.Sort(drawn)
	return interval{estimate(func(i int) int { return i }), drawn[resamples*25/1000], drawn[resamples*975/1000]}
}
