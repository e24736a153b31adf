"""The words of a station in its address."""

import pytest

from stations.services.slugs import slug_words


@pytest.mark.parametrize(
    ("parts", "slug"),
    [
        (("Große Straße", "Köln"), "grosse-strasse-koln"),
        (("Ølgade 3", "København"), "olgade-3-kobenhavn"),
        (("充電站",), "station"),
        (("<b>A & B</b>",), "ba-bb"),
    ],
)
def test_names_become_words_of_latin_letters(parts: tuple[str, ...], slug: str) -> None:
    assert slug_words(*parts) == slug
