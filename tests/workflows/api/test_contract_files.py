"""Contracts as files at the door: what is taken, what is refused and why, and what becomes of it when it is read.

The executor is the real one, with its own database and file store, behind a real HTTP server.
"""

from __future__ import annotations

import hashlib
import io
import threading
from dataclasses import replace

import pytest
from werkzeug.serving import make_server

from services.executor import claiming
from services.executor import models as executor_models
from services.executor.actors import make_reader
from services.executor.app import CONTEXT as EXECUTOR
from services.executor.documents import DocumentReader, Limits
from services.executor.executing import Runner, RunningTask
from services.executor.processors import Providers, registry
from services.executor.providers.file_store import FileStore
from services.workflows import contract_reading, models
from services.workflows.actors import reader
from services.workflows.app import CONTEXT
from services.workflows.clients import ExecutorFiles
from services.workflows.models import Contract
from shared.database.connection import session
from shared.ground import clock
from shared.security.tokens import Signer
from shared.web.service_client import Client
from tests import document_makers as make
from tests.executor.conftest import GROUP
from tests.service import AWAY
from tests.workflows.conftest import ANA, OTHER, acts, ai_task_requests, make_customer

LONGEST = 2_000_000


@pytest.fixture(scope="module")
def executor_settings(make_settings):
    made = make_settings("executor", redis_url=AWAY)
    EXECUTOR.migrate(made)
    return made


@pytest.fixture(scope="module")
def executor_url(executor_settings):
    """The executor's API behind a server of its own."""
    server = make_server("127.0.0.1", 0, EXECUTOR.make_app(executor_settings), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def together(settings, executor_url):
    """The settings of workflows, which knows where the executor is."""
    return replace(settings, urls=settings.urls | {"executor": executor_url}, file_bytes=LONGEST)


@pytest.fixture(scope="module")
def door(together):
    return CONTEXT.make_app(together).test_client()


@pytest.fixture
def send(door, settings, database):
    """`send("POST", path, data=..., json=..., by=..., headers=...)` -> the answer to this person."""

    def ask(method, path, *, by=ANA, headers=None, client=door, **body):
        token = Signer("monitor", settings.keys).for_person(by, clock.now())
        models.db.close()
        try:
            sent = {"Authorization": f"Bearer {token}", **(headers or {})}
            return client.open(path, method=method, headers=sent, **body)
        finally:
            models.db.connect(reuse_if_open=True)

    return ask


@pytest.fixture
def customer(database):
    return make_customer()


@pytest.fixture
def drop(send, customer):
    """`drop(content, name)` -> the answer to this file, put on file for the customer."""

    def ask(content, name="Contract.pdf", *, to=None, headers=None, by=ANA, client=None, **fields):
        form = {"file": (io.BytesIO(content), name), **fields}
        more = {"client": client} if client else {}
        return send("POST", f"/api/customers/{to or customer.id}/contracts", data=form, headers=headers, by=by, **more)

    return ask


@pytest.fixture
def work(executor_settings, together, settings):
    """`work()`: the executor hears the requests and runs what is due; workflows hears of it and fetches the texts."""
    known = registry.load(rehearsal=False, group=GROUP)
    providers = Providers(
        crm=None,
        mail=None,
        files=FileStore(executor_settings.files_path),
        documents=DocumentReader(Limits(pages=300, seconds=20)),
    )
    executor_reader = make_reader(known, 1)

    def run(fetch=True):
        models.db.close()
        EXECUTOR.connect(executor_settings)
        executor_reader.follow("workflows", models.feed.changes)
        with session(executor_models.db):
            while task := claiming.claim(owner="w", deadlines=known.deadlines(), now=clock.now(), lease_seconds=60):
                Runner(providers, clock.now, 300).run(RunningTask(task, 60), known[task.processor])
        reader.follow("executor", executor_models.feed.changes)
        kept = contract_reading.fetch_texts(ExecutorFiles(together).text, clock.now()) if fetch else 0
        models.db.connect(reuse_if_open=True)
        return kept

    return run


def read(send, contract, **more):
    answer = send("GET", f"/api/customers/{contract['customerId']}/contracts/{contract['id']}", **more)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_pdf_is_put_on_file_and_read(drop, send, work, executor_settings):
    content = make.pdf(make.SENTENCE)
    answer = drop(content, "contracts/Master Agreement.PDF", endsOn="2027-11-30")
    made = answer.json
    assert (answer.status_code, made["title"], made["textState"]) == (201, "Master Agreement", "reading")
    assert (made["text"], made["endsOn"], answer.headers["ETag"]) == ("", "2027-11-30", '"v1"')
    sha256 = hashlib.sha256(content).hexdigest()
    assert made["file"] == {
        "name": "Master Agreement.PDF",
        "mediaType": "application/pdf",
        "size": len(content),
        "sha256": sha256,
        "pages": None,
    }
    assert work() == 1
    now = read(send, made)
    assert (now["textState"], now["text"], now["textProblem"]) == ("read", make.SENTENCE, None)
    assert now["file"]["pages"] == 1
    assert FileStore(executor_settings.files_path).load("demo", sha256) == content
    assert [act.details["state"] for act in acts("read contract")] == ["read"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("c.docx", make.word(make.SENTENCE, table=[["Term", "12 months"]])),
        ("c.txt", make.SENTENCE.encode()),
        ("c.eml", make.mail("Attached.", attachments=[("order.pdf", make.pdf(make.SENTENCE))])),
        ("c.eml", make.mail("See below.", inner=make.mail("", attachments=[("x.txt", make.SENTENCE.encode())]))),
    ],
    ids=["docx", "txt", "eml", "eml in an eml"],
)
def test_every_kind_is_read(drop, send, work, name, content):
    made = drop(content, name).json
    work()
    now = read(send, made)
    assert now["textState"] == "read"
    assert make.SENTENCE in now["text"]


