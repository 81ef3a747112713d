package lab

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/gradus-ml/gradus/internal/atomicfile"
	"github.com/gradus-ml/gradus/internal/processes"
)

// ServerOptions says how to start JupyterLab.
type ServerOptions struct {
	Host      string
	Port      int // the first to try
	NoBrowser bool
}

// FirstChapter is the notebook that the lab opens on.
const FirstChapter = "notebooks/00-start-here.ipynb"

// Serve runs JupyterLab until ctx ends, then ends it and every kernel.
func (l *Lab) Serve(ctx context.Context, o ServerOptions) error {
	j, err := l.Jupyter(ctx)
	if err != nil {
		return err
	}
	if j.Server == "" {
		return errors.New("the Python on this machine can run notebooks but has no JupyterLab or Notebook to show them; connect to a Python package index and run `go run . setup`")
	}
	port, err := freePort(o.Host, o.Port)
	if err != nil {
		return err
	}
	if port != o.Port {
		fmt.Fprintf(l.Out, "Port %d is taken; using %d\n", o.Port, port)
	}
	token, err := newToken()
	if err != nil {
		return err
	}
	if err := l.writeSettings(); err != nil {
		return err
	}
	processes.Adopt()
	cmd := exec.Command(j.Python, l.serverArgs(j, o, port)...)
	cmd.Dir = l.Root
	// The token goes through the environment: command lines are public.
	cmd.Env = append(l.Env(), "JUPYTER_TOKEN="+token)
	// What the server and the kernels have to say is for when something goes wrong.
	log, err := os.Create(l.path("jupyter.log"))
	if err != nil {
		return fmt.Errorf("the log of JupyterLab cannot be written: %w", err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // our Ctrl-C is not its own
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("JupyterLab does not start: %w", err)
	}
	url := fmt.Sprintf("http://%s/%s?token=%s", net.JoinHostPort(shownHost(o.Host), strconv.Itoa(port)), startPath(j), token)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	go l.announce(ctx, o, port, url)
	select {
	case err := <-ended:
		processes.End(processes.Orphans("gonb", "gopls"), time.Second)
		said, _ := os.ReadFile(log.Name())
		return fmt.Errorf("JupyterLab ended by itself (%v); the last it said, in %s:%s", err, log.Name(), tail(said))
	case <-ctx.Done():
	}
	fmt.Fprintln(l.Out, "\nEnding JupyterLab and its kernels…")
	stopServer(cmd.Process.Pid, ended)
	fmt.Fprintln(l.Out, "Ended. What was saved is in the checkout.")
	return nil
}

// serverArgs are the arguments for Python. Options of the server that JupyterLab
// and the classic Notebook share come from jupyter_server.
func (l *Lab) serverArgs(j Jupyter, o ServerOptions, port int) []string {
	app := "ServerApp"
	if j.Server == "notebook" && !j.Own {
		app = "NotebookApp" // Notebook 6, as Debian has it; later ones take both names
	}
	return []string{
		"-m", j.Server,
		"--" + app + ".ip=" + o.Host, "--" + app + ".port=" + strconv.Itoa(port), "--" + app + ".port_retries=0",
		"--" + app + ".open_browser=False", "--" + app + ".allow_root=" + pythonBool(os.Geteuid() == 0),
		"--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
		"--Application.log_level=WARN",
	}
}

func pythonBool(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

func startPath(j Jupyter) string {
	if j.Server == "notebook" {
		return "notebooks/" + FirstChapter
	}
	return "lab/tree/" + FirstChapter
}

// announce waits until the server answers, prints the address and opens it.
func (l *Lab) announce(ctx context.Context, o ServerOptions, port int, url string) {
	for range 300 {
		c, err := net.DialTimeout("tcp", net.JoinHostPort(dialHost(o.Host), strconv.Itoa(port)), time.Second)
		if err == nil {
			c.Close()
			fmt.Fprintf(l.Out, "\nGradus is at\n\n  %s\n\nCtrl-C ends it and every kernel. Its log is %s\n", url, l.path("jupyter.log"))
			if !o.NoBrowser {
				openBrowser(url)
			}
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// openBrowser asks the desktop to open a page; where there is none, the printed
// address has to do.
func openBrowser(url string) {
	name := "xdg-open"
	if runtime.GOOS == "darwin" {
		name = "open"
	}
	if p := look(name); p != "" {
		cmd := exec.Command(p, url)
		if cmd.Start() == nil {
			go func() { _ = cmd.Wait() }()
		}
	}
}

// stopServer ends the server politely, which lets it end its kernels, and then
// whatever it left: kernels, their gopls, and cells that still run.
func stopServer(pid int, ended <-chan error) {
	all := processes.Descendants(pid)
	_ = syscall.Kill(pid, syscall.SIGTERM)
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		_ = syscall.Kill(pid, syscall.SIGKILL)
		<-ended
	}
	processes.End(processes.Alive(all), 2*time.Second)
	processes.End(processes.Orphans("gonb", "gopls"), time.Second)
}

// freePort returns the first port from first on that can be listened on.
func freePort(host string, first int) (int, error) {
	if first < 1 || first > 65535 {
		return 0, fmt.Errorf("port %d does not exist; use 1 to 65535", first)
	}
	var err error
	for port := first; port < min(first+50, 65536); port++ {
		var c net.Listener
		c, err = net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		if err == nil {
			return port, c.Close()
		}
		var dns *net.DNSError
		if errors.As(err, &dns) || errors.Is(err, syscall.EADDRNOTAVAIL) {
			return 0, fmt.Errorf("this machine has no address %q; use 127.0.0.1, or 0.0.0.0 for all networks", host)
		}
		if errors.Is(err, syscall.EACCES) {
			return 0, fmt.Errorf("port %d needs special rights; use one above 1023", port)
		}
	}
	return 0, fmt.Errorf("no port from %d to %d is free: %w", first, first+49, err)
}

func shownHost(host string) string {
	if host == "0.0.0.0" || host == "::" || host == "" {
		if name, err := os.Hostname(); err == nil {
			return name
		}
	}
	return host
}

func dialHost(host string) string {
	if host == "0.0.0.0" || host == "::" || host == "" {
		return "127.0.0.1"
	}
	return host
}

func newToken() (string, error) {
	b := make([]byte, 24)
	if _, err := rand.Read(b); err != nil {
		return "", err
	}
	return hex.EncodeToString(b), nil
}

// writeSettings turns off the question about news, once: it would be the first
// thing that a student sees. Settings that are there are the user's.
func (l *Lab) writeSettings() error {
	path := l.path("config", "lab", "user-settings", "@jupyterlab", "apputils-extension", "notification.jupyterlab-settings")
	if exists(path) {
		return nil
	}
	return atomicfile.Write(filepath.Clean(path), []byte("{\n  \"fetchNews\": \"false\",\n  \"checkForUpdates\": false\n}\n"))
}
