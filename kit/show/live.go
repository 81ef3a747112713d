package show

import (
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// Slot is a place under the cell whose picture can be replaced, for what changes
// while the cell runs. Outside a notebook only Final does anything: it shows the
// last picture.
type Slot struct {
	id   string
	last time.Time
}

// slotEvery is the least time between two pictures: more often is flicker.
const slotEvery = 400 * time.Millisecond

// NewSlot makes a place for changing pictures.
func NewSlot() *Slot { return &Slot{id: "show_" + gonbui.UniqueID()} }

// Update replaces the picture that f draws, unless the one before is so fresh
// that nobody has seen it: then f is not called.
func (s *Slot) Update(f func() *Picture) error {
	if !InNotebook() || time.Since(s.last) < slotEvery {
		return nil
	}
	return s.show(f())
}

// Final shows the last picture, which stays in the notebook.
func (s *Slot) Final(p *Picture) error {
	if !InNotebook() {
		return p.Display()
	}
	err := s.show(p)
	gonbui.Sync()
	return err
}

func (s *Slot) show(p *Picture) error {
	data, err := p.bundle()
	if err != nil {
		return err
	}
	s.last = time.Now()
	gonbui.SendData(&protocol.DisplayData{Data: data, DisplayID: s.id})
	return gonbui.Error()
}
