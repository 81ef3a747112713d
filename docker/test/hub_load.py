"""Speaks to the hub's API as its test service: hands an assignment in and out, waits for
an idle server to be culled, and brings up a class and measures it.

    hub_load.py {exchange|cull|load} BASE TOKEN USER…

Prints "ok …" or "FAILED …" for each thing that it looked at.
"""

import asyncio
import contextlib
import glob
import json
import os
import pwd
import signal
import sys
import time
import uuid

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

# A cell as chapter 0 has them: it links GoMLX and the drawing, and makes a picture.
CELL = """import (
	"github.com/gradus-ml/gradus/kit"
	"github.com/gradus-ml/gradus/kit/data"
	"github.com/gradus-ml/gradus/kit/show"
	"github.com/gradus-ml/gradus/kit/train"
)
%%
set, _ := kit.Must2(data.Digits())
kit.Must(show.Bars("Load", "digit", "images", "A bar for each digit.", set.Classes, make([]float64, 10)).Display())
_ = train.Options{}
fmt.Println("ready")"""
KEEP_FREE = 1.5e9  # bytes of memory that a load test leaves to the rest of the machine


def check(what, good, why=""):
    print(f"ok {what}" if good else f"FAILED {what}: {' '.join(str(why).split())[:300]}", flush=True)
    return good


class Hub:
    def __init__(self, base, token):
        self.base, self.headers = base, {"Authorization": f"token {token}"}
        self.client = AsyncHTTPClient()

    async def ask(self, path, method="GET", body=None):
        """An answer's JSON; path begins with /hub/api or /user/NAME/api."""
        request = HTTPRequest(
            self.base + path, method=method, headers=self.headers, request_timeout=150, allow_nonstandard_methods=True, body=None if body is None else json.dumps(body)
        )
        answer = await self.client.fetch(request)
        return json.loads(answer.body or b"null")

    async def start(self, user):
        """Starts a user's server; returns the seconds until it answers."""
        began = time.monotonic()
        try:
            await self.ask("/hub/api/users", "POST", {"usernames": [user]})
        except HTTPClientError as e:
            if e.code != 409:  # known already
                raise
        await self.ask(f"/hub/api/users/{user}/server", "POST", {})
        while time.monotonic() - began < 150:
            if (await self.ask(f"/hub/api/users/{user}"))["servers"].get("", {}).get("ready"):
                await self.ask(f"/user/{user}/api/status")
                return time.monotonic() - began
            await asyncio.sleep(0.1)
        raise TimeoutError(f"the server of {user} did not start")

    async def stop(self, user):
        await self.ask(f"/hub/api/users/{user}/server", "DELETE")
        while (await self.ask(f"/hub/api/users/{user}"))["servers"]:
            await asyncio.sleep(0.2)

    async def running(self, user):
        try:
            return bool((await self.ask(f"/hub/api/users/{user}"))["servers"])
        except HTTPClientError as e:
            if e.code == 404:  # has never been here
                return False
            raise


