// Types that stand for data or code elsewhere.
#include "base/text.h"
#include "format/proto/model.pb.h"
#include "import/facts_of_types.h"

namespace pome::import {
namespace {

namespace spec = CoreML::Specification;
namespace system = CoreML::Specification::CoreMLModels;

/// What the types of Apple's NaturalLanguage framework have in common.
template <typename Model>
void add_language_model(const Model& model, ModelFacts& facts) {
  add(facts, "revision", model.revision());
  if (!model.language().empty()) add(facts, "language", model.language());
  add(facts, "private data", format_bytes(model.modelparameterdata().size()));
}

void add_tags(const spec::StringVector& tags, const char* name, ModelFacts& facts) {
  std::string text = std::to_string(tags.vector_size()) + ": ";
  for (int i = 0; i < tags.vector_size() && i < 10; ++i) text += (i ? ", " : "") + tags.vector(i);
  add(facts, name, tags.vector_size() > 10 ? text + ", ..." : text);
}

void add_vision(const system::VisionFeaturePrint& print, ModelFacts& facts) {
  if (print.has_scene()) {
    add(facts, "kind", "scene");
    add(facts, "version", print.scene().version());
  } else if (print.has_objects()) {
    add(facts, "kind", "objects");
    add(facts, "version", print.objects().version());
    std::string outputs;
    for (const std::string& name : print.objects().output())
      outputs += (outputs.empty() ? "" : ", ") + name;
    if (!outputs.empty()) add(facts, "objects", outputs);
  }
}

void add_audio(const system::AudioFeaturePrint& print, ModelFacts& facts) {
  if (!print.has_sound()) return;
  add(facts, "kind", "sound");
  add(facts, "version", print.sound().version());
}

void add_link(const spec::LinkedModelFile& link, ModelFacts& facts) {
  add(facts, "file", link.linkedmodelfilename().defaultvalue());
  if (!link.linkedmodelsearchpath().defaultvalue().empty())
    add(facts, "search path", link.linkedmodelsearchpath().defaultvalue());
}

}  // namespace

void add_system_facts(const spec::Model& model, ModelFacts& facts) {
  switch (model.Type_case()) {
    case spec::Model::kVisionFeaturePrint:
      return add_vision(model.visionfeatureprint(), facts);
    case spec::Model::kAudioFeaturePrint:
      return add_audio(model.audiofeatureprint(), facts);
    case spec::Model::kTextClassifier:
      add_language_model(model.textclassifier(), facts);
      return add_tags(model.textclassifier().stringclasslabels(), "labels", facts);
    case spec::Model::kGazetteer:
      add_language_model(model.gazetteer(), facts);
      return add_tags(model.gazetteer().stringclasslabels(), "labels", facts);
    case spec::Model::kWordTagger:
      add_language_model(model.wordtagger(), facts);
      return add_tags(model.wordtagger().stringtags(), "tags", facts);
    case spec::Model::kWordEmbedding:
      return add_language_model(model.wordembedding(), facts);
    case spec::Model::kSerializedModel:
      add(facts, "identifier", model.serializedmodel().identifier());
      return add(facts, "private data", format_bytes(model.serializedmodel().model().size()));
    case spec::Model::kLinkedModel:
      return add_link(model.linkedmodel().linkedmodelfile(), facts);
    case spec::Model::kCustomModel:
      add(facts, "class", model.custommodel().classname());
      add(facts, "parameters", static_cast<int64_t>(model.custommodel().parameters().size()));
      if (!model.custommodel().description().empty())
        add(facts, "about", model.custommodel().description());
      return;
    default:
      return;
  }
}

}  // namespace pome::import
