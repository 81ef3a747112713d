package kit

import (
	"errors"
	"io"
	"os"
	"testing"
)

// capture runs f with stdout redirected and returns what it printed and the
// status it exited with (-1 when it did not).
func capture(t *testing.T, f func()) (out string, status int) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	oldOut, oldExit := os.Stdout, exit
	defer func() { os.Stdout, exit = oldOut, oldExit }()
	status = -1
	os.Stdout, exit = w, func(code int) { status = code }
	f()
	w.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), status
}

func TestMustPrintsOneLineOnStdoutAndExits(t *testing.T) {
	out, status := capture(t, func() { Must(errors.New("the file x is missing")) })
	if want := "error: the file x is missing\n"; out != want || status != 1 {
		t.Errorf("Must printed %q with status %d; want %q with status 1", out, status, want)
	}
}

func TestMustIsSilentWithoutError(t *testing.T) {
	out, status := capture(t, func() {
		Must(nil)
		if v := Must1(42, nil); v != 42 {
			t.Errorf("Must1(42, nil) = %d", v)
		}
		if a, b := Must2("a", 2, nil); a != "a" || b != 2 {
			t.Errorf("Must2 = %q, %d", a, b)
		}
	})
	if out != "" || status != -1 {
		t.Errorf("printed %q, status %d; want nothing", out, status)
	}
}
