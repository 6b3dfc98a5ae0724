"""The table of transitions by which a digest goes from one state to another. The database refuses every other way.

`planned → frozen → sending → sent`, and off this way: held (staff decide), canceled, skipped (of no more use).
"""

from dataclasses import dataclass

from reviews.digests.models.items import ITEM_MODELS
from reviews.digests.models.states import DigestState, Reason

PLANNED, FROZEN, SENDING, SENT, HELD, CANCELLED, SKIPPED = (
    DigestState.PLANNED,
    DigestState.FROZEN,
    DigestState.SENDING,
    DigestState.SENT,
    DigestState.HELD,
    DigestState.CANCELLED,
    DigestState.SKIPPED,
)


@dataclass(frozen=True)
class Transition:
    """A step that a digest may take in any of the states `before`, and the states it may be in `after` that."""

    name: str
    before: list[DigestState]
    after: list[DigestState]


TRANSITIONS = [
    # The scheduler's steps
    Transition("freeze", [PLANNED], [FROZEN, HELD]),  # held: the series wants approval
    Transition("fan out", [FROZEN], [SENDING, HELD]),  # held: not approved, not public, or to many more than before
    Transition("finish", [SENDING], [SENT, SKIPPED]),  # skipped: the day is over and nobody has got it
    Transition("fail", [PLANNED, FROZEN], [HELD]),  # it could not be made
    Transition("lose its use", [PLANNED, FROZEN, HELD], [SKIPPED]),  # past, superseded by a nearer one, no news
    # What follows from a change of the milestone or its series
    Transition("come too late", [PLANNED, CANCELLED, SKIPPED], [HELD]),  # its day was past when the date was set
    Transition("be called off", [PLANNED, FROZEN, SENDING, HELD, SKIPPED], [CANCELLED]),
    Transition("be on again", [HELD, CANCELLED, SKIPPED], [PLANNED]),  # held: only of those that came too late
    # Staff
    Transition("hold", [PLANNED, FROZEN, SENDING], [HELD]),
    Transition("release", [HELD], [PLANNED, FROZEN, SENDING]),  # to where it stood
    Transition("approve", [HELD], [FROZEN]),
    Transition("cancel", [PLANNED, FROZEN, SENDING, HELD], [CANCELLED]),
    Transition("retry", [SENDING, SENT], [SENDING]),
]

ALLOWED = {(before, after) for transition in TRANSITIONS for before in transition.before for after in transition.after}


def states_before(name: str) -> list[DigestState]:
    """Return the states in which the transition of this name is possible."""
    [transition] = [transition for transition in TRANSITIONS if transition.name == name]
    return transition.before


def move(digest, state: DigestState, reason: Reason = Reason.NONE, **values):
    """Bring a digest, whose row is locked, into a state, with other `values` of its fields; its messages follow.

    Raises ValueError for a way that is not in the table.
    """
    if state != digest.state and (digest.state, state) not in ALLOWED:
        raise ValueError(f"A digest does not go from {digest.state} to {state}.")
    digest.state, digest.state_reason = state, reason
    for name, value in values.items():
        setattr(digest, name, value)
    digest.save(update_fields=["state", "state_reason", *values])
    if digest.batch:
        if state == SENDING:
            digest.batch.open()
        elif state == HELD:
            digest.batch.hold()
        elif state in (CANCELLED, SKIPPED):
            digest.batch.stop()


def stop(digest, reason: Reason, state: DigestState = CANCELLED):
    """Let nothing more of a digest leave. Where nobody has got it, its news are the next digest's."""
    move(digest, state, reason)
    if not digest.deliveries.possibly_delivered().exists():
        for model in ITEM_MODELS:
            model.objects.filter(digest=digest).delete()
