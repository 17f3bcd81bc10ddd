"""Large files that arrive in pieces and go on after a lost connection."""

from app.core.resumable.models import ResumableUpload

__all__ = ["ResumableUpload"]
