"""The hub's settings: read from the environment and checked before anything starts.

Whatever is wrong is said in one sentence that names the setting and what to write
there; the hub then ends with status 1. A hub that starts half configured is found
out by a class, which is too late.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from school_login import what_is_wrong_with

# A name that works as an account, a container, a volume and a folder.
NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,62}")
DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*")
UNITS = {"s": 1, "m": 60, "h": 3600}


class BadSetting(Exception):
    """A setting that the hub cannot start with. Its text is the whole message."""


@dataclass(frozen=True)
class OAuth:
    """The school's login service, for any that speaks OAuth 2 or OpenID Connect."""

    name: str  # on the button of the login page
    client_id: str
    client_secret: str
    authorize_url: str
    token_url: str
    userdata_url: str
    username_claim: str
    scopes: list[str]


@dataclass(frozen=True)
class Settings:
    spawner: str  # "docker"; "local" runs servers as users of this machine, for tests
    domain: str
    auth: str  # "native" or "oauth"
    admins: list[str]
    admin_password: str
    teachers: list[str]
    students: list[str]  # who may come in with OAuth; ["*"]: everyone the school lets in
    oauth: OAuth | None
    image: str
    memory: str
    cpu: float
    max_servers: int  # 0: no bound
    idle_seconds: int
    course: str
    teachers_gid: int
    teachers_open: bool  # teachers may open their students' servers
    data: Path
    exchange: Path
    proxy_token: str


def read(env=os.environ) -> Settings:
    """Reads and checks every setting that can be judged by itself."""
    spawner = one_of(env, "GRADUS_SPAWNER", ["docker", "local"])
    auth = one_of(env, "GRADUS_AUTH", ["native", "oauth"])
    admins = names(env, "GRADUS_ADMINS")
    if not admins:
        raise BadSetting("GRADUS_ADMINS is not set: name the account that lets students in, for example GRADUS_ADMINS=vera.")
    password = env.get("GRADUS_ADMIN_PASSWORD", "")
    if auth == "native" and (wrong := what_is_wrong_with(admins[0], password)):
        raise BadSetting(f"GRADUS_ADMIN_PASSWORD {wrong}.")
    students = ["*"] if env.get("GRADUS_STUDENTS", "").strip() == "*" else names(env, "GRADUS_STUDENTS")
    if auth == "oauth" and not students:
        raise BadSetting("GRADUS_STUDENTS is not set: with GRADUS_AUTH=oauth, list the accounts of the class, or write * for everyone whom the school's login lets in.")
    return Settings(
        spawner=spawner,
        domain=domain(env, needed=spawner == "docker" or auth == "oauth"),
        auth=auth,
        admins=admins,
        admin_password=password,
        teachers=names(env, "GRADUS_TEACHERS"),
        students=students,
        oauth=oauth(env) if auth == "oauth" else None,
        image=env.get("GRADUS_IMAGE") or "ghcr.io/gradus-ml/gradus:latest",
        memory=matching(env, "GRADUS_MEMORY", "2G", r"[1-9]\d*(\.\d+)?[MG]", "a number and M or G, for example 2G"),
        cpu=float(matching(env, "GRADUS_CPU", "2", r"(?=.*[1-9])\d+(\.\d+)?", "a number of cores, for example 1.5")),
        max_servers=int(matching(env, "GRADUS_MAX_SERVERS", "0", r"\d{1,5}", "a whole number, 0 for no bound")),
        idle_seconds=seconds(env, "GRADUS_IDLE", "60m"),
        course=matching(env, "GRADUS_CLASS", "gradus", r"[a-z0-9][a-z0-9_-]{0,40}", "lower-case letters, digits, - and _, for example go-2026"),
        teachers_gid=int(matching(env, "GRADUS_TEACHERS_GID", "20000", r"[1-9]\d{2,8}", "the number of a group, at least 100")),
        teachers_open=one_of(env, "GRADUS_TEACHERS_OPEN", ["no", "yes"]) == "yes",
        data=folder(env, "GRADUS_DATA", "/srv/jupyterhub"),
        exchange=folder(env, "GRADUS_EXCHANGE", "/srv/nbgrader"),
        proxy_token=proxy_token(env, needed=spawner == "docker"),
    )


