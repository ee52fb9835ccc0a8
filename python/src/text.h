// Text and numbers between Python and C++.
#pragma once

#include <Python.h>
#include <nanobind/nanobind.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pome::python {

/// A str of UTF-8 bytes; what is no UTF-8 becomes backslash escapes. A new reference.
inline nanobind::str to_str(std::string_view text) {
  return nanobind::steal<nanobind::str>(
      PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "backslashreplace"));
}

/// The UTF-8 of a str, or the bytes of a bytes object; nothing for other objects and for text that
/// has no UTF-8 (lone surrogates). Borrows from `value`.
inline std::optional<std::string_view> text_of(PyObject* value) {
  if (PyUnicode_Check(value)) {
    Py_ssize_t size = 0;
    if (const char* text = PyUnicode_AsUTF8AndSize(value, &size))
      return std::string_view(text, static_cast<size_t>(size));
    PyErr_Clear();
    return std::nullopt;
  }
  if (PyBytes_Check(value)) {
    return std::string_view(PyBytes_AS_STRING(value), static_cast<size_t>(PyBytes_GET_SIZE(value)));
  }
  return std::nullopt;
}

/// The value of an int, a bool or anything with __index__ that fits 64 bits.
inline std::optional<int64_t> int64_of(PyObject* value) {
  if (!PyLong_Check(value) && !PyIndex_Check(value)) return std::nullopt;
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
  if (PyErr_Occurred() != nullptr) {
    PyErr_Clear();
    return std::nullopt;
  }
  if (overflow != 0) return std::nullopt;
  return number;
}

/// "numpy.ndarray", "str": how a type is called in messages.
inline std::string type_name(PyObject* value) {
  const char* name = Py_TYPE(value)->tp_name;
  return name;
}

/// repr(value), shortened to about 60 characters; "..." where it fails.
inline std::string short_repr(PyObject* value) {
  nanobind::object text = nanobind::steal(PyObject_Repr(value));
  if (!text.is_valid()) PyErr_Clear();
  const auto utf8 = text.is_valid() ? text_of(text.ptr()) : std::nullopt;
  if (!utf8) return "...";
  if (utf8->size() <= 60) return std::string(*utf8);
  size_t cut = 57;
  while (cut > 0 && (static_cast<unsigned char>((*utf8)[cut]) & 0xC0) == 0x80) --cut;
  return std::string(utf8->substr(0, cut)) + "...";
}

}  // namespace pome::python
