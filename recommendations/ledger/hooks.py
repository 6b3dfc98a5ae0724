"""What apps above this one add to the ledger's pages; they register in their `AppConfig.ready()`."""

# Functions that each return a sentence about what saving an update will set off.
RECORDING_NOTES = []
