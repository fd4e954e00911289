"""The pages of a customer's contracts: the list, on which files are dropped, and one contract beside what was read in it."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Response, render_template, request
from werkzeug.datastructures import FileStorage

from services.monitor import clients
from services.monitor.pages import api_client, contract_text, failures, flash, forms, frame, urls
from shared.contracts import document_files
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, Stale, TandemError, TooLarge, Unavailable
from shared.web import callers, current_service, downloads, error_responses, request_checks, uploads

SENDING_SECONDS = 40.0
"""Seconds that a file may take to the other services; a person waits for it, and sees its progress."""

TYPED = ("title", "effectiveOn", "endsOn", "text")
SAID = {"title": forms.plain, "effectiveOn": forms.as_day, "endsOn": forms.as_day}
"""For each short field of the form, the function that puts its value into words."""

STATES = {
    "typed": ("done", "Typed in"),
    "reading": ("running", "Being read"),
    "read": ("completed", "Read"),
    "no_text": ("waiting", "Without text"),
    "failed": ("failed", "Not read"),
}
"""Status and word of each state of a contract's text."""

blueprint = frame.page_blueprint("contracts", __name__)


class Sent(NamedTuple):
    """A file that was sent, and why it was refused; "" when it was taken."""

    name: str
    why: str = ""
    status: int = 201


@blueprint.get("/app/customers/<customer_id>/contracts")
@callers.needs("member")
def list_contracts(customer_id: str) -> Any:
    """The contracts of a customer, and the place to drop files on."""
    return _list_page(customer_id)


@blueprint.get("/app/customers/<customer_id>/contracts/list")
@callers.needs("member")
def list_part(customer_id: str) -> Any:
    """The list alone; it asks for itself while a contract is being read."""
    return render_template("contracts/list_part.html", **list_context(customer_id))


@blueprint.post("/app/customers/<customer_id>/contracts")
@request_checks.takes_documents
@callers.needs("member")
def add(customer_id: str) -> Any:
    """Put the chosen files on file, each as a contract of its own; one that is refused says why beside the others."""
    chosen = [file for file in request.files.getlist("file") if file.filename]
    key = request.form.get("key") or ids.new_id()
    sent = [_send(customer_id, file, f"{key}-{number}") for number, file in enumerate(chosen)]
    refused = [file for file in sent if file.why]
    if not sent:
        sent = refused = [Sent("", "Choose a file first.", 422)]
    status = max(file.status for file in sent)
    if request.headers.get("X-Requested-With") == "upload":
        return render_template("contracts/list_part.html", **list_context(customer_id), sent=sent), status
    if refused:
        return _list_page(customer_id, sent=sent), status
    return flash.redirect_to(_page_of(customer_id), f"{len(sent)} on file, being read.")


def _send(customer_id: str, file: FileStorage, key: str) -> Sent:
    """Send one file to workflows."""
    name = file.filename or ""
    try:
        clients.to("workflows").ask(
            "POST",
            _path(customer_id),
            files={"file": (name, uploads.content_of(file))},
            as_person=callers.by(),
            headers=api_client.preconditions(None, key),
            timeout=SENDING_SECONDS,
        )
    except (Invalid, Conflict, TooLarge, Unavailable) as error:
        whys, problem = forms.by_field(error.errors).get("file"), failures.problem_of(error)
        return Sent(name, whys[0] if whys else problem.detail, problem.status)
    return Sent(name)


@blueprint.get("/app/customers/<customer_id>/contracts/<contract_id>")
@callers.needs("member")
def show(customer_id: str, contract_id: str) -> Any:
    """One contract: its text, and what was found in it, each beside the other."""
    return _contract_page(customer_id, contract_id)


