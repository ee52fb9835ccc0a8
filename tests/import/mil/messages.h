// Builds ML programs as messages.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "format/proto/model.pb.h"

namespace pome::testing {

namespace mil = CoreML::Specification::MILSpec;

inline mil::ValueType tensor_type(mil::DataType type, std::initializer_list<int64_t> shape) {
  mil::ValueType message;
  message.mutable_tensortype()->set_datatype(type);
  message.mutable_tensortype()->set_rank(static_cast<int64_t>(shape.size()));
  for (const int64_t extent : shape) {
    mil::Dimension* dimension = message.mutable_tensortype()->add_dimensions();
    if (extent < 0)
      dimension->mutable_unknown();
    else
      dimension->mutable_constant()->set_size(static_cast<uint64_t>(extent));
  }
  return message;
}

/// A constant with the type set; fill `immediate(value)`.
inline mil::Value value_of(mil::DataType type, std::initializer_list<int64_t> shape) {
  mil::Value value;
  *value.mutable_type() = tensor_type(type, shape);
  return value;
}

inline mil::TensorValue& immediate(mil::Value& value) {
  return *value.mutable_immediatevalue()->mutable_tensor();
}

inline mil::Value string_value(std::string_view text) {
  mil::Value value = value_of(mil::STRING, {});
  immediate(value).mutable_strings()->add_values(std::string(text));
  return value;
}

inline mil::Value floats_value(std::initializer_list<int64_t> shape,
                               const std::vector<float>& values) {
  mil::Value value = value_of(mil::FLOAT32, shape);
  immediate(value).mutable_floats();
  for (const float v : values) immediate(value).mutable_floats()->add_values(v);
  return value;
}

/// A model with one function `main` that has one input `x` and no operations yet.
struct MilModel {
  CoreML::Specification::Model model;
  mil::Function* function;
  mil::Block* body;

  explicit MilModel(std::initializer_list<int64_t> shape = {2, 3}) {
    model.set_specificationversion(6);
    auto* x = model.mutable_description()->add_input();
    x->set_name("x");
    auto* array = x->mutable_type()->mutable_multiarraytype();
    array->set_datatype(CoreML::Specification::ArrayFeatureType::FLOAT32);
    for (const int64_t extent : shape) array->add_shape(extent);
    mil::Program* program = model.mutable_mlprogram();
    program->set_version(1);
    function = &(*program->mutable_functions())["main"];
    function->set_opset("CoreML5");
    mil::NamedValueType* input = function->add_inputs();
    input->set_name("x");
    *input->mutable_type() = tensor_type(mil::FLOAT32, shape);
    body = &(*function->mutable_block_specializations())["CoreML5"];
  }

  /// Adds an operation; the inputs are names of values.
  mil::Operation& add(std::string_view type, std::string_view output,
                      const mil::ValueType& declared,
                      std::initializer_list<std::pair<std::string, std::string>> inputs) {
    return add_to(*body, type, output, declared, inputs);
  }

  static mil::Operation& add_to(mil::Block& block, std::string_view type, std::string_view output,
                                const mil::ValueType& declared,
                                std::initializer_list<std::pair<std::string, std::string>> inputs) {
    mil::Operation& op = *block.add_operations();
    op.set_type(std::string(type));
    (*op.mutable_attributes())["name"] = string_value("the_" + std::string(output));
    for (const auto& [param, name] : inputs)
      (*op.mutable_inputs())[param].add_arguments()->set_name(name);
    mil::NamedValueType* out = op.add_outputs();
    out->set_name(std::string(output));
    *out->mutable_type() = declared;
    return op;
  }

  mil::Operation& add_const(std::string_view output, const mil::Value& value) {
    mil::Operation& op = add("const", output, value.type(), {});
    (*op.mutable_attributes())["val"] = value;
    return op;
  }

  /// Makes a value the program's output, a float32 array.
  void set_output(std::string_view name) {
    body->add_outputs(std::string(name));
    auto* feature = model.mutable_description()->add_output();
    feature->set_name(std::string(name));
    feature->mutable_type()->mutable_multiarraytype()->set_datatype(
        CoreML::Specification::ArrayFeatureType::FLOAT32);
  }
};

}  // namespace pome::testing
