package bench

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/gradus-ml/gradus/kit/data"
)

//go:embed peer.py
var peerScript string

// peer is PyTorch in a process of its own, which waits for requests.
type peer struct {
	cmd     *exec.Cmd
	ask     io.WriteCloser
	answers *bufio.Reader
	errs    *bytes.Buffer
	version string
}

// startPeer starts the program with these settings in its environment, or says
// why there is none.
func startPeer(ctx context.Context, python string, settings ...string) (*peer, error) {
	cache, err := data.CacheDir()
	if err != nil {
		return nil, err
	}
	if err := exec.CommandContext(ctx, python, "-c", "import torch").Run(); err != nil {
		return nil, fmt.Errorf("%s cannot import torch; give another interpreter with --python, or install it (on Debian: apt-get install python3-torch libopenblas0)", python)
	}
	p := &peer{errs: &bytes.Buffer{}}
	p.cmd = exec.CommandContext(ctx, python, "-c", peerScript)
	p.cmd.Env = append(append(os.Environ(), "GRADUS_MNIST="+filepath.Join(cache, "mnist")), settings...)
	p.cmd.Stderr = p.errs
	if p.ask, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.answers = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	var hello struct {
		Torch, Device string
		Threads       int
	}
	if err := p.do(map[string]any{"do": "hello"}, &hello); err != nil {
		p.stop()
		return nil, err
	}
	p.version = fmt.Sprintf("%s on %s, threads %d", hello.Torch, hello.Device, hello.Threads)
	return p, nil
}

// do sends a request and reads its answer.
func (p *peer) do(request map[string]any, answer any) error {
	b, err := json.Marshal(request)
	if err != nil {
		return err
	}
	if _, err = p.ask.Write(append(b, '\n')); err == nil {
		b, err = p.answers.ReadBytes('\n')
	}
	if err != nil {
		lines := strings.Split(strings.TrimSpace(p.errs.String()), "\n")
		return fmt.Errorf("PyTorch's program ended: %s", lines[len(lines)-1])
	}
	return json.Unmarshal(b, answer)
}

// train trains a program.
func (p *peer) train(what program, how string, seed int) (r result, err error) {
	err = p.do(map[string]any{"do": "train", "how": how, "batch": what.batch, "width": what.width, "seed": seed, "epochs": what.epochs}, &r)
	return r, err
}

// stop ends the program.
func (p *peer) stop() {
	// It ends by itself when there are no more requests.
	if err := errors.Join(p.ask.Close(), p.cmd.Wait()); err != nil {
		_ = p.cmd.Process.Kill()
	}
}
