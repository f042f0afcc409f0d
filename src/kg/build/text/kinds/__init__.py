"""One file for each kind of assertion: what in an analysed text says it. Each gives `Found` records for a `Reader`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kg.build.text.kinds import (
    aid,
    aid_ranking,
    aid_share,
    border,
    casualties,
    coalition,
    diplomatic_relation,
    finding,
    measure,
    meeting,
    membership,
    office,
    poll,
    stance,
    utterance,
)
from kg.build.text.kinds.common import Found, Reader

RULES: tuple[Callable[[Reader], Iterable[Found]], ...] = (
    aid.read,
    aid_ranking.read,
    aid_share.read,
    border.read,
    casualties.read,
    coalition.read,
    diplomatic_relation.read,
    finding.read,
    measure.read,
    meeting.read,
    membership.read,
    office.read,
    poll.read,
    stance.read,
    utterance.read,
)
"""The readers of all kinds."""

__all__ = ["RULES"]
