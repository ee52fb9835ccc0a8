// Writes models whose names, labels and descriptions would break a careless code generator into
// FOLDER: keywords, quotes, comment ends, line feeds, emoji, names that are equal once cleaned, and
// every kind of input and output. Usage: make_hostile_models FOLDER
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "format/proto/model.pb.h"

namespace {

namespace spec = CoreML::Specification;
namespace fs = std::filesystem;

const std::vector<std::string>& hostile_names() {
  static const std::vector<std::string> names = {
      // Words of the languages, macros, and names that the class has itself.
      "class", "int", "and", "co_await", "NULL", "EOF", "errno", "assert", "linux", "stdin", "M_PI",
      "I", "Input", "Output", "Label", "prediction", "predictions", "options", "model", "pome",
      "std", "load", "self", "cls", "None", "lambda", "def", "np", "npt", "PIL", "dict", "str",
      "float", "Any", "ClassVar", "crop_and_scale", "kInputs", "kLabels", "made", "entries",
      "provider", "values", "outputs", "inputs", "input", "elements", "v0", "given", "answer",
      "module", "import", "final", "type", "_values", "name", "mro", "Hostile",
      // Equal once cleaned, and the names of constants.
      "two words", "two_words", "two-words", "two  words", "two__words", "_two_words_", "x",
      "x_shape", "x_type", "x_values", "x_from", "x ", " x", "X",
      // Digits and nothing.
      "1st", "123", "3.14", "-", "_", "__", " ", "0",
      // Beyond ASCII.
      "\xf0\x9f\x98\x80", "\xf0\x9f\x90\xb6\xf0\x9f\x90\xb1",
      "gr\xc3\xb6\xc3\x9f"
      "e",
      "\xe7\x8c\xab", "\xd0\xbf\xd1\x91\xd1\x81", "\xe2\x80\xaegnirts\xe2\x80\xac",
      "\xe2\x81\xa6isolate", "\xe2\x80\x8f", "\xc2\xa0", "\xef\xbb\xbf", "\xe2\x80\xa8", "\xc2\x85",
      // What would leave a literal, a comment or a line.
      "quote\"", "apostrophe'", "back\\slash", "ends in\\", "\\", "*/ int x; /*", "// comment",
      "what?\?/", "?\?=define", "??", "new\nline", "\n", "cr\rlf\r\n", "tab\t", "\x1b[31mred",
      "\x7f", "R\"(raw)\"", "%s%n", "${HOME}", "`id`", "$(id)", "\"); system(\"id\"); (\"",
      "\"\"\"", "'''", "{x!r}", "\\N{DIGIT ONE}", "\\u0041", "\\x41", "\" + 1 + \"", "#define x",
      "\n#error no\n", std::string(4000, 'x'), std::string(200, 'y') + "1",
      std::string(200, 'y') + "2"};
  return names;
}

const char* const kDescription =
    "Ends the comment */ int broken; /* and \"quotes\" \"\"\" and '''.\nSecond line ends in \\\n"
    "// third ?\?/\n#error fourth\n\\\n\n  indented, \xe2\x80\xaeright to left\xe2\x80\xac, "
    "\x1b[2J, "
    "$(id) `id` %s {x}\n\\";

spec::FeatureType& add(google::protobuf::RepeatedPtrField<spec::FeatureDescription>& features,
                       const std::string& name) {
  spec::FeatureDescription* feature = features.Add();
  feature->set_name(name);
  feature->set_shortdescription(kDescription);
  return *feature->mutable_type();
}

spec::FeatureType& add_input(spec::Model& model, const std::string& name) {
  return add(*model.mutable_description()->mutable_input(), name);
}

spec::FeatureType& add_output(spec::Model& model, const std::string& name) {
  return add(*model.mutable_description()->mutable_output(), name);
}

void make_array(spec::FeatureType& type, int64_t extent,
                spec::ArrayFeatureType::ArrayDataType data_type = spec::ArrayFeatureType::FLOAT32) {
  type.mutable_multiarraytype()->set_datatype(data_type);
  type.mutable_multiarraytype()->add_shape(extent);
}

void make_image(spec::FeatureType& type, spec::ImageFeatureType::ColorSpace color) {
  type.mutable_imagetype()->set_width(8);
  type.mutable_imagetype()->set_height(6);
  type.mutable_imagetype()->set_colorspace(color);
}

spec::Model new_model() {
  spec::Model model;
  model.set_specificationversion(4);
  auto* metadata = model.mutable_description()->mutable_metadata();
  metadata->set_shortdescription(kDescription);
  metadata->set_author("*/ \"\"\" \\\n\\");
  metadata->set_license("\\");
  metadata->set_versionstring("?\?/\n\\");
  return model;
}

/// output = 2 * input + beta.
template <typename Network>
void add_layer(Network& network, const std::string& input, const std::string& output, int beta) {
  auto* layer = network.add_layers();
  layer->set_name("layer_" + std::to_string(beta));
  layer->add_input(input);
  layer->add_output(output);
  layer->mutable_activation()->mutable_linear()->set_alpha(2);
  layer->mutable_activation()->mutable_linear()->set_beta(static_cast<float>(beta));
}

/// Every hostile name as an input of one number, or as an output; the other side has plain names.
spec::Model arrays(bool hostile_inputs) {
  spec::Model model = new_model();
  int beta = 0;
  for (const std::string& name : hostile_names()) {
    const std::string plain = "plain_" + std::to_string(beta);
    make_array(add_input(model, hostile_inputs ? name : plain), 1);
    make_array(add_output(model, hostile_inputs ? plain : name), 1);
    add_layer(*model.mutable_neuralnetwork(), hostile_inputs ? name : plain,
              hostile_inputs ? plain : name, beta++);
  }
  return model;
}

/// The few that a test predicts with: three inputs, an optional one in the middle.
spec::Model small() {
  spec::Model model = new_model();
  const char* const kInputs[] = {"class", "two words", "two-words"};
  const char* const kOutputs[] = {"return", "\"); system(\"id\"); (\"", "\xf0\x9f\x90\xb6"};
  for (int i = 0; i < 3; ++i) {
    make_array(add_input(model, kInputs[i]), 2);
    make_array(add_output(model, kOutputs[i]), 2);
    add_layer(*model.mutable_neuralnetwork(), kInputs[i], kOutputs[i], i);
  }
  auto* optional = model.mutable_description()->mutable_input(1)->mutable_type();
  optional->set_isoptional(true);
  optional->mutable_multiarraytype()->set_floatdefaultvalue(5);
  return model;
}

/// Every kind of feature under every hostile name, as far as a description goes.
spec::Model kinds() {
  spec::Model model = new_model();
  size_t next = 0;
  for (const std::string& name : hostile_names()) {
    for (spec::FeatureType* type : {&add_input(model, name), &add_output(model, name)}) {
      switch (next++ / 2 % 9) {
        case 0:
          type->mutable_int64type();
          break;
        case 1:
          type->mutable_doubletype();
          break;
        case 2:
          type->mutable_stringtype();
          break;
        case 3:
          make_image(*type, spec::ImageFeatureType::RGB);
          break;
        case 4:
          make_array(*type, 3, spec::ArrayFeatureType::FLOAT16);
          break;
        case 5:
          type->mutable_dictionarytype()->mutable_stringkeytype();
          break;
        case 6:
          type->mutable_dictionarytype()->mutable_int64keytype();
          break;
        case 7:
          type->mutable_sequencetype()->mutable_stringtype();
          break;
        case 8:
          type->mutable_sequencetype()->mutable_int64type();
          break;
      }
      type->set_isoptional(next / 18 % 2 == 1);
    }
  }
  model.mutable_neuralnetwork();
  return model;
}

void add_flexible_arrays(spec::Model& model) {
  spec::FeatureType& ranged = add_input(model, "ranged");
  make_array(ranged, 2, spec::ArrayFeatureType::DOUBLE);
  auto* range = ranged.mutable_multiarraytype()->mutable_shaperange()->add_sizeranges();
  range->set_lowerbound(1);
  range->set_upperbound(-1);
  spec::FeatureType& listed = add_input(model, "listed");
  make_array(listed, 1, spec::ArrayFeatureType::INT32);
  for (int64_t extent = 1; extent <= 20; ++extent)
    listed.mutable_multiarraytype()->mutable_enumeratedshapes()->add_shapes()->add_shape(extent);
  make_array(add_input(model, "bytes"), 4, spec::ArrayFeatureType::INT8);
  spec::FeatureType& filled = add_input(model, "filled");
  make_array(filled, 3);
  filled.set_isoptional(true);
  filled.mutable_multiarraytype()->set_doubledefaultvalue(0.1);
}

/// Flexible shapes and sizes, sequences of a range, unknown output shapes.
spec::Model flexible() {
  spec::Model model = new_model();
  add_flexible_arrays(model);
  spec::FeatureType& sizes = add_input(model, "sizes");
  make_image(sizes, spec::ImageFeatureType::GRAYSCALE);
  for (uint64_t i = 1; i <= 3; ++i) {
    auto* size = sizes.mutable_imagetype()->mutable_enumeratedsizes()->add_sizes();
    size->set_width(8 * i);
    size->set_height(6 * i);
  }
  spec::FeatureType& any_size = add_input(model, "any_size");
  make_image(any_size, spec::ImageFeatureType::BGR);
  auto* range = any_size.mutable_imagetype()->mutable_imagesizerange();
  range->mutable_widthrange()->set_lowerbound(1);
  range->mutable_widthrange()->set_upperbound(-1);
  range->mutable_heightrange()->set_lowerbound(6);
  range->mutable_heightrange()->set_upperbound(60);
  auto* words = add_input(model, "words").mutable_sequencetype();
  words->mutable_stringtype();
  words->mutable_sizerange()->set_lowerbound(1);
  words->mutable_sizerange()->set_upperbound(5);
  add_output(model, "unknown")
      .mutable_multiarraytype()
      ->set_datatype(spec::ArrayFeatureType::FLOAT32);
  spec::FeatureType& maybe = add_output(model, "maybe");
  make_array(maybe, 3, spec::ArrayFeatureType::DOUBLE);
  maybe.set_isoptional(true);
  add_output(model, "picture").mutable_imagetype()->set_colorspace(spec::ImageFeatureType::RGB);
  model.mutable_neuralnetwork();
  return model;
}

/// A classifier: x -> softmax -> label and probabilities.
spec::Model classifier(int64_t labels) {
  spec::Model model = new_model();
  make_array(add_input(model, "x"), labels);
  model.mutable_description()->set_predictedfeaturename("label");
  model.mutable_description()->set_predictedprobabilitiesname("Label");
  auto* layer = model.mutable_neuralnetworkclassifier()->add_layers();
  layer->set_name("softmax");
  layer->add_input("x");
  layer->add_output("scores");
  layer->mutable_softmax();
  return model;
}

spec::Model text_classifier(const std::vector<std::string>& labels) {
  spec::Model model = classifier(static_cast<int64_t>(labels.size()));
  add_output(model, "label").mutable_stringtype();
  add_output(model, "Label").mutable_dictionarytype()->mutable_stringkeytype();
  auto* list = model.mutable_neuralnetworkclassifier()->mutable_stringclasslabels();
  for (const std::string& label : labels) list->add_vector(label);
  return model;
}

spec::Model number_classifier(const std::vector<int64_t>& labels) {
  spec::Model model = classifier(static_cast<int64_t>(labels.size()));
  add_output(model, "label").mutable_int64type();
  add_output(model, "Label").mutable_dictionarytype()->mutable_int64keytype();
  auto* list = model.mutable_neuralnetworkclassifier()->mutable_int64classlabels();
  for (const int64_t label : labels) list->add_vector(label);
  return model;
}

std::vector<std::string> numbered(const std::string& stem, int count) {
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) texts.push_back(stem + std::to_string(i));
  return texts;
}