def test_what_was_read_is_found_and_counts(drop, send, work, customer):
    made = drop(make.pdf(make.SENTENCE)).json
    work()
    found = send("GET", f"/api/customers/{customer.id}/contracts/{made['id']}/findings").json
    finding = found["terminationForConvenience"]
    assert (found["contractId"], finding["status"], finding["sentence"]) == (made["id"], "found", make.SENTENCE)
    assert {"termEnd", "notice", "autoRenewal", "priceCap", "obstacles", "unread", "summary"} <= set(found)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("c.pdf", make.HTML, "“c.pdf” is named as a PDF, and its content is a web page or other markup."),
        ("c.pdf", make.word("x"), "“c.pdf” is named as a PDF, and its content is a Word document (DOCX)."),
        ("c.docx", make.pdf("x"), "“c.docx” is named as a Word document (DOCX), and its content is a PDF."),
        ("c.txt", b"\x89PNG\r\n\x1a\n\x00\x00", "“c.txt” is named as a text (TXT), and its content is a picture."),
        ("c.docx", b"\xd0\xcf\x11\xe0\xa1\xb1", "an Office document that is encrypted or of the old kind."),
        ("c.eml", b"just words", "“c.eml” is named as an e-mail (EML), and its content is a text."),
        ("c.exe", b"MZ", "“c.exe” is not named as one of the kinds that are read: PDF, DOCX, TXT, EML."),
        ("contract", make.pdf("x"), "“contract” is not named as one of the kinds that are read"),
        ("c.pdf", b"", "“c.pdf” is empty."),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused_naming_both(drop, name, content, why):
    answer = drop(content, name)
    assert answer.status_code == 422
    assert why in answer.json["errors"]["file"][0]
    assert Contract.select().count() == 0


