"""Runs a command with a kernel's own environment: kernelenv.py KERNEL COMMAND…

Go's build cache tells settings apart, so what is compiled ahead for cells has to be
compiled with the settings that cells have.
"""
import json
import os
import string
import sys

with open(f"/opt/gradus/.lab/share/jupyter/kernels/{sys.argv[1]}/kernel.json", encoding="utf-8") as f:
    env = json.load(f)["env"]
# As Jupyter does it: ${NAME} stands for the value that the server has.
env = {name: string.Template(value).safe_substitute(os.environ) for name, value in env.items()}
# The checkout is the module here; the package proxy was there to fetch modules.
os.environ.update({**env, "GOWORK": "off"})
os.execvp(sys.argv[2], sys.argv[2:])
