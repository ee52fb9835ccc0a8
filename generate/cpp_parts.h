// Parts of the class in C++.
#pragma once

#include <string>

#include "generate/class_plan.h"
#include "generate/writer.h"

namespace pome::generate {

/// "pome::Image", ...; in std::optional for a member that may be absent.
std::string cpp_type(const Member& member);
/// The same of a feature, optional or not.
std::string cpp_plain_type(const FeatureDescription& feature);
/// "kImage", ...: the enumerator of pome::FeatureType.
std::string cpp_feature_type(FeatureType type);
/// "pome::MultiArrayDataType::kFloat32", ...
std::string cpp_array_type(MultiArrayDataType type);

/// enum class Label and what goes with it; nothing where the plan has no enumerators.
void write_labels(const ClassPlan& plan, Writer& out);
/// struct Input or Output, with its constants.
void write_struct(const std::string& name, const std::string& what,
                  const std::vector<Member>& members, const ClassPlan& plan, Writer& out);

}  // namespace pome::generate
