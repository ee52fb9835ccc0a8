#!/usr/bin/env python3
"""Checks the #include edges between layers against the table below (docs/architecture.md, docs/decisions/0001)."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Layer -> layers it may include directly. `public` is include/pome beyond error.h and result.h.
LAYERS = {
    "src/base": set(),
    "src/format": {"src/base"},
    "src/feature": {"src/base", "values"},
    "src/ir": {"src/base"},
    "src/ops": {"src/ir", "src/base"},
    "src/import": {"src/format", "src/ops", "src/ir", "src/base", "src/feature", "values"},
    "src/export": {"src/format", "src/ops", "src/ir", "src/base", "src/feature", "values"},
    "src/passes": {"src/ops", "src/ir", "src/base"},
    "src/cpu": {"src/ops", "src/ir", "src/base"},
    "src/plan": {"src/ops", "src/ir", "src/base", "plan-report"},
    "src/image": {"src/feature", "src/base", "values"},
    "src/codec": {"src/image", "src/feature", "src/base", "values"},
    "src/runtime": {"src/plan", "src/feature", "src/image", "src/ops", "src/ir", "src/base", "values"},
    "src/classic": {"src/format", "src/feature", "src/base", "values"},
    "src/pipeline": {"src/format", "src/feature", "src/base", "values"},
    "src/api": None,  # all of src and all of include/pome
    "convert": {"src/ir", "src/ops", "src/export", "src/base", "src/feature", "values", "convert-header"},
    "generate": {"public", "values", "cli-text"},
    "cli": {"public", "values", "cli-text", "generate", "apps"},
    "apps": {"public", "values"},
    "examples": {"public", "values"},
    "python": {"public", "values"},
    "include": {"values", "public"},
}
EVERYWHERE = {"pome/error.h", "pome/result.h"}
VALUES = {
    "pome/multi_array.h", "pome/image.h", "pome/feature_value.h", "pome/model_description.h",
    "pome/model_configuration.h", "pome/compute_plan.h", "pome/custom.h", "pome/image_input.h",
}
GENERATED_ALLOWED = ("src/format", "src/import", "src/export", "src/classic", "src/pipeline")
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]', re.M)


def layer_of(path):
    if path.startswith("src/image/codec/"):
        return "src/codec"
    for layer in LAYERS:
        if path.startswith(layer + "/"):
            return layer
    return None


def target_of(include, source):
    """The layer (or pseudo layer) that an include names; None for the standard library and third parties."""
    if include in EVERYWHERE:
        return "everywhere"
    if include in VALUES:
        if include == "pome/compute_plan.h" and source == "src/plan":
            return "plan-report"
        return "values"
    if include == "pome/convert.h" and source == "convert":
        return "convert-header"
    if include.startswith("pome/"):
        return "public"
    if include == "base/text.h" and source in ("cli", "generate"):
        return "cli-text"
    for prefix in ("src/" + include, include):
        if (ROOT / prefix).exists():
            return layer_of(prefix)
    return None


def main():
    files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.h", "*.cc"], cwd=ROOT,
                           capture_output=True, text=True, check=True).stdout.split()
    wrong = []
    edges = 0
    for file in files:
        layer = layer_of(file)
        if layer is None:
            continue
        allowed = LAYERS[layer]
        for include in INCLUDE.findall((ROOT / file).read_text()):
            if include.endswith(".pb.h") and not file.startswith(GENERATED_ALLOWED) and layer != "src/api":
                wrong.append(f"{file}: includes generated {include}; only {', '.join(GENERATED_ALLOWED)} name such types")
            target = target_of(include, layer)
            if target in (None, "everywhere", layer):
                continue
            edges += 1
            if target == "src/api":
                wrong.append(f"{file}: includes {include}; nothing includes api")
            elif allowed is not None and target not in allowed:
                wrong.append(f"{file}: includes {include} of {target}; {layer} may include "
                             f"{', '.join(sorted(allowed)) or 'nothing'}")
    for line in wrong:
        print(line)
    print(f"layering: {edges} edges between layers, {len(wrong)} wrong")
    return 1 if wrong or edges == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
