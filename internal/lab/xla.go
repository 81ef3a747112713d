package lab

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/gradus-ml/gradus/internal/atomicfile"
)

// requirementsXLA pins the Python package that carries XLA's plugin, by hash.
//
//go:embed requirements-xla.txt
var requirementsXLA string

// pluginPathEnv is where go-xla looks for plugins: folders, like PATH. It
// replaces go-xla's own list.
const pluginPathEnv = "PJRT_PLUGIN_LIBRARY_PATH"

// pluginDir is where the set-up puts the plugin: the package's own folder.
func (l *Lab) pluginDir() string { return l.path("pjrt", "lammps_jax_pjrt_cpu") }

// PluginPath is the value of PJRT_PLUGIN_LIBRARY_PATH under the lab: the user's,
// or the folders that go-xla's installer uses, and then the lab's own.
func (l *Lab) PluginPath() string {
	dirs := filepath.SplitList(os.Getenv(pluginPathEnv))
	if len(dirs) == 0 {
		if home, err := os.UserHomeDir(); err == nil {
			dirs = append(dirs, filepath.Join(home, ".local", "lib", "go-xla"), filepath.Join(home, "Library", "Application Support", "go-xla"))
		}
		dirs = append(dirs, "/usr/local/lib/go-xla")
	}
	return strings.Join(append(dirs, l.pluginDir()), string(os.PathListSeparator))
}

// PluginEnv is that setting for a program's environment.
func (l *Lab) PluginEnv() string { return pluginPathEnv + "=" + l.PluginPath() }

// Plugins lists the PJRT plugins that the lab's programs can load.
func (l *Lab) Plugins() []string {
	var found []string
	for _, dir := range filepath.SplitList(l.PluginPath()) {
		for _, pattern := range []string{"*pjrt*.so", "*pjrt*.dylib"} {
			files, _ := filepath.Glob(filepath.Join(dir, pattern)) // a folder's name is no pattern that could be bad
			found = append(found, files...)
		}
	}
	return found
}

// setUpXLA installs XLA's plugin for the CPU from the Python package index.
func (l *Lab) setUpXLA(ctx context.Context) (string, bool, error) {
	d := digest(requirementsXLA)
	plugin := filepath.Join(l.pluginDir(), "pjrt_c_api_cpu_plugin.so")
	if l.stamped("xla", d) && exists(plugin) {
		return "the CPU's plugin in .lab/pjrt", true, nil
	}
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		return "", false, fmt.Errorf("the package index has XLA's plugin for Linux on amd64 only, this is %s on %s; docs/xla.md names other ways", runtime.GOOS, runtime.GOARCH)
	}
	j, err := l.Jupyter(ctx)
	if err != nil {
		return "", false, err
	}
	list, dir := l.path("requirements-xla.txt"), l.path("pjrt")
	if err := errors.Join(os.RemoveAll(dir), atomicfile.Write(list, []byte(requirementsXLA))); err != nil {
		return "", false, err
	}
	pip := l.command(ctx, j.Python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--retries", "2",
		"--no-deps", "--only-binary", ":all:", "--require-hashes", "--target", dir, "-r", list)
	if out, err := pip.CombinedOutput(); err != nil {
		return "", false, errors.Join(pipError(out), os.RemoveAll(dir))
	}
	return "the CPU's plugin in .lab/pjrt", false, l.stamp("xla", d)
}
