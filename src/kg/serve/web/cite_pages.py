"""How to cite the graph: ``/cite`` with the texts to copy, and a page for each release that was ever published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from kg.ground.citation import BIBTEX_TYPE, CFF_TYPE, Work, bibtex, cff
from kg.ground.dumps import dumps_of
from kg.ground.release import HISTORY, PastRelease, Release, read_history
from kg.ground.terms import release_iri
from kg.serve.engine.access import describe_release
from kg.serve.formats import GRAPH_FORMATS, Format
from kg.serve.negotiation import HTML
from kg.serve.web.answering import chosen_format
from kg.serve.web.dataset import dataset, release_work
from kg.serve.web.kept import files, kept_release, other_releases
from kg.serve.web.site import site
from kg.serve.web.state import state
from kg.serve.web.texts import Texts

JSON = Format("application/json", "", "json")
blueprint = Blueprint("cite", __name__)


@dataclass(frozen=True, slots=True)
class Cited:
    """A work with the texts by which it is cited, one a language, and in the formats of reference managers."""

    work: Work
    plain: Mapping[str, str]
    bibtex: str
    cff: str


def cited(work: Work, languages: Mapping[str, Texts]) -> Cited:
    """The texts by which a work is cited."""
    return Cited(work, {name: plain(work, texts) for name, texts in languages.items()}, bibtex(work), cff(work))


def plain(work: Work, t: Texts) -> str:
    """A work as it stands in a list of references."""
    told = {
        "authors": ", ".join(work.names),
        "year": work.year or t("cite.no_date"),
        "title": work.title,
        "work": t("cite.work"),
        "version": work.version,
        "url": work.url,
    }
    return t("cite.answer_plain", **told) if work.part_of else t("cite.plain", **told)


@blueprint.get("/cite")
def cite() -> Response:
    """How to cite the release that is served."""
    release = site().engine.release
    values = {"cited": cited(release_work(release), site().languages), "dataset": dataset(release)}
    return site().render("cite.html", values)


@blueprint.get("/cite.bib")
def cite_bibtex() -> Response:
    """The release that is served, for BibTeX."""
    return _text(bibtex(release_work(site().engine.release)), BIBTEX_TYPE, "sides.bib")


@blueprint.get("/cite.cff")
def cite_cff() -> Response:
    """The release that is served, in the Citation File Format."""
    return _text(cff(release_work(site().engine.release)), CFF_TYPE, "CITATION.cff")


def _text(text: str, media_type: str, name: str) -> Response:
    response = Response(text, content_type=f"{media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.get("/release/<digest>")
def release_page(digest: str) -> ResponseReturnValue:
    """What a release is: as a page, as JSON, or as DCAT in every format of graphs; one that is gone is told of."""
    release, known = kept_release(digest), read_history(state().settings.releases_path / HISTORY)
    about = _about(release) if release else next((past for past in known if past.hash == digest), None)
    if about is None:
        abort(404, description=f"no release {digest[:40]} was published here; /cite tells of the current one")
    chosen = chosen_format(dict(request.args.lists()), (HTML, JSON, *GRAPH_FORMATS) if release else (HTML, JSON))
    if chosen is HTML:
        return _page(about, release)
    if chosen is JSON or release is None:
        return _json(about, release)
    found = dumps_of(state().settings.releases_path, digest)
    response = Response(describe_release(site().address, release, found, chosen), content_type=chosen.content_type)
    response.vary.add("Accept")
    return response


def _about(release: Release) -> PastRelease:
    return PastRelease(release.hash, release.published, release.versions, sum(release.counts.values()))


def _served(about: PastRelease) -> bool:
    return site().engine.release.hash == about.hash


def _page(about: PastRelease, release: Release | None) -> Response:
    values = {
        "about": about,
        "served": _served(about),
        "kept": release is not None,
        "files": files(release) if release else [],
        "others": other_releases(about.hash),
        "cited": cited(release_work(about), site().languages),
        "dataset": dataset(release) if release and _served(about) else None,
    }
    return site().render("release.html", values)


def _json(about: PastRelease, release: Release | None) -> Response:
    response = jsonify(
        release=about.hash,
        identifier=release_iri(about.hash),
        published=about.published or None,
        versions=dict(about.versions),
        quads=about.quads,
        served=_served(about),
        kept=release is not None,
        files=[file.as_json() for file in files(release)] if release else [],
        citation={name: plain(release_work(about), texts) for name, texts in site().languages.items()},
    )
    response.vary.add("Accept")
    return response
