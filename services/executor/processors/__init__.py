"""The processors of AI tasks, one module each, found by name through the entry point group `tandem.processors`.

A processor is a module with a `Processor` in it and one line in pyproject.toml. Its contract is what this package
exports.
"""

from services.executor.processors.processor import (
    CannotAsk,
    Key,
    MadeFile,
    NotOurs,
    OutcomeUnknown,
    Permanent,
    Problem,
    Processor,
    Providers,
    Request,
    Result,
    Stopped,
    TaskContext,
    Tenant,
    Tracking,
    Transient,
)

__all__ = [
    "CannotAsk",
    "Key",
    "MadeFile",
    "NotOurs",
    "OutcomeUnknown",
    "Permanent",
    "Problem",
    "Processor",
    "Providers",
    "Request",
    "Result",
    "Stopped",
    "TaskContext",
    "Tenant",
    "Tracking",
    "Transient",
]
