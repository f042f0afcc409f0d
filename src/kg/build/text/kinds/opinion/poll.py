"""Kind `poll`: a survey that the text describes, with its fieldwork, its sample, or its publication."""

from __future__ import annotations

from collections.abc import Iterator

from kg.build.text.document import Node
from kg.build.text.kinds.common import Found, Reader, value
from kg.build.text.kinds.opinion.survey import Survey, pollster_of, pollsters, population_of, surveys

_DESCRIBING = ("fieldwork", "sample_size", "published")


def read(reader: Reader) -> Iterator[Found]:
    """The surveys that a text describes."""
    described = [survey for survey in surveys(reader) if any(slot in survey.slots for slot in _DESCRIBING)]
    named = pollsters(reader) if described else {}
    for survey in described:
        _add_people(reader, survey)
        if found := pollster_of(reader, survey.sentence, named):
            survey.take("pollster", *found)
        yield Found("poll", survey.slots, "poll/survey", survey.sentence, survey.nodes)


def _add_people(reader: Reader, survey: Survey) -> None:
    """Add who was asked: those that the sample is counted of, or else the only people whom the text speaks of."""
    sentences = reader.document.sentences
    found = population_of(reader, sentences[survey.sentence :]) or _only_people(reader)
    if found:
        survey.take("population", *found)


def _only_people(reader: Reader) -> tuple[str, Node] | None:
    people = [
        node for sentence in reader.document.sentences for node in sentence.nodes if node.form == "n" and node.keys
    ]
    if people and len({node.keys for node in people}) == 1:
        return value(people[0]), people[0]
    return None