@pytest.mark.parametrize("size", [LONGEST + 1, 40_000_000])
def test_a_file_that_is_too_large_is_refused(drop, size):
    assert drop(b"%PDF-" + bytes(size - 5)).status_code == 413
    assert Contract.select().count() == 0


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"title": "No file"}, "file"),
        ({"file": (io.BytesIO(b"x"), "a.txt"), "other": (io.BytesIO(b"x"), "b.txt")}, "file"),
        ({"file": (io.BytesIO(b"x"), "a.txt"), "endsOn": "soon"}, "endsOn"),
        ({"file": (io.BytesIO(b"x"), "a.txt"), "colour": "red"}, "colour"),
    ],
)
def test_a_form_that_is_wrong_names_the_field(send, customer, form, field):
    answer = send("POST", f"/api/customers/{customer.id}/contracts", data=form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert field in answer.json["errors"]


def test_the_json_form_stands(send, customer):
    path = f"/api/customers/{customer.id}/contracts"
    answer = send("POST", path, json={"title": "MSA", "text": make.SENTENCE})
    assert (answer.status_code, answer.json["textState"], answer.json["file"]) == (201, "typed", None)
    assert send("POST", path, json={"title": "MSA"}).json["errors"] == {"text": ["Missing data for required field."]}
    assert send("POST", path, data=b"nonsense", headers={"Content-Type": "application/json"}).status_code == 400


@pytest.mark.parametrize(
    ("content", "name", "state", "why"),
    [
        (make.scan(3), "c.pdf", "no_text", "The file has no text, as a scan has none."),
        (make.encrypted_pdf(), "c.pdf", "failed", "It is encrypted: save it without a password, and add it again."),
        (make.scan(500), "c.pdf", "failed", "It has 500 pages, and files of at most 300 are read."),
        (make.zip_bomb(), "c.docx", "failed", "zip bomb"),
        (b"%PDF-1.7 broken", "c.pdf", "failed", "It is damaged: it cannot be opened as a PDF."),
    ],
    ids=["scan", "encrypted", "500 pages", "zip bomb", "broken"],
)
def test_what_cannot_be_read_says_why_in_plain_words(drop, send, work, content, name, state, why):
    made = drop(content, name).json
    work()
    now = read(send, made)
    assert (now["textState"], now["text"]) == (state, "")
    assert why in now["textProblem"]


def test_what_was_not_read_is_filled_by_hand_and_then_counts(drop, send, work, customer):
    made = drop(make.scan(), "Scan.pdf").json
    work()
    path = f"/api/customers/{customer.id}/contracts/{made['id']}"
    dated = send("PATCH", path, json={"endsOn": "2027-06-30"}).json
    assert (dated["textState"], dated["endsOn"]) == ("no_text", "2027-06-30")
    end = send("GET", f"{path}/findings").json["termEnd"]
    assert (end["status"], end["date"], end["from"]) == ("found", "2027-06-30", "contract.endsOn")
    typed = send("PATCH", path, json={"text": make.SENTENCE}).json
    assert (typed["textState"], typed["textProblem"]) == ("typed", None)
    assert send("GET", f"{path}/findings").json["terminationForConvenience"]["status"] == "found"


def test_a_text_that_a_person_types_meanwhile_wins(drop, send, work, customer):
    made = drop(make.pdf("What the file says.")).json
    path = f"/api/customers/{customer.id}/contracts/{made['id']}"
    work(fetch=False)
    send("PATCH", path, json={"text": "What Ana says."})
    work()
    now = read(send, made)
    assert (now["textState"], now["text"]) == ("typed", "What Ana says.")


def test_all_that_is_known_of_a_contract_is_changed_and_relates_to_contracts_of_the_customer_alone(send, customer):
    path = f"/api/customers/{customer.id}/contracts"
    main, order = (send("POST", path, json={"title": title, "text": "x"}).json["id"] for title in ("MSA", "Order"))
    known = {"kind": "order_form", "relatesToId": main, "relation": "amends", "amount": "1000.00", "currency": "USD"}
    assert known.items() <= send("PATCH", f"{path}/{order}", json=known).json.items()
    assert send("PATCH", f"{path}/{order}", json={"relatesToId": order}).json["errors"].keys() == {"relatesToId"}
    assert send("PATCH", f"{path}/{order}", json={"relation": None}).json["errors"].keys() == {"relation"}
    assert send("PATCH", f"{path}/{order}", json={"relatesToId": "nothing"}).status_code == 404


def test_findings_of_a_customer_without_a_renewal_date_are_found(send):
    customer = make_customer(renewal_date=None, renewal_terms="month_to_month")
    path = f"/api/customers/{customer.id}/contracts"
    made = send("POST", path, json={"title": "MSA", "text": make.SENTENCE}).json
    found = send("GET", f"{path}/{made['id']}/findings").json
    assert found["terminationForConvenience"]["status"] == "found"
    assert found["termEnd"]["status"] == "not found"


def test_an_old_version_is_refused(drop, send, customer):
    made = drop(make.pdf("x")).json
    path = f"/api/customers/{customer.id}/contracts/{made['id']}"
    assert send("PATCH", path, json={"title": "New"}, headers={"If-Match": '"v1"'}).json["version"] == 2
    assert send("PATCH", path, json={"title": "Newer"}, headers={"If-Match": '"v1"'}).status_code == 412
    assert send("POST", f"{path}/read", headers={"If-Match": '"v1"'}).status_code == 412


def test_a_failed_reading_is_done_again(drop, send, work, customer, executor_settings):
    content = make.pdf(make.SENTENCE)
    made = drop(content).json
    sha256 = made["file"]["sha256"]
    file = executor_settings.files_path / "demo" / sha256[:2] / sha256
    file.unlink()
    work()
    path = f"/api/customers/{customer.id}/contracts/{made['id']}"
    assert read(send, made)["textProblem"] == "The file is not in the file store any more."
    FileStore(executor_settings.files_path).put("demo", content)
    again = send("POST", f"{path}/read")
    assert (again.status_code, again.json["textState"], again.json["textProblem"]) == (200, "reading", None)
    assert send("POST", f"{path}/read").status_code == 409
    work()
    assert read(send, made)["text"] == make.SENTENCE
    assert send("POST", f"{path}/read").status_code == 409


def test_a_contract_without_a_file_cannot_be_read_again(send, customer):
    path = f"/api/customers/{customer.id}/contracts"
    made = send("POST", path, json={"title": "MSA", "text": "x"}).json
    answer = send("POST", f"{path}/{made['id']}/read")
    assert (answer.status_code, answer.json["allowed"]) == (409, [])


def test_what_is_heard_twice_changes_nothing(drop, send, work):
    made = drop(make.pdf(make.SENTENCE)).json
    work()
    before = read(send, made)
    models.feed.tables.cursor.delete().execute()
    assert work() == 0
    assert read(send, made) == before
    assert len(acts("read contract")) == 1


def test_a_text_that_is_gone_from_the_store_is_a_failure_with_its_reason(drop, send, work, executor_settings):
    made = drop(make.pdf(make.SENTENCE)).json
    work(fetch=False)
    sha256 = Contract.get_by_id(made["id"]).text_sha256
    assert read(send, made)["textState"] == "reading"
    (executor_settings.files_path / "demo" / sha256[:2] / sha256).unlink()
    assert work() == 0
    now = read(send, made)
    assert (now["textState"], now["textProblem"]) == ("failed", contract_reading.GONE)


def test_a_text_that_cannot_be_handed_out_holds_up_no_other(drop, send, work, executor_settings):
    stuck = drop(make.pdf(make.SENTENCE)).json
    work(fetch=False)
    sha256 = Contract.get_by_id(stuck["id"]).text_sha256
    file = executor_settings.files_path / "demo" / sha256[:2] / sha256
    content = file.read_bytes()
    file.unlink()
    file.symlink_to(file)
    other = drop(b"Either party may stop with ninety days' notice.", "Letter.txt").json
    assert work() == 1
    assert (read(send, stuck)["textState"], read(send, other)["textState"]) == ("reading", "read")
    file.unlink()
    file.write_bytes(content)
    assert work() == 1
    assert read(send, stuck)["textState"] == "read"


def test_the_executor_away_is_503_and_nothing_is_stored(settings, drop):
    alone = CONTEXT.make_app(replace(settings, file_bytes=LONGEST)).test_client()
    answer = drop(make.pdf("x"), client=alone)
    assert answer.status_code == 503
    assert "nothing was stored" in answer.json["detail"]
    assert Contract.select().count() == 0
    assert ai_task_requests() == []


def test_a_form_that_is_sent_twice_makes_one_contract(drop, send, customer):
    key = {"Idempotency-Key": "one"}
    first, second = (drop(make.pdf("x"), headers=key) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.json == second.json
    assert Contract.select().count() == 1
    assert drop(make.pdf("y"), headers=key).status_code == 409


def test_another_tenant_sees_and_changes_nothing(drop, send, customer):
    made = drop(make.pdf("x")).json
    path = f"/api/customers/{customer.id}/contracts/{made['id']}"
    assert drop(make.pdf("x"), by=OTHER).status_code == 404
    assert send("GET", path, by=OTHER).status_code == 404
    assert send("GET", f"{path}/findings", by=OTHER).status_code == 404
    assert send("PATCH", path, json={"title": "Mine"}, by=OTHER).status_code == 404
    assert send("POST", f"{path}/read", by=OTHER).status_code == 404


def test_an_unknown_customer_stores_nothing(drop, executor_settings):
    content = make.pdf("of nobody")
    assert drop(content, to="nobody").status_code == 404
    sha256 = hashlib.sha256(content).hexdigest()
    assert FileStore(executor_settings.files_path).load("demo", sha256) is None


def test_the_client_is_the_one_that_every_service_has(together):
    assert isinstance(ExecutorFiles(together)._executor, Client)
