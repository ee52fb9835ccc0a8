// How Keras turns class names into the names of weight groups.
#pragma once

#include <string>
#include <string_view>

namespace pome::keras {

/// "Conv2DTranspose" -> "conv2d_transpose", "PReLU" -> "p_re_lu".
std::string snake_case(std::string_view class_name);

}  // namespace pome::keras
