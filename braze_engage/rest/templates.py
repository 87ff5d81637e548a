"""The group "templates" of the REST API."""

from collections.abc import Sequence
from datetime import datetime

from braze_engage.limits import EMAIL_TEMPLATE_BYTES, LISTED_TEMPLATES
from braze_engage.objects.checks import check_bytes, check_flag, check_range, check_text
from braze_engage.objects.fields import own_sequences
from braze_engage.objects.models import model
from braze_engage.objects.times import check_period
from braze_engage.operation import Family, Offsets, Operation, PagedOperation, Replay

__all__ = [
    "CreateEmailTemplate",
    "EmailTemplate",
    "EmailTemplateCreated",
    "EmailTemplateDetails",
    "EmailTemplatePage",
    "EmailTemplateUpdated",
    "GetEmailTemplate",
    "ListEmailTemplates",
    "Templates",
    "UpdateEmailTemplate",
]


@model(kw_only=True)
class ListEmailTemplates:
    """Which e-mail templates; those of the drag-and-drop editor are never among them.

    Args:
        modified_after: Only those changed then or later.
        modified_before: Only those changed then or earlier.
        limit: How many in one page, 1 to 1,000.
        offset: How many to skip.
    """

    modified_after: datetime | None = None
    modified_before: datetime | None = None
    limit: int = 100
    offset: int = 0

    def __attrs_post_init__(self) -> None:
        check_range("ListEmailTemplates.limit", self.limit, least=1, most=LISTED_TEMPLATES)
        check_range("ListEmailTemplates.offset", self.offset, least=0)
        check_period(self, "modified_after", "modified_before")


@model(kw_only=True)
class EmailTemplate:
    """An e-mail template as listed.

    Args:
        email_template_id: API identifier.
        template_name: Its name.
        created_at: When it was made, in ISO 8601.
        updated_at: When it was last changed, in ISO 8601.
        tags: Its tags.
    """

    email_template_id: str
    template_name: str
    created_at: str | None = None
    updated_at: str | None = None
    tags: tuple[str, ...] = ()


@model(kw_only=True)
class EmailTemplatePage:
    """As many e-mail templates as were asked for, or fewer at the end.

    Args:
        message: ``success``.
        count: How many there are in this page.
        templates: Those of the page.
    """

    message: str
    count: int = 0
    templates: tuple[EmailTemplate, ...] = ()


@model(kw_only=True)
class GetEmailTemplate:
    """Which e-mail template.

    Args:
        email_template_id: API identifier.
    """

    email_template_id: str

    def __attrs_post_init__(self) -> None:
        check_text("GetEmailTemplate.email_template_id", self.email_template_id)


@model(kw_only=True)
class EmailTemplateDetails:
    """One e-mail template.

    Args:
        message: ``success``.
        email_template_id: API identifier.
        template_name: Its name.
        description: What somebody typed in the dashboard.
        subject: Subject line.
        preheader: What inboxes show behind the subject.
        body: HTML.
        plaintext_body: The same as plain text.
        should_inline_css: Whether styles are moved into the elements.
        tags: Its tags.
        created_at: When it was made, in ISO 8601.
        updated_at: When it was last changed, in ISO 8601.
    """

    message: str
    email_template_id: str
    template_name: str
    description: str = ""
    subject: str = ""
    preheader: str = ""
    body: str = ""
    plaintext_body: str = ""
    should_inline_css: bool | None = None
    tags: tuple[str, ...] = ()
    created_at: str | None = None
    updated_at: str | None = None


