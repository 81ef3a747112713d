package train

// Plan is what an observer learns before the first step.
type Plan struct {
	Run           string
	Dir           string // the run folder
	Epochs        int    // in all
	FirstEpoch    int    // 1, or more when a run is resumed
	FirstStep     int    // steps of FirstEpoch that were done before, when resumed
	StepsPerEpoch int
	Examples      int
	Validation    bool   // whether epochs are validated
	Classes       bool   // whether accuracies are measured
	Loss          string // Options.Loss, such as CrossEntropy
	History       []Epoch
}

// Step is one training step.
type Step struct {
	Epoch int     // from 1
	Step  int     // within the epoch, from 1
	Loss  float64 // of this batch
	// MeanLoss and MeanAccuracy (a fraction) are over the epoch so far.
	MeanLoss, MeanAccuracy float64
}

// Observer is told of a run as it happens. Its methods are called one at a time,
// from the goroutine that trains, and should return quickly.
type Observer interface {
	Begin(Plan)
	Step(Step)
	// EpochEnd comes after validation; seconds is how long the epoch took.
	EpochEnd(e Epoch, seconds float64)
	// End comes last, with the error that ended the run early, if one did.
	End(err error)
}

// observers tells several observers.
type observers []Observer

func (all observers) Begin(p Plan) {
	for _, o := range all {
		o.Begin(p)
	}
}

func (all observers) Step(s Step) {
	for _, o := range all {
		o.Step(s)
	}
}

func (all observers) EpochEnd(e Epoch, seconds float64) {
	for _, o := range all {
		o.EpochEnd(e, seconds)
	}
}

func (all observers) End(err error) {
	for _, o := range all {
		o.End(err)
	}
}
