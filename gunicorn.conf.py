"""Settings of the web server, for `flask --app wsgi serve` and for running it alone:

gunicorn -c gunicorn.conf.py wsgi:app
"""

import os
from pathlib import Path

from gunicorn.workers.base import Worker

from app.warming import warm

wsgi_app = "wsgi:app"
bind = os.environ.get("XINYU_BIND", "127.0.0.1:8000")

worker_class = "gthread"
workers = int(os.environ.get("XINYU_WORKERS", "2"))
# Enrolments that come in one moment are carried out together: the more threads, the fewer rounds. Where there are many
# workers each has fewer, as every thread may hold a connection to the database.
threads = int(os.environ.get("XINYU_THREADS", "16" if workers <= 4 else "8"))

# A request that takes longer belongs into the background worker.
timeout = 60
graceful_timeout = 10
keepalive = 5

# Heartbeats in memory: on a slow disk they would make a busy process look dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108

# Whose X-Forwarded-* headers are believed; behind a proxy on another machine name its address.
forwarded_allow_ips = os.environ.get("XINYU_PROXY_IPS", "127.0.0.1,::1")

control_socket_disable = True
loglevel = os.environ.get("XINYU_LOG_LEVEL", "warning")
errorlog = "-"
accesslog = "-" if os.environ.get("XINYU_ACCESS_LOG") else None


def post_worker_init(worker: Worker) -> None:
    """Before a worker takes its first request."""
    warm(worker.app.callable)
