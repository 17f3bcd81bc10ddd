"""The application object that a WSGI server and the `flask` command load."""

import gc

gc.disable()  # nothing that is loaded at the start is garbage: looking for some cost a sixth of it

from app import create_app  # noqa: E402

app = create_app()
gc.freeze()  # nor will it ever be
gc.enable()
