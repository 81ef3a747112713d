#!/usr/bin/env bash
# Builds the image and proves it: docker/test/image.sh [--no-build]
#
# It uses Docker where an engine answers, else buildah and podman. Everything runs
# without a network, except the build. Images, containers and volumes that it makes
# are named gradus-test-… and are taken away at the end; the image stays.
#
#   GRADUS_IMAGE         name of the image (ghcr.io/gradus-ml/gradus:latest)
#   GRADUS_BUILD_FLAGS   more flags for the build, such as --build-arg GO_IMAGE=…
set -uo pipefail
cd "$(dirname "$0")/../.."

image=${GRADUS_IMAGE:-ghcr.io/gradus-ml/gradus:latest}
updated=gradus-test-updated
work=$(mktemp -d)
containers=() volumes=() passed=0 failed=0
read -r -a build_flags <<<"${GRADUS_BUILD_FLAGS:-}"

if docker info >/dev/null 2>&1; then engine=docker; else engine=podman; fi
command -v "$engine" >/dev/null || { echo "image.sh needs Docker, or buildah and podman"; exit 1; }

clean() {
  local c v
  for c in "${containers[@]}"; do "$engine" rm -f "$c" >/dev/null 2>&1; done
  for v in "${volumes[@]}"; do "$engine" volume rm -f "$v" >/dev/null 2>&1; done
  "$engine" rmi -f "$updated" >/dev/null 2>&1
  rm -rf "$work"
}
trap clean EXIT
trap 'exit 1' INT TERM

check() { # check NAME COMMAND…
  local name=$1 out
  shift
  if out=$("$@" 2>&1); then
    passed=$((passed + 1))
    echo "  ✓ $name${note:+  ($note)}"
  else
    failed=$((failed + 1))
    echo "  ✗ $name"
    printf '%s\n' "$out" | tail -n 15 | sed 's/^/      /'
  fi
  note=
}
note=

build() { # build TAG CONTEXT
  if [ $engine = docker ]; then
    docker build -f "$2/docker/Dockerfile" -t "$1" "${build_flags[@]}" "$2"
  else # the format of OCI has no health check
    buildah bud --format docker --layers -f "$2/docker/Dockerfile" -t "$1" "${build_flags[@]}" "$2"
  fi
}

# up NAME [FLAGS…] starts a lab without a network and waits until it answers.
up() {
  local name=$1 i
  shift
  containers+=("$name")
  "$engine" run -d --name "$name" --network none "$@" "${run_image:-$image}" >/dev/null || return 1
  for ((i = 0; i < 150; i++)); do
    healthy "$name" && return
    sleep 0.2
  done
  "$engine" logs "$name"
  return 1
}
volume() { volumes+=("$1"); "$engine" volume create "$1" >/dev/null; }
down() { "$engine" rm -f "$@" >/dev/null 2>&1; }
healthy() { "$engine" exec "$1" python3 -I /opt/gradus/docker/image/healthy.py >/dev/null 2>&1; }

# The container's own health check, by the engine.
health_check() {
  if [ $engine = podman ]; then podman healthcheck run "$1"; return; fi
  local i
  for ((i = 0; i < 50; i++)); do
    [ "$(docker inspect -f '{{.State.Health.Status}}' "$1")" = healthy ] && return
    sleep 1
  done
  return 1
}

# run_chapter NAME NOTEBOOK [CELLS] prints its times; EXEC may have flags for exec.
run_chapter() {
  local name=$1
  shift
  # shellcheck disable=SC2086 # flags
  "$engine" exec -i ${EXEC:-} "$name" /opt/gradus/.lab/venv/bin/python - "$@" <docker/test/chapter.py
}
under_two_seconds() { python3 -c 'import json, sys; sys.exit(json.loads(sys.argv[1])["first"] >= 2)' "$1" 2>/dev/null || { echo "$1"; tail -n 12 "$work/chapter.log"; return 1; }; }

