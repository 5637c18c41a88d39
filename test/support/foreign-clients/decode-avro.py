"""Decodes values in the Confluent wire format with fastavro: a decoder in another language than the hub's.

Standard input: one value a line, in base64. Standard output: one JSON object a line, {"name", "record"}.
Argument: the address of the schema registry, as a consumer has it.
"""

import base64
import datetime
import io
import json
import struct
import sys
import urllib.request

import fastavro

registry = sys.argv[1]
schemas = {}


def schema_of(schema_id):
    if schema_id not in schemas:
        with urllib.request.urlopen(f"{registry}/schemas/ids/{schema_id}", timeout=10) as answer:
            text = json.load(answer)["schema"]
        schemas[schema_id] = fastavro.parse_schema(json.loads(text))
    return schemas[schema_id]


def plain(value):
    """Times as milliseconds since 1970, which is what stands in the record."""
    if isinstance(value, datetime.datetime):
        epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        return (value - epoch) // datetime.timedelta(milliseconds=1)
    raise TypeError(type(value).__name__)


for line in sys.stdin:
    data = base64.b64decode(line)
    magic, schema_id = struct.unpack(">bI", data[:5])
    if magic != 0:
        raise ValueError("not in the wire format")
    schema = schema_of(schema_id)
    body = io.BytesIO(data[5:])
    record = fastavro.schemaless_reader(body, schema, None)
    if body.read(1):
        raise ValueError("bytes are left behind the record")
    print(json.dumps({"name": schema["name"], "record": record}, default=plain))
