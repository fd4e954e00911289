"""Reads the text of a contract's file, and puts it into the file store: a text may be longer than a result should be."""

from __future__ import annotations

from services.executor.documents import MOST_CHARACTERS, NotRead
from services.executor.processors import MadeFile, Permanent, Processor, Result, TaskContext, Transient
from services.executor.processors.shapes import integer, line, reference, schema, text
from shared.contracts import document_files
from shared.ground.errors import Unavailable

MOST_PROBLEMS, LONGEST_PROBLEM = 20, 500


def run(task: TaskContext) -> Result:
    """The text of the file, in the file store, with what is known of it. Permanent, with the reason, for a file that
    cannot be read."""
    metadata = task.metadata
    kind = document_files.by_media_type(metadata["mediaType"])
    if kind is None:
        raise Permanent(f"Files of the type {metadata['mediaType']} are not read.")
    try:
        content = task.providers.files.load(task.tenant_id, metadata["sha256"])
        if content is None:
            raise Permanent("The file is not in the file store any more.")
        found = task.providers.documents.read(content, kind, task.checkpoint)
        kept = found.text[: metadata["longestText"]].encode()
        sha256 = task.providers.files.put(task.tenant_id, kept) if kept else None
    except NotRead as error:
        raise Permanent(str(error)) from error
    except Unavailable as error:
        raise Transient(error.message) from error
    problems = [problem[:LONGEST_PROBLEM] for problem in found.problems[:MOST_PROBLEMS]]
    if found.characters > metadata["longestText"]:
        problems.append(
            f"Its text has {found.characters:,} characters; the first {metadata['longestText']:,} of them were kept."
        )
    value = {"textSha256": sha256, "characters": found.characters, "pages": found.pages, "problems": problems}
    if sha256 is None:
        return Result(value, f"{metadata['name']} has no text, as a scan has none.")
    made = MadeFile(sha256, f"{metadata['name']}.text", document_files.TXT.media_type, len(kept))
    return Result(value, f"Read {found.characters:,} characters of {metadata['name']}.", files=(made,))


PROCESSOR = Processor(
    name="contract-text-reader",
    version="1.0.0",
    title="Read a contract's file",
    description="Reads the text of a contract that came as PDF, DOCX, TXT or EML, in a child process with limits.",
    metadata_schema=schema(
        {
            "contractId": reference(),
            "sha256": text(64, pattern="^[0-9a-f]{64}$"),
            "name": line(255),
            "mediaType": {"enum": list(document_files.MEDIA_TYPES)},
            "longestText": integer(1, MOST_CHARACTERS),
        }
    ),
    run=run,
    deadline_seconds=1200,
)