class Kernel:
    """A Go kernel in a user's server."""

    @classmethod
    async def open(cls, hub, user):
        self = cls()
        model = await hub.ask(f"/user/{user}/api/kernels", "POST", {"name": "gradus"})
        address = f"{hub.base.replace('http', 'ws', 1)}/user/{user}/api/kernels/{model['id']}/channels"
        self.socket = await websocket_connect(HTTPRequest(address, headers=hub.headers))
        return self

    async def send(self, kind, content, channel="shell"):
        identity = uuid.uuid4().hex
        header = {"msg_id": identity, "msg_type": kind, "session": "load", "username": "", "version": "5.3"}
        await self.socket.write_message(json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": channel, "buffers": []}))
        return identity

    async def run(self, code):
        """Runs a cell; returns what it printed."""
        identity = await self.send("execute_request", {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True})
        printed, replied, idle = "", False, False
        while not (replied and idle):
            message = await self.next(identity)
            kind, content = message["msg_type"], message["content"]
            if kind == "stream":
                printed += content["text"]
            elif kind == "error":
                printed += "\n".join(content.get("traceback", [])) + content.get("evalue", "")
            replied = replied or kind == "execute_reply"
            idle = idle or (kind == "status" and content["execution_state"] == "idle")
        return printed

    async def complete(self, code):
        identity = await self.send("complete_request", {"code": code, "cursor_pos": len(code)})
        while True:
            message = await self.next(identity)
            if message["msg_type"] == "complete_reply":
                return message["content"]["matches"]

    async def next(self, identity):
        while True:
            text = await asyncio.wait_for(self.socket.read_message(), 150)
            if text is None:
                raise ConnectionError("the kernel's connection was closed")
            if isinstance(text, bytes):
                continue
            message = json.loads(text)
            if message["parent_header"].get("msg_id") == identity:
                return message


def memory(user):
    """Megabytes of a user's processes, by what they are. What processes share is counted by their share (PSS)."""
    uid = pwd.getpwnam(user).pw_uid
    found = {"server": 0.0, "kernel": 0.0, "gopls": 0.0, "other": 0.0}
    for folder in glob.glob("/proc/[0-9]*"):
        try:
            if os.stat(folder).st_uid != uid:
                continue
            with open(f"{folder}/cmdline") as f:
                command = f.read().split("\0")
            with open(f"{folder}/smaps_rollup") as f:
                pss = next(int(line.split()[1]) for line in f if line.startswith("Pss:"))
        except (OSError, StopIteration):
            continue  # it has just ended
        program = os.path.basename(command[0])
        kind = program if program == "gopls" else "kernel" if program == "gonb" else "server" if any("jupyterhub-singleuser" in c for c in command) else "other"
        found[kind] += pss / 1024
    return found


def end(user):
    """Ends what a stopped server has left: a container would have taken its processes along."""
    uid = pwd.getpwnam(user).pw_uid
    for folder in glob.glob("/proc/[0-9]*"):
        with contextlib.suppress(OSError):
            if os.stat(folder).st_uid == uid:
                os.kill(int(os.path.basename(folder)), signal.SIGKILL)


def available():
    with open("/proc/meminfo") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("MemAvailable")) * 1024


async def exchange(hub, teacher, anna, ben):
    """An assignment goes out, comes back, and no other student sees what was handed in."""
    root = os.environ["GRADUS_EXCHANGE"] + "/exchange/gradus"
    kernels = {}
    for user in (teacher, anna, ben):
        if not await hub.running(user):
            await hub.start(user)
        kernels[user] = await Kernel.open(hub, user)

    async def shell(user, command):
        return await kernels[user].run(f"!{command} 2>&1; echo status $?")

    notebook = '{"cells": [], "metadata": {"kernelspec": {"name": "gradus", "language": "go", "display_name": "Go"}}, "nbformat": 4, "nbformat_minor": 5}'
    said = await shell(teacher, f"mkdir -p course/release/ps1 && echo '{notebook}' > course/release/ps1/ps1.ipynb && cd course && nbgrader release_assignment ps1")
    check("a teacher releases an assignment", "status 0" in said and os.path.exists(f"{root}/outbound/ps1/ps1.ipynb"), said)
    said = await shell(anna, "nbgrader fetch_assignment ps1 && nbgrader submit ps1")
    check("a student fetches it and hands it in", "status 0" in said and os.listdir(f"{root}/inbound"), said)
    said = await shell(ben, f"ls {root}/inbound")
    check("another student does not see what was handed in", "ermission denied" in said, said)
    said = await shell(ben, f"touch {root}/outbound/forged")
    check("a student cannot release anything", "ermission denied" in said, said)
    said = await shell(ben, "touch $JUPYTER_CONFIG_PATH/nbgrader_config.py")
    check("a student cannot change nbgrader's settings", "ermission denied" in said, said)
    said = await shell(teacher, "cd course && nbgrader collect ps1")
    collected = os.path.join(pwd.getpwnam(teacher).pw_dir, "course", "submitted", anna, "ps1", "ps1.ipynb")
    check("a teacher collects it", "status 0" in said and os.path.exists(collected), said)
    for user in kernels:
        await hub.stop(user)