@model(kw_only=True, field_transformer=own_sequences)
class CreateEmailTemplate:
    """A new e-mail template.

    Args:
        template_name: Its name, which need not be unique.
        subject: Subject line.
        body: HTML, at most 400 KB.
        plaintext_body: The same as plain text.
        preheader: What inboxes show behind the subject.
        tags: Tags that exist already.
        should_inline_css: Whether to move styles into the elements; the workspace decides unless
            told.
    """

    template_name: str
    subject: str
    body: str
    plaintext_body: str | None = None
    preheader: str | None = None
    tags: Sequence[str] = ()
    should_inline_css: bool | None = None

    def __attrs_post_init__(self) -> None:
        check_text("CreateEmailTemplate.template_name", self.template_name)
        check_text("CreateEmailTemplate.subject", self.subject)
        check_bytes("CreateEmailTemplate.body", self.body, EMAIL_TEMPLATE_BYTES)
        if self.should_inline_css is not None:
            check_flag("CreateEmailTemplate.should_inline_css", self.should_inline_css)


@model(kw_only=True)
class EmailTemplateCreated:
    """The new e-mail template.

    Args:
        message: ``success``.
        email_template_id: API identifier.
    """

    message: str
    email_template_id: str


@model(kw_only=True, field_transformer=own_sequences)
class UpdateEmailTemplate:
    """What to change of an e-mail template; what is left out stays.

    Args:
        email_template_id: API identifier.
        template_name: Its name.
        subject: Subject line.
        body: HTML, at most 400 KB.
        plaintext_body: The same as plain text.
        preheader: What inboxes show behind the subject.
        tags: Tags that exist already. None leaves them, an empty list takes them away.
        should_inline_css: Whether to move styles into the elements.
    """

    email_template_id: str
    template_name: str | None = None
    subject: str | None = None
    body: str | None = None
    plaintext_body: str | None = None
    preheader: str | None = None
    tags: Sequence[str] | None = None
    should_inline_css: bool | None = None

    def __attrs_post_init__(self) -> None:
        check_text("UpdateEmailTemplate.email_template_id", self.email_template_id)
        if self.template_name is not None:
            check_text("UpdateEmailTemplate.template_name", self.template_name)
        if self.body is not None:
            check_bytes("UpdateEmailTemplate.body", self.body, EMAIL_TEMPLATE_BYTES)
        if self.should_inline_css is not None:
            check_flag("UpdateEmailTemplate.should_inline_css", self.should_inline_css)


@model(kw_only=True)
class EmailTemplateUpdated:
    """The e-mail template that was changed. Unconfirmed: Braze prints no answer.

    Args:
        message: ``success``.
        email_template_id: API identifier, where Braze says it.
    """

    message: str
    email_template_id: str | None = None


class Templates(Family):
    """E-mail templates."""

    group = "templates"

    list_email_templates = PagedOperation(
        "GET",
        "/templates/email/list",
        ListEmailTemplates,
        EmailTemplatePage,
        items=lambda page: page.templates,
        paging=Offsets(100),
        bucket="default",
        replay=Replay.ALWAYS,
        permission="templates.email.list",
        docs="https://www.braze.com/docs/api/endpoints/templates/email_templates/get_list_email_templates",
    )
    """List e-mail templates."""

    get_email_template = Operation(
        "GET",
        "/templates/email/info",
        GetEmailTemplate,
        EmailTemplateDetails,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="templates.email.info",
        docs="https://www.braze.com/docs/api/endpoints/templates/email_templates/get_see_email_template_information",
    )
    """Read one e-mail template."""

    create_email_template = Operation(
        "POST",
        "/templates/email/create",
        CreateEmailTemplate,
        EmailTemplateCreated,
        bucket="default",
        replay=Replay.IF_UNSENT,
        permission="templates.email.create",
        docs="https://www.braze.com/docs/api/endpoints/templates/email_templates/post_create_email_template",
    )
    """Create an e-mail template. Names need not be unique: a repeat may make a second one."""

    update_email_template = Operation(
        "POST",
        "/templates/email/update",
        UpdateEmailTemplate,
        EmailTemplateUpdated,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="templates.email.update",
        docs="https://www.braze.com/docs/api/endpoints/templates/email_templates/post_update_email_template",
    )
    """Change an e-mail template."""
