"""The folder through which nbgrader hands assignments out and takes them in.

Every student has a user number of their own, also in containers: with one number for
all, each could read what the others hand in. Teachers share a group, so that any of
them can release and collect.

    etc/nbgrader_config.py      settings for every server, which only the hub writes
    exchange/CLASS/outbound     teachers write, all read
    exchange/CLASS/inbound      teachers read, all write; students cannot list it
    exchange/CLASS/feedback     teachers write; students open what they know the name of
"""

import json
import os

# The modes that nbgrader gives these folders when teachers share a group.
MODES = {"": 0o2775, "outbound": 0o2775, "inbound": 0o2773, "feedback": 0o2771}

NBGRADER_CONFIG = """# Written by the hub at its start.
import os

c = get_config()
c.Exchange.root = {root!r}
c.CourseDirectory.course_id = {course!r}
# The group of teachers shares the course, and what students hand in.
c.CourseDirectory.groupshared = os.environ.get("GRADUS_ROLE") == "teacher"
# Who owns what was handed in has a number here, and a name only at the hub.
c.ExchangeCollect.check_owner = {owners_have_names}
# A student's stub, a longer time for a first cell: see the course's notes on grading.
c.ClearSolutions.code_stub = {{"go": '// YOUR CODE HERE\\npanic("not implemented")'}}
c.Execute.timeout = 300
"""


def prepare(settings):
    """Makes the folders and the configuration; what is there is only set right."""
    root = settings.exchange / "exchange"
    root.mkdir(exist_ok=True)
    root.chmod(0o1777)  # nbgrader wants it writable by all; sticky: nobody removes another's course
    for name, mode in MODES.items():
        path = root / settings.course / name
        path.mkdir(exist_ok=True)
        os.chown(path, 0, settings.teachers_gid)
        path.chmod(mode)
    etc = settings.exchange / "etc"
    etc.mkdir(exist_ok=True)
    etc.chmod(0o755)
    config = etc / "nbgrader_config.py"
    config.write_text(NBGRADER_CONFIG.format(root=str(root), course=settings.course, owners_have_names=settings.spawner == "local"))
    config.chmod(0o644)


class UserNumbers:
    """Gives each account a number that stays its own, whatever becomes of the hub's database."""

    FIRST = 20001

    def __init__(self, path):
        self.path = path

    def of(self, name):
        numbers = json.loads(self.path.read_text()) if self.path.exists() else {}
        if name not in numbers:
            numbers[name] = max(numbers.values(), default=self.FIRST - 1) + 1
            new = self.path.with_suffix(".new")
            new.write_text(json.dumps(numbers, indent=1))
            new.replace(self.path)  # whole or not at all
        return numbers[name]
