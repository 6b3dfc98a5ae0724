"""What is asked, of whom, and the ledger of what became of it: one noun per module."""

from .addressees import NAMED_RULE, Addressee
from .answers import Answer, AnswerKind
from .chapters import Article, Chapter, ChapterLink, Seen
from .documents import Document, Issue, Topic
from .expected_steps import ExpectedStep
from .recommendations import Recommendation, Succession
from .source_checks import SourceCheck
from .status import Status
from .updates import Basis, Evidence, Update

__all__ = [
    "NAMED_RULE",
    "Addressee",
    "Answer",
    "AnswerKind",
    "Article",
    "Basis",
    "Chapter",
    "ChapterLink",
    "Document",
    "Evidence",
    "ExpectedStep",
    "Issue",
    "Recommendation",
    "Seen",
    "SourceCheck",
    "Status",
    "Succession",
    "Topic",
    "Update",
]
