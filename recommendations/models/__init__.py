"""What is asked, of whom, and the ledger of what became of it: one noun per module."""

from .addressees import Addressee, Response
from .chapters import Chapter, ChapterLink
from .documents import Document, Issue, Topic
from .recommendations import Recommendation
from .status import Status
from .updates import Basis, Evidence, Update

__all__ = [
    "Addressee",
    "Basis",
    "Chapter",
    "ChapterLink",
    "Document",
    "Evidence",
    "Issue",
    "Recommendation",
    "Response",
    "Status",
    "Topic",
    "Update",
]