async def cull(hub, busy, idle):
    """An idle server ends by itself; one that is used does not."""
    for user in (busy, idle):
        await hub.start(user)
    kernel = await Kernel.open(hub, busy)
    began = time.monotonic()
    while await hub.running(idle) and time.monotonic() - began < 120:
        await kernel.run('%%\nfmt.Println("busy")')
        await asyncio.sleep(1)
    check(f"an idle server is culled (after {time.monotonic() - began:.0f} s)", not await hub.running(idle))
    check("a server that is used is not", await hub.running(busy))
    check("what an idle server's student saved is still there", os.path.exists(os.path.join(pwd.getpwnam(idle).pw_dir, "hello.ipynb")))
    await hub.stop(busy)


async def load(hub, *users):
    """Brings up servers with a running kernel until memory or users run out, then lets all work at once."""
    rows, kernels = [], {}
    for user in users:
        if available() < KEEP_FREE:
            print(f"  stopped at {len(rows)} servers: less than {KEEP_FREE / 1e9} GB of memory is available", flush=True)
            break
        row = {"user": user, "start_s": await hub.start(user), "server_mb": sum(memory(user).values())}
        began = time.monotonic()
        kernels[user] = await Kernel.open(hub, user)
        printed = await kernels[user].run(CELL)
        row["cell_s"] = time.monotonic() - began
        if not check(f"{user} has a server and a kernel that answers", "ready" in printed, printed):
            break
        row["kernel_mb"] = sum(memory(user).values())
        rows.append(row)
        print(f"  {user}: server in {row['start_s']:.1f} s, {row['server_mb']:.0f} MB; first cell after {row['cell_s']:.1f} s, {row['kernel_mb']:.0f} MB", flush=True)

    async def works(user):
        began = time.monotonic()
        await kernels[user].run(CELL)
        return time.monotonic() - began

    alone = await works(rows[0]["user"])
    together = await asyncio.gather(*(works(row["user"]) for row in rows))

    async def completes(user):
        for _ in range(15):  # until gopls has read the packages it has nothing to offer
            if matches := await kernels[user].complete("%%\nkit.Mus"):
                return matches
            await asyncio.sleep(2)
        return []

    completed = await asyncio.gather(*(completes(row["user"]) for row in rows))
    check("all complete what is typed", all("Must" in " ".join(matches) for matches in completed), completed)
    parts = []
    for _ in range(9):  # gopls reads the packages meanwhile, and then gives memory back
        await asyncio.sleep(5)
        parts.append([memory(row["user"]) for row in rows])
    first = rows[0]["user"]
    await hub.stop(first)
    end(first)
    await hub.start(first)
    again = await Kernel.open(hub, first)
    await again.run(CELL)
    await again.complete("%%\nkit.Mus")
    await asyncio.sleep(15)
    second_day = memory(first)
    mean = lambda values: sum(values) / len(values)  # noqa: E731
    result = {
        "servers": len(rows),
        "server_start_s": round(mean([r["start_s"] for r in rows]), 1),
        "server_alone_mb": round(mean([r["server_mb"] for r in rows])),
        "first_cell_s": round(mean([r["cell_s"] for r in rows]), 1),
        "with_kernel_mb": round(mean([r["kernel_mb"] for r in rows])),
        "cell_alone_s": round(alone, 2),
        "cell_all_at_once_s": round(max(together), 2),
        # The first completion in a new home makes gopls read every package once.
        "first_completion_peak_mb": round(max(mean([sum(p.values()) for p in moment]) for moment in parts)),
        "first_completion_largest_mb": round(max(sum(p.values()) for moment in parts for p in moment)),
        "after_45_s_mb": round(mean([sum(p.values()) for p in parts[-1]])),
        "next_day_with_completion_mb": round(sum(second_day.values())),
        "of_that": {kind: round(mb) for kind, mb in second_day.items()},
    }
    print("  measured: " + json.dumps(result), flush=True)
    check(f"{len(rows)} servers run at the same time", len(rows) == len(users))
    for row in rows:
        await hub.stop(row["user"])
        end(row["user"])


def main():
    kind, base, token, *users = sys.argv[1:]
    asyncio.run({"exchange": exchange, "cull": cull, "load": load}[kind](Hub(base, token), *users))


main()
