"""Compares what two endpoints answered (`ask.py ENDPOINT > OURS`, `ask.py > THEIRS`): `compare.py OURS THEIRS`. Exit 1 when they differ.

Messages are shown, and differ by nature in names of accounts; errors, statuses and shapes must agree, but for what is known: each
entry says what is right, and by what.
"""

import json
import re
import sys

KNOWN = {
    "appmesh.": "App Mesh API reference: NotFoundException 404, ConflictException 409; moto has names of its own",
    "cloudwatch.describe_alarms": "fields of an alarm that was never evaluated are left out here",
    "events.describe_event_bus": "not served here: 501, and said so",
    "events.describe_rule": "CreatedBy of a rule that another account made",
    "stepfunctions.create_state_machine": "Step Functions API reference: InvalidDefinition; moto takes every text",
    "sts.assume_role": "STS API reference: RoleSessionName has two characters or more; moto takes every role",
    "secretsmanager.get_secret_value": "Secrets Manager API reference: ResourceNotFoundException 400",
    "ssm.get_parameter": "the SDK's model of SSM: ParameterNotFound 404",
}


def known(call: str) -> bool:
    return any(call.startswith(name) for name in KNOWN)


def bare(result: dict) -> dict:
    return {key: value for key, value in result.items() if key != "message"}


def words(result: dict) -> str:
    return re.sub(r"\d{12}", "ACCOUNT", result.get("message", ""))


ours, theirs = ([json.loads(line) for line in open(name)] for name in sys.argv[1:3])
tally = {"same": 0, "other words": 0, "known": 0, "different": 0}
for here, there in zip(ours, theirs, strict=True):
    if bare(here) == bare(there):
        what = "same" if words(here) == words(there) else "other words"
    else:
        what = "known" if known(here["call"]) else "different"
    tally[what] += 1
    if what in ("other words", "different"):
        print(f"{what}: {here['call']}\n  here  {json.dumps(here)[:400]}\n  there {json.dumps(there)[:400]}")
print(json.dumps(tally))
sys.exit(1 if tally["different"] else 0)
