// Small programs for the tests of the neural network exporter, and the way back.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "export/export.h"
#include "format/model_file.h"
#include "format/proto/model.pb.h"
#include "import/description.h"
#include "import/neuralnetwork/neural_network.h"
#include "ops/builder.h"
#include "tests/support/evaluate.h"

namespace pome::testing {

inline FeatureDescription array(const std::string& name, const Shape& shape) {
  FeatureDescription f;
  f.name = name;
  f.type = FeatureType::kMultiArray;
  f.multi_array.shape.assign(shape.begin(), shape.end());
  return f;
}

inline FeatureDescription picture(const std::string& name, int64_t size, ColorLayout color) {
  FeatureDescription f;
  f.name = name;
  f.type = FeatureType::kImage;
  f.image.width = size;
  f.image.height = size;
  f.image.color = color;
  return f;
}

/// A program under construction: arrays and pictures in, y out.
struct BuiltNetwork {
  ir::Program program;
  ModelDescription description;
  ir::Function* main = program.add_function("main", ir::Opset::kIos16);
  ops::Builder b{*main, main->body};
  int constants = 0;

  ir::Value* input(const std::string& name, const Shape& shape) {
    description.inputs.push_back(array(name, shape));
    return main->body.add_input(name, ir::Type::tensor(ir::DType::kFp32, shape));
  }
  ir::Value* image(const std::string& name, int64_t size, ColorLayout color) {
    description.inputs.push_back(picture(name, size, color));
    const int64_t channels = color == ColorLayout::kGrayscale ? 1 : 3;
    return main->body.add_input(name,
                                ir::Type::tensor(ir::DType::kFp32, {1, channels, size, size}));
  }
  /// [C,H,W] as [1,C,H,W], the way the rank-5 world has it.
  ir::Value* batched(ir::Value* x) {
    return b.add("expand_dims", "x_batched", {{"x", x}, {"axes", ops::Arg::ints({0})}});
  }
  ir::Value* weights(const Shape& shape, double lo = -1, double hi = 1) {
    auto t = random_tensor(shape, static_cast<uint64_t>(++constants), lo, hi);
    return b.constant(ir::Literal::own(t.type, std::move(t.data)), "c");
  }
  void output(ir::Value* y, const std::string& name = "y") {
    ASSERT_TRUE(b.ok()) << b.status().error().to_string();
    y->set_name(name);
    description.outputs.push_back(array(name, y->shape()));
    main->body.outputs().push_back(y);
  }
  /// The same without the batch axis.
  void output_unbatched(ir::Value* y) {
    output(b.add("squeeze", "y", {{"x", y}, {"axes", ops::Arg::ints({0})}}));
  }
};

/// Bytes and back, as through a file.
inline Result<format::ModelFile> through_bytes(const exporter::Exported& exported) {
  auto bytes = std::make_shared<std::string>();
  if (!exported.model->SerializeToString(bytes.get()))
    return Error(ErrorCode::kInternal, "not serialized");
  return format::ModelFile::parse(std::as_bytes(std::span<const char>(*bytes)), bytes);
}

inline Result<import::ImportedModel> read_back(const format::ModelFile& file) {
  auto description = import::read_description(file.model());
  if (!description.ok()) return std::move(description).error();
  return import::import_neural_network(file.model(), nullptr, *description);
}

}  // namespace pome::testing
