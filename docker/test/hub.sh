#!/usr/bin/env bash
# Proves docker/hub: runs its jupyterhub_config.py with a spawner that starts servers as
# users of this machine, and lets two students, a teacher and an admin work there with a
# real browser; then nbgrader's exchange, the culling of idle servers, a class at the
# same time, and what is said about wrong settings.
#
#   docker/test/hub.sh [STUDENTS]     how many servers the load test brings up; 8
#
# It needs root (it makes users gradus-… and removes them again), npm, Chromium, and
# `go run . setup`. Nothing listens elsewhere than on 127.0.0.1. GRADUS_TEST_DIR keeps
# what is installed for the next time.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
students=${1:-8}
people=(gradus-vera gradus-tom gradus-anna gradus-ben)
for ((i = 1; i <= students; i++)); do people+=("gradus-load$i"); done

passed=0 failed=0
skip() { echo "skipped: $1"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
count() { # reads lines "ok …" and "FAILED …", and shows all
  local line
  while IFS= read -r line; do
    case $line in
    "ok "*) passed=$((passed + 1)); echo "  ok      ${line#ok }" ;;
    "FAILED "*) failed=$((failed + 1)); echo "  FAILED  ${line#FAILED }" ;;
    *) echo "$line" ;;
    esac
  done
}

[ "$(id -u)" = 0 ] || skip "it needs root, to make users whose files are apart"
command -v npm >/dev/null || skip "there is no npm (on Debian: apt-get install npm)"
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || skip "there is no Chromium (on Debian: apt-get install chromium)"
[ -x "$root/.lab/bin/gonb" ] || skip "there is no lab; run \`go run . setup\` first"
work=${GRADUS_TEST_DIR:-$(mktemp -d)}
mkdir -p "$work" && work=$(cd "$work" && pwd) && chmod 755 "$work"
hub=
end_hub() {
  [ -n "$hub" ] || return 0
  kill "$hub" 2>/dev/null || true
  wait "$hub" 2>/dev/null || true
  hub=
}
clean() {
  trap "" INT TERM
  set +e
  end_hub
  for name in "${people[@]}"; do
    id "$name" >/dev/null 2>&1 || continue
    for _ in 1 2 3 4 5; do # by user number: these users are ours alone
      pids=$(ps -o pid= -u "$name" || true)
      [ -n "$pids" ] || break
      kill -9 $pids 2>/dev/null || true
      sleep 0.2
    done
    userdel --force "$name" 2>/dev/null || true
  done
  groupdel gradus-teachers 2>/dev/null || true
  rm -rf "$work/home" "$work/data" "$work/nbgrader"
  [ -n "${GRADUS_TEST_DIR:-}" ] || rm -rf "$work"
}
trap clean EXIT
trap 'exit 1' INT TERM

# --- what the images have -------------------------------------------------------------
echo "Installing into $work"
pip=("$root/.lab/venv/bin/python" -m pip)
if [ ! -e "$work/installed" ]; then
  # The lab's Python, which meets the lab's requirements; a copy, where it is in a folder
  # that other users may not enter.
  python=$("${pip[0]}" -c 'import os, sys; print(os.path.realpath(sys.executable))')
  if ! runuser -u nobody -- "$python" -c '' 2>/dev/null; then
    prefix=$("${pip[0]}" -c 'import sys; print(sys.base_prefix)')
    mkdir -p "$work/python/lib" && cp -a "$prefix/bin" "$work/python/" && cp -a "$prefix"/lib/libpython* "$work/python/lib/" 2>/dev/null || true
    tar -C "$prefix/lib" --exclude=site-packages --exclude=test -c "$(basename "$("${pip[0]}" -c 'import os; print(os.path.dirname(os.__file__))')")" | tar -C "$work/python/lib" -x
    python=$work/python/bin/$(basename "$python")
    runuser -u nobody -- "$python" -c '' || skip "there is no Python that other users may run"
  fi
  for venv in hub server; do "$python" -m venv --without-pip --clear "$work/$venv"; done
  "${pip[@]}" --python "$work/hub/bin/python" install --quiet --require-hashes --requirement "$root/docker/hub/requirements.txt"
  # The single-user image's: the lab's JupyterLab, with the hub's side of it and nbgrader.
  "${pip[@]}" --python "$work/server/bin/python" install --quiet --requirement "$root/internal/lab/requirements.txt"
  "${pip[@]}" --python "$work/server/bin/python" freeze >"$work/constraints.txt"
  "${pip[@]}" --python "$work/server/bin/python" install --quiet --constraint "$work/constraints.txt" jupyterhub==5.5.0 nbgrader==0.9.5
  npm install --prefix "$work/node" --silent --no-audit --no-fund --ignore-scripts configurable-http-proxy@5.3.0 playwright-core@1.65.1
  touch "$work/installed"
