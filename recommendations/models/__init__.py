"""What is asked, of whom, and the ledger of what became of it: one noun per module."""

from .addressees import NAMED_RULE, Addressee, Response
from .chapters import Article, Chapter, ChapterLink, Seen
from .documents import Document, Issue, Topic
from .expected_steps import ExpectedStep
from .history import Action, HistoryEntry
from .recommendations import Recommendation
from .record_changes import RecordChange
from .source_checks import SourceCheck
from .status import Status
from .updates import Basis, Evidence, Update
from .versions import (
    AddresseeVersion,
    ChapterLinkVersion,
    DocumentVersion,
    IssueVersion,
    RecommendationVersion,
    SuccessTestVersion,
    TopicVersion,
)

__all__ = [
    "NAMED_RULE",
    "Action",
    "Addressee",
    "AddresseeVersion",
    "Article",
    "Basis",
    "Chapter",
    "ChapterLink",
    "ChapterLinkVersion",
    "Document",
    "DocumentVersion",
    "Evidence",
    "ExpectedStep",
    "HistoryEntry",
    "Issue",
    "IssueVersion",
    "Recommendation",
    "RecommendationVersion",
    "RecordChange",
    "Response",
    "Seen",
    "SourceCheck",
    "Status",
    "SuccessTestVersion",
    "Topic",
    "TopicVersion",
    "Update",
]
