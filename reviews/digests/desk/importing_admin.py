"""The import of subscribers, as a page of the admin."""

from django.contrib.admin.models import ADDITION, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.digests.subscribers.forms import ImportForm
from reviews.digests.subscribers.importing import COLUMNS, Result, import_subscriptions


class ImportMixin:
    """For the ModelAdmin of subscriptions: a form at `import/`, and what came of it."""

    change_list_template = "admin/digests/subscription/list.html"

    def get_urls(self):
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name="digests_subscription_import"), *super().get_urls()]

    def import_view(self, request):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
        result = None
        if form.is_valid():
            try:
                result = import_subscriptions(form.cleaned_data["file"].read(), timezone.now())
            except ValidationError as error:
                form.add_error("file", error)
            else:
                _log(request.user, result)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Import subscribers"),
            "form": form,
            "columns": COLUMNS,
            "result": result,
        }
        return TemplateResponse(request, "admin/digests/subscription/import.html", context)


def _log(user, result: Result):
    """Note in the history of each new subscription who imported it."""
    subscriptions = [*result.confirmed, *result.asked]
    if subscriptions:
        LogEntry.objects.log_actions(user.pk, subscriptions, ADDITION, _("Imported."), single_object=False)
