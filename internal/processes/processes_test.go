package processes

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

func TestDescendantsAreFoundAndEnded(t *testing.T) {
	// A shell that starts another, which ignores the polite signal.
	cmd := exec.Command("sh", "-c", `sh -c 'trap "" TERM; while :; do sleep 0.1; done' & wait`)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	var list []Process
	for range 100 {
		if list = Descendants(os.Getpid()); len(list) >= 2 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if len(list) < 2 {
		t.Fatalf("found %v; want the shell and what it started", list)
	}
	list = Descendants(cmd.Process.Pid)
	for _, p := range Descendants(os.Getpid()) {
		if p.PID == cmd.Process.Pid {
			list = append(list, p)
		}
	}
	End(list, 300*time.Millisecond)
	if left := Alive(list); len(left) > 0 {
		t.Errorf("still running: %v", left)
	}
}

func TestAnotherProcessOfTheSameNumberIsLeftAlone(t *testing.T) {
	self := Process{PID: os.Getpid(), started: "another time"}
	End([]Process{self}, 50*time.Millisecond) // would end this test
	if len(Alive([]Process{self})) != 0 {
		t.Error("a process of another time counts as alive")
	}
}
