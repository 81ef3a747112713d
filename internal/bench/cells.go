package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gradus-ml/gradus/internal/notebook"
)

// errNoPeer is for what only this project has.
var errNoPeer = errors.New("nothing to compare with")

// Cells of each kind. %d differs from cell to cell, or Go would find the program
// in its cache already.
const (
	declarations = `import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gradus-ml/gradus/kit"
	"github.com/gradus-ml/gradus/kit/device"
	"github.com/gradus-ml/gradus/kit/show"
)`
	plainCell = "%%%%\nfmt.Println(%d)"
	drawCell  = `%%%%
kit.Must(show.Bars("Bars", "name", "number", "Three bars.", []string{"a", "b", "c"}, []float64{1, 2, %d}).Display())`
	graphCell = `%%%%
backend := kit.Must1(device.Open())
exec := kit.Must1(graph.NewExec(backend, func(x *graph.Node) *graph.Node { return graph.AddScalar(x, %d) }))
fmt.Println(kit.Must1(exec.Call(float32(1)))[0])`
)

// cells measures the real kernel: what a student waits for after Shift+Enter.
func (m *measurer) cells(ctx context.Context) error {
	r, err := m.runner(ctx)
	if err != nil {
		m.skip("cells", err.Error())
		return nil
	}
	seconds := map[string][]float64{}
	for turn := range m.o.Runs {
		sources := []string{declarations + "\n" + fmt.Sprintf(drawCell, 100+turn)}
		kinds := []string{"first"}
		for i := range 5 {
			n := 1000*turn + i
			sources = append(sources, fmt.Sprintf(plainCell, n), fmt.Sprintf(drawCell, n), fmt.Sprintf(graphCell, n))
			kinds = append(kinds, "plain", "draw", "graph")
		}
		err := m.runCells(ctx, r, sources, func(c notebook.Cell) {
			kind := kinds[c.Number-1]
			seconds[kind] = append(seconds[kind], c.Seconds)
		})
		if err != nil {
			return err
		}
	}
	for _, kind := range []string{"first", "plain", "draw", "graph"} {
		m.add(row("cell_"+kind, "s", seconds[kind], nil, errNoPeer))
	}
	return nil
}

// runner is the lab's, if it is set up.
func (m *measurer) runner(ctx context.Context) (notebook.Runner, error) {
	if m.o.Lab == nil {
		return notebook.Runner{}, errors.New("there is no lab here; run `go run . setup` in a checkout")
	}
	return m.o.Lab.Runner(ctx)
}

// runCells executes cells of the given sources from a fresh kernel.
func (m *measurer) runCells(ctx context.Context, r notebook.Runner, sources []string, cell func(notebook.Cell)) error {
	dir, err := os.MkdirTemp("", "gradus-bench-cells-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a folder left in the temporary ones does no harm
	var cells []map[string]any
	for i, s := range sources {
		cells = append(cells, map[string]any{"cell_type": "code", "execution_count": nil, "metadata": map[string]any{}, "outputs": []any{}, "source": s, "id": fmt.Sprintf("cell-%d", i)})
	}
	b, err := json.Marshal(map[string]any{
		"cells": cells, "nbformat": 4, "nbformat_minor": 5,
		"metadata": map[string]any{"kernelspec": map[string]any{"name": "gradus", "display_name": "Go (Gradus)", "language": "go"}},
	})
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "bench.ipynb")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		return err
	}
	return r.Run(ctx, path, notebook.Options{Timeout: 5 * time.Minute}, func(c notebook.Cell, _ int) { cell(c) })
}
