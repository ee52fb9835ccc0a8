#include "model_state.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <utility>

#include "from_feature.h"
#include "text.h"
#include "to_feature.h"

namespace pome::python {

namespace nb = nanobind;

namespace {

constexpr const char* kStateDoc =
    R"(What a stateful model remembers from one prediction to the next; Model.make_state() makes it.

For one prediction or one call at a time: a second one meanwhile, from another thread, raises
InvalidArgumentError and does nothing.)";

constexpr const char* kReadDoc =
    R"(A copy of one buffer, as a numpy.ndarray of the declared type and shape.

Raises UnknownNameError with the names there are; InvalidArgumentError while a prediction uses the
state.)";

constexpr const char* kWriteDoc =
    R"(Replaces one buffer by an array of its shape: anything NumPy takes, of any element type.

Raises as read(); ShapeMismatchError with both shapes, TypeMismatchError for what is no array.)";

nb::object read(const ModelState& self, const std::string& name) {
  return from_multi_array(unwrap(self.state.read(name), self.flavor), self.flavor);
}

void write(ModelState& self, const std::string& name, const nb::object& value) {
  Result<MultiArray> array = to_multi_array(value.ptr(), nullptr);
  if (!array.ok()) {
    Error error = std::move(array).error();
    raise(error.at("state \"" + name + "\""), self.flavor);
  }
  unwrap(self.state.write(name, *array), self.flavor);
}

}  // namespace

State& state_of(const nb::object& object, Flavor flavor) {
  ModelState* state = nullptr;
  if (!nb::try_cast(object, state, false) || state == nullptr) {
    raise(Error(ErrorCode::kTypeMismatch,
                "state: what make_state() gives is wanted, a value of type " +
                    type_name(object.ptr()) + " came"),
          flavor);
  }
  return state->state;
}

void bind_state(nb::module_& m) {
  nb::class_<ModelState>(m, "State", kStateDoc)
      .def_prop_ro(
          "features", [](const ModelState& self) { return self.state.features(); },
          "Names, element types and shapes of the buffers: a list of FeatureDescription.")
      .def("read", &read, kReadDoc, nb::arg("name"))
      .def("write", &write, kWriteDoc, nb::arg("name"), nb::arg("value"))
      .def("__repr__", [](const ModelState& self) {
        std::string text = "State(";
        for (const FeatureDescription& f : self.state.features())
          text += (text.back() == '(' ? "" : ", ") + f.name + ": " + f.type_text();
        return to_str(text + ")");
      });
}

}  // namespace pome::python
