"""Text to document: tokens, sentences, mentions, readings, verbs and anaphors, each found once."""

from __future__ import annotations

from collections.abc import Sequence

from kg.build.text.anaphora import Discourse
from kg.build.text.collectives import collectives
from kg.build.text.document import Document, Sentence
from kg.build.text.lexicon import Lexicon
from kg.build.text.linker import Mention, find_mentions
from kg.build.text.names import NameIndex
from kg.build.text.nodes import base_nodes, merged
from kg.build.text.reading import read_values
from kg.build.text.tokens import Token, sentences, tokenise
from kg.build.text.verbs import find_verbs, tie_dependents
from kg.ground.records import Span


def analyse(text: str, lexicon: Lexicon, index: NameIndex) -> Document:
    """Analyse a text of the lexicon's language."""
    tokens = tokenise(text)
    mentions = find_mentions(tokens, index, lexicon.lang)
    readings = read_values(text, lexicon.lang, names=_name_spans(tokens, mentions))
    begun = {mention.begin: mention for mention in mentions}
    discourse = Discourse(lexicon, text)
    found: list[Sentence] = []
    for number, (begin, end) in enumerate(sentences(tokens)):
        nodes = merged(base_nodes(text, tokens, begun, readings, begin, end), text, lexicon)
        nodes = find_verbs(collectives(nodes, text, lexicon), lexicon)
        sentence = Sentence(number, tuple(discourse.resolved(nodes)))
        tie_dependents(sentence)
        found.append(sentence)
    return Document(text, lexicon.lang, lexicon, tuple(found), index.pollsters, index.media, index.parties)


def _name_spans(tokens: Sequence[Token], mentions: Sequence[Mention]) -> list[Span]:
    """The spans that hold digits belonging to a name, so that "Leopard 2" is not read as a number."""
    named = [m for m in mentions if len(m.keys) > 1 or not m.keys[0].startswith("state:")]
    return [Span(tokens[m.begin].start, tokens[m.end - 1].end) for m in named]
