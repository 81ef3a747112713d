#!/bin/sh
# Run once, in the build: takes out what a running lab does not need, and makes the
# caches fit for a root that is read-only and a user who is not known yet.
set -eu

# The module cache: the archives that it was unpacked from.
find /opt/go/mod/cache/download -name '*.zip' -delete
# And what no cell compiles: tests, their data, and the modules' own pages and examples.
find /opt/go/mod -path '*@*' -type d \( -name testdata -o -path '*@*/docs' -o -path '*@*/examples' \) -prune -exec rm -rf {} +
find /opt/go/mod -path '*@*' -type f -name '*_test.go' -delete
# Where the root can be written, a student may add modules (see docker/README.md).
# What is there stays read-only: the folders with @ in their name.
find /opt/go/mod -name '*@*' -prune -o -type d -exec chmod 0777 {} +

# The build cache: Go deletes what was not used for five days, and an image is older
# than that when it reaches a student. Files from the future are never deleted, and
# never touched, so they can be read-only too. (Before 2038: not every file system
# has later dates.)
rm -f /opt/go/build/trim.txt
find /opt/go/build -type f -exec touch -d '2037-12-31 00:00:00 UTC' {} +
chmod -R a+rX,go-w /opt/go/build

# The lab: what only its set-up needs, and the kernel that this image cannot run.
cd /opt/gradus
rm -rf .lab/warm .lab/runtime .lab/jupyter.log .lab/config/jupyter .lab/config/lab .lab/ipython
.lab/venv/bin/python -m pip uninstall --quiet --yes pip
find .lab/venv -name '*.map' -delete
if [ "$1" = cpu ]; then rm -rf .lab/share/jupyter/kernels/gradus-xla; fi

# Settings of the server, for JupyterLab alone and under a hub alike.
mkdir -p .lab/venv/etc/jupyter .lab/venv/share/jupyter/lab/settings
mv docker/image/jupyter_server_config.json .lab/venv/etc/jupyter/
mv docker/image/overrides.json .lab/venv/share/jupyter/lab/settings/
chmod 0755 docker/image/start
chmod -R a+rX,go-w /opt/gradus
# gopls keeps what it knows of packages here, and the kernel spec names the folder. A
# read-only root leaves it as it is; else it grows in the container.
if [ -d .lab/gopls ]; then chmod -R a+rwX .lab/gopls; fi
