"""Records of what the fixture loader wrote, and of when content changed."""

from django.db import models


class LoadedRecord(models.Model):
    """The values that `load_data` last wrote to a record, so that a later load can tell what staff have edited since."""

    model = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    values = models.JSONField()

    class Meta:
        db_table = "working_groups_loadedrecord"  # where the first release put it
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="one_loaded_record_per_key")]

    def __str__(self):
        return f"{self.model} {self.key}"


class ContentChange(models.Model):
    """The time at which a connection last changed what public pages show. Only triggers write it; see content_change.py."""

    connection = models.IntegerField(primary_key=True)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "content_change"

    def __str__(self):
        return f"{self.connection}: {self.changed_at}"