# ask NAME PATH [TOKEN] prints the status and where it leads to.
ask() {
  "$engine" exec "$1" python3 -c '
import http.client, sys
c = http.client.HTTPConnection("127.0.0.1", 8888)
c.request("GET", sys.argv[1], headers={"Authorization": "token " + sys.argv[2]} if sys.argv[2:] else {})
r = c.getresponse()
print(r.status, r.getheader("Location", ""))' "${@:2}"
}
answers() { # answers PATTERN NAME PATH [TOKEN]
  local pattern=$1 got
  shift
  got=$(ask "$@") || return 1
  # shellcheck disable=SC2053 # a pattern
  [[ $got == $pattern ]] || { echo "got $got, want $pattern"; return 1; }
}
token_of() { "$engine" logs "$1" 2>&1 | sed -n 's/.*token=\([0-9a-f]*\).*/\1/p' | head -n 1; }

# refuses SENTENCE FLAGS… [-- COMMAND…]: the container ends at once, with an exit
# status that is not 0, and with that sentence as all that it says.
refuses() {
  local sentence=$1 flags=() out status
  shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do flags+=("$1"); shift; done
  [ $# -gt 0 ] && shift
  out=$(timeout 60 "$engine" run --rm --network none "${flags[@]}" "$image" "$@" 2>&1)
  status=$?
  [ $status != 0 ] || { echo "it started: $out"; return 1; }
  out=$(grep -v '^time=' <<<"$out") # what podman has to say about this machine
  [[ $out == gradus:*"$sentence"* ]] && [ "$(wc -l <<<"$out")" = 1 ] || { echo "status $status: $out"; return 1; }
}
inspect() { "$engine" inspect -f "$1" "$image"; }
inside() { local name=$1; shift; "$engine" exec "$name" bash -c "$*"; }

# --- the build -----------------------------------------------------------------------
echo "The chapters' way into a home"
check "rules of delivery" python3 docker/test/chapters_test.py

if [ "${1:-}" != --no-build ]; then
  echo "Building $image with $engine"
  start=$SECONDS
  build "$image" . >"$work/build.log" 2>&1
  status=$?
  note="$((SECONDS - start)) s"
  check "build" bash -c "exit $status"
  [ $status = 0 ] || { tail -n 40 "$work/build.log"; echo "$passed passed, $failed failed"; exit 1; }
fi
echo "The image"
note="$(($(inspect '{{.Size}}') / 1000000)) MB"
check "size below 1.5 GB" test "$(inspect '{{.Size}}')" -lt 1500000000
check "labels" bash -c "[[ '$(inspect '{{index .Config.Labels "org.opencontainers.image.licenses"}}')' == Apache-2.0 ]]"
check "user 1000" test "$(inspect '{{.Config.User}}')" = 1000:100
check "no sudo" \
  "$engine" run --rm --network none --entrypoint bash "$image" -c '! command -v sudo'
check "jupyterhub 5.5.0" bash -c "$engine run --rm --network none --entrypoint jupyterhub-singleuser $image --version | grep -qx 5.5.0"

# --- offline, as it comes -------------------------------------------------------------
echo "Offline, as uid 1000"
volume gradus-test-home
begin=$(date +%s.%N)
check "starts" up gradus-test-lab -v gradus-test-home:/home/jovyan
note="$(python3 -c "import time; print(f'{time.time() - $begin:.1f} s from nothing to an answer')")"
check "health check" health_check gradus-test-lab
check "runs as uid 1000" test "$("$engine" exec gradus-test-lab id -u)" = 1000
times=$(run_chapter gradus-test-lab /home/jovyan/gradus/00-start-here.ipynb 2>"$work/chapter.log" | tail -n 1)
note=$times
check "the first cell of chapter 0 under 2 s, and all of the chapter" under_two_seconds "$times"
times=$(run_chapter gradus-test-lab /home/jovyan/gradus/07-prediction.ipynb 1 2>"$work/chapter.log" | tail -n 1)
note=$times
check "the first cell of chapter 7" under_two_seconds "$times"
check "without a token: /lab leads to the login" answers '302 /login*' gradus-test-lab /lab
check "without a token: no contents" answers '403 *' gradus-test-lab /api/contents
check "with a wrong token: no contents" answers '403 *' gradus-test-lab /api/contents wrong
check "with the token: contents" answers '200 *' gradus-test-lab /api/contents "$(token_of gradus-test-lab)"
check "opens on chapter 0" answers '302 /lab/tree/gradus/00-start-here.ipynb*' gradus-test-lab / "$(token_of gradus-test-lab)"
# Go trims its cache when that was last done long ago, as in an image that has aged.
links="find /tmp/go-build -type l | wc -l"
before=$(inside gradus-test-lab "$links")
inside gradus-test-lab 'echo 0 >/tmp/go-build/trim.txt' >/dev/null
run_chapter gradus-test-lab /home/jovyan/gradus/00-start-here.ipynb 1 >/dev/null 2>&1
note="$before links"
check "Go does not trim the warm cache" test "$before" = "$(inside gradus-test-lab "$links")" -a "$before" -gt 100
check "Go did look" bash -c "[ '$(inside gradus-test-lab 'cat /tmp/go-build/trim.txt')' -gt 0 ]"

# --- an update ------------------------------------------------------------------------
echo "A home, kept across an update of the chapters"
inside gradus-test-lab 'cd ~/gradus && echo " " >>00-start-here.ipynb && sha256sum 00-start-here.ipynb' >"$work/own" 2>&1
down gradus-test-lab
mkdir "$work/context"
tar -c --exclude=./.git --exclude=./.lab --exclude=./runs --exclude=.ipynb_checkpoints . | tar -x -C "$work/context"
for n in 00-start-here 01-large-models; do echo >>"$work/context/notebooks/$n.ipynb"; done
cp notebooks/00-start-here.ipynb "$work/context/notebooks/90-a-new-chapter.ipynb"
build "$updated" "$work/context" >"$work/build.log" 2>&1
check "rebuild with changed chapters" test $? = 0
run_image=$updated check "starts" up gradus-test-lab -v gradus-test-home:/home/jovyan
inside gradus-test-lab 'cd ~/gradus && sha256sum 00-start-here.ipynb' >"$work/own2" 2>&1
check "the student's copy is untouched" cmp "$work/own" "$work/own2"
check "the changed chapter came beside it" inside gradus-test-lab 'cmp ~/gradus/00-start-here-new.ipynb /opt/gradus/notebooks/00-start-here.ipynb'
check "an untouched chapter was updated" inside gradus-test-lab 'cmp ~/gradus/01-large-models.ipynb /opt/gradus/notebooks/01-large-models.ipynb'
check "the new chapter arrived" inside gradus-test-lab 'test -s ~/gradus/90-a-new-chapter.ipynb'
check "the log says so" bash -c "$engine logs gradus-test-lab 2>&1 | grep -q '00-start-here.ipynb has a new version'"
check "one start more brings nothing more" bash -c "$engine exec gradus-test-lab python3 -I /opt/gradus/docker/image/chapters.py /opt/gradus/notebooks /home/jovyan | wc -l | grep -qx 0"
down gradus-test-lab

# --- hardened, and other users --------------------------------------------------------
echo "Read-only root, no capabilities"
volume gradus-test-hard
check "starts" up gradus-test-hard --read-only --tmpfs /tmp:exec,mode=1777 --cap-drop ALL --security-opt no-new-privileges -v gradus-test-hard:/home/jovyan
times=$(run_chapter gradus-test-hard /home/jovyan/gradus/00-start-here.ipynb 2>"$work/chapter.log" | tail -n 1)
note=$times
check "the first cell of chapter 0 under 2 s, and all of the chapter" under_two_seconds "$times"
down gradus-test-hard

echo "NB_UID=2001"
volume gradus-test-uid
check "starts" up gradus-test-uid --user root -e NB_UID=2001 -e NB_GID=2002 -v gradus-test-uid:/home/jovyan
check "the server runs as 2001:2002" test "$(inside gradus-test-uid 'for p in /proc/[0-9]*; do
    case $(tr "\0" " " <$p/cmdline) in /opt/gradus/.lab/venv/bin/python*jupyter-lab*) stat -c %u:%g $p ;; esac
  done')" = 2001:2002
