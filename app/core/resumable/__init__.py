"""Large files that arrive in pieces and go on after a lost connection (the server's side of tus 1.0).

A file arrives under ``instance/uploads``. How much of it is here its own length says, so that neither a crash nor a
connection that hangs for ever loses what came; the row says whose it is and what for.
"""

from app.core.resumable.arriving import LIFETIME, Standing, begin, give_up, receive, standing
from app.core.resumable.models import ResumableUpload
from app.core.resumable.storage import configure
from app.core.resumable.taking import Arrived, arrived, drop, link_to, spool, use
from app.core.resumable.tidying import forget_abandoned

__all__ = [
    "LIFETIME",
    "Arrived",
    "ResumableUpload",
    "Standing",
    "arrived",
    "begin",
    "configure",
    "drop",
    "forget_abandoned",
    "give_up",
    "link_to",
    "receive",
    "spool",
    "standing",
    "use",
]
