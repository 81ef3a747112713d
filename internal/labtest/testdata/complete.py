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


manager = KernelManager(kernel_name="gradus")
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
try:
    client.execute('import (\n\t"github.com/gradus-ml/gradus/kit"\n\t"github.com/gradus-ml/gradus/kit/train"\n)\n%%\nkit.Must(nil)\n_ = train.Options{}')
    status = reply(client, "execute_reply")["status"]
    answers = {}
    for typed in ("%%\nkit.Mus", "%%\nvar o train.Options\no.Bat"):
        client.complete(typed)
        answers[typed.rsplit("\n", 1)[1]] = reply(client, "complete_reply")["matches"]
    client.inspect("%%\nkit.Must(nil)", cursor_pos=len("%%\nkit.Mu"))
    documentation = str(reply(client, "inspect_reply")["data"])
    time.sleep(15)  # gopls reads more of the packages meanwhile
    print(json.dumps({"status": status, "answers": answers, "documentation": documentation, "megabytes": megabytes(descendants(manager.provisioner.pid))}))
finally:
    client.stop_channels()
    manager.shutdown_kernel()
