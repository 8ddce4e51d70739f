// SPDX-License-Identifier: Apache-2.0

package main

import (
	"image/color"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

const (
	plotWidth  = 22 * vg.Centimeter
	plotHeight = 10 * vg.Centimeter
	boxWidth   = 11
)

var colours = map[string]color.RGBA{
	armEcho:  {160, 160, 160, 255},
	armNull:  {120, 170, 220, 255},
	armBulla: {200, 80, 40, 255},
	armAWS:   {230, 150, 60, 255},
	armVault: {235, 195, 90, 255},
	armGo:    {60, 150, 90, 255},
}

func (r report) plots(folder string) error {
	var closedLoads, openLoads []string
	for _, l := range r.loads() {
		if l[0] == 'c' {
			closedLoads = append(closedLoads, l)
		} else {
			openLoads = append(openLoads, l)
		}
	}
	for _, p := range []struct {
		file, title, y string
		loads          []string
		figure         func(block) float64
		log            bool
	}{
		{"p50.svg", "Decrypt, median latency of each block (c: callers, o: calls a second in an open loop)", "µs", r.loads(), p50, true},
		{"p99.svg", "Decrypt, 99th percentile of each block", "µs", r.loads(), p99, true},
		{"cpu.svg", "Processor time of the server for each call", "µs", r.loads(), perCall, false},
		{"throughput.svg", "Calls a second, as fast as they are answered", "calls/s", closedLoads, block.rate, true},
	} {
		if err := r.boxes(filepath.Join(folder, p.file), p.title, p.y, p.loads, p.figure, p.log); err != nil {
			return err
		}
	}
	return nil
}

// boxes draws a box for each arm under each load: quartiles, whiskers and outliers of its blocks.
func (r report) boxes(file, title, y string, loads []string, figure func(block) float64, logarithmic bool) error {
	p := plot.New()
	p.Title.Text, p.Y.Label.Text = title, y
	if logarithmic {
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: 0}
	} else {
		p.Y.Min = 0
	}
	p.Add(plotter.NewGrid())
	p.NominalX(loads...)
	p.Legend.Top, p.Legend.Left = true, true
	arms := r.arms()
	for i, arm := range arms {
		for at, load := range loads {
			var values plotter.Values
			for _, b := range r.of(load, arm) {
				values = append(values, figure(b))
			}
			if len(values) == 0 {
				continue
			}
			box, err := plotter.NewBoxPlot(vg.Points(boxWidth), float64(at), values)
			if err != nil {
				return err
			}
			box.Offset = vg.Points((float64(i) - float64(len(arms)-1)/2) * (boxWidth + 2))
			box.FillColor = colours[arm]
			box.GlyphStyle.Radius = vg.Points(1.5)
			p.Add(box)
		}
		swatch, err := plotter.NewPolygon(plotter.XYs{{X: 0, Y: 1}})
		if err != nil {
			return err
		}
		swatch.Color = colours[arm]
		p.Legend.Add(arm, swatch)
	}
	return p.Save(plotWidth, plotHeight, file)
}
