// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// report is all that was measured.
type report struct {
	Commit  string  `json:"commit"`
	Date    string  `json:"date"`
	Machine string  `json:"machine"`
	Load    string  `json:"loadAverage"`
	Quick   bool    `json:"quick"`
	Blocks  []block `json:"blocks"`
	Starts  []cold  `json:"starts"`
	Sizes   []size  `json:"sizes"`

	Restarts []restart `json:"restarts"`
	Storms   []*storm  `json:"storms"`
}

// bar is a ratio that must not be beyond its limit.
type bar struct {
	what, of, to, load string
	limit              float64
	atLeast            bool
	figure             func(block) float64
}

func p50(b block) float64     { return b.P50 }
func p99(b block) float64     { return b.P99 }
func perCall(b block) float64 { return b.CPU / float64(max(1, b.Calls)) * 1e6 }

var bars = []bar{
	{"p50 against the Go plugin", armBulla, armGo, "c1", 0.70, false, p50},
	{"p99 against the Go plugin", armBulla, armGo, "c1", 0.80, false, p99},
	{"server CPU per call against the Go plugin", armBulla, armGo, "c1", 0.50, false, perCall},
	{"calls a second at 8 callers against the Go plugin", armBulla, armGo, "c8", 1.25, true, block.rate},
	{"calls a second at 64 callers against the Go plugin", armBulla, armGo, "c64", 1.25, true, block.rate},
	{"p50 against a null method", armBulla, armNull, "c1", 1.15, false, p50},
	{"p99 against a null method", armBulla, armNull, "c1", 1.25, false, p99},
	{"p50 against a raw echo", armBulla, armEcho, "c1", 10, false, p50},
}

func (r report) of(load, arm string) []block {
	var out []block
	for _, b := range r.Blocks {
		if b.Load == load && b.Arm == arm && !b.Void {
			out = append(out, b)
		}
	}
	return out
}

func machine() string {
	model := runtime.GOARCH
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
		}
	}
	return fmt.Sprintf("%d CPUs, %s", runtime.NumCPU(), model)
}

func loadAverage() string {
	load, _ := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(load))
	if len(fields) < 3 {
		return ""
	}
	return strings.Join(fields[:3], " ")
}

func verdict(b bar, i interval) string {
	switch {
	case b.atLeast && i.Value >= b.limit, !b.atLeast && i.Value <= b.limit:
		return "met"
	case b.atLeast && i.High >= b.limit, !b.atLeast && i.Low <= b.limit:
		return "missed, within the interval"
	default:
		return "**missed**"
	}
}

func medians(blocks []block, figure func(block) float64) float64 {
	var values []float64
	for _, b := range blocks {
		values = append(values, figure(b))
	}
	return median(values)
}

func (r report) table() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s, commit %s, %s, load average at the end %s.\n\n", r.Date, r.Commit, r.Machine, r.Load)
	out.WriteString("| Decrypt, warm | ratio | 95 % interval | bar | |\n|---|---|---|---|---|\n")
	for _, b := range bars {
		i := ratio(r.of(b.load, b.of), r.of(b.load, b.to), b.figure)
		sign := "≤"
		if b.atLeast {
			sign = "≥"
		}
		fmt.Fprintf(&out, "| %s | %.2f | %.2f – %.2f | %s %.2f | %s |\n", b.what, i.Value, i.Low, i.High, sign, b.limit, verdict(b, i))
	}
	out.WriteString("\n| load | arm | blocks (void) | calls/s | p50 µs | p99 µs | p99.9 µs | server CPU µs/call | failed |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, load := range r.loads() {
		for _, arm := range r.arms() {
			r.row(&out, load, arm)
		}
	}
	r.starting(&out)
	r.restarting(&out)
	r.storming(&out)
	return out.String()
}

func (r report) row(out *strings.Builder, load, arm string) {
	blocks := r.of(load, arm)
	void, failed := 0, int64(0)
	for _, b := range r.Blocks {
		if b.Load == load && b.Arm == arm {
			failed += b.Errors
			if b.Void {
				void++
			}
		}
	}
	fmt.Fprintf(out, "| %s | %s | %d (%d) | %.0f | %.0f | %.0f | %.0f | %.0f | %d |\n", load, arm, len(blocks), void,
		medians(blocks, block.rate), medians(blocks, p50), medians(blocks, p99), medians(blocks, func(b block) float64 { return b.P999 }), medians(blocks, perCall), failed)
}

