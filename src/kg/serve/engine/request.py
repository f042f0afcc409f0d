"""What a worker is asked. The web process knows no more of the evaluation than this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """What a worker is asked: a query, the media type of its answer, and the dataset if the protocol names one."""

    text: str
    media_type: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    rewrite: bool = True
    """Whether the query may be rewritten before it runs."""
    explain: bool = False
    """Whether only that is to be told, in JSON, and nothing run."""

    @classmethod
    def from_json(cls, content: dict[str, Any], text: str) -> Request:
        """Read what the web process sent: the query, and what is told beside it."""
        graphs = [content[key] if content[key] is None else tuple(content[key]) for key in ("default", "named")]
        return cls(text, content["media_type"], graphs[0], graphs[1], content["rewrite"], content["explain"])

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads beside the query."""
        return {
            "media_type": self.media_type,
            "default": self.default_graphs,
            "named": self.named_graphs,
            "rewrite": self.rewrite,
            "explain": self.explain,
        }