fi

# The course at a place that everybody can read and nobody write, as /opt/gradus is.
rm -rf "$work/course" && mkdir -p "$work/course/.lab/share/jupyter"
(cd "$root" && git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' f; do [ ! -f "$f" ] || printf '%s\0' "$f"; done | tar -c --null -T - | tar -x -C "$work/course")
cp -r "$root/.lab/bin" "$root/.lab/cells" "$root/.lab/config" "$root/.lab/gopls" "$work/course/.lab/"
cp -r "$root/.lab/share/jupyter/kernels" "$work/course/.lab/share/jupyter/"
sed -i "s|$root/|$work/course/|g; s|\"GOENV\": \"[^\"]*\"|\"GOENV\": \"off\"|" "$work"/course/.lab/share/jupyter/kernels/*/kernel.json
chmod -R go+rX,go-w "$work/course"
[ -d "$work/mod" ] || cp -al "$(go env GOMODCACHE)" "$work/mod" 2>/dev/null || cp -a "$(go env GOMODCACHE)" "$work/mod"
mkdir -p "$work/data-sets"
# A copied Python finds its library here; others do not have the folder.
library=$work/python/lib
path="$work/course/.lab/bin:$(dirname "$(command -v go)"):$(dirname "$(command -v node)"):/usr/local/bin:/usr/bin:/bin"

# --- people ----------------------------------------------------------------------------
groupadd gradus-teachers 2>/dev/null || true
mkdir -p "$work/home" "$work/data" "$work/nbgrader" && chmod 700 "$work/data"
for name in "${people[@]}"; do
  group=users
  case $name in gradus-vera | gradus-tom) group=gradus-teachers ;; esac
  id "$name" >/dev/null 2>&1 || useradd --no-log-init --no-user-group --gid "$group" --home-dir "$work/home/$name" --shell /usr/sbin/nologin "$name"
  install -d -m 700 -o "$name" -g "$group" "$work/home/$name"
done
as() { local name=$1; shift; (cd "$work/home/$name" && exec runuser -u "$name" -- env -i HOME="$work/home/$name" "$@"); }

# The warm build cache; each student gets links to its files, and writes their own.
if [ ! -e "$work/warm/ready" ]; then
  echo "Warming Go's build cache"
  rm -rf "$work/warm" && install -d -o gradus-anna "$work/warm"
  cp "$root/internal/lab/warm.ipynb" "$work/home/gradus-anna/"
  as gradus-anna LD_LIBRARY_PATH="$library" PATH="$work/server/bin:$path" GOCACHE="$work/warm" GOMODCACHE="$work/mod" GRADUS_DATA="$work/data-sets" GRADUS_RUNS="$work/home/gradus-anna/runs" \
    JUPYTER_PATH="$work/course/.lab/share/jupyter" jupyter execute --timeout=600 --kernel_name=gradus warm.ipynb >"$work/warm.log" 2>&1 || { tail -20 "$work/warm.log"; exit 1; }
  chown -R root: "$work/warm" && chmod -R go+rX "$work/warm" && touch "$work/warm/ready"
fi
cat >"$work/hello.ipynb" <<'NOTEBOOK'
{"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "gradus", "display_name": "Go (Gradus)", "language": "go"}}, "cells": [
 {"cell_type": "code", "id": "hello", "metadata": {}, "execution_count": null, "outputs": [], "source": ["import (\n", "\t\"os\"\n", "\n", "\t\"github.com/gradus-ml/gradus/kit/mse\"\n", ")\n", "%%\n", "_, err := mse.Value([]float64{1}, []float64{1})\n", "fmt.Printf(\"6 times 7 is %d, says %s %v\\n\", 6*7, os.Getenv(\"JUPYTERHUB_USER\"), err)"]},
 {"cell_type": "code", "id": "other", "metadata": {}, "execution_count": null, "outputs": [], "source": ["%%\n", "secret, err := os.ReadFile(\"OTHER/secret.txt\")\n", "fmt.Println(string(secret), err)"]}]}
NOTEBOOK
for name in "${people[@]}"; do
  home=$work/home/$name other=gradus-anna
  [ "$name" != gradus-anna ] || other=gradus-ben
  sed "s|OTHER|$work/home/$other|" "$work/hello.ipynb" >"$home/hello.ipynb"
  echo "a secret of $name" >"$home/secret.txt"
  mkdir -p "$home/.cache" && cp -al "$work/warm" "$home/.cache/go-build"
  chown "$name" "$home/hello.ipynb" "$home/secret.txt" "$home/.cache"
  find "$home/.cache/go-build" -type d -exec chown "$name" {} +
done

# --- the hub ---------------------------------------------------------------------------
port=$("$work/hub/bin/python" -c '
import socket
for port in range(18000, 19000, 10):
    try:
        for i in range(3):
            socket.create_server(("127.0.0.1", port + i)).close()
        print(port)
        break
    except OSError:
        pass')
base=http://127.0.0.1:$port
token=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
settings=(
  GRADUS_SPAWNER=local "GRADUS_ADMINS=gradus-vera gradus-kim" GRADUS_ADMIN_PASSWORD="four lamps over water" GRADUS_TEACHERS=gradus-tom
  GRADUS_DATA="$work/data" GRADUS_EXCHANGE="$work/nbgrader" GRADUS_TEACHERS_GID="$(getent group gradus-teachers | cut -d: -f3)"
)
hub_env() { env -i HOME="$work/data" PATH="$work/hub/bin:$path" LANG=C.UTF-8 GRADUS_TEST_WORK="$work" GRADUS_TEST_PORT="$port" GRADUS_TEST_TOKEN="$token" GRADUS_TEST_CONFIG="$root/docker/hub/jupyterhub_config.py" "$@"; }
start_hub() { # further settings
  (cd "$work/data" && exec env -i HOME="$work/data" PATH="$work/hub/bin:$path" LANG=C.UTF-8 GRADUS_TEST_WORK="$work" GRADUS_TEST_PORT="$port" GRADUS_TEST_TOKEN="$token" \
    GRADUS_TEST_CONFIG="$root/docker/hub/jupyterhub_config.py" PYTHONDONTWRITEBYTECODE=1 "${settings[@]}" "$@" jupyterhub --config "$root/docker/test/hub_config.py") >"$work/hub.log" 2>&1 &
  hub=$!
  for _ in $(seq 300); do
    if "$work/hub/bin/python" -c "import urllib.request; urllib.request.urlopen('$base/hub/health', timeout=2)" 2>/dev/null; then return; fi
    kill -0 "$hub" 2>/dev/null || break
    sleep 0.2
  done
  echo "The hub did not start:"; tail -30 "$work/hub.log"; exit 1
}

echo "Wrong settings"
refused() { # what the sentence must have, setting…
  local want=$1 said status=0
  shift
  said=$(hub_env PYTHONDONTWRITEBYTECODE=1 "${settings[@]}" "$@" jupyterhub --config "$root/docker/hub/jupyterhub_config.py" 2>&1) || status=$?
  if [ "$status" -ne 0 ] && [ "$(grep -c . <<<"$said")" = 1 ] && grep -qF -- "$want" <<<"$said"; then echo "ok ${said#The hub does not start: }"; else echo "FAILED $* must be refused with \"$want\" and was (status $status): $said"; fi
}
count < <(
  touch "$work/data/a-file"
  refused "GRADUS_ADMINS is not set" GRADUS_ADMINS=
  refused "GRADUS_ADMIN_PASSWORD is not set" GRADUS_ADMIN_PASSWORD=
  refused "has 8 characters" GRADUS_ADMIN_PASSWORD=pass1234
  refused "too easy" GRADUS_ADMIN_PASSWORD=change-me-please
  refused 'GRADUS_AUTH is "ldap"' GRADUS_AUTH=ldap
  refused "GRADUS_STUDENTS is not set" GRADUS_AUTH=oauth
  refused "GRADUS_OAUTH_CLIENT_ID is not set" GRADUS_AUTH=oauth GRADUS_STUDENTS='*' GRADUS_DOMAIN=lab.school.example
  refused "must begin with https://" GRADUS_AUTH=oauth GRADUS_STUDENTS='*' GRADUS_DOMAIN=lab.school.example GRADUS_OAUTH_CLIENT_ID=a GRADUS_OAUTH_CLIENT_SECRET=b GRADUS_OAUTH_AUTHORIZE_URL=http://login.school.example/
  refused "GRADUS_DOMAIN is not set" GRADUS_SPAWNER=docker
  refused "without https://" GRADUS_SPAWNER=docker GRADUS_DOMAIN=https://lab.school.example/
  refused "GRADUS_PROXY_TOKEN is missing" GRADUS_SPAWNER=docker GRADUS_DOMAIN=lab.school.example
  refused "Docker does not answer" GRADUS_SPAWNER=docker GRADUS_DOMAIN=lab.school.example GRADUS_PROXY_TOKEN="$token" DOCKER_HOST="unix://$work/no.sock"
  refused "the hub cannot write there" GRADUS_DATA="$work/data/a-file"
  refused "the hub cannot write there" GRADUS_EXCHANGE="$work/not-there"
  refused 'GRADUS_MEMORY is "much"' GRADUS_MEMORY=much
  refused 'GRADUS_TEACHERS has "Tom!"' GRADUS_TEACHERS='Tom! eva'
)

echo "The school's own login"
start_hub GRADUS_AUTH=oauth GRADUS_STUDENTS='*' GRADUS_DOMAIN=lab.school.example GRADUS_OAUTH_NAME=School GRADUS_OAUTH_CLIENT_ID=gradus GRADUS_OAUTH_CLIENT_SECRET=s \
  GRADUS_OAUTH_AUTHORIZE_URL=https://login.school.example/authorize GRADUS_OAUTH_TOKEN_URL=https://login.school.example/token GRADUS_OAUTH_USERDATA_URL=https://login.school.example/me
count < <("$work/hub/bin/python" - "$base" <<'PYTHON'
import sys
import urllib.error
import urllib.request


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


base = sys.argv[1]
page = urllib.request.urlopen(base + "/hub/login").read().decode()
print("ok the page offers the school's login" if "School" in page else "FAILED the page does not offer the school's login")
try:
    urllib.request.build_opener(Stay).open(base + "/hub/oauth_login")
    where = ""
except urllib.error.HTTPError as e:
    where = e.headers.get("Location", "")
good = where.startswith("https://login.school.example/authorize?") and "client_id=gradus" in where and "lab.school.example%2Fhub%2Foauth_callback" in where
print("ok and sends the student there, and back to the hub" if good else f"FAILED the login leads to {where!r}")
PYTHON
)
end_hub

echo "A school day, in a browser"
start_hub
count < <(GRADUS_ADMIN_PASSWORD="four lamps over water" node "$root/docker/test/hub_browser.mjs" "$base" "$work" "$chromium" 2>&1 || true)

hub_load() { count < <("$work/hub/bin/python" "$root/docker/test/hub_load.py" "$@" 2>&1 || echo "FAILED $1 ended early"); }
echo "Handing out and handing in"
GRADUS_EXCHANGE=$work/nbgrader hub_load exchange "$base" "$token" gradus-tom gradus-anna gradus-ben
echo "A class at the same time"
loads=()
for ((i = 1; i <= students; i++)); do loads+=("gradus-load$i"); done
hub_load load "$base" "$token" "${loads[@]}"
end_hub

echo "An idle server"
start_hub GRADUS_IDLE=20s
hub_load cull "$base" "$token" gradus-anna gradus-ben
end_hub

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
