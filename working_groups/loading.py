"""The working groups, their people and the organizations, from `fixtures/`."""

from core.fixtures import KeyIndex, Loader, read_fixture

from .models import Membership, Organization, Person, WorkingGroup


def load_working_groups(loader: Loader):
    """Load organizations, groups, people and memberships."""
    for row in read_fixture("organizations.yaml"):
        loader.upsert(Organization, {"slug": row.pop("slug")}, row)
    organizations = KeyIndex(Organization)
    for position, row in enumerate(read_fixture("working_groups.yaml"), start=1):
        members = row.pop("members", [])
        partners = [organizations[slug] for slug in row.pop("partners", [])]
        source = {f"source_{language}": row.pop(f"members_source_{language}", "") for language in ("en", "es")}
        row["organization"] = organizations.get(row.get("organization"))
        group = loader.upsert(WorkingGroup, {"slug": row.pop("slug")}, row | {"position": position})
        if group:
            loader.set_links(group, "partners", partners)
        for place, member in enumerate(members, start=1):
            person = loader.upsert(Person, {"name": member["name"]}, {})
            if group and person:
                loader.upsert(
                    Membership,
                    {"group": group, "person": person},
                    {
                        "affiliation": member["affiliation"],
                        "organization": organizations.get(member.get("organization")),
                        "is_co_chair": member.get("co_chair", False),
                        "position": place,
                        "note_en": member.get("note_en", ""),
                        "note_es": member.get("note_es", ""),
                        **source,
                    },
                )
