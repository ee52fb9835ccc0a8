#include "convert/hdf5_reader/walk.h"

#include <algorithm>
#include <new>

#include "convert/hdf5_reader/output.h"
#include "convert/hdf5_reader/value.h"

namespace pome::hdf5 {
namespace {

struct Walk {
  uint64_t memory = 0;
  const std::vector<std::string>* skipped = nullptr;
  std::string path = "/";
  std::vector<haddr_t> ancestors;
  uint64_t objects = 0;
  uint64_t attributes = 0;
  std::string failure;
};

std::string child_path(const std::string& parent, const char* name) {
  return parent == "/" ? parent + name : parent + "/" + name;
}

bool stop(Walk& walk, const std::string& place, const std::string& what) {
  if (walk.failure.empty()) walk.failure = place + ": " + what;
  return false;
}

herr_t on_attribute(hid_t object, const char* name, const H5A_info_t*, void* context) {
  Walk& walk = *static_cast<Walk*>(context);
  if (++walk.attributes > kMaxAttributes)
    return stop(walk, walk.path, "the file has too many attributes") ? 0 : -1;
  const Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  const std::string place = "attribute " + std::string(name) + " of " + walk.path;
  if (!attribute.ok()) return stop(walk, place, "it cannot be opened") ? 0 : -1;
  ValueWriter value(attribute.get(), -1, walk.memory);
  if (const std::string wrong = value.read(); !wrong.empty())
    return stop(walk, place, wrong) ? 0 : -1;
  put_tag(kAttribute, walk.path);
  put_text(std::string_view(name).substr(0, kMaxPath));
  value.write();
  return 0;
}

bool write_attributes(Walk& walk, hid_t object) {
  hsize_t index = 0;
  if (H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, &index, on_attribute, &walk) >= 0)
    return true;
  return stop(walk, walk.path, "its attributes are damaged");
}

/// Only data that lies in this very file.
bool stored_inside(hid_t dataset) {
  const Handle plist(H5Dget_create_plist(dataset), H5Pclose);
  return plist.ok() && H5Pget_external_count(plist.get()) == 0 &&
         H5Pget_layout(plist.get()) != H5D_VIRTUAL;
}

bool write_dataset(Walk& walk, hid_t dataset) {
  if (!stored_inside(dataset)) return stop(walk, walk.path, "its data lies in another file");
  ValueWriter value(-1, dataset, walk.memory);
  if (const std::string wrong = value.read(); !wrong.empty()) return stop(walk, walk.path, wrong);
  put_tag(kDataset, walk.path);
  value.write();
  return write_attributes(walk, dataset);
}

bool write_group(Walk& walk, hid_t group);

bool write_object(Walk& walk, hid_t object) {
  if (++walk.objects > kMaxObjects) return stop(walk, walk.path, "the file has too many objects");
  switch (H5Iget_type(object)) {
    case H5I_GROUP:
      return write_group(walk, object);
    case H5I_DATASET:
      return write_dataset(walk, object);
    default:
      return true;  // a named type
  }
}

herr_t on_link(hid_t group, const char* name, const H5L_info_t* info, void* context) {
  Walk& walk = *static_cast<Walk*>(context);
  if (info->type != H5L_TYPE_HARD) return 0;
  const bool at_root = walk.path == "/";
  if (at_root && std::find(walk.skipped->begin(), walk.skipped->end(), name) != walk.skipped->end())
    return 0;
  const std::string parent = walk.path;
  walk.path = child_path(parent, name);
  if (walk.path.size() > kMaxPath) return stop(walk, parent, "a name in it is too long") ? 0 : -1;
  const Handle object(H5Oopen(group, name, H5P_DEFAULT), H5Oclose);
  const bool ok =
      object.ok() ? write_object(walk, object.get()) : stop(walk, walk.path, "it cannot be opened");
  walk.path = parent;
  return ok ? 0 : -1;
}

bool write_group(Walk& walk, hid_t group) {
  H5O_info_t info;
  if (H5Oget_info(group, &info) < 0) return stop(walk, walk.path, "it is damaged");
  if (std::find(walk.ancestors.begin(), walk.ancestors.end(), info.addr) != walk.ancestors.end())
    return stop(walk, walk.path, "the group contains itself");
  if (walk.ancestors.size() >= static_cast<size_t>(kMaxDepth))
    return stop(walk, walk.path, "groups are nested too deep");
  put_tag(kGroup, walk.path);
  if (!write_attributes(walk, group)) return false;
  walk.ancestors.push_back(info.addr);
  hsize_t index = 0;
  const herr_t rc = H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, &index, on_link, &walk);
  walk.ancestors.pop_back();
  return rc >= 0 || stop(walk, walk.path, "its list of members is damaged");
}

bool walk_file(Walk& walk) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  H5PLset_loading_state(0);
  const std::string path = "/dev/fd/" + std::to_string(kFileDescriptor);
  const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!file.ok()) return stop(walk, "/", "the HDF5 library cannot open the file");
  const Handle root(H5Gopen2(file.get(), "/", H5P_DEFAULT), H5Gclose);
  if (!root.ok()) return stop(walk, "/", "the root group cannot be opened");
  return write_group(walk, root.get());
}

}  // namespace

bool write_everything(uint64_t memory, const std::vector<std::string>& skipped) {
  put(kMagic, sizeof(kMagic));
  Walk walk;
  walk.memory = memory == 0 ? UINT64_MAX : memory;
  walk.skipped = &skipped;
  try {
    if (!walk_file(walk)) return fail(walk.failure);
  } catch (const std::bad_alloc&) {
    return fail("out of memory at " + walk.path);
  }
  put_tag(kEnd, "");
  return std::fflush(stdout) == 0;
}

}  // namespace pome::hdf5
