package bench

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/gradus-ml/gradus/kit/show"
)

// scale measures how an epoch's time grows with the batch, with the width and
// with the cores, and draws it.
func (m *measurer) scale(ctx context.Context) error {
	var pictures []*show.Picture
	for _, axis := range []struct {
		name, label string
		values      []int
		program     func(v int) program
	}{
		{"batch", "examples a batch", []int{16, 64, 256, 1024}, func(v int) program { return program{width: course.width, batch: v, epochs: 1} }},
		{"width", "neurons in the first layer", []int{64, 256, 512, 1024, 2048}, func(v int) program { return program{width: v, batch: course.batch, epochs: 1} }},
		{"cores", "cores", cores(), func(int) program { return program{width: course.width, batch: course.batch, epochs: 1} }},
	} {
		kit, torch := show.Line{Name: "kit", Points: true}, show.Line{Name: "PyTorch", Points: true}
		for _, v := range axis.values {
			ours, theirs, err := m.scaled(ctx, axis.name, v, axis.program(v))
			if err != nil {
				return err
			}
			if len(ours) == 0 {
				continue
			}
			r := row(fmt.Sprintf("scale_%s_%d/torch_tight", axis.name, v), "s", ours, theirs, m.missed)
			m.add(r)
			kit.X, kit.Y = append(kit.X, float64(v)), append(kit.Y, r.Kit)
			if r.Peer != nil {
				torch.X, torch.Y = append(torch.X, float64(v)), append(torch.Y, *r.Peer)
			}
		}
		lines := []show.Line{kit}
		if len(torch.X) > 0 {
			lines = append(lines, torch)
		}
		if len(kit.X) > 1 {
			f := show.Frame{Title: "By " + axis.name, XLabel: axis.label, YLabel: "seconds an epoch", LogX: true, LogY: true, Alt: "Seconds an epoch by " + axis.label}
			if axis.name == "cores" {
				f.LogX, f.LogY = false, false
			}
			pictures = append(pictures, f.Curve(lines...).Sized(330, 260))
		}
	}
	if m.o.Picture == "" || len(pictures) == 0 {
		return nil
	}
	return show.Row("An epoch of MNIST", m.describe(), pictures...).Save(m.o.Picture)
}

// scaled lets both sides train one epoch of p in turns. For cores, each side is
// a process of its own that may use v of them.
func (m *measurer) scaled(ctx context.Context, axis string, v int, p program) (ours, theirs []float64, err error) {
	peer := m.peer
	if axis == "cores" {
		if m.o.Program == "" {
			m.skip("scale_cores", "there is no program to start")
			return nil, nil, nil
		}
		if peer != nil {
			if peer, err = startPeer(ctx, m.o.Python, fmt.Sprintf("GRADUS_CORES=%d", v)); err != nil {
				return nil, nil, err
			}
			defer peer.stop()
		}
	}
	for turn := range m.o.Runs {
		var r result
		if axis == "cores" {
			r, _, err = m.command(ctx, m.o.Program, []string{fmt.Sprintf("GOMAXPROCS=%d", v)}, m.training.Name, p, turn+1)
		} else {
			r, err = m.kitTrain(ctx, p, turn+1)
		}
		if err != nil {
			return nil, nil, err
		}
		ours = append(ours, r.Seconds...)
		if peer != nil {
			r, err := peer.train(p, "tight", turn+1)
			if err != nil {
				return nil, nil, err
			}
			theirs = append(theirs, r.Seconds...)
		}
	}
	m.trained = false // the networks are others now
	return ours, theirs, nil
}

// cores are 1, 2 and all.
func cores() []int {
	all := runtime.NumCPU()
	return slices.Compact([]int{1, min(2, all), all})
}

// describe puts the picture in words.
func (m *measurer) describe() string {
	var all []string
	for _, r := range m.rows {
		if what, ok := strings.CutPrefix(r.Name, "scale_"); ok {
			what, _, _ = strings.Cut(what, "/")
			all = append(all, fmt.Sprintf("%s %.2f s", strings.ReplaceAll(what, "_", " "), r.Kit))
		}
	}
	return "Seconds an epoch of the kit by batch, width and cores: " + strings.Join(all, ", ") + "."
}
