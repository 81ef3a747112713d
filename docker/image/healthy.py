"""Healthy means that the server answers. /api tells its version to anyone, so no
token is needed; under a hub the server's addresses begin with the user's prefix."""
import http.client
import os
import sys
from urllib.parse import urlsplit

prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "/")
port = urlsplit(os.environ.get("JUPYTERHUB_SERVICE_URL", "")).port or int(os.environ.get("JUPYTER_PORT", "8888"))
try:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    connection.request("GET", prefix.rstrip("/") + "/api")
    status = connection.getresponse().status
except OSError as e:
    sys.exit(f"JupyterLab does not answer on port {port}: {e}")
if status != 200:
    sys.exit(f"JupyterLab answers on port {port}, but with status {status}")
