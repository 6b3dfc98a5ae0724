"""The functions of the database are those whose text stands in reviews/digests/sql/."""

from pathlib import Path

import pytest

import reviews.digests
from tests.database import sql

FILES = sorted(Path(reviews.digests.__file__).with_name("sql").glob("*.sql"))


@pytest.mark.django_db
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_function_is_as_its_file_says(file):
    [[body]] = sql("SELECT prosrc FROM pg_proc WHERE proname = %s", file.stem)

    assert body in file.read_text()
