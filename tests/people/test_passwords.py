"""A password is refused with what there is and what there should be."""

from __future__ import annotations

import pytest

from dougong.kernel.errors import Invalid
from dougong.people.passwords import LEAST, MOST, hashed


@pytest.mark.parametrize(("length", "limit"), [(LEAST - 1, {"min": LEAST}), (MOST + 1, {"max": MOST})])
def test_a_password_of_the_wrong_length_is_told_the_limit_and_its_own_length(
    length: int, limit: dict[str, int]
) -> None:
    with pytest.raises(Invalid) as refused:
        hashed("好" * length)
    assert [each.params for each in refused.value.problems] == [{**limit, "length": length}]
