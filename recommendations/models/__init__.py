"""Models of recommendations, of those whom they ask, and of the ledger: one noun per module."""

from .addressees import NAMED_RULE, Addressee
from .answers import Answer, AnswerKind
from .assessments import Assessment, Testability
from .chapters import Article, Chapter, ChapterLink, Seen
from .documents import Document, Issue, Topic
from .evidence import Evidence, EvidenceKind
from .expected_steps import ExpectedStep
from .history import Action, HistoryEntry
from .recommendations import Recommendation, Succession
from .record_changes import RecordChange
from .source_checks import SourceCheck
from .status import Status
from .updates import Basis, Update
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
    "Answer",
    "AnswerKind",
    "Article",
    "Assessment",
    "Basis",
    "Chapter",
    "ChapterLink",
    "ChapterLinkVersion",
    "Document",
    "DocumentVersion",
    "Evidence",
    "EvidenceKind",
    "ExpectedStep",
    "HistoryEntry",
    "Issue",
    "IssueVersion",
    "Recommendation",
    "RecommendationVersion",
    "RecordChange",
    "Seen",
    "SourceCheck",
    "Status",
    "SuccessTestVersion",
    "Succession",
    "Testability",
    "Topic",
    "TopicVersion",
    "Update",
]
