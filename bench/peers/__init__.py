"""Those that are measured, by name: Sides first, then whom it is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .base import Peer
from .oxigraph import Engine, OxigraphDisk, OxigraphMemory
from .rdf_lib import RdflibEndpoint
from .sides import Sides
from .virtuoso import Virtuoso

PEERS: Mapping[str, type[Peer]] = MappingProxyType(
    {peer.name: peer for peer in (Sides, Engine, OxigraphMemory, OxigraphDisk, Virtuoso, RdflibEndpoint)}
)