check "the home belongs to 2001" inside gradus-test-uid '[ "$(stat -c %u:%g /home/jovyan /home/jovyan/gradus/00-start-here.ipynb | uniq)" = 2001:2002 ]'
times=$(EXEC="--user 2001:2002" run_chapter gradus-test-uid /home/jovyan/gradus/00-start-here.ipynb 2 2>"$work/chapter.log" | tail -n 1)
note=$times
check "the first cell of chapter 0 under 2 s" under_two_seconds "$times"
down gradus-test-uid
check "read-only root as well" up gradus-test-uid --read-only --tmpfs /tmp:exec,mode=1777 --user root -e NB_UID=2003 -v gradus-test-uid:/home/jovyan
check "the home belongs to 2003 now" inside gradus-test-uid '[ "$(stat -c %u /home/jovyan/gradus/00-start-here.ipynb)" = 2003 ]'
down gradus-test-uid

echo "Under a hub"
containers+=(gradus-test-hub)
"$engine" run -d --name gradus-test-hub --network none -e JUPYTERHUB_API_TOKEN=x -e JUPYTERHUB_USER=ann -e JUPYTERHUB_CLIENT_ID=jupyterhub-user-ann \
  -e JUPYTERHUB_API_URL=http://127.0.0.1:8081/hub/api -e JUPYTERHUB_SERVICE_URL=http://0.0.0.0:8888 -e JUPYTERHUB_SERVICE_PREFIX=/user/ann/ "$image" >/dev/null
