#!/usr/bin/env bash
# Proves docker/k8s/values.yaml: Zero to JupyterHub's chart renders with it, what it
# promises is in what comes out, and a misspelled key is refused.
#
#   docker/test/k8s.sh [CHART]
#
# CHART is the chart's folder: `jupyterhub` in a checkout of zero-to-jupyterhub-k8s, or
# what `helm pull --untar` made. Without it the chart is downloaded; where there is no
# network the test says "skipped". Helm is used from PATH, or built with Go.
# GRADUS_TEST_DIR keeps what is built for the next time.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
HELM=v3.18.4 CHART=4.4.0
work=${GRADUS_TEST_DIR:-$(mktemp -d)}
mkdir -p "$work"
[ -n "${GRADUS_TEST_DIR:-}" ] || trap 'rm -rf "$work"' EXIT
passed=0 failed=0
ok() { echo "  ok      $1"; passed=$((passed + 1)); }
bad() { echo "  FAILED  $1"; failed=$((failed + 1)); }
skip() { echo "skipped: $1"; echo "$passed passed, $failed failed, 1 skipped"; exit "$((failed > 0))"; }

# Helm, from its module: a module of its own, so that the course's go.mod knows nothing of it.
helm=$(command -v helm || true)
if [ -z "$helm" ]; then
  helm=$work/helm-$HELM
  if [ ! -x "$helm" ]; then
    mkdir -p "$work/helm-build"
    printf 'module helm\n\ngo 1.24\n\nrequire helm.sh/helm/v3 %s\n' "$HELM" >"$work/helm-build/go.mod"
    (cd "$work/helm-build" && GOFLAGS=-mod=mod GOWORK=off CGO_ENABLED=0 go build -ldflags=-w -o "$helm" helm.sh/helm/v3/cmd/helm) >"$work/helm-build/log" 2>&1 ||
      { tail -3 "$work/helm-build/log"; skip "there is no helm, and it cannot be built"; }
  fi
fi

# The chart.
chart=${1:-}
if [ -z "$chart" ]; then
  chart=$work/jupyterhub
  [ -d "$chart" ] || "$helm" pull jupyterhub --repo https://hub.jupyter.org/helm-chart/ --version "$CHART" --untar --untardir "$work" >"$work/pull.log" 2>&1 ||
    skip "no chart: give the folder of zero-to-jupyterhub-k8s's chart, or a network"
fi
[ -f "$chart/Chart.yaml" ] || { echo "$chart is not a chart: it has no Chart.yaml."; exit 2; }
if [ ! -f "$chart/values.schema.json" ]; then
  # A checkout has the schema only as YAML; the chart's own tool turns it into what helm reads.
  [ -f "$chart/../tools/generate-json-schema.py" ] || { echo "$chart has no values.schema.json."; exit 2; }
  rm -rf "$work/checkout" && mkdir "$work/checkout" && cp -r "$chart" "$chart/../tools" "$work/checkout"
  chart=$work/checkout/$(basename "$chart")
  python3 "$work/checkout/tools/generate-json-schema.py" || skip "the chart's schema cannot be made: Python has no yaml (pip install pyyaml)"
fi

render() {
  "$helm" template gradus "$chart" --kube-version 1.33.0 --values "$root/docker/k8s/values.yaml" \
    --set-file hub.extraFiles.login.stringData="$root/docker/hub/school_login.py" \
    --set custom.admin=vera --set custom.adminPassword="correct horse battery staple" \
    --set 'proxy.https.hosts={lab.school.example}' --set proxy.https.letsencrypt.contactEmail=vera@school.example "$@"
}

out=$work/rendered.yaml
if render >"$out" 2>"$work/errors"; then
  ok "the chart renders ($(grep -c '^kind:' "$out") objects)"
else
  bad "the chart does not render: $(head -5 "$work/errors")"
fi

# What the hub reads at run time is in a Secret, encoded; the rest is plain.
grep -E '^  values.yaml:' "$out" | head -1 | sed 's/.*: *//; s/"//g' | base64 --decode >"$work/config.yaml"
has() { # what, text to find, file
  if grep -qF -- "$2" "$3"; then ok "$1"; else bad "$1: \"$2\" is not in $3"; fi
}
has "the pre-puller has the CPU image" "image: ghcr.io/gradus-ml/gradus:latest" "$out"
has "the pre-puller has the GPU image" "image: ghcr.io/gradus-ml/gradus:cuda" "$out"
has "the school's login is in the hub's pod" "mountPath: /usr/local/etc/jupyterhub/school_login.py" "$out"
has "the home is a volume at /home/jovyan" "homeMountPath: /home/jovyan" "$work/config.yaml"
has "the profile list has a GPU" "nvidia.com/gpu: \"1\"" "$work/config.yaml"
has "idle servers are culled after an hour" "timeout: 3600" "$work/config.yaml"
if grep -q "cmd: jupyterhub-singleuser" "$work/config.yaml"; then bad "the chart's command replaces the image's"; else ok "the image's own command starts the server"; fi
awk 'BEGIN { RS = "\n---" } /kind: NetworkPolicy/ && /name: singleuser/' "$out" >"$work/policy.yaml"
if grep -q "policyTypes" "$work/policy.yaml" && ! grep -q "0.0.0.0/0" "$work/policy.yaml"; then ok "students' servers have no way out to the internet"; else bad "students' servers reach the internet"; fi

# The schema refuses what it does not know: a misspelled setting is not silently ignored.
misspelled() { # setting, part of the message
  if render --set "$1=1" >/dev/null 2>"$work/errors"; then
    bad "the misspelled $1 was taken"
  elif grep -q "$2" "$work/errors"; then
    ok "the misspelled $1 is refused"
  else
    bad "the misspelled $1 was refused for another reason: $(head -3 "$work/errors")"
  fi
}
misspelled singleuser.memroy "memroy"
misspelled cull.timout "timout"
if "$helm" template gradus "$chart" --kube-version 1.33.0 --values "$root/docker/k8s/values.yaml" --set custom.admin=vera >/dev/null 2>"$work/errors"; then
  bad "the chart was taken without the login's file"
elif grep -q "extraFiles" "$work/errors"; then
  ok "without the login's file the chart is refused"
else
  bad "without the login's file the chart was refused for another reason: $(head -3 "$work/errors")"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
