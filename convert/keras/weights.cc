#include "convert/keras/weights.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "convert/keras/keras1.h"
#include "convert/keras/layer_kind.h"

namespace pome::keras {
namespace {

/// A place for one array.
struct Slot {
  Layer* layer = nullptr;
  size_t index = 0;
  bool trainable = true;
};

std::vector<WeightSlot> slots_of(const Layer& layer) {
  if (layer.kind == nullptr || layer.kind->weights == nullptr) return {};
  return layer.kind->weights(layer);
}

void append(std::vector<Slot>& to, const std::vector<Slot>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

/// Keras 1 and 2: a model's list is all that its layers call trainable, then the rest; a frozen
/// model calls nothing trainable, yet keeps that order inside.
struct Split {
  std::vector<Slot> trainable;
  std::vector<Slot> fixed;
};

Split split(Layer& layer) {
  Split parts;
  if (!layer.model) {
    const auto slots = slots_of(layer);
    const bool free = layer.trainable();
    for (int pass = 0; pass < 2; ++pass) {
      for (size_t i = 0; i < slots.size(); ++i) {
        if (slots[i].trainable != (pass == 0)) continue;
        auto& part = free && slots[i].trainable ? parts.trainable : parts.fixed;
        part.push_back({&layer, i, slots[i].trainable});
      }
    }
    return parts;
  }
  for (const auto& inner : layer.model->layers) {
    const Split p = split(*inner);
    append(parts.trainable, p.trainable);
    append(parts.fixed, p.fixed);
  }
  if (!layer.model->trainable) {
    append(parts.trainable, parts.fixed);
    parts.fixed = std::move(parts.trainable);
    parts.trainable.clear();
  }
  return parts;
}

/// Keras 3: all in order of layers, then sorted by whether each is trainable.
void collect(Layer& layer, bool free, std::vector<Slot>& to) {
  if (layer.model) {
    for (const auto& inner : layer.model->layers) collect(*inner, free, to);
    return;
  }
  free = free && layer.trainable();
  const auto slots = slots_of(layer);
  for (int pass = 0; pass < 2; ++pass)
    for (size_t i = 0; i < slots.size(); ++i)
      if (slots[i].trainable == (pass == 0)) to.push_back({&layer, i, free && slots[i].trainable});
}

std::vector<Slot> ordered_slots(Layer& layer, int generation) {
  std::vector<Slot> slots;
  if (generation >= 3) {
    collect(layer, layer.trainable(), slots);
    std::stable_partition(slots.begin(), slots.end(), [](const Slot& s) { return s.trainable; });
    return slots;
  }
  const Split parts = split(layer);
  slots = parts.trainable;
  append(slots, parts.fixed);
  return slots;
}

/// State of random generators, which inference does not read.
bool is_random_state(std::string_view name) {
  return name.find("StateVar") != std::string_view::npos ||
         name.find("seed_generator") != std::string_view::npos;
}

struct StoredLayer {
  std::string name;
  std::vector<std::string> weight_names;
  std::vector<Array> arrays;
};

Result<StoredLayer> read_stored(const Hdf5File& file, const std::string& root,
                                const std::string& name) {
  StoredLayer stored;
  stored.name = name;
  const std::string group = root + "/" + name;
  const auto names = file.texts(group, "weight_names");
  if (!names) {
    return Error(ErrorCode::kCorrupt, "the file lists the layer " + pome::quoted(name) +
                                          " but has no list of its weights")
        .at(group);
  }
  for (const std::string& weight : *names) {
    if (is_random_state(weight)) continue;
    const Hdf5Object* object = file.find(group + "/" + weight);
    if (object == nullptr || !object->data) {
      return Error(ErrorCode::kCorrupt,
                   "the weight " + pome::quoted(weight) + " is listed but not stored")
          .at(group);
    }
    stored.weight_names.push_back(weight);
    stored.arrays.push_back(*object->data);
  }
  return stored;
}

std::string slot_names(const std::vector<Slot>& slots) {
  std::vector<std::string> names;
  for (const Slot& slot : slots)
    names.push_back(
        (slots.size() > 1 && slot.layer != slots[0].layer ? slot.layer->name + "/" : "") +
        std::string(slots_of(*slot.layer)[slot.index].name));
  return quoted_list(names, 8);
}

void put(const Slot& slot, const Array& array) {
  if (slot.layer->weights.size() <= slot.index) slot.layer->weights.resize(slot.index + 1);
  slot.layer->weights[slot.index] = array;
}

Status fill(Layer& layer, const std::vector<Slot>& slots, const StoredLayer& stored) {
  if (slots.size() != stored.arrays.size()) {
    // A Normalization may have been saved without its count.
    const bool no_count =
        slots.size() == 3 && stored.arrays.size() == 2 && layer.class_name == "Normalization";
    if (!no_count) {
      return Error(ErrorCode::kInvalidModel,
                   "the file holds " + std::to_string(stored.arrays.size()) + " weights for it (" +
                       quoted_list(stored.weight_names, 8) + "), " + std::to_string(slots.size()) +
                       " are expected: " + slot_names(slots))
          .at(layer.place());
    }
  }
  for (size_t i = 0; i < stored.arrays.size(); ++i) put(slots[i], stored.arrays[i]);
  return {};
}

/// What a kernel must go through that another generation or backend stored.
Status adapt(SourceModel& source) {
  Status status;
  for_each_layer(*source.model, [&](Layer& layer) {
    if (!status.ok() || layer.weights.empty()) return;
    const std::string format = text_member(layer.config, "data_format");
    const bool first = format.empty() ? source.channels_first : format == "channels_first";
    if (source.generation == 1) status = modernise_weights(layer, first, layer.weights);
    const bool turned = source.backend == "theano" &&
                        (layer.class_name == "Conv2D" || layer.class_name == "Conv2DTranspose");
    if (status.ok() && turned && layer.weights[0].rank() == 4) {
      Result<Array> kernel = layer.weights[0].spatially_flipped();
      if (kernel.ok()) {
        layer.weights[0] = *std::move(kernel);
      } else {
        status = std::move(kernel).error();
      }
    }
  });
  return status;
}

}  // namespace

Status assign_from_hdf5(SourceModel& source, const Hdf5File& file) {
  const std::string root = "/model_weights";
  const auto layer_names = file.texts(root, "layer_names");
  if (!layer_names) {
    return Error(ErrorCode::kInvalidModel,
                 "the file holds a configuration but no weights: the group model_weights or its "
                 "list of layers is missing. Save the whole model with model.save(path)");
  }
  std::vector<StoredLayer> stored;
  for (const std::string& name : *layer_names) {
    POME_ASSIGN(StoredLayer one, read_stored(file, root, name));
    if (!one.arrays.empty()) stored.push_back(std::move(one));
  }
  std::vector<std::pair<Layer*, std::vector<Slot>>> wanting;
  for (const auto& layer : source.model->layers) {
    auto slots = ordered_slots(*layer, source.generation);
    if (!slots.empty()) wanting.emplace_back(layer.get(), std::move(slots));
  }
  if (stored.size() != wanting.size()) {
    return Error(ErrorCode::kInvalidModel,
                 "the number of layers that have weights is " + std::to_string(stored.size()) +
                     " in the file's weights and " + std::to_string(wanting.size()) +
                     " in its configuration");
  }
  // The same save wrote both lists: names tell which is which, and order where names do not agree.
  std::map<std::string_view, const StoredLayer*> by_name;
  for (const StoredLayer& one : stored) by_name[one.name] = &one;
  const bool named = by_name.size() == stored.size() &&
                     std::all_of(wanting.begin(), wanting.end(),
                                 [&](const auto& w) { return by_name.contains(w.first->name); });
  for (size_t i = 0; i < wanting.size(); ++i) {
    const StoredLayer& from = named ? *by_name[wanting[i].first->name] : stored[i];
    POME_TRY(fill(*wanting[i].first, wanting[i].second, from));
  }
  return adapt(source);
}

}  // namespace pome::keras
