"""The mail server of `make run`."""

import asyncio
from types import SimpleNamespace

import pytest

from config.local.mail_sink import Folder

ENVELOPE = SimpleNamespace(original_content=b"Subject: News\r\n\r\nWords\r\n")


def answer(folder) -> str:
    return asyncio.run(folder.handle_DATA(None, None, ENVELOPE))


def test_a_message_is_kept_twice(tmp_path):
    assert answer(Folder(tmp_path)) == "250 2.0.0 Kept"
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".eml", ".txt"]


def test_on_a_full_disk_it_asks_for_the_message_again_and_keeps_no_half_of_it(tmp_path, capsys):
    folder = Folder(tmp_path)

    def is_full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pathlib.Path.write_text", is_full)
        assert answer(folder).startswith("452")

    assert not list(tmp_path.iterdir())
    assert "No space left on device" in capsys.readouterr().out
