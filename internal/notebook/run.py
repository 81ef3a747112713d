"""Runs notebooks for `gradus run`: reads one request, a line of JSON, from
standard input, and writes one event a line to standard output.

A notebook runs from a fresh kernel. Nothing is written to disk but what the
request asks for.
"""
import hashlib
import json
import os
import signal
import sys
import tempfile
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError


def emit(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


def write(path, text):
    """Write aside, sync, rename: a reader sees the old file or the new one."""
    fd, name = tempfile.mkstemp(dir=os.path.dirname(path) or ".", prefix=".", suffix=".tmp")
    try:
        with os.fdopen(fd, "w", encoding="utf-8") as f:
            f.write(text)
            f.flush()
            os.fsync(f.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        if os.path.exists(name):
            os.unlink(name)
        raise


def load(path):
    try:
        with open(path, encoding="utf-8") as f:
            return nbformat.read(f, as_version=4)
    except FileNotFoundError:
        raise ValueError("there is no such file")
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError, AttributeError, KeyError, TypeError):
        raise ValueError("it is not a Jupyter notebook (version 4 JSON)")
    except OSError as e:
        raise ValueError(f"it cannot be read: {e.strerror}")


def joined(outputs):
    """Join neighbouring pieces of a stream: where the kernel cuts it depends on chance."""
    out = []
    for output in outputs:
        if out and output.output_type == "stream" and out[-1].output_type == "stream" and out[-1].name == output.name:
            out[-1].text += output.text
        else:
            out.append(output)
    return out


def tidy(nb):
    """Take out what changes from run to run: saved outputs then differ only in substance."""
    for cell in nb.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
            for output in cell.outputs:
                output.get("metadata", {}).pop("gonb", None)
                output.pop("transient", None)
    nb.metadata.pop("widgets", None)
    # What the outputs came from: each cell's source and that of all before it. A
    # test compares, and so notices outputs that are older than the source.
    sources = hashlib.sha256()
    for cell in nb.cells:
        if cell.cell_type == "code":
            sources.update(cell.source.encode() + b"\0")
            cell.metadata["gradus"] = {"executed": sources.hexdigest()[:16]}


def run(request):
    path = request["path"]
    nb = load(path)
    kernel = request.get("kernel") or nb.metadata.get("kernelspec", {}).get("name")
    if not kernel:
        raise ValueError("it names no kernel; open it in JupyterLab, choose one and save it")
    code = [i for i, c in enumerate(nb.cells) if c.cell_type == "code" and c.source.strip()]
    emit("start", cells=len(code), kernel=kernel)
    began = {}

    def cell_start(cell, cell_index):
        began[cell_index] = time.monotonic()

    def cell_end(cell, cell_index, execute_reply):
        if cell_index in began:
            number = code.index(cell_index) + 1
            ok = execute_reply["content"]["status"] == "ok"
            first = next((line.strip() for line in cell.source.splitlines() if line.strip() and line.strip() != "%%"), "")
            emit("cell", number=number, index=cell_index, ok=ok, seconds=time.monotonic() - began[cell_index], first=first)

    client = NotebookClient(
        nb, kernel_name=kernel, timeout=request["timeout"] or None,
        resources={"metadata": {"path": os.path.dirname(os.path.abspath(path))}},
        on_cell_start=cell_start, on_cell_executed=cell_end, record_timing=False,
    )
    # Ctrl-C reaches the whole group; ending the client ends its kernel.
    signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    failure = None
    try:
        client.execute()
    except CellExecutionError as e:
        failure = {"name": e.ename, "text": e.evalue}
    except CellTimeoutError:
        failure = {"name": "timeout", "text": f"the cell took longer than {request['timeout']} s (see --timeout)"}
    except DeadKernelError:
        failure = {"name": "kernel died", "text": "the kernel ended; the log above may say why"}
    except Exception as e:
        if type(e).__name__ == "NoSuchKernel":
            raise ValueError(f"its kernel {kernel!r} is not installed; run `go run . setup`, or choose another with --kernel")
        raise
    tidy(nb)
    if failure:
        done = [i for i in began]
        index = done[-1] if done else code[0]
        cell = nb.cells[index]
        failure["number"] = code.index(index) + 1
        failure["source"] = cell.source
        # GoNB writes what went wrong to stderr and as an error; the streams have the most.
        failure["stderr"] = "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stderr")
        failure["stdout"] = "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stdout")[-2000:]
        failure["traceback"] = "\n".join(line for o in cell.outputs if o.output_type == "error" for line in o.traceback)
    if request.get("write") and not failure:
        nbformat.validate(nb)
        write(path, nbformat.writes(nb) + "\n")
    if request.get("html"):
        from nbconvert import HTMLExporter

        body, _ = HTMLExporter().from_notebook_node(nb, resources={"metadata": {"name": os.path.splitext(os.path.basename(path))[0]}})
        write(os.path.join(request["html"], os.path.splitext(os.path.basename(path))[0] + ".html"), body)
    if request.get("save_to"):
        write(request["save_to"], nbformat.writes(nb) + "\n")
    emit("end", failure=failure)


if __name__ == "__main__":
    try:
        run(json.loads(sys.stdin.readline()))
    except ValueError as e:
        emit("refused", text=str(e))
