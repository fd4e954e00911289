"""Reads the text of files that anybody may have made: in a child process with limits, so that a hostile one harms nobody."""

from services.executor.documents.content import MOST_CHARACTERS
from services.executor.documents.reading import DocumentReader, Limits, NotRead, Reading

__all__ = ["MOST_CHARACTERS", "DocumentReader", "Limits", "NotRead", "Reading"]
