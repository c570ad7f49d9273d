"""What is typed into the search line of the library."""

import pytest

from guidance_app.catalogue.asking import typed_words
from guidance_app.records.catalogue import FigureBound


@pytest.mark.parametrize(
    ("typed", "words", "figures"),
    [
        ("knee  OP-2", "knee OP-2", ()),
        ("tip_seen_share<80", "", (FigureBound("tip_seen_share", "<", 80.0),)),
        ("knee unseen_advances>=2 L", "knee L", (FigureBound("unseen_advances", ">=", 2.0),)),
        ("a=1 b<=2.5", "", (FigureBound("a", "=", 1.0), FigureBound("b", "<=", 2.5))),
        ("tip_seen_share<", "", ()),
        ("knee <5", "knee", ()),
        ("tip_seen_share<nan", "", ()),
        ("", "", ()),
    ],
)
def test_words_and_comparisons_are_told_apart(
    typed: str, words: str, figures: tuple[FigureBound, ...]
) -> None:
    assert typed_words(typed) == (words, figures)
