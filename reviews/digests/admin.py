"""Where Django's autodiscovery looks: the admin pages of digests are in `desk/`."""

from .desk import admin

__all__ = ["admin"]
