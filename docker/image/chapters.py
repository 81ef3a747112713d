"""Brings the chapters into a student's home: chapters.py COURSE HOME

What a student has written is never overwritten. For each file of the course:

    the student has no such file           it is copied
    has it, as it was delivered            it is replaced by the new one
    has it, changed, and the course too    the new one is put beside it: 03-data-new.ipynb
    has it, changed, the course has not    nothing happens

"As it was delivered" is told by SHA-256, kept in gradus/.delivered.json. Without
that file every copy counts as changed, so losing it costs nothing but a duplicate.
To get a fresh chapter, a student renames or deletes the own one and starts again.

It runs as the student, never as root: a link in the home leads no further than the
student could go anyway.
"""
import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write(path, data):
    """Write aside, sync, rename: there is the old file or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fd, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(fd, "wb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def beside(path):
    """The first free name of the kind 03-data-new.ipynb, 03-data-new-2.ipynb."""
    for n in range(1, 1000):
        new = path.with_name(f"{path.stem}-new{'' if n == 1 else f'-{n}'}{path.suffix}")
        if not os.path.lexists(new):
            return new
    raise OSError(f"there are a thousand new versions beside {path.name}; rename or delete some")


def chapters(course):
    """The files of the course, without checkpoints and hidden files."""
    for path in sorted(course.rglob("*")):
        name = path.relative_to(course)
        if path.is_file() and not any(part.startswith(".") for part in name.parts):
            yield name


def read_delivered(path):
    try:
        delivered = json.loads(path.read_text(encoding="utf-8"))
        return delivered if isinstance(delivered, dict) else {}
    except (FileNotFoundError, ValueError):
        return {}


def deliver(course, home):
    """Brings what is new, and returns a line for each thing that a student should know."""
    target = home / "gradus"
    target.mkdir(exist_ok=True)
    said = []
    with open(target / ".delivered.lock", "w") as lock:
        with contextlib.suppress(OSError):  # not every network disk can lock
            fcntl.flock(lock, fcntl.LOCK_EX)
        record = target / ".delivered.json"
        delivered = read_delivered(record)
        before = dict(delivered)
        for name in chapters(course):
            source, own, key = course / name, target / name, name.as_posix()
            new = digest(source)
            if not os.path.lexists(own):
                write(own, source.read_bytes())
                if before:
                    said.append(f"{key} is new")
            elif not own.is_file():
                continue  # the student has made something else of this name
            elif (current := digest(own)) == new:
                pass
            elif current == delivered.get(key):
                write(own, source.read_bytes())
                said.append(f"{key} was updated")
            elif delivered.get(key) != new:
                copy = beside(own)
                write(copy, source.read_bytes())
                said.append(f"{key} has a new version, {copy.relative_to(target)}; yours is as you left it")
            delivered[key] = new
        if delivered != before:
            write(record, json.dumps(delivered, indent=1, sort_keys=True).encode())
    return said


if __name__ == "__main__":
    course, home = map(Path, sys.argv[1:])
    if not course.is_dir():
        sys.exit(f"gradus: there is no course in {course}; GRADUS_COURSE names a folder that this container does not have.")
    try:
        for line in deliver(course, home):
            print("gradus:", line, flush=True)
    except OSError as e:
        free = shutil.disk_usage(home).free >> 20
        sys.exit(f"gradus: the chapters cannot be copied into {home}/gradus ({e}; {free} MB are free): check the volume and start again.")
