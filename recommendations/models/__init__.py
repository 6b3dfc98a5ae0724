"""What is asked, of whom, and the ledger of what became of it: one noun per module."""

from .addressees import NAMED_RULE, Addressee, Response
from .assessments import Assessment, Testability
from .chapters import Article, Chapter, ChapterLink, Seen
from .documents import Document, Issue, Topic
from .evidence import Evidence, EvidenceKind
from .expected_steps import ExpectedStep
from .recommendations import Recommendation
from .record_changes import RecordChange
from .source_checks import SourceCheck
from .status import Status
from .updates import Basis, Update

__all__ = [
    "NAMED_RULE",
    "Addressee",
    "Article",
    "Assessment",
    "Basis",
    "Chapter",
    "ChapterLink",
    "Document",
    "Evidence",
    "EvidenceKind",
    "ExpectedStep",
    "Issue",
    "Recommendation",
    "RecordChange",
    "Response",
    "Seen",
    "SourceCheck",
    "Status",
    "Testability",
    "Topic",
    "Update",
]
