"""The mail server of `make run`: it sends nothing on, and keeps each message where a person can read it."""

import sys
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path


class Folder:
    """A handler of aiosmtpd that keeps each message in a folder twice: as it came (.eml), and its words (.txt)."""

    def __init__(self, folder: str):
        self._folder = Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)

    @classmethod
    def from_cli(cls, parser, folder):
        return cls(folder)

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        message = message_from_bytes(envelope.original_content, policy=policy.default)
        words = message.get_body(["plain"])
        name = f"{datetime.now().astimezone():%Y-%m-%d_%H-%M-%S-%f}"
        text = f"To: {message['To']}\nSubject: {message['Subject']}\n\n{words.get_content() if words else ''}"
        try:
            (self._folder / f"{name}.eml").write_bytes(envelope.original_content)
            (self._folder / f"{name}.txt").write_text(text, encoding="utf-8")
        except OSError as error:  # such as a full disk: it is sent again later, and not given up
            for path in self._folder.glob(f"{name}.*"):
                path.unlink()
            sys.stdout.write(f"{self._folder} cannot be written to: {error.strerror}\n")
            sys.stdout.flush()
            return "452 4.3.1 There is no room"
        sys.stdout.write(f"{message['Subject']}: {name}.txt\n")  # not to whom: this is a log
        sys.stdout.flush()
        return "250 2.0.0 Kept"
