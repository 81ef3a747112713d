package device

import (
	"runtime"
	"strings"
	"testing"
)

func TestOpenReturnsTheSameBackendEachTime(t *testing.T) {
	t.Setenv("GOMLX_BACKEND", "go")
	a, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	b, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	if a != b {
		t.Error("Open returned two backends; want one")
	}
	d, err := Info()
	if err != nil {
		t.Fatal(err)
	}
	if d.Name != "go" || d.GPU || d.Parallelism < 1 || !strings.Contains(d.Description, "pure Go") {
		t.Errorf("Info() = %+v", d)
	}
}

func TestUnknownBackendIsRefusedWithTheListOfWhatExists(t *testing.T) {
	for _, config := range []string{"tpu9", "tpu9:fast", "Go"} {
		_, err := open(config)
		if err == nil {
			t.Errorf("open(%q) succeeded", config)
			continue
		}
		for _, want := range []string{config, "it has: go", "unset GOMLX_BACKEND"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("open(%q): %q does not say %q", config, err, want)
			}
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("open(%q): the error has several lines: %q", config, err)
		}
	}
}

func TestXLAThatCannotStartSaysHowToGoOnWithout(t *testing.T) {
	_, err := open("xla:/nowhere/plugin.so")
	if err == nil {
		t.Fatal("a plugin that does not exist was opened")
	}
	if !strings.Contains(err.Error(), "kernel \"Go (Gradus") || strings.Contains(err.Error(), "\n") {
		t.Errorf("error is %q; want one sentence that names the kernel to choose", err)
	}
}

func TestWhatTheMachineTells(t *testing.T) {
	if CPU() == "" {
		t.Error("the processor has no name")
	}
	if runtime.GOOS == "linux" {
		ballast := make([]byte, 64<<20)
		for i := range ballast {
			ballast[i] = 1
		}
		if peak := PeakMemory(); peak < 64<<20 || peak > 64<<30 {
			t.Errorf("the peak is %d bytes, with %d in use", peak, len(ballast))
		}
	}
}