func (r report) starting(out *strings.Builder) {
	out.WriteString("\n| start, median of " + fmt.Sprint(len(r.Starts)/max(1, len(r.started()))) + " (fastest) | socket answers, ms | Status ok and warm, ms | CPU until then, ms | first Decrypt, ms | in steady p50s |\n|---|---|---|---|---|---|\n")
	for _, arm := range r.started() {
		figure := func(f func(cold) float64) (float64, float64) {
			var values []float64
			for _, s := range r.Starts {
				if s.Arm == arm {
					values = append(values, f(s))
				}
			}
			least := values[0]
			for _, v := range values {
				least = min(least, v)
			}
			return median(values), least
		}
		answering, answeringLeast := figure(func(s cold) float64 { return s.Answering })
		ready, readyLeast := figure(func(s cold) float64 { return s.Ready })
		cpu, cpuLeast := figure(func(s cold) float64 { return s.CPU })
		first, firstLeast := figure(func(s cold) float64 { return s.First })
		steady := medians(r.of("c1", strings.TrimSuffix(arm, overTLS)), p50) / 1e3
		fmt.Fprintf(out, "| %s | %.0f (%.0f) | %.0f (%.0f) | %.0f (%.0f) | %.2f (%.2f) | %.1f |\n", arm, answering, answeringLeast, ready, readyLeast, cpu, cpuLeast, first, firstLeast, first/max(steady, 0.001))
	}
	if len(r.Sizes) > 0 {
		out.WriteString("\n| memory after a million calls and 10 s of rest | RSS, MB | peak, MB |\n|---|---|---|\n")
		for _, s := range r.Sizes {
			fmt.Fprintf(out, "| %s | %.1f | %.1f |\n", s.Arm, s.RSS, s.Peak)
		}
	}
}

func (r report) restarting(out *strings.Builder) {
	fmt.Fprintf(out, "\n| ended and started again under %d calls a second, from the intended instant | times | calls | failed | p50 µs | p99 ms | slowest ms |\n|---|---|---|---|---|---|---|\n", restartRate)
	for _, each := range r.Restarts {
		how := "alone"
		if each.Standby {
			how = "another stands by"
		}
		fmt.Fprintf(out, "| %s, %s | %d | %d | %d | %.0f | %.1f | %.0f |\n", each.Arm, how, each.Times, each.Calls, each.Failed, each.P50, each.P99, each.Slowest)
	}
}

func distinct(names func(yield func(string) bool)) []string {
	seen := map[string]bool{}
	var out []string
	for name := range names {
		if !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	return out
}

func (r report) loads() []string {
	return distinct(func(yield func(string) bool) {
		for _, b := range r.Blocks {
			if !yield(b.Load) {
				return
			}
		}
	})
}

// arms are those measured, in the order in which they are read best.
func (r report) arms() []string {
	var out []string
	for _, arm := range []string{armEcho, armNull, armBulla, armAWS, armVault, armGo} {
		for _, b := range r.Blocks {
			if b.Arm == arm {
				out = append(out, arm)
				break
			}
		}
	}
	return out
}

func (r report) started() []string {
	return distinct(func(yield func(string) bool) {
		for _, s := range r.Starts {
			if !yield(s.Arm) {
				return
			}
		}
	})
}

func (r report) write(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	content, err := json.Marshal(r)
	if err != nil {
		return err
	}
	// A block a line, so that two results can be compared.
	lines := strings.ReplaceAll(string(content), "},{", "},\n{") + "\n"
	if err := os.WriteFile(filepath.Join(folder, "results.json"), []byte(lines), 0o644); err != nil {
		return err
	}
	fmt.Print(r.table())
	if err := os.WriteFile(filepath.Join(folder, "results.md"), []byte(r.table()), 0o644); err != nil {
		return err
	}
	return r.plots(folder)
}
