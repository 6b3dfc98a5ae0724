import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """The tables as the first release had them; triggers and functions are installed after each `migrate`."""

    initial = True
    replaces = [
        ("working_groups", "0001_initial"),
        ("working_groups", "0002_whole_government"),
    ]
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="name")),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "people",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "abstract": False,
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="Organization",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True)),
                ("acronym", models.CharField(blank=True, max_length=20, verbose_name="acronym")),
                ("name_en", models.CharField(max_length=200, verbose_name="name in English")),
                ("name_es", models.CharField(max_length=200, verbose_name="name in Spanish")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("government", "Government"),
                            ("international", "International body"),
                            ("association", "Association"),
                            ("company", "Company"),
                            ("academia", "Academia"),
                            ("foundation", "Foundation"),
                            ("media", "Media"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        choices=[
                            ("MX", "Mexico"),
                            ("US", "United States"),
                            ("CA", "Canada"),
                            ("XX", "Several countries"),
                        ],
                        max_length=2,
                        verbose_name="country",
                    ),
                ),
                ("website", models.URLField(blank=True, verbose_name="website")),
                (
                    "is_whole_government",
                    models.BooleanField(
                        default=False,
                        help_text="What is asked of it concerns every agency of that government; their pages link to it.",
                        verbose_name="the government of its country as a whole",
                    ),
                ),
            ],
            options={
                "verbose_name": "organization",
                "verbose_name_plural": "organizations",
                "ordering": ["name_en"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "government",
                                    "international",
                                    "association",
                                    "company",
                                    "academia",
                                    "foundation",
                                    "media",
                                    "other",
                                ],
                            )
                        ),
                        name="organization_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("country__in", ["MX", "US", "CA", "XX"])),
                        name="organization_country_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_whole_government", False), ("kind", "government"), _connector="OR"),
                        name="whole_government_is_a_government",
                        violation_error_message="Only a government can be the government of its country as a whole.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_whole_government", True)),
                        fields=("country",),
                        name="one_whole_government_per_country",
                        violation_error_message="This country already has an organization for its government as a whole.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("affiliation", models.CharField(max_length=200, verbose_name="affiliation as printed")),
                ("is_co_chair", models.BooleanField(default=False, verbose_name="co-chair")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="working_groups.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="working_groups.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
                "verbose_name_plural": "memberships",
                "ordering": ["group", models.OrderBy(models.F("is_co_chair"), descending=True), "position"],
            },
        ),
        migrations.CreateModel(
            name="WorkingGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True)),
                ("code", models.CharField(max_length=10, unique=True, verbose_name="code")),
                (
                    "kind",
                    models.CharField(
                        choices=[("working_group", "Working group"), ("stakeholder", "Stakeholder")],
                        default="working_group",
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("name_en", models.CharField(max_length=100, verbose_name="name in English")),
                ("name_es", models.CharField(max_length=100, verbose_name="name in Spanish")),
                ("description_en", models.TextField(blank=True, verbose_name="description in English")),
                ("description_es", models.TextField(blank=True, verbose_name="description in Spanish")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "organization",
                    models.OneToOneField(
                        blank=True,
                        help_text="The organization that a stakeholder group represents.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stakeholder_group",
                        to="working_groups.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "partners",
                    models.ManyToManyField(
                        blank=True,
                        related_name="partner_of",
                        to="working_groups.organization",
                        verbose_name="partner organizations",
                    ),
                ),
                (
                    "people",
                    models.ManyToManyField(
                        related_name="groups", through="working_groups.Membership", to="working_groups.person"
                    ),
                ),
            ],
            options={
                "verbose_name": "working group",
                "verbose_name_plural": "working groups",
                "ordering": ["position", "slug"],
            },
        ),
        migrations.AddField(
            model_name="membership",
            name="group",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="memberships",
                to="working_groups.workinggroup",
                verbose_name="group",
            ),
        ),
        migrations.AddConstraint(
            model_name="workinggroup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "working_group"), ("organization__isnull", True)),
                    models.Q(("kind", "stakeholder"), ("organization__isnull", False)),
                    _connector="OR",
                ),
                name="stakeholder_group_names_its_organization",
                violation_error_message="A stakeholder group must name the organization it represents.",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                fields=("group", "person"),
                name="one_membership_per_person_and_group",
                violation_error_message="This person is already in the group.",
            ),
        ),
    ]
