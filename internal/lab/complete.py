"""Asks a kernel to complete what a student types, as JupyterLab does, and prints
what it answers and what its processes then take, as JSON."""
import glob
import json
import time

from jupyter_client.manager import KernelManager


def reply(client, kind):
    while True:
        message = client.get_shell_msg(timeout=120)
        if message["header"]["msg_type"] == kind:
            return message["content"]


def descendants(pid):
    """A process and all that it started."""
    parents = {}
    for name in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(name) as f:
                text = f.read()
        except OSError:
            continue  # it has just ended
        parents[int(text.split(" ", 1)[0])] = int(text[text.rindex(")") + 1:].split()[1])
    found = [pid]
    for p in found:
        found += [child for child, parent in parents.items() if parent == p]
    return found


def megabytes(pids):
    """Their memory, what they share counted by their share (PSS)."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as f:
                total += int(next(line for line in f if line.startswith("Pss:")).split()[1])
        except (OSError, StopIteration):
            pass  # it has just ended
    return total / 1024


def ticks(pids):
    """The processor time that they have taken, in hundredths of a second."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat") as f:
                text = f.read()
            total += sum(map(int, text[text.rindex(")") + 1:].split()[11:13]))
        except OSError:
            pass  # it has just ended
    return total


def settle(pid):
    """Wait until gopls has nothing to do any more: it reads the packages some ten
    seconds after its start."""
    before, quiet = ticks(descendants(pid)), 0
    for second in range(120):
        time.sleep(1)
        now = ticks(descendants(pid))
        quiet = quiet + 1 if now - before < 5 else 0
        before = now
        if second >= 15 and quiet >= 6:
            return


manager = KernelManager(kernel_name="gradus")
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
try:
    packages = ["gomlx/gomlx/core/graph", "gomlx/gomlx/ml/layers", "gomlx/gomlx/ml/layers/activation", "gomlx/gomlx/ml/model"]
    packages += ["gradus-ml/gradus/kit" + p for p in ("", "/data", "/device", "/eval", "/exercise", "/mlp", "/mse", "/predict", "/scale", "/show", "/train", "/train/live")]
    imports = "import (\n" + "".join(f'\t"github.com/{p}"\n' for p in packages) + ")\n"
    client.execute(imports + """%%
kit.Must(nil)
_, _, _, _ = graph.Add, layers.Dense, activation.Relu, model.NewStore
_, _, _, _, _ = data.Digits, device.Info, eval.Evaluate, exercise.Check, mlp.Model
_, _, _, _, _ = mse.Value, predict.Open, scale.Human, show.Curve, live.Curve
_ = train.Options{}""")
    status = reply(client, "execute_reply")["status"]
    answers = {}
    for typed in ("%%\nkit.Mus", "%%\nvar o train.Options\no.Bat"):
        client.complete(typed)
        answers[typed.rsplit("\n", 1)[1]] = reply(client, "complete_reply")["matches"]
    client.inspect("%%\nkit.Must(nil)", cursor_pos=len("%%\nkit.Mu"))
    documentation = str(reply(client, "inspect_reply")["data"])
    settle(manager.provisioner.pid)
    for typed in answers:  # again, now that it has read everything
        client.complete("%%\nvar o train.Options\n" + typed)
        reply(client, "complete_reply")
    settle(manager.provisioner.pid)
    print(json.dumps({"status": status, "answers": answers, "documentation": documentation, "megabytes": megabytes(descendants(manager.provisioner.pid))}))
finally:
    client.stop_channels()
    manager.shutdown_kernel()
