"""The group "messages" of the REST API."""

from braze_engage.rest.messages_schedule import MessagesSchedule
from braze_engage.rest.messages_send import MessagesSend

__all__ = ["Messages"]


class Messages(MessagesSend, MessagesSchedule):
    """Messages with content of the request, sent now or scheduled."""