def one_of(env, name, choices):
    """The value of a setting that has few; the first is the default."""
    value = env.get(name) or choices[0]
    if value not in choices:
        raise BadSetting(f'{name} is "{value}": write {" or ".join(choices)}.')
    return value


def matching(env, name, default, pattern, wanted):
    value = env.get(name) or default
    if not re.fullmatch(pattern, value):
        raise BadSetting(f'{name} is "{value}": write {wanted}.')
    return value


def names(env, name):
    """A list of accounts, separated by spaces or commas."""
    found = re.split(r"[\s,]+", env.get(name, "").strip())
    found = [n for n in found if n]
    for n in found:
        if not NAME.fullmatch(n):
            raise BadSetting(f'{name} has "{n}": an account is lower-case letters, digits and . _ - @, for example vera.maier.')
    return found


def seconds(env, name, default):
    value = matching(env, name, default, r"[1-9]\d{0,5}[smh]", "a number and s, m or h, for example 60m")
    return int(value[:-1]) * UNITS[value[-1]]


def domain(env, needed):
    value = env.get("GRADUS_DOMAIN", "")
    if not value:
        if needed:
            raise BadSetting("GRADUS_DOMAIN is not set: give the name under which students reach this server, for example GRADUS_DOMAIN=lab.school.example.")
        return ""
    if not DOMAIN.fullmatch(value):
        raise BadSetting(f'GRADUS_DOMAIN is "{value}": write the bare name, without https:// and without a path, for example lab.school.example.')
    return value


def folder(env, name, default):
    """A folder that the hub can write to, which a missing or read-only volume is not."""
    path = Path(env.get(name) or default)
    probe = path / ".writable"
    try:
        probe.write_text("")
        probe.unlink()
    except OSError as e:
        raise BadSetting(f"{name} is {path}, and the hub cannot write there ({e.strerror}): mount a volume at that folder that the hub's user may write to.") from None
    return path


def proxy_token(env, needed):
    value = env.get("GRADUS_PROXY_TOKEN", "")
    if needed and not re.fullmatch(r"\S{32,}", value):
        raise BadSetting("GRADUS_PROXY_TOKEN is missing or shorter than 32 characters: it keeps students from steering the proxy; make one with `openssl rand -hex 32`.")
    return value


def oauth(env):
    """The settings of the school's login, whose addresses must be https: they carry secrets."""
    found = {}
    for key in ["CLIENT_ID", "CLIENT_SECRET", "AUTHORIZE_URL", "TOKEN_URL", "USERDATA_URL"]:
        value = env.get(f"GRADUS_OAUTH_{key}", "")
        if not value:
            raise BadSetting(f"GRADUS_OAUTH_{key} is not set: with GRADUS_AUTH=oauth the hub needs it; the people who run the school's login have it.")
        if key.endswith("_URL") and not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", value):
            raise BadSetting(f'GRADUS_OAUTH_{key} is "{value}": it must begin with https://, because passwords and tokens pass through it.')
        found[key.lower()] = value
    return OAuth(
        name=env.get("GRADUS_OAUTH_NAME") or "the school's account",
        username_claim=env.get("GRADUS_OAUTH_USERNAME") or "preferred_username",
        scopes=(env.get("GRADUS_OAUTH_SCOPES") or "openid profile").split(),
        **found,
    )


def check_docker(settings):
    """Makes sure that Docker answers and has the students' image."""
    import docker

    try:
        client = docker.from_env()
        client.images.get(settings.image)
    except docker.errors.ImageNotFound:
        raise BadSetting(f"The image {settings.image} is not on this server: run `docker pull {settings.image}`, or build it and name it in GRADUS_IMAGE.") from None
    except (docker.errors.DockerException, OSError) as e:
        raise BadSetting(f"Docker does not answer ({str(e).splitlines()[0][:120]}): the hub needs /var/run/docker.sock of this server to start students' containers.") from None
