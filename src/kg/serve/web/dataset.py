"""The graph as a work that is cited, and as a ``Dataset`` of schema.org, for the search engines of data."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from kg.ground.citation import Work, read_work, release_of
from kg.ground.errors import QueryError
from kg.ground.release import PastRelease, Release
from kg.ground.terms import DATASET, expand, release_iri
from kg.serve.web.kept import files
from kg.serve.web.site import site
from kg.serve.web.state import state

LICENCES: Mapping[str, str] = {"CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/"}
"""The addresses of licences by their SPDX names."""

_COVERAGE = (
    "PREFIX sides: <https://w3id.org/sides/ontology#> "
    "SELECT (MIN(?earliest) AS ?from) (MAX(?latest) AS ?to) "
    "{ ?assertion sides:earliest ?earliest ; sides:latest ?latest }"
)


def release_work(release: Release | PastRelease) -> Work:
    """A release of the graph as it is cited."""
    return release_of(
        read_work(state().settings.home.resolve()),
        digest=release.hash,
        published=release.published,
        url=f"{site().address}release/{release.hash}",
        identifier=release_iri(release.hash),
    )


def dataset(release: Release) -> dict[str, object]:
    """The graph as a ``Dataset`` of schema.org, in the language of the request, for the search engines of data."""
    t, work = site().texts, release_work(release)
    licence = LICENCES.get(work.licence, f"https://spdx.org/licenses/{work.licence}")
    told: dict[str, object] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": DATASET,
        "name": t("cite.work"),
        "description": t("cite.description"),
        "url": site().address,
        "identifier": work.identifier,
        "version": work.version,
        "dateModified": release.published,
        "license": licence,
        "isAccessibleForFree": True,
        "creator": [_agent(author) for author in work.authors],
        "keywords": list(work.keywords),
        "inLanguage": list(site().languages),
        "temporalCoverage": _coverage(),
        "spatialCoverage": {"@type": "Place", "name": t("cite.place"), "sameAs": expand("state:UKR")},
        "measurementTechnique": t("cite.technique"),
        "distribution": [
            {
                "@type": "DataDownload",
                "contentUrl": site().address.rstrip("/") + file.address,
                "encodingFormat": [file.media_type, file.compression] if file.compression else file.media_type,
                "contentSize": f"{file.size} B",
                "sha256": file.sha256,
            }
            for file in files(release)
        ],
    }
    return {name: value for name, value in told.items() if value}


def _agent(author: Mapping[str, str]) -> dict[str, str]:
    if "name" in author:
        return {"@type": "Organization", "name": author["name"]}
    names = {"givenName": author.get("given-names", ""), "familyName": author.get("family-names", "")}
    return {"@type": "Person", **{name: value for name, value in names.items() if value}}


def _coverage() -> str:
    """The first and the last day that assertions speak of; empty where there is none, or no time to ask."""
    with suppress(QueryError):
        for row in site().fixed(_COVERAGE):
            if "from" in row and "to" in row:
                return f"{row['from'].value}/{row['to'].value}"
    return ""
