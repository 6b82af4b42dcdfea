"""Decodes records of Hybrid Services: docs/KAFKA.md, "Other clients".

Usage: kcat -C ... -f '%R%s' | python3 decode-records.py <folder of "hybrid topics schemas">

Reads framed values (four bytes of length, big endian, then the value) and prints one JSON line for each.
"""

import io
import json
import pathlib
import struct
import sys

import fastavro
from fastavro.schema import fingerprint, to_parsing_canonical_form


def schemas_by_header(folder):
    """The schema of each header: C3 01, then the CRC-64-AVRO of the schema, least significant byte first."""
    index = json.loads((folder / "index.json").read_text())
    schemas = {}
    for file in index["schemas"].values():
        schema = json.loads((folder / file).read_text())
        rabin = fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO")
        schemas[bytes.fromhex("c301" + rabin)] = fastavro.parse_schema(schema)
    return schemas


def framed(stream):
    """The values of the stream; a tombstone has none."""
    while head := stream.read(4):
        (length,) = struct.unpack(">i", head)
        yield stream.read(length) if length >= 0 else None


def main():
    schemas = schemas_by_header(pathlib.Path(sys.argv[1]))
    for value in framed(sys.stdin.buffer):
        if value is None:
            print("null")
            continue
        schema = schemas[value[:10]]
        print(json.dumps(fastavro.schemaless_reader(io.BytesIO(value[10:]), schema)))


if __name__ == "__main__":
    main()
