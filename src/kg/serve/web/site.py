"""What every page needs: the engine, the catalogue, the texts, and the way to a finished answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Flask, Response, current_app, make_response, render_template, request

from kg.ground.catalogue import Catalogue, Parameter, ParameterType
from kg.ground.folding import plain
from kg.ground.terms import expand, shorten
from kg.serve.engine import Answer, Engine
from kg.serve.results import Row
from kg.serve.web.answering import client_left
from kg.serve.web.error_texts import ErrorTexts
from kg.serve.web.labels import Labels
from kg.serve.web.observation import asker, observed
from kg.serve.web.problems import Problem
from kg.serve.web.texts import Texts, choose_language

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Nothing comes from elsewhere, and no script or style stands inside a page."""

T = TypeVar("T")

_KEY = "sides-pages"
_LANGUAGE_COOKIE = "lang"
_YEAR = 365 * 24 * 3600
_LONGEST_NUMBER = 6  # digits; no list has more pages


@dataclass(slots=True)
class Site:
    """The pages' view of the server; ``public_url`` is the address that the public sees, empty: as the request says."""

    engine: Engine
    catalogue: Catalogue
    public_url: str
    languages: Mapping[str, Texts]
    error_texts: ErrorTexts = field(default_factory=lambda: ErrorTexts({}))
    _made: tuple[str, dict[str, Any]] = field(default=("", {}))
    """What was made of a release, with its hash: replaced as one, so that nobody adds what is old to what is new."""

    @property
    def address(self) -> str:
        """The address of this server, with a slash at its end."""
        return (self.public_url or request.host_url).rstrip("/") + "/"

    @property
    def texts(self) -> Texts:
        """The texts in the language of the request."""
        accepted = [tag for tag, _ in request.accept_languages]
        chosen = choose_language(request.args.get("lang"), request.cookies.get(_LANGUAGE_COOKIE), accepted)
        return self.languages[chosen]

    def render(
        self,
        template: str,
        values: Mapping[str, object],
        *,
        status: int = 200,
        posted: Iterable[tuple[str, str]] = (),
    ) -> Response:
        """A page from a template, in the language of the request.

        ``posted`` are the fields of the form that the page answers, which the way to the other language sends again.
        """
        texts = self.texts
        problem = values.get("problem")
        if isinstance(problem, Problem):
            values = {**values, "problem": self.told(problem)}
        page = render_template(
            template,
            t=texts,
            lang=texts.language,
            typeset=texts.typeset,
            address_here=self.address + request.full_path.strip("/").removesuffix("?"),
            other_languages=[(code, here(lang=code)) for code in self.languages if code != texts.language],
            posted=[*posted],
            release=self.engine.release,
            reason_of=lambda reason: self.error_texts.reason(reason, texts.language),
            **values,
        )
        response = make_response(page, status)
        response.headers["Content-Language"] = texts.language
        response.vary.update(["Accept", "Accept-Language", "Cookie"])
        if request.args.get("lang") == texts.language:
            response.set_cookie(_LANGUAGE_COOKIE, texts.language, max_age=_YEAR, samesite="Lax", httponly=True)
        return response

    def told(self, problem: Problem) -> Problem:
        """A problem in the language of the request."""
        return self.error_texts.translate(problem, self.texts.language)

    def query(self, text: str, media_type: str, *, deadline: float | None = None) -> Answer:
        """Run a query for the client of the request: it is stopped when the client leaves. Raises `QueryError`."""
        left, client = client_left(), asker()
        return observed(
            lambda: self.engine.query(text, media_type, deadline=deadline, cancelled=left, client=client), text
        )

    def select(self, text: str) -> list[Row]:
        """The rows of a SELECT with a small answer, for the client of the request. Raises `QueryError`."""
        return self.engine.select(text, cancelled=client_left(), client=asker())

    def fixed(self, text: str) -> list[Row]:
        """The rows of a query that the program itself asks again and again; kept as long as the release stays."""
        return self.kept(text, lambda: self.select(text))

    def kept(self, name: str, make: Callable[[], T]) -> T:
        """What is costly to make and the same for all readers, under a name; kept as long as the release stays."""
        release = self.engine.release.hash
        made = self._made
        if made[0] != release:
            made = self._made = (release, {})
        if name not in made[1]:
            made[1][name] = make()
        found: T = made[1][name]
        return found

    def labels(self, found: Iterable[str]) -> Mapping[str, str]:
        """The names of some IRIs in the language of the request, or else in any, and those of the standards' terms."""
        standard = {expand(name): text for name, text in self.texts.table("standard").items()}
        return standard | self.remembered(self.texts.language).of([*found], self.select)

    def remembered(self, language: str) -> Labels:
        """The names in a language that are known of the release."""
        return self.kept(f"labels {language}", lambda: Labels(language))

    def options(self, parameter: Parameter) -> list[tuple[str, str]]:
        """What a form offers for a parameter: values as prefixed names, each with its name."""
        listing = parameter.listing(self.texts.language)
        if listing is not None:
            offered = [(shorten(row["value"].value), row["label"].value) for row in self.fixed(listing)]
            by_name = parameter.type is ParameterType.ENTITY  # concepts have an order of their own
            return sorted(offered, key=lambda one: plain(one[1])) if by_name else offered
        if parameter.type in {ParameterType.ENTITY, ParameterType.CONCEPT}:
            named = {choice: parameter.term(choice)[1:-1] for choice in parameter.choices}
            labels = self.labels(named.values())
            return [(choice, labels.get(name, choice)) for choice, name in named.items()]
        names = self.texts.table("language") if parameter.type is ParameterType.LANGUAGE else {}
        return [(choice, names.get(choice, choice)) for choice in parameter.choices]


def install(app: Flask, site: Site) -> None:
    """Give an application its pages' view of it."""
    app.extensions[_KEY] = site


def site() -> Site:
    """The site of the application that handles the current request."""
    found: Site = current_app.extensions[_KEY]
    return found


def protect(response: Response) -> Response:
    """Set the headers that keep a page to itself."""
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)  # a preview has one of its own
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
    return response


def here(**changes: object) -> str:
    """The address of the request with other parameters: those given replace what stands there."""
    kept = [(key, value) for key, value in request.args.items(multi=True) if key not in changes]
    return f"{request.path}?{urlencode([*kept, *changes.items()])}"


def page_number() -> int:
    """The number of the page that the request asks for, from 1; anything but a whole number is the first page."""
    asked = request.values.get("page", "")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) <= _LONGEST_NUMBER else 1
