"""JupyterHub for a class on one server. settings.py says what can be set, README.md how.

GRADUS_SPAWNER=docker, the default, gives every student a container. GRADUS_SPAWNER=local
runs servers as users of this machine: that is how docker/test/hub.sh proves this very file.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import exchange
import settings as hub_settings

c = get_config()  # noqa: F821: JupyterHub gives it

try:
    settings = hub_settings.read()
    if settings.spawner == "docker":
        hub_settings.check_docker(settings)
except hub_settings.BadSetting as e:
    # Ended here, at once: JupyterHub would bury the sentence under a traceback.
    print(f"The hub does not start: {e}", file=sys.stderr, flush=True)
    os._exit(1)

TEACHERS = f"formgrade-{settings.course}"  # the names that nbgrader looks for
STUDENTS = f"nbgrader-{settings.course}"


# Who may come in.

if settings.auth == "native":
    import nativeauthenticator
    from school_login import SHORTEST_PASSWORD, SchoolLogin

    c.JupyterHub.authenticator_class = SchoolLogin
    c.JupyterHub.template_paths = [os.path.join(os.path.dirname(nativeauthenticator.__file__), "templates")]
    c.SchoolLogin.admin_name = settings.admins[0]
    c.SchoolLogin.admin_password = settings.admin_password
    c.SchoolLogin.minimum_password_length = SHORTEST_PASSWORD
    c.SchoolLogin.check_common_password = True
    c.SchoolLogin.allowed_failed_logins = 5
    c.SchoolLogin.seconds_before_next_try = 300
    c.SchoolLogin.allow_all = True  # all whom an admin has let in
else:
    c.JupyterHub.authenticator_class = "generic-oauth"
    c.GenericOAuthenticator.login_service = settings.oauth.name
    c.GenericOAuthenticator.client_id = settings.oauth.client_id
    c.GenericOAuthenticator.client_secret = settings.oauth.client_secret
    c.GenericOAuthenticator.authorize_url = settings.oauth.authorize_url
    c.GenericOAuthenticator.token_url = settings.oauth.token_url
    c.GenericOAuthenticator.userdata_url = settings.oauth.userdata_url
    c.GenericOAuthenticator.username_claim = settings.oauth.username_claim
    c.GenericOAuthenticator.scope = settings.oauth.scopes
    c.GenericOAuthenticator.oauth_callback_url = f"https://{settings.domain}/hub/oauth_callback"
    if settings.students == ["*"]:
        c.GenericOAuthenticator.allow_all = True
    else:
        c.GenericOAuthenticator.allowed_users = {*settings.students, *settings.teachers, *settings.admins}

c.Authenticator.admin_users = set(settings.admins)


# Who may do what. Admins let people in and may do everything; teachers see the class and
# its servers, start and stop them.

c.JupyterHub.load_groups = {TEACHERS: {"users": []}, STUDENTS: {"users": []}}
teacher_scopes = ["admin-ui", f"list:users!group={STUDENTS}", f"read:users!group={STUDENTS}", f"servers!group={STUDENTS}"]
if settings.teachers_open:
    teacher_scopes.append(f"access:servers!group={STUDENTS}")
c.JupyterHub.load_roles = [
    {"name": "teacher", "description": "Sees the class; starts and stops its servers", "groups": [TEACHERS], "scopes": teacher_scopes},
    {"name": "idle-culler", "services": ["idle-culler"], "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"]},
]
# What a server may ask the hub: its own access, its activity, and, for nbgrader, its course.
c.Spawner.server_token_scopes = ["access:servers!server", "users:activity!user", "read:users:name!user", "read:users:groups!user"]


def is_teacher(name):
    return name in settings.teachers or name in settings.admins


def enrol(spawner):
    """Puts who starts a server into the group of teachers or of students, and out of the other."""
    from jupyterhub import orm

    teacher = is_teacher(spawner.user.name)
    account = spawner.user.orm_user
    for name, belongs in [(TEACHERS, teacher), (STUDENTS, not teacher)]:
        group = orm.Group.find(spawner.db, name)
        if belongs and account not in group.users:
            group.users.append(account)
        elif not belongs and account in group.users:
            group.users.remove(account)
    spawner.db.commit()


c.Spawner.pre_spawn_hook = enrol


# A student's server.

exchange.prepare(settings)
numbers = exchange.UserNumbers(settings.data / "user-numbers.json")

c.Spawner.mem_limit = settings.memory
c.Spawner.cpu_limit = settings.cpu
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 60
c.Spawner.environment = {
    "GRADUS_ROLE": lambda spawner: "teacher" if is_teacher(spawner.user.name) else "student",
    "JUPYTER_CONFIG_PATH": str(settings.exchange / "etc"),  # for nbgrader_config.py
}
c.JupyterHub.concurrent_spawn_limit = 10  # a class logs in within the same minute
c.JupyterHub.active_server_limit = settings.max_servers

if settings.spawner == "local":
    c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
else:
    NETWORK = "gradus-students"  # compose.yaml makes it
    c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"
    c.DockerSpawner.image = settings.image
    c.Spawner.default_url = "/lab/tree/gradus/00-start-here.ipynb"
    c.DockerSpawner.pull_policy = "never"  # a student does not wait for a download
    c.DockerSpawner.prefix = "gradus"
    c.DockerSpawner.network_name = NETWORK
    c.DockerSpawner.use_internal_ip = True
    c.DockerSpawner.remove = True  # the home is a volume; the rest is made anew
    c.DockerSpawner.volumes = {"gradus-home-{username}": "/home/jovyan", "gradus-exchange": {"bind": str(settings.exchange), "mode": "rw"}}
    # The image starts as root, gives the home to NB_UID and goes on as that user.
    c.Spawner.environment["NB_UID"] = lambda spawner: str(numbers.of(spawner.user.name))
    c.Spawner.environment["NB_GID"] = lambda spawner: str(settings.teachers_gid if is_teacher(spawner.user.name) else 100)
    c.DockerSpawner.extra_create_kwargs = {"user": "root"}
    c.DockerSpawner.extra_host_config = {
        "pids_limit": 1024,
        "security_opt": ["no-new-privileges"],
        "cap_drop": ["ALL"],
        # To become the student, and to end the student's processes at the end.
        "cap_add": ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID"],
    }


# The hub itself.

c.JupyterHub.db_url = f"sqlite:///{settings.data}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = str(settings.data / "cookie-secret")
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={settings.idle_seconds}", f"--cull-every={max(2, min(300, settings.idle_seconds // 4))}"],
    }
]
if settings.spawner == "docker":
    c.JupyterHub.hub_ip = "0.0.0.0"
    c.JupyterHub.hub_connect_ip = "hub"
    c.JupyterHub.bind_url = "http://:8000"
    # The proxy is a container of its own, and servers outlive the hub: who works does
    # not notice that the hub is restarted.
    c.JupyterHub.cleanup_servers = False
    c.ConfigurableHTTPProxy.should_start = False
    c.ConfigurableHTTPProxy.api_url = "http://proxy:8001"
    c.ConfigurableHTTPProxy.auth_token = settings.proxy_token
