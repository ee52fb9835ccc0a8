// Weights of a .keras archive: by class name, counted per container.
#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "base/try.h"
#include "convert/keras/layer_kind.h"
#include "convert/keras/names.h"
#include "convert/keras/weights.h"

namespace pome::keras {
namespace {

/// The groups of one container by class: "conv2d", "conv2d_1", ... in the order of their numbers
/// (Keras 3 goes on with _1, TensorFlow 2.12 with _2).
std::map<std::string, std::vector<std::string>> groups_by_class(
    const std::vector<std::string>& members, const std::vector<std::string>& classes) {
  std::map<std::string, std::vector<std::pair<int, std::string>>> numbered;
  for (const std::string& name : classes) {
    auto& list = numbered[name];
    if (!list.empty()) continue;
    for (const std::string& member : members) {
      int number = 0;
      if (member != name) {
        if (!member.starts_with(name + "_")) continue;
        const char* begin = member.data() + name.size() + 1;
        const char* end = member.data() + member.size();
        const auto parsed = std::from_chars(begin, end, number);
        if (begin == end || parsed.ptr != end || parsed.ec != std::errc()) continue;
      }
      list.emplace_back(number, member);
    }
    std::sort(list.begin(), list.end());
  }
  std::map<std::string, std::vector<std::string>> groups;
  for (auto& [name, list] : numbered)
    for (auto& [number, member] : list) groups[name].push_back(member);
  return groups;
}

class ArchiveWeights {
 public:
  explicit ArchiveWeights(const Hdf5File& file) : file_(file) {}
  Status container(Model& model, const std::string& path);

 private:
  Status leaf(Layer& layer, const std::string& path);
  const Hdf5File& file_;
};

Status ArchiveWeights::leaf(Layer& layer, const std::string& path) {
  const auto slots = layer.kind->weights(layer);
  if (text_member(layer.config.is_object() && layer.config.contains("dtype") ? layer.config["dtype"]
                                                                             : Json(),
                  "class_name") == "QuantizedDTypePolicy") {
    return Error(ErrorCode::kUnsupported,
                 "its weights are quantized, which is not supported; save the model before "
                 "model.quantize()")
        .at(layer.place());
  }
  for (size_t i = 0; i < slots.size(); ++i) {
    const Hdf5Object* object = file_.find(path + "/vars/" + std::to_string(i));
    if (object == nullptr || !object->data) {
      if (layer.class_name == "Normalization" && i == 2) break;  // its count
      return Error(ErrorCode::kInvalidModel, "its weight " + std::string(slots[i].name) +
                                                 " is missing: " + path + "/vars/" +
                                                 std::to_string(i) + " is not in model.weights.h5")
          .at(layer.place());
    }
    layer.weights.push_back(*object->data);
  }
  return {};
}

Status ArchiveWeights::container(Model& model, const std::string& path) {
  std::string layers = path + "/layers";
  if (file_.find(layers) == nullptr) layers = path + "/_layer_checkpoint_dependencies";
  std::vector<std::string> classes;
  for (const auto& layer : model.layers)
    if (!is_operator(*layer)) classes.push_back(snake_case(layer->class_name));
  const auto members = file_.members(layers);
  const auto groups = groups_by_class(members, classes);
  std::map<std::string, size_t> used;
  for (const auto& layer : model.layers) {
    if (is_operator(*layer)) continue;
    const std::string name = snake_case(layer->class_name);
    const size_t position = used[name]++;
    const bool stores = layer->kind != nullptr && layer->kind->weights != nullptr;
    if (layer->model == nullptr && !stores) continue;
    const auto list = groups.find(name);
    // A later Keras may use the layer's own name.
    std::string group = layers + "/" + layer->name;
    if (list != groups.end() && position < list->second.size())
      group = layers + "/" + list->second[position];
    if (layer->model) {
      POME_TRY(container(*layer->model, group));
    } else {
      POME_TRY(leaf(*layer, group));
    }
  }
  return {};
}

}  // namespace

Status assign_from_archive(SourceModel& source, const Hdf5File& file) {
  return ArchiveWeights(file).container(*source.model, "");
}

}  // namespace pome::keras
