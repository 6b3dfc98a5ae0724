#!/usr/bin/env python
"""Django's command line for the tracker; `manage.py help` lists the commands."""

import os
import sys

from django.core.management import execute_from_command_line

from config.local import environment

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    environment.prepare()
    execute_from_command_line(sys.argv)
