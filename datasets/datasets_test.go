package datasets

import (
	"slices"
	"strings"
	"testing"
)

func TestEveryDataSetHasAnEntryAndACard(t *testing.T) {
	if want := []string{"digits", "mnist", "startups"}; !slices.Equal(Names(), want) {
		t.Fatalf("Names() = %v; want %v", Names(), want)
	}
	for _, name := range Names() {
		e, err := Get(name)
		if err != nil {
			t.Fatal(err)
		}
		if e.Title == "" || e.Source == "" || e.Licence == "" || len(e.Dims) == 0 || len(e.Examples) < 2 {
			t.Errorf("%s: the entry is not complete: %+v", name, e)
		}
		for _, f := range e.Files {
			if len(f.SHA256) != 64 || f.Bytes == 0 {
				t.Errorf("%s: file %s has no digest or size", name, f.Name)
			}
		}
		card, err := Card(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"What it is.", "Where it comes from.", "Licence.", "What it is good for, and what not."} {
			if !strings.Contains(card, want) {
				t.Errorf("%s: the card has no part %q", name, want)
			}
		}
	}
	if _, err := Get("imagenet"); err == nil {
		t.Error("Get(imagenet) succeeded")
	}
	if _, err := Card("../datasets"); err == nil {
		t.Error("Card(../datasets) succeeded")
	}
}
