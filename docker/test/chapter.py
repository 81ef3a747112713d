"""Runs inside a container, from standard input: python - NOTEBOOK [CELLS]

Executes a copy of a notebook, all of it or only the first CELLS cells of code, and
prints one line of JSON: the seconds that the kernel took to start, that the first
cell took, and that all took together.
"""
import json
import sys
import time

import nbformat
from nbclient import NotebookClient

path, cells = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else None
nb = nbformat.read(path, as_version=4)
if cells is not None:
    code = [i for i, c in enumerate(nb.cells) if c.cell_type == "code"]
    nb.cells = nb.cells[: code[cells - 1] + 1]

began, took = {}, []
client = NotebookClient(
    nb, kernel_name="gradus", timeout=600, resources={"metadata": {"path": "/home/jovyan/gradus"}},
    on_cell_start=lambda cell, cell_index: began.update({cell_index: time.monotonic()}),
    on_cell_executed=lambda cell, cell_index, execute_reply: took.append(time.monotonic() - began[cell_index]),
)
start = time.monotonic()
client.execute()
first = began[min(i for i, c in enumerate(nb.cells) if c.cell_type == "code")]
print(json.dumps({"kernel": round(first - start, 2), "first": round(took[0], 2), "slowest": round(max(took), 2), "all": round(time.monotonic() - start, 1), "cells": len(took)}))