spec::Model many_inputs(int count) {
  spec::Model model = new_model();
  for (const std::string& name : numbered("n", count)) add_input(model, name).mutable_doubletype();
  add_output(model, "y").mutable_doubletype();
  model.mutable_glmregressor();
  return model;
}

spec::Model functions() {
  spec::Model model = new_model();
  model.set_specificationversion(9);
  model.mutable_mlprogram();
  for (const std::string& name : std::vector<std::string>{"main", "ot\"her\\"}) {
    auto* function = model.mutable_description()->add_functions();
    function->set_name(name);
    make_array(add(*function->mutable_input(), name + " in"), 2);
    make_array(add(*function->mutable_output(), name + " out"), 2);
  }
  model.mutable_description()->set_defaultfunctionname("main");
  return model;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_hostile_models FOLDER\n");
    return 2;
  }
  const fs::path folder = argv[1];
  fs::create_directories(folder);
  std::vector<std::string> labels = hostile_names();
  labels.insert(labels.end(), {"dog", "dog", "", std::string("NUL\0here", 8), "cat", "Cat"});
  const std::vector<std::pair<std::string, spec::Model>> models = {
      {"inputs", arrays(true)},
      {"outputs", arrays(false)},
      {"small", small()},
      {"kinds", kinds()},
      {"flexible", flexible()},
      {"labels", text_classifier(labels)},
      {"numbers", number_classifier({0, 1, -1, 7, 7, INT64_MIN, INT64_MAX})},
      {"labels_1000", text_classifier(numbered("label ", 1000))},
      {"labels_1001", text_classifier(numbered("label ", 1001))},
      {"inputs_100", many_inputs(100)},
      {"inputs_300", many_inputs(300)},
      {"functions", functions()},
      {"class", small()},
      {"3d model (copy)", small()},
      {"\xf0\x9f\x90\xb6 \"dog\" $(id)", small()},
      {"Input", small()},
  };
  for (const auto& [name, model] : models)
    std::ofstream(folder / (name + ".mlmodel"), std::ios::binary) << model.SerializeAsString();
  std::printf("%zu models in %s\n", models.size(), argv[1]);
  return 0;
}
