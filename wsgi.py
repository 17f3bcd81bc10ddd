"""The application object that a WSGI server and the `flask` command load."""

import gc

gc.disable()  # nothing that is loaded at the start is garbage: looking for some cost a sixth of it

from app import create_app  # noqa: E402
from app.cli import looks_for_its_command  # noqa: E402

app = create_app(pages=not looks_for_its_command())
gc.freeze()  # nor will it ever be
gc.enable()
