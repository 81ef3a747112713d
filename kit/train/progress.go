package train

import (
	"fmt"
	"html"
	"io"
	"os"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Progress returns the observer that [Fit] uses by default. Where w is a
// terminal it shows a bar; in a notebook one line that is updated in place;
// anywhere else (a log, CI) one plain line an epoch. A nil w means standard
// output; nothing is ever written to standard error.
func Progress(w io.Writer) Observer {
	if w == nil && gonbui.IsNotebook {
		return &notebookProgress{progressBase: progressBase{w: os.Stdout}, id: "train_" + gonbui.UniqueID()}
	}
	if w == nil {
		w = os.Stdout
	}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return &barProgress{progressBase: progressBase{w: w}}
	}
	return &progressBase{w: w}
}

// progressBase prints a line an epoch.
type progressBase struct {
	w    io.Writer
	plan Plan
}

func (p *progressBase) Begin(plan Plan) {
	p.plan = plan
	if plan.FirstEpoch > 1 || plan.FirstStep > 0 {
		fmt.Fprintf(p.w, "resuming run %s at epoch %d of %d, step %d of %d\n", plan.Run, plan.FirstEpoch, plan.Epochs, plan.FirstStep, plan.StepsPerEpoch)
	}
}

func (p *progressBase) Step(Step) {}

func (p *progressBase) EpochEnd(e Epoch, seconds float64) {
	fmt.Fprintf(p.w, "epoch %d/%d  %s\n", e.Epoch, p.plan.Epochs, p.describe(e, seconds))
}

func (p *progressBase) End(error) {}

// describe puts an epoch's numbers in a line.
func (p *progressBase) describe(e Epoch, seconds float64) string {
	s := fmt.Sprintf("loss %.4f", e.TrainLoss)
	if p.plan.Classes {
		s += fmt.Sprintf("  accuracy %.4f", e.TrainAccuracy)
	}
	if p.plan.Validation {
		s += fmt.Sprintf("  validation loss %.4f", e.ValidationLoss)
		if p.plan.Classes {
			s += fmt.Sprintf("  accuracy %.4f", e.ValidationAccuracy)
		}
	}
	return s + fmt.Sprintf("  %.1f s", seconds)
}

// barProgress adds a bar for the epoch that is under way.
type barProgress struct {
	progressBase
	bar  *progressbar.ProgressBar
	last time.Time
}

func (p *barProgress) Step(s Step) {
	if p.bar == nil {
		p.bar = progressbar.NewOptions(p.plan.StepsPerEpoch,
			progressbar.OptionSetWriter(p.w),
			progressbar.OptionSetWidth(30),
			progressbar.OptionShowCount(),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionSetElapsedTime(true),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish(),
		)
	}
	if time.Since(p.last) > 100*time.Millisecond {
		p.last = time.Now()
		p.bar.Describe(fmt.Sprintf("epoch %d/%d  loss %.4f", s.Epoch, p.plan.Epochs, s.MeanLoss))
	}
	_ = p.bar.Set(s.Step) // only fails past the end
}

func (p *barProgress) EpochEnd(e Epoch, seconds float64) {
	p.clear()
	p.progressBase.EpochEnd(e, seconds)
}

func (p *barProgress) End(error) { p.clear() }

func (p *barProgress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear() // a terminal that cannot be cleared is no reason to stop
		p.bar = nil
	}
}

// notebookProgress updates one line under the cell.
type notebookProgress struct {
	progressBase
	id   string
	last time.Time
	text string
}

// updateEvery keeps a notebook's page from being flooded.
const updateEvery = 250 * time.Millisecond

func (p *notebookProgress) Begin(plan Plan) {
	p.plan = plan
	p.show(fmt.Sprintf("run %s: %d examples, %d steps an epoch", plan.Run, plan.Examples, plan.StepsPerEpoch))
}

func (p *notebookProgress) Step(s Step) {
	if time.Since(p.last) < updateEvery {
		return
	}
	text := fmt.Sprintf("epoch %d/%d  %3d %%  loss %.4f", s.Epoch, p.plan.Epochs, 100*s.Step/p.plan.StepsPerEpoch, s.MeanLoss)
	if p.plan.Classes {
		text += fmt.Sprintf("  accuracy %.4f", s.MeanAccuracy)
	}
	p.show(text)
}

func (p *notebookProgress) EpochEnd(e Epoch, seconds float64) {
	p.show(fmt.Sprintf("epoch %d/%d  %s", e.Epoch, p.plan.Epochs, p.describe(e, seconds)))
}

func (p *notebookProgress) End(err error) {
	if err != nil {
		p.show(p.text + " (stopped)")
	}
	gonbui.Sync()
}

// show replaces the line.
func (p *notebookProgress) show(text string) {
	p.last, p.text = time.Now(), text
	gonbui.SendData(&protocol.DisplayData{
		Data: map[protocol.MIMEType]any{
			protocol.MIMETextHTML:  "<pre>" + html.EscapeString(text) + "</pre>",
			protocol.MIMETextPlain: text,
		},
		DisplayID: p.id,
	})
}
