# Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
"""Structs of Arrow's C interfaces, and functions that take them, for whoever loads a bridge.cpp."""
import ctypes

capsule_new = ctypes.pythonapi.PyCapsule_New
capsule_new.restype = ctypes.py_object
capsule_new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
capsule_pointer = ctypes.pythonapi.PyCapsule_GetPointer
capsule_pointer.restype = ctypes.c_void_p
capsule_pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]


def load(path, *names):
    """A bridge; the functions of these names answer null, or what went wrong."""
    bridge = ctypes.CDLL(path)
    for name in names:
        getattr(bridge, name).restype = ctypes.c_char_p
    return bridge


def call(function, *arguments):
    wrong = function(*arguments)
    if wrong:
        raise RuntimeError(wrong.decode())


class Struct:
    """Memory for a struct of the C interfaces, told apart by its size."""

    def __init__(self, words, release):
        self.memory = (ctypes.c_void_p * words)()
        self.pointer = ctypes.addressof(self.memory)
        self.release = release

    def released(self):
        return self.memory[self.release] is None


def array():
    return Struct(10, 8)


def schema():
    return Struct(9, 7)


class Stream(Struct):
    """An ArrowArrayStream that others take by the PyCapsule protocol."""

    def __init__(self):
        super().__init__(5, 3)

    def __arrow_c_stream__(self, requested_schema=None):
        return capsule_new(self.pointer, b"arrow_array_stream", None)


def stream_of(maker):
    """The struct inside of what a library exports; the capsule is kept, for it owns the struct's memory."""
    capsule = maker.__arrow_c_stream__(None)
    return capsule, ctypes.c_void_p(capsule_pointer(capsule, b"arrow_array_stream"))
