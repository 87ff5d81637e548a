"""The group "news_feed" of the REST API."""

from braze_engage.operation import Family

__all__ = ["NewsFeed"]


class NewsFeed(Family):
    """Cards of the retired News Feed."""

    group = "news_feed"
