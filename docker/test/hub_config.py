"""docker/hub/jupyterhub_config.py as it is, and what a test needs beside it: a key to
the hub's API, and where this machine has what the image has at /opt/gradus."""

import os
import pwd

work = os.environ["GRADUS_TEST_WORK"]
load_subconfig(os.environ["GRADUS_TEST_CONFIG"])  # noqa: F821: traitlets gives it
c = get_config()  # noqa: F821

home = lambda spawner: pwd.getpwnam(spawner.user.name).pw_dir  # noqa: E731
c.Spawner.cmd = [f"{work}/server/bin/jupyterhub-singleuser"]
c.Spawner.environment.update(
    {
        "JUPYTER_PATH": f"{work}/course/.lab/share/jupyter",
        "GOMODCACHE": f"{work}/mod",
        "GRADUS_DATA": f"{work}/data-sets",
        "GRADUS_RUNS": lambda spawner: home(spawner) + "/runs",
        "PYTHONNOUSERSITE": "1",
        "LD_LIBRARY_PATH": f"{work}/python/lib",  # where the test had to copy a Python
        "JUPYTERHUB_ACTIVITY_INTERVAL": "3",  # seconds; 300 is too long to wait for in a test
        "PATH": f"{work}/server/bin:{work}/course/.lab/bin:{os.environ['PATH']}",
    }
)
c.JupyterHub.last_activity_interval = 3
c.ConfigurableHTTPProxy.command = [f"{work}/node/node_modules/.bin/configurable-http-proxy"]

for i, name in enumerate(["bind_url", "hub_bind_url"]):
    setattr(c.JupyterHub, name, f"http://127.0.0.1:{int(os.environ['GRADUS_TEST_PORT']) + i}")
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{int(os.environ['GRADUS_TEST_PORT']) + 2}"

c.JupyterHub.services.append({"name": "test", "api_token": os.environ["GRADUS_TEST_TOKEN"]})
c.JupyterHub.load_roles.append({"name": "test", "services": ["test"], "scopes": ["admin:users", "admin:servers", "access:servers", "read:users", "list:users", "read:roles"]})
