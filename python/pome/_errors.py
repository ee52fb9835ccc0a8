"""Exceptions, one class for each kind of failure; each is also the built-in exception of its kind."""

from __future__ import annotations


class Error(Exception):
    """Anything that Pome refuses or fails at.

    code: the kind's stable name, e.g. "shape_mismatch".
    message: what was found, what was expected and what to do, without the place.
    places: where, from the outermost to the innermost, e.g. ("model.mlmodel", "main", "conv_3 (conv)").
    """

    code: str = "internal"
    message: str = ""
    places: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else self.message


class NotFoundError(Error, FileNotFoundError):
    """No such file or folder."""


class FileAccessError(Error, OSError):
    """The operating system could not read or write."""


class InvalidModelError(Error, ValueError):
    """The bytes are no valid model or picture, or damaged."""


class UnsupportedError(Error, NotImplementedError):
    """Valid, but not supported by this version of Pome."""


class InvalidArgumentError(Error, ValueError):
    """A value that does not fit."""


class MissingInputError(Error, KeyError):
    """An input that is not optional was not given."""


class UnknownNameError(Error, KeyError):
    """A name that the model does not have."""


class TypeMismatchError(Error, TypeError):
    """A value of another type than the input's."""


class ShapeMismatchError(Error, ValueError):
    """An array of another shape than the input's."""


class LimitExceededError(Error, RuntimeError):
    """Over a limit of the configuration."""


class OutOfMemoryError(Error, MemoryError):
    """No memory for an array or a plan."""


class CancelledError(Error, RuntimeError):
    """The work was cancelled."""


class InternalError(Error, RuntimeError):
    """A defect of Pome: please report it."""


_CLASSES: dict[str, type[Error]] = {
    "not_found": NotFoundError,
    "io": FileAccessError,
    "invalid_format": InvalidModelError,
    "invalid_model": InvalidModelError,
    "corrupt": InvalidModelError,
    "unsupported": UnsupportedError,
    "invalid_argument": InvalidArgumentError,
    "missing_input": MissingInputError,
    "unknown_name": UnknownNameError,
    "type_mismatch": TypeMismatchError,
    "shape_mismatch": ShapeMismatchError,
    "limit_exceeded": LimitExceededError,
    "out_of_memory": OutOfMemoryError,
    "cancelled": CancelledError,
    "internal": InternalError,
}


def make(code: str, message: str, places: tuple[str, ...], text: str) -> Error:
    """The exception for an error of the library; the extension module calls it."""
    error = _CLASSES.get(code, InternalError)(text)
    error.code = code
    error.message = message
    error.places = places
    return error
