// Builds pipelines and their parts, and makes them predict.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>

#include "api/factory.h"
#include "format/model_file.h"
#include "format/proto/model.pb.h"

namespace pome::testing {

namespace spec = CoreML::Specification;

inline spec::FeatureType number() {
  spec::FeatureType type;
  type.mutable_doubletype();
  return type;
}

inline spec::FeatureType whole() {
  spec::FeatureType type;
  type.mutable_int64type();
  return type;
}

inline spec::FeatureType text() {
  spec::FeatureType type;
  type.mutable_stringtype();
  return type;
}

inline spec::FeatureType vector(int64_t size) {
  spec::FeatureType type;
  type.mutable_multiarraytype()->set_datatype(spec::ArrayFeatureType::DOUBLE);
  type.mutable_multiarraytype()->add_shape(size);
  return type;
}

inline spec::FeatureType optional(spec::FeatureType type) {
  type.set_isoptional(true);
  return type;
}

using Features = std::initializer_list<std::pair<std::string, spec::FeatureType>>;

/// A model without type, with these features.
inline spec::Model model_with(Features inputs, Features outputs) {
  spec::Model model;
  model.set_specificationversion(1);
  for (const auto& [name, type] : inputs) {
    auto* feature = model.mutable_description()->add_input();
    feature->set_name(name);
    *feature->mutable_type() = type;
  }
  for (const auto& [name, type] : outputs) {
    auto* feature = model.mutable_description()->add_output();
    feature->set_name(name);
    *feature->mutable_type() = type;
  }
  return model;
}

/// y = scale * (x + shift).
inline spec::Model scaler(const std::string& from, const spec::FeatureType& from_type,
                          const std::string& to, const spec::FeatureType& to_type, double shift,
                          double scale) {
  spec::Model model = model_with({{from, from_type}}, {{to, to_type}});
  model.mutable_scaler()->add_shiftvalue(shift);
  model.mutable_scaler()->add_scalevalue(scale);
  return model;
}

/// A text, one of `categories`, as a vector; others are an error.
inline spec::Model encoder(const std::string& from, const std::string& to,
                           std::initializer_list<const char*> categories) {
  spec::Model model =
      model_with({{from, text()}}, {{to, vector(static_cast<int64_t>(categories.size()))}});
  for (const char* category : categories)
    model.mutable_onehotencoder()->mutable_stringcategories()->add_vector(category);
  return model;
}

inline spec::Model pipeline_of(spec::Model outer, std::initializer_list<spec::Model> parts,
                               std::initializer_list<const char*> names = {}) {
  for (const spec::Model& part : parts) *outer.mutable_pipeline()->add_models() = part;
  for (const char* name : names) outer.mutable_pipeline()->add_names(name);
  return outer;
}

/// The whole way from bytes.
inline Result<std::unique_ptr<Predictor>> load(const spec::Model& model,
                                               const ModelConfiguration& configuration = {}) {
  auto bytes = std::make_shared<std::string>(model.SerializeAsString());
  auto file = format::ModelFile::parse(std::as_bytes(std::span(*bytes)), bytes);
  if (!file.ok()) return std::move(file).error();
  return api::make_predictor({file->share(), file->weights(), {}}, configuration);
}

/// The Error of a model that must not load.
inline std::string refusal(const spec::Model& model, const ModelConfiguration& configuration = {}) {
  const auto loaded = load(model, configuration);
  EXPECT_FALSE(loaded.ok());
  return loaded.ok() ? "" : loaded.error().to_string();
}

/// True when `text` holds all of `words`.
inline ::testing::AssertionResult says(const std::string& text,
                                       std::initializer_list<const char*> words) {
  for (const char* word : words) {
    if (text.find(word) == std::string::npos)
      return ::testing::AssertionFailure() << "\"" << word << "\" is not in: " << text;
  }
  return ::testing::AssertionSuccess();
}

}  // namespace pome::testing
