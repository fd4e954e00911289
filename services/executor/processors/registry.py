"""The processors of this installation, by name. A name is looked up here; it is never a path and never imported."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from jsonschema.exceptions import SchemaError

from services.executor.processors.processor import Processor
from shared.contracts.metadata import MetadataSchema

log = logging.getLogger(__name__)

GROUP = "tandem.processors"


class Registry:
    """Processors by name, each with the compiled check of its metadata."""

    def __init__(self, processors: Iterable[Processor]) -> None:
        self._processors = {processor.name: processor for processor in processors}
        self._schemas = {
            processor.name: MetadataSchema(processor.metadata_schema) for processor in self._processors.values()
        }

    def __iter__(self) -> Iterator[Processor]:
        return iter(self._processors.values())

    def __getitem__(self, name: str) -> Processor:
        return self._processors[name]

    def get(self, name: str) -> Processor | None:
        """The processor of that name, or None."""
        return self._processors.get(name)

    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted(self._processors)

    def deadlines(self) -> dict[str, float]:
        """Seconds that one attempt may take, by processor."""
        return {processor.name: processor.deadline_seconds for processor in self}

    def faults_of(self, name: str, metadata: Any) -> dict[str, list[str]]:
        """Why this processor does not accept this metadata: `{"metadata.field": [reasons]}`, empty when it does.
        KeyError for no such name."""
        return self._schemas[name].faults_of(metadata)


def load(*, rehearsal: bool, group: Iterable[EntryPoint] | None = None) -> Registry:
    """The registry of the installed entry points (or of `group`).

    A processor that cannot be imported, is none, or has an invalid schema is logged and left out: its tasks wait, and
    all others run.
    """
    processors = [_loaded(entry) for entry in (entry_points(group=GROUP) if group is None else group)]
    return Registry(processor for processor in processors if processor and (rehearsal or not processor.rehearsal))


def _loaded(entry: EntryPoint) -> Processor | None:
    try:
        processor = entry.load()
        _refuse_unusable(processor, entry.name)
    except Exception as error:  # a foreign module may raise anything while it is imported
        log.error(f"The processor {entry.name} is not loaded: {type(error).__name__}: {error}")
        return None
    return processor


def _refuse_unusable(processor: Any, name: str) -> None:
    """ValueError when this is no processor, calls itself otherwise, or has an invalid schema."""
    if not isinstance(processor, Processor):
        raise ValueError("it is no Processor")
    if processor.name != name:
        raise ValueError(f"the processor calls itself {processor.name!r}, and its entry point is {name!r}")
    if not isinstance(processor.metadata_schema, Mapping):
        raise ValueError("its metadata_schema is no mapping")
    try:
        MetadataSchema(processor.metadata_schema)
    except SchemaError as error:
        # The text of the error itself is the whole schema of schemas.
        raise ValueError(f"its metadata_schema is invalid at {error.json_path}: {error.message[:200]}") from None