sleep 3
check "starts the single-user server" bash -c "$engine exec gradus-test-hub bash -c 'cat /proc/[0-9]*/cmdline' | tr '\0' ' ' | grep -q jupyterhub-singleuser"
down gradus-test-hub

# --- bad settings ---------------------------------------------------------------------
echo "Bad settings get one sentence"
check "an empty token" refuses "JUPYTER_TOKEN is empty" -e JUPYTER_TOKEN=
check "a token taken away on the command line" refuses "takes the token away" -- lab --IdentityProvider.token=
check "a token file that is not there" refuses "cannot read or which is empty" -e JUPYTER_TOKEN_FILE=/run/secrets/none
check "NB_UID is no number" refuses "which is no user's number" --user root -e NB_UID=ann
check "NB_UID is root" refuses "never run as root" --user root -e NB_UID=0
check "NB_UID without root" refuses "only root can change that" -e NB_UID=2001
check "a uid that cannot write the home" refuses "cannot be written by uid 2001 (it belongs to uid 1000)" --user 2001 
check "a home that is read-only" refuses "cannot be written by uid 1000" --read-only --tmpfs /tmp:exec,mode=1777
check "/tmp without exec" refuses "noexec" --tmpfs /tmp:noexec,mode=1777
check "root without rights" refuses "SETUID and SETGID" --user root --cap-drop ALL --cap-add CHOWN
check "a GPU asked of the CPU image" refuses "this image computes on the CPU" -e GRADUS_DEVICE=cuda
check "an unknown device" refuses "it is cpu or cuda" -e GRADUS_DEVICE=tpu
check "a course that is not there" refuses "there is no course in /srv/none" -e GRADUS_COURSE=/srv/none
check "start-singleuser without a hub" refuses "start-singleuser is for JupyterHub" -- start-singleuser

echo "$passed passed, $failed failed"
[ $failed = 0 ]
