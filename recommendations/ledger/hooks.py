"""Additions to the ledger's pages by apps above this one; they register in their `AppConfig.ready()`."""

# Functions that each return a sentence about what saving an update will set off.
RECORDING_NOTES = []

# Functions that take primary keys of updates and return {update: [(label, URL)]}: where each was sent to readers.
REPORTED_IN = []
