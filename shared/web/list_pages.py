"""The pages of a list, as every list is answered."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, after_this_request, request

from shared.contracts.paging import Page


def page_body(page: Page) -> dict[str, Any]:
    """The body of a list (`shared.contracts.paging.page_of`); if there is a next page, sets the Link header (RFC 8288)
    too."""
    if page.next:
        query = {name: value for name, value in request.args.items(multi=True) if name not in ("cursor", "offset")} | {
            "cursor": page.next
        }

        @after_this_request
        def link(response: Response) -> Response:
            response.headers["Link"] = f'<{request.path}?{urlencode(query)}>; rel="next"'
            return response

    return {"items": page.items, "pagination": page}