@blueprint.post("/app/customers/<customer_id>/contracts/<contract_id>")
@callers.needs("member")
def change(customer_id: str, contract_id: str) -> Any:
    """Fill by hand what was not read. What was typed is kept when it is refused."""
    form = request.form
    fields = {name: form[name].strip() or None for name in TYPED if name in form}
    typed = {name: value for name, value in fields.items() if value or name in ("effectiveOn", "endsOn")}
    path = f"{_path(customer_id)}/{contract_id}"
    try:
        api_client.send("workflows", "PATCH", path, typed, version=form.get("version"))
    except (Conflict, Invalid, Stale) as error:
        return _contract_page(customer_id, contract_id, fields, error), error_responses.status_of(error)
    return flash.redirect_to(f"{_page_of(customer_id)}/{contract_id}", "Saved; it counts from now on.")


@blueprint.post("/app/customers/<customer_id>/contracts/<contract_id>/read")
@callers.needs("member")
def read_again(customer_id: str, contract_id: str) -> Any:
    """Have the file read again."""
    path = f"{_path(customer_id)}/{contract_id}/read"
    api_client.send("workflows", "POST", path, version=request.form.get("version"))
    return flash.redirect_to(f"{_page_of(customer_id)}/{contract_id}", "It is being read again.")


@blueprint.get("/app/customers/<customer_id>/contracts/<contract_id>/file")
@callers.needs("member")
def download(customer_id: str, contract_id: str) -> Response:
    """The file as it came, to be saved."""
    contract = api_client.get("workflows", f"{_path(customer_id)}/{contract_id}")
    file = contract["file"]
    if file is None:
        raise Conflict("This contract did not come as a file.")
    path = f"/api/files/{file['sha256']}"
    answer = clients.to("executor").ask("GET", path, as_person=callers.by(), timeout=SENDING_SECONDS)
    return downloads.answer(answer.content, file["name"], file["mediaType"])


def list_context(customer_id: str) -> dict[str, Any]:
    """The variables of contracts/list_part.html, also for a page that includes it."""
    body, away = api_client.optional(
        "Its contracts cannot be shown.", lambda: api_client.page("workflows", _path(customer_id), {}), {}
    )
    rows = body.get("items", [])
    return {
        "customer_id": customer_id,
        "contracts": rows,
        "contracts_away": away,
        "contract_states": STATES,
        "being_read": any(row["textState"] == "reading" for row in rows),
        "key": ids.new_id(),
        "accept": ",".join(document_files.EXTENSIONS),
        "longest_file": current_service.settings().file_bytes,
        **urls.paging(body),
    }


def _list_page(customer_id: str, **more: Any) -> str:
    customer, away = api_client.optional(
        "Its name", lambda: api_client.get("workflows", f"/api/customers/{customer_id}"), None
    )
    return render_template("contracts/list.html", customer=customer, **list_context(customer_id), **more)


def _contract_page(
    customer_id: str, contract_id: str, typed: dict[str, Any] | None = None, error: TandemError | None = None
) -> str:
    path = f"{_path(customer_id)}/{contract_id}"
    contract = api_client.get("workflows", path)
    findings = api_client.get("workflows", f"{path}/findings") if contract["textState"] != "reading" else {}
    split = contract_text.passages(contract["text"], contract_text.sentences_of(findings))
    return render_template(
        "contracts/contract.html",
        customer_id=customer_id,
        contract=contract,
        state=STATES[contract["textState"]],
        findings=findings,
        passages=split,
        numbers={passage.text: passage.number for passage in split if passage.number},
        form=contract | (typed or {}),
        types_text=not contract["text"] or "text" in (typed or {}) or request.args.get("edit") == "text",
        version=forms.version(contract["version"], error),
        present=forms.changed_since(contract, contract | (typed or {}), SAID) if isinstance(error, Stale) else {},
        errors=forms.by_field(error.errors) if error else {},
        problem=failures.problem_of(error) if error and not error.errors else None,
    )


def _path(customer_id: str) -> str:
    return f"/api/customers/{customer_id}/contracts"


def _page_of(customer_id: str) -> str:
    return f"/app/customers/{customer_id}/contracts"
