#include "tests/cli/models.h"

#include <fstream>

#include "format/proto/model.pb.h"

namespace pome::testing {
namespace {

namespace spec = CoreML::Specification;

spec::FeatureType* add_input(spec::Model& model, const std::string& name) {
  auto* feature = model.mutable_description()->add_input();
  feature->set_name(name);
  return feature->mutable_type();
}

void add_vector(spec::Model& model, const std::string& name) {
  auto* array = add_input(model, name)->mutable_multiarraytype();
  array->set_datatype(spec::ArrayFeatureType::FLOAT32);
  array->add_shape(3);
}

void add_picture(spec::Model& model, const std::string& name) {
  auto* image = add_input(model, name)->mutable_imagetype();
  image->set_width(8);
  image->set_height(8);
  image->set_colorspace(spec::ImageFeatureType::RGB);
}

void add_output(spec::Model& model, const std::string& name) {
  auto* feature = model.mutable_description()->add_output();
  feature->set_name(name);
  feature->mutable_type()->mutable_multiarraytype()->set_datatype(spec::ArrayFeatureType::FLOAT32);
}

spec::NeuralNetworkLayer* add_layer(spec::Model& model, const std::string& name,
                                    std::initializer_list<const char*> inputs,
                                    const std::string& output) {
  auto* layer = model.mutable_neuralnetwork()->add_layers();
  layer->set_name(name);
  for (const char* input : inputs) layer->add_input(input);
  layer->add_output(output);
  return layer;
}

void write(spec::Model& model, const std::filesystem::path& path) {
  if (model.specificationversion() == 0) model.set_specificationversion(1);
  std::ofstream(path, std::ios::binary) << model.SerializeAsString();
}

}  // namespace

void write_doubling_model(const std::filesystem::path& path) {
  spec::Model model;
  add_vector(model, "features");
  add_output(model, "y");
  auto* linear = add_layer(model, "double", {"features"}, "y")->mutable_activation();
  linear->mutable_linear()->set_alpha(2);
  linear->mutable_linear()->set_beta(1);
  write(model, path);
}

void write_two_pictures_model(const std::filesystem::path& path) {
  spec::Model model;
  add_picture(model, "left");
  add_picture(model, "right");
  add_output(model, "sum");
  add_layer(model, "add", {"left", "right"}, "sum")->mutable_add();
  write(model, path);
}

void write_negative_model(const std::filesystem::path& path) {
  spec::Model model;
  add_picture(model, "image");
  auto* output = model.mutable_description()->add_output();
  output->set_name("negative");
  auto* image = output->mutable_type()->mutable_imagetype();
  image->set_width(8);
  image->set_height(8);
  image->set_colorspace(spec::ImageFeatureType::RGB);
  auto* linear = add_layer(model, "invert", {"image"}, "negative")->mutable_activation();
  linear->mutable_linear()->set_alpha(-1);
  linear->mutable_linear()->set_beta(255);
  write(model, path);
}

void write_custom_layer_model(const std::filesystem::path& path) {
  spec::Model model;
  model.set_specificationversion(2);
  add_vector(model, "features");
  add_output(model, "y");
  add_layer(model, "mine", {"features"}, "y")->mutable_custom()->set_classname("Swirl");
  write(model, path);
}

namespace {

using TreeNode = spec::TreeEnsembleParameters::TreeNode;

TreeNode* add_node(spec::Model& model, uint64_t tree, uint64_t node) {
  TreeNode* added = model.mutable_treeensembleregressor()->mutable_treeensemble()->add_nodes();
  added->set_treeid(tree);
  added->set_nodeid(node);
  return added;
}

void add_leaf(spec::Model& model, uint64_t tree, uint64_t node, double value) {
  TreeNode* leaf = add_node(model, tree, node);
  leaf->set_nodebehavior(TreeNode::LeafNode);
  leaf->add_evaluationinfo()->set_evaluationvalue(value);
}

void add_branch(spec::Model& model, uint64_t node, uint64_t feature, uint64_t yes, uint64_t no) {
  TreeNode* branch = add_node(model, 0, node);
  branch->set_nodebehavior(TreeNode::BranchOnValueLessThanEqual);
  branch->set_branchfeatureindex(feature);
  branch->set_truechildnodeid(yes);
  branch->set_falsechildnodeid(no);
}

void predict_number(spec::Model& model, const std::string& name) {
  auto* output = model.mutable_description()->add_output();
  output->set_name(name);
  output->mutable_type()->mutable_doubletype();
  model.mutable_description()->set_predictedfeaturename(name);
}

}  // namespace

void write_trees_model(const std::filesystem::path& path) {
  spec::Model model;
  for (int i = 0; i < 60; ++i) add_input(model, "n" + std::to_string(i))->mutable_doubletype();
  predict_number(model, "y");
  auto& metadata = *model.mutable_description()->mutable_metadata()->mutable_userdefined();
  metadata["com.example.a.key.that.is.longer.than.most.x"] = "short";
  metadata["json"] = std::string(3000, 'j');
  auto* trees = model.mutable_treeensembleregressor()->mutable_treeensemble();
  trees->set_numpredictiondimensions(1);
  trees->add_basepredictionvalue(0);
  add_branch(model, 0, 3, 1, 2);
  add_leaf(model, 0, 1, 1);
  add_branch(model, 2, 41, 3, 4);
  add_leaf(model, 0, 3, 2);
  add_leaf(model, 0, 4, 3);
  add_leaf(model, 1, 0, 10);
  write(model, path);
}

void write_prices_model(const std::filesystem::path& path) {
  spec::Model model;
  for (const char* name : {"rooms", "age", "distance"})
    add_input(model, name)->mutable_doubletype();
  predict_number(model, "price");
  auto* weights = model.mutable_glmregressor()->add_weights();
  for (const double weight : {2.5, -1.0, 0.25}) weights->add_value(weight);
  model.mutable_glmregressor()->add_offset(7);
  write(model, path);
}

void write_gray_model(const std::filesystem::path& path) {
  spec::Model model;
  add_picture(model, "image");
  model.mutable_description()
      ->mutable_input(0)
      ->mutable_type()
      ->mutable_imagetype()
      ->set_colorspace(spec::ImageFeatureType::GRAYSCALE);
  add_output(model, "y");
  auto* scaler = model.mutable_neuralnetwork()->add_preprocessing()->mutable_scaler();
  scaler->set_channelscale(0.5F);
  scaler->set_graybias(-3);
  add_layer(model, "relu", {"image"}, "y")->mutable_activation()->mutable_relu();
  write(model, path);
}

namespace {

namespace mil = spec::MILSpec;

void set_vector(mil::ValueType& type) {
  type.mutable_tensortype()->set_datatype(mil::FLOAT32);
  type.mutable_tensortype()->set_rank(1);
  type.mutable_tensortype()->add_dimensions()->mutable_constant()->set_size(3);
}

/// `output` = type(param = name, ...); no output where the name is empty.
void add_operation(mil::Block& block, const std::string& type, const std::string& output,
                   std::initializer_list<std::pair<const char*, const char*>> arguments) {
  mil::Operation* operation = block.add_operations();
  operation->set_type(type);
  for (const auto& [param, name] : arguments)
    (*operation->mutable_inputs())[param].add_arguments()->set_name(name);
  if (output.empty()) return;
  mil::NamedValueType* value = operation->add_outputs();
  value->set_name(output);
  set_vector(*value->mutable_type());
}

}  // namespace

void write_summing_model(const std::filesystem::path& path) {
  spec::Model model;
  model.set_specificationversion(9);
  add_vector(model, "features");
  add_output(model, "y");
  auto* state = model.mutable_description()->add_state();
  state->set_name("total");
  auto* array = state->mutable_type()->mutable_statetype()->mutable_arraytype();
  array->set_datatype(spec::ArrayFeatureType::FLOAT32);
  array->add_shape(3);
  model.mutable_mlprogram()->set_version(1);
  mil::Function& function = (*model.mutable_mlprogram()->mutable_functions())["main"];
  function.set_opset("CoreML8");
  mil::NamedValueType* features = function.add_inputs();
  features->set_name("features");
  set_vector(*features->mutable_type());
  mil::NamedValueType* total = function.add_inputs();
  total->set_name("total");
  set_vector(*total->mutable_type()->mutable_statetype()->mutable_wrappedtype());
  mil::Block& block = (*function.mutable_block_specializations())["CoreML8"];
  add_operation(block, "read_state", "old", {{"input", "total"}});
  add_operation(block, "add", "y", {{"x", "old"}, {"y", "features"}});
  add_operation(block, "write_state", "", {{"input", "total"}, {"data", "y"}});
  block.add_outputs("y");
  write(model, path);
}

void write_model_with_escapes(const std::filesystem::path& path) {
  spec::Model model;
  model.mutable_description()->mutable_metadata()->set_author("\x1b[2Jnobody");
  add_vector(model, "features");
  add_output(model, "\x1b[31my");
  add_layer(model, "\x1b[31mdouble", {"features"}, "\x1b[31my")
      ->mutable_activation()
      ->mutable_relu();
  write(model, path);
}

}  // namespace pome::testing
