#!/usr/bin/env python3
"""Holds our .proto files to coremltools' own classes.

1. Every message, field, oneof and enum of src/format/proto equals the one of the same full name in
   coremltools: numbers, types, labels, packing; none is missing on either side.
2. src/format/schema_table.inc is up to date.
3. With --rewrite and models: no field stays unknown at any depth when our definitions read a
   model, and what we write back equals the original, message by message, when coremltools' classes
   read both.

    python3 -m venv v && v/bin/pip install coremltools==9.0
    v/bin/python tools/check_protos.py --rewrite build/release/tests/pome_rewrite_model MODEL...

MODEL is an .mlmodel, an .mlpackage, or a folder to be searched for both. Needs protoc.
"""
import argparse
import importlib
import pathlib
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, unknown_fields

import make_schema_table

FIELD = descriptor_pb2.FieldDescriptorProto
PACKABLE = {FIELD.TYPE_STRING, FIELD.TYPE_BYTES, FIELD.TYPE_MESSAGE}


def described(files):
    """full name -> what it is, of all messages and enums."""
    found = {}

    def enum(prefix, message):
        found[f"{prefix}.{message.name}"] = ("enum", sorted((v.name, v.number) for v in message.value))

    def walk(prefix, message):
        name = f"{prefix}.{message.name}"
        fields = []
        for f in message.field:
            oneof = message.oneof_decl[f.oneof_index].name if f.HasField("oneof_index") else ""
            packed = (
                f.label == FIELD.LABEL_REPEATED
                and f.type not in PACKABLE
                and not (f.options.HasField("packed") and not f.options.packed)
            )
            fields.append((f.number, f.name, f.label, f.type, f.type_name, oneof, packed))
        found[name] = ("message", sorted(fields), message.options.map_entry)
        for nested in message.nested_type:
            walk(name, nested)
        for nested in message.enum_type:
            enum(name, nested)

    for file in files:
        for message in file.message_type:
            walk(file.package, message)
        for message in file.enum_type:
            enum(file.package, message)
    return found


def coremltools_files():
    """The FileDescriptorProtos of coremltools' generated modules that Model_pb2 reaches."""
    model = importlib.import_module("coremltools.proto.Model_pb2")
    pending, seen = [model.DESCRIPTOR], {}
    while pending:
        file = pending.pop()
        if file.name in seen:
            continue
        proto = descriptor_pb2.FileDescriptorProto()
        file.CopyToProto(proto)
        seen[file.name] = proto
        pending += file.dependencies
    return list(seen.values()), model


def compare(ours, theirs):
    complaints = [f"{n}: only in ours" for n in sorted(ours.keys() - theirs.keys())]
    complaints += [f"{n}: only in coremltools" for n in sorted(theirs.keys() - ours.keys())]
    for name in sorted(ours.keys() & theirs.keys()):
        if ours[name] != theirs[name]:
            complaints.append(f"{name}: ours {ours[name]}, coremltools {theirs[name]}")
    return complaints


def count_unknown(message):
    """Unknown fields at any depth."""
    total = len(unknown_fields.UnknownFieldSet(message))
    for field, value in message.ListFields():
        if field.type != field.TYPE_MESSAGE:
            continue
        if field.message_type.GetOptions().map_entry:
            if field.message_type.fields_by_name["value"].type == field.TYPE_MESSAGE:
                total += sum(count_unknown(v) for v in value.values())
        elif field.label == field.LABEL_REPEATED:
            total += sum(count_unknown(v) for v in value)
        else:
            total += count_unknown(value)
    return total


def find_models(paths):
    for path in map(pathlib.Path, paths):
        if path.suffix == ".mlpackage":
            yield path, path / "Data/com.apple.CoreML/model.mlmodel"
        elif path.is_dir():
            yield from find_models(
                sorted(p for p in path.iterdir() if p.is_dir() or p.suffix == ".mlmodel")
            )
        else:
            yield path, path


def check_model(path, message_path, ours, theirs, rewrite):
    """A complaint, or nothing."""
    original = message_path.read_bytes()
    reference = theirs()
    try:
        reference.ParseFromString(original)
    except Exception:  # pylint: disable=broad-except
        return "not a model for coremltools either, skipped"
    dynamic = ours()
    dynamic.ParseFromString(original)
    if unknown := count_unknown(dynamic):
        return f"{unknown} unknown fields"
    with tempfile.NamedTemporaryFile(suffix=".mlmodel") as out:
        done = subprocess.run([rewrite, path, out.name], capture_output=True, text=True)
        if done.returncode != 0:
            return "not rewritten: " + done.stderr.strip()
        again = theirs()
        again.ParseFromString(pathlib.Path(out.name).read_bytes())
    return None if again == reference else "what we write differs"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rewrite", help="the program pome_rewrite_model")
    parser.add_argument("models", nargs="*")
    args = parser.parse_args()
    our_files = make_schema_table.descriptors()
    their_files, model = coremltools_files()
    ours, theirs = described(our_files.file), described(their_files)
    complaints = compare(ours, theirs)
    if make_schema_table.TABLE.read_text() != make_schema_table.table():
        complaints.append("src/format/schema_table.inc is out of date")
    kinds = [kind for kind, *_ in ours.values()]
    print(f"{kinds.count('message')} messages and {kinds.count('enum')} enums compared")
    if args.rewrite:
        pool = descriptor_pool.DescriptorPool()
        for file in our_files.file:
            pool.Add(file)
        cls = message_factory.GetMessageClass(
            pool.FindMessageTypeByName("CoreML.Specification.Model")
        )
        checked = 0
        for path, message_path in find_models(args.models):
            complaint = check_model(path, message_path, cls, model.Model, args.rewrite)
            if complaint and "skipped" in complaint:
                print(f"{path}: {complaint}")
            elif complaint:
                complaints.append(f"{path}: {complaint}")
            else:
                checked += 1
        print(f"{checked} models read without unknown fields and written back equal")
    for complaint in complaints:
        print(complaint)
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
