"""The local mailbox: one file a key, headers that hold, keys that close, and lists that do not read the files."""

from __future__ import annotations

import os
from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.executor import fault_injection
from services.executor.providers import letters, local_mailbox
from services.executor.providers.mail import (
    Invitation,
    Letter,
    LookUpNotAnswered,
    Mailbox,
    MailNotSent,
    MailRefused,
)
from shared.contracts import email_addresses
from tests.conftest import NOON
from tests.executor.conftest import make_mailbox

MIA = Mailbox("Mia Lund", "mia@harbor.test")
LETTER = Letter(to=(MIA,), subject="Our talk", body="Dear Mia,\nthank you.\n", from_name="Ana Alvarez")


def files(mailbox):
    return sorted(path for path in mailbox.folder.rglob("*") if path.is_file() and "index" not in path.name)


def listed(mailbox, tenant="demo", **asked):
    return mailbox.page(tenant, **{"q": None, "limit": 20, "offset": 0, "cursor": None} | asked)


def composed(**changes):
    letter = replace(LETTER, **changes)
    message = letters.compose(letter, tenant_id="demo", key="k", sender="no-reply@tandem.test", now=NOON)
    return message_from_bytes(bytes(message), policy=SMTP)


def die_while_sending(folder, key="k", before=lambda: None):
    """A child sends under this key, after `before` was done here, and is killed when the mail stands and nothing else was
    written."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(reading, 1)
        fault_injection.arm("after-outside-change", folder)
        make_mailbox(folder).send("demo", LETTER, key=key, fence=1)
        os._exit(0)
    before()
    os.write(writing, b"!")
    for end in (reading, writing):
        os.close(end)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9


def test_a_mail_is_a_file_with_real_headers(mailbox):
    sent = mailbox.send("demo", replace(LETTER, reply_to=Mailbox("Ana", "ana@demo.test")), key="k", fence=1)
    (path,) = files(mailbox)
    assert path == mailbox.folder / "demo" / f"{sent['mailboxId']}.eml"
    message = message_from_bytes(path.read_bytes(), policy=SMTP)
    assert {name: message[name] for name in ("From", "To", "Reply-To", "Subject", "Message-ID", "Date")} == {
        "From": "Ana Alvarez <no-reply@tandem.test>",
        "To": "Mia Lund <mia@harbor.test>",
        "Reply-To": "Ana <ana@demo.test>",
        "Subject": "Our talk",
        "Message-ID": sent["messageId"],
        "Date": "Sat, 21 Nov 2026 12:00:00 +0000",
    }
    assert message.get_content().replace("\r\n", "\n") == LETTER.body
    assert sent == {
        "messageId": f"<{sent['mailboxId']}@tandem.test>",
        "mailboxId": sent["mailboxId"],
        "to": ["mia@harbor.test"],
        "sentAt": "2026-11-21T12:00:00Z",
    }


def test_the_second_write_of_a_key_is_the_same_mail(mailbox):
    first = mailbox.send("demo", LETTER, key="k", fence=1)
    before = files(mailbox)[0].read_bytes()
    assert mailbox.send("demo", replace(LETTER, subject="Another"), key="k", fence=2) == first
    assert [path.read_bytes() for path in files(mailbox)] == [before]
    assert len(listed(mailbox).items) == 1


def test_the_same_key_of_another_tenant_is_another_mail(mailbox):
    mailbox.send("demo", LETTER, key="k", fence=1)
    there = mailbox.send("acme", LETTER, key="k", fence=1)
    assert len(files(mailbox)) == 2
    assert [one.id for one in listed(mailbox, "acme").items] == [there["mailboxId"]]
    assert mailbox.get_or_none("demo", there["mailboxId"]) is None
    assert mailbox.look_up("other", "k", 1) is None


@pytest.mark.parametrize("tenant", ["..", "../../etc", "a/b", "", "ü", "x" * 300])
def test_no_tenant_leads_out_of_the_folder(mailbox, tenant):
    mailbox.send(tenant, LETTER, key="k", fence=1)
    (path,) = files(mailbox)
    assert path.resolve().parent.parent == mailbox.folder.resolve()


def test_a_mail_can_be_asked_about_by_its_key(mailbox):
    sent = mailbox.send("demo", LETTER, key="k", fence=1)
    assert mailbox.look_up("demo", "k", 2) == sent
    assert mailbox.look_up("demo", "other", 1) is None


def test_asking_closes_the_key_to_earlier_fences(mailbox, tmp_path):
    assert mailbox.look_up("demo", "k", 2) is None
    late = make_mailbox(tmp_path)
    with pytest.raises(MailNotSent, match="too late"):
        late.send("demo", LETTER, key="k", fence=1)
    assert files(mailbox) == []
    mailbox.look_up("demo", "k", 1)
    with pytest.raises(MailNotSent):
        late.send("demo", LETTER, key="k", fence=1)
    assert late.send("demo", LETTER, key="k", fence=2)["to"] == ["mia@harbor.test"]


def test_a_mailbox_without_look_ups_says_so(tmp_path):
    with pytest.raises(LookUpNotAnswered, match="TANDEM_MAIL_ANSWERS_LOOKUPS"):
        make_mailbox(tmp_path, answers_lookups=False).look_up("demo", "k", 1)


@pytest.mark.parametrize("then", ["look up", "send again", "list"])
def test_a_mail_whose_sender_was_killed_before_it_wrote_the_index_was_sent(tmp_path, then):
    die_while_sending(tmp_path)
    mailbox = make_mailbox(tmp_path)
    (path,) = files(mailbox)
    known = {
        "look up": lambda: mailbox.look_up("demo", "k", 2),
        "send again": lambda: mailbox.send("demo", LETTER, key="k", fence=2),
        "list": lambda: listed(mailbox).items[0].outcome,
    }[then]()
    assert known["mailboxId"] == path.stem
    assert files(mailbox) == [path]
    assert [one.id for one in listed(mailbox).items] == [path.stem]


def test_a_mailbox_that_was_open_when_another_sender_was_killed_finds_the_mail(mailbox, tmp_path):
    die_while_sending(tmp_path, before=lambda: listed(mailbox))
    assert mailbox.look_up("demo", "k", 2)["to"] == ["mia@harbor.test"]
    assert len(listed(mailbox).items) == 1


def test_an_index_that_is_gone_is_made_again_from_the_files(mailbox, tmp_path):
    for number in range(5):
        mailbox.send("demo", replace(LETTER, subject=f"Mail {number}"), key=str(number), fence=1)
    before = set(listed(mailbox).items)
    for path in mailbox.folder.glob("index*"):
        path.unlink()
    (mailbox.folder / "demo" / "stranger.eml").write_text("From: nobody\n\nput here by hand")
    assert set(listed(make_mailbox(tmp_path)).items) == before


def test_a_mail_whose_sender_was_killed_before_it_stood_was_not_sent(mailbox, tmp_path):
    sent = mailbox.send("demo", LETTER, key="k", fence=1)
    (path,) = files(mailbox)
    for other in mailbox.folder.glob("index*"):
        other.unlink()
    path.rename(path.with_suffix(local_mailbox.DRAFT))
    for _ in range(2):
        again = make_mailbox(tmp_path)
        assert listed(again).items == []
        assert again.look_up("demo", "k", 2) is None
    assert again.send("demo", LETTER, key="k", fence=2) == sent
    assert files(again) == [path]


def test_a_copy_of_a_mail_under_another_name_is_no_mail_of_its_own(mailbox, tmp_path):
    mailbox.send("demo", LETTER, key="k", fence=1)
    (path,) = files(mailbox)
    for name in (f".{path.name}", "copy.eml"):
        path.with_name(name).write_bytes(path.read_bytes())
    for _ in range(2):
        assert [one.id for one in listed(make_mailbox(tmp_path)).items] == [path.stem]


def test_a_folder_that_cannot_be_written_sends_nothing_and_may_later(mailbox):
    mailbox.folder.mkdir()
    (mailbox.folder / "demo").write_text("in the way")
    with pytest.raises(MailNotSent, match="cannot be written"):
        mailbox.send("demo", LETTER, key="k", fence=1)
    (mailbox.folder / "demo").unlink()
    assert mailbox.send("demo", LETTER, key="k", fence=2)["to"] == ["mia@harbor.test"]


def test_lists_are_newest_first_searched_and_paged(mailbox):
    for number in range(25):
        letter = replace(LETTER, subject=f"Mail {number}", to=(Mailbox("", f"p{number}@harbor.test"),))
        mailbox.send("demo", letter, key=str(number), fence=1)
    seen, cursor = [], None
    while True:
        page = listed(mailbox, limit=10, cursor=cursor)
        seen += [one.subject for one in page.items]
        assert (page.total, page.total_is_exact) == (25, True)
        if (cursor := page.next) is None:
            break
    assert seen == [f"Mail {number}" for number in reversed(range(25))]
    assert [one.subject for one in listed(mailbox, limit=2, offset=1).items] == ["Mail 23", "Mail 22"]
    assert [one.subject for one in listed(mailbox, q="P7@HARBOR").items] == ["Mail 7"]
    assert listed(mailbox, q="100%").items == []


def test_lists_read_no_file_and_the_mail_of_a_file_that_is_gone_is_gone(mailbox):
    sent = mailbox.send("demo", LETTER, key="k", fence=1)
    files(mailbox)[0].unlink()
    assert [one.id for one in listed(mailbox, q="talk").items] == [sent["mailboxId"]]
    assert mailbox.get_or_none("demo", sent["mailboxId"]) is None


def test_an_answer_names_the_mail_that_it_answers_by_key_or_by_message_id(mailbox):
    first = mailbox.send("demo", LETTER, key="first", fence=1)
    for told in ("first", first["messageId"]):
        message = composed(in_reply_to=told)
        assert (message["In-Reply-To"], message["References"]) == (first["messageId"], first["messageId"])


def test_an_invitation_is_another_form_of_the_text_that_calendars_find(mailbox):
    ics = "BEGIN:VCALENDAR\r\nSUMMARY:Über\r\nEND:VCALENDAR\r\n"
    sent = mailbox.send("demo", replace(LETTER, invitation=Invitation("REQUEST", ics)), key="k", fence=1)
    kept = mailbox.get_or_none("demo", sent["mailboxId"])
    assert kept.message.get_content_type() == "multipart/alternative"
    calendar = list(kept.message.iter_parts())[1]
    assert (calendar.get_content_type(), calendar.get_param("method")) == ("text/calendar", "REQUEST")
    assert kept.contents["ics"] == ics.replace("\r\n", "\n")
    assert kept.contents["text"] == LETTER.body
    assert kept.entry.is_invitation


@pytest.mark.parametrize(
    "changes",
    [
        {"to": ()},
        {"to": (Mailbox("", "nobody"),)},
        {"to": (Mailbox("", "a@b.test, c@d.test"),)},
        {"to": (Mailbox("", "a@b.test\r\nBcc: x@y.test"),)},
        {"to": (Mailbox("", "jörg@b.test"),)},
        {"to": (Mailbox("", f"{'a' * 10}@{'b' * 64}.test"),)},
        {"to": (Mailbox("Mia\nBcc: x@y.test", "mia@b.test"),)},
        {"reply_to": Mailbox("", "nobody")},
        {"cc": (Mailbox("", "nobody"),)},
        {"from_name": "Ana\r\nBcc: x@y.test"},
        {"subject": "Hello\r\nBcc: x@y.test"},
        {"subject": "Hello\u2028Bcc: x@y.test"},
        {"subject": "half a character \ud800"},
        {"body": "half a character \ud800"},
    ],
)
def test_what_no_mail_can_be_is_refused_and_nothing_is_written(mailbox, changes):
    with pytest.raises(MailRefused):
        mailbox.send("demo", replace(LETTER, **changes), key="k", fence=1)
    assert files(mailbox) == []


@pytest.mark.parametrize(
    "address", ["a@b.test", "a.b+c@sub.example.com", "o'neil@example.org", "x@localhost", "a@bücher.example"]
)
def test_real_addresses_are_addresses(address):
    assert email_addresses.is_address(address)
    assert composed(to=(Mailbox("Somebody", address),))["To"].addresses[0].username == address.split("@")[0]


LINES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cn", "Co")), max_size=200)


@given(name=LINES, subject=LINES.filter(str.strip))
def test_whatever_the_names_and_the_subject_are_no_header_is_added_and_the_address_stays(name, subject):
    message = composed(to=(Mailbox(name, "mia@harbor.test"),), subject=subject, from_name=name)
    assert sorted(message.keys()) == sorted(
        ["Message-ID", "Date", "From", "To", "Subject", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"]
    )
    assert [one.addr_spec for one in message["To"].addresses] == ["mia@harbor.test"]
    assert [one.addr_spec for one in message["From"].addresses] == ["no-reply@tandem.test"]
