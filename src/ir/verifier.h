// Is a program well formed?
#pragma once

#include "ir/program.h"
#include "pome/result.h"

namespace pome::ir {

/// How deep blocks may stand in blocks.
inline constexpr int kMaxBlockDepth = 64;

/// Checks what every other part relies on and no op table is needed for:
///  - a value is defined before it is read, in the same block or one around it;
///  - names of values are not empty and unique among those that can be seen together;
///  - users lists hold exactly the reads that there are; producer and index are true;
///  - block outputs are values that the block can see;
///  - types are possible: extents known or Shape::kUnknown, sizes that fit 62 bits;
///  - a constant has the bytes, texts or members that its type asks for, and a `const` has one
///    output, no argument, and `val` of the output's type, which is also the output's literal;
///  - an operand is a value or a constant, not both, and a parameter is bound once;
///  - blocks are nested at most kMaxBlockDepth deep.
/// The Error (kInvalidModel) names function and op. Takes time linear in the program's size.
Status verify(const Program& program);
Status verify(const Function& function);
/// Are the extents known or Shape::kUnknown, and does the size fit 62 bits?
Status verify(const Type& type);
/// Is the constant what its type says?
Status verify(const Literal& literal);

}  // namespace pome::ir
