"""Streams of Kinesis on this machine, made by moto, and whoever writes to them.

Prints the port; then does what each line of JSON on standard input says, and prints a line once it is done:
{"do": "create", "stream": …, "shards": …} · {"do": "put", "stream": …, "records": [[key, text], …]} · {"do": "bytes", "stream": …, "hex": …} · {"do": "split", "stream": …, "shard": …} · {"do": "shards", "stream": …}
"""

import hashlib
import json
import sys

import boto3
from moto.kinesis.models import KinesisBackend, Stream
from moto.kinesis.utils import decompose_shard_iterator
from moto.server import ThreadedMotoServer

def open_shard(self, partition_key, explicit_hash_key):
    """The shard of a key. As with AWS, nothing is written to a closed one; moto would go on."""
    key = int(explicit_hash_key) if explicit_hash_key else int(hashlib.md5(partition_key.encode()).hexdigest(), 16)
    return next(shard for shard in self.shards.values() if shard.is_open and shard.starting_hash <= key <= shard.ending_hash)


def split_shard(self, shard_to_split, new_starting_hash_key, split=Stream.split_shard):
    """As with AWS, what was written stays where it is; moto would write it again."""
    shard = self.shards[shard_to_split]
    kept, shard.records = shard.records, type(shard.records)()
    split(self, shard_to_split, new_starting_hash_key)
    shard.records = kept


def get_records(self, stream_arn, shard_iterator, limit, get=KinesisBackend.get_records):
    """As with AWS, a closed shard ends after its last record; moto would give back further iterators."""
    following, records, behind = get(self, stream_arn, shard_iterator, limit)
    name, shard, last = decompose_shard_iterator(following)
    shard = self.describe_stream(stream_arn=stream_arn, stream_name=name).get_shard(shard)
    is_over = not shard.is_open and int(last) >= max(shard.records, default=0)
    return (None if is_over else following), records, behind


Stream.get_shard_for_key = open_shard
Stream.split_shard = split_shard
KinesisBackend.get_records = get_records

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
client = boto3.client(
    "kinesis",
    region_name="eu-west-1",
    endpoint_url=f"http://127.0.0.1:{port}",
    aws_access_key_id="test",
    aws_secret_access_key="test",
)
print(port, flush=True)

for line in sys.stdin:
    said = json.loads(line)
    stream = said["stream"]
    answer = "done"
    if said["do"] == "create":
        client.create_stream(StreamName=stream, ShardCount=said["shards"])
        client.get_waiter("stream_exists").wait(StreamName=stream, WaiterConfig={"Delay": 1})
    elif said["do"] == "put":
        records = [{"Data": text.encode(), "PartitionKey": key} for key, text in said["records"]]
        for at in range(0, len(records), 400):
            answered = client.put_records(StreamName=stream, Records=records[at : at + 400])
            assert answered["FailedRecordCount"] == 0, answered
    elif said["do"] == "bytes":
        client.put_record(StreamName=stream, Data=bytes.fromhex(said["hex"]), PartitionKey="a")
    elif said["do"] == "split":
        shards = client.list_shards(StreamName=stream)["Shards"]
        found = next(shard for shard in shards if shard["ShardId"] == said["shard"])["HashKeyRange"]
        middle = (int(found["StartingHashKey"]) + int(found["EndingHashKey"])) // 2
        client.split_shard(StreamName=stream, ShardToSplit=said["shard"], NewStartingHashKey=str(middle))
    elif said["do"] == "shards":
        shards = client.list_shards(StreamName=stream)["Shards"]
        answer = json.dumps([[shard["ShardId"], shard.get("ParentShardId"), "EndingSequenceNumber" in shard["SequenceNumberRange"]] for shard in shards])
    print(answer, flush=True)
