package bench

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/gradus-ml/gradus/kit/show"
)

// axis is something that an epoch's time grows with.
type axis struct {
	name, label string
	values      []int
	program     func(v int) program
}

func axes() []axis {
	return []axis{
		{"batch", "examples a batch", []int{16, 64, 256, 1024}, func(v int) program { return program{width: course.width, batch: v, epochs: 1} }},
		{"width", "neurons in the first layer", []int{64, 256, 512, 1024, 2048}, func(v int) program { return program{width: v, batch: course.batch, epochs: 1} }},
		{"cores", "cores", cores(), func(int) program { return program{width: course.width, batch: course.batch, epochs: 1} }},
	}
}

// scale measures how an epoch's time grows with the batch, with the width and
// with the cores, and draws it.
func (m *measurer) scale(ctx context.Context) error {
	for _, a := range axes() {
		for _, v := range a.values {
			ours, theirs, err := m.scaled(ctx, a.name, v, a.program(v))
			if err != nil {
				return err
			}
			if len(ours) > 0 {
				m.add(row(fmt.Sprintf("scale_%s_%d/torch_tight", a.name, v), "s", ours, theirs, m.missed))
			}
		}
	}
	if m.o.Picture == "" {
		return nil
	}
	return draw(m.rows).Save(m.o.Picture)
}

// draw is the picture of the rows that scale adds.
func draw(rows []Row) *show.Picture {
	var pictures []*show.Picture
	var words []string
	for _, a := range axes() {
		kit, torch := show.Line{Name: "kit", Points: true}, show.Line{Name: "PyTorch", Points: true}
		for _, r := range rows {
			var v float64
			if n, _ := fmt.Sscanf(r.Name, "scale_"+a.name+"_%g/", &v); n == 0 {
				continue
			}
			kit.X, kit.Y = append(kit.X, v), append(kit.Y, r.Kit)
			if r.Peer != nil {
				torch.X, torch.Y = append(torch.X, v), append(torch.Y, *r.Peer)
			}
			words = append(words, fmt.Sprintf("%s %g: %.2f s", a.name, v, r.Kit))
		}
		if len(kit.X) < 2 {
			continue // one core, for instance
		}
		lines := []show.Line{kit}
		if len(torch.X) > 0 {
			lines = append(lines, torch)
		}
		alt := "Seconds an epoch by " + a.label
		pictures = append(pictures, show.Frame{Title: "By " + a.name, XLabel: a.label, YLabel: "seconds an epoch", LogX: true, LogY: a.name != "cores", Alt: alt}.Curve(lines...).Sized(330, 260))
	}
	return show.Row("An epoch of MNIST", "Seconds an epoch of the kit: "+strings.Join(words, ", ")+".", pictures...)
}

// scaled lets both sides train one epoch of p in turns. For cores, each side is
// a process of its own that may use v of them.
func (m *measurer) scaled(ctx context.Context, name string, v int, p program) (ours, theirs []float64, err error) {
	peer := m.peer
	if name == "cores" {
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
		if name == "cores" {
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
