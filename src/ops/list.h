// Positions of parameters of list.cc.
#pragma once

#include "ops/op_def.h"

namespace pome::ops {

enum MakeListParam {
  kMakeListInitLength,
  kMakeListDynamicLength,
  kMakeListElemShape,
  kMakeListDtype,
};
enum ListParam { kListLs, kListIndex, kListValue };  // of list_read, list_write; indices likewise

}  // namespace pome::ops
