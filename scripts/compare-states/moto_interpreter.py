"""Runs state machines in moto's interpreter: JSON cases on stdin, one JSON result a line on stdout.

A case is {"name", "definition", "input", "tasks"}; "tasks" has, by function name, what its calls answer in turn
({"payload"} or {"error", "cause"}; the last one again and again). Needs moto[stepfunctions] and jsonata-python: moto
leaves the JSONata evaluator out, and that port of the Java one takes its place. Waits and retries take no time.
"""

import json
import logging
import os
import sys
import threading
import time

for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
    os.environ.setdefault(name, "test")
logging.disable(logging.CRITICAL)
sys.setrecursionlimit(10_000)

import boto3
from jsonata import jsonata as evaluator
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_lambda
from moto.stepfunctions.parser.asl.component.state.wait.wait_function import wait_function
from moto.stepfunctions.parser.asl.jsonata import jsonata as bridge

REGION = "eu-west-1"
answers: dict[str, list] = {}
lock = threading.Lock()


def evaluate(text: str):
    try:
        result = evaluator.Jsonata(text).evaluate(None)
        return json.loads(json.dumps(result))
    except Exception as error:
        raise bridge.JSONataException("UNKNOWN", str(error)) from error


def call_function(env, parameters, **_):
    payload = json.loads(parameters.get("Payload", b"{}"))
    with lock:
        left = answers.get(parameters["FunctionName"]) or [{"echo": True}]
        answer = left.pop(0) if len(left) > 1 else left[0]
    if "error" in answer:
        text = json.dumps({"errorType": answer["error"], "errorMessage": answer["cause"]}, separators=(",", ":"))
        raise lambda_eval_utils.LambdaFunctionErrorException("Unhandled", text)
    value = payload if answer.get("echo") else answer["payload"]
    env.stack.append({"ExecutedVersion": "$LATEST", "Payload": value, "StatusCode": 200})


class NoSleep:
    @staticmethod
    def sleep(_seconds):
        return None


bridge.eval_jsonata_expression = evaluate
for module in list(sys.modules.values()):
    if getattr(module, "eval_jsonata_expression", None) is not None:
        module.eval_jsonata_expression = evaluate
lambda_eval_utils.execute_lambda_function_integration = call_function
state_task_service_lambda.lambda_eval_utils = lambda_eval_utils
retrier_decl.time = NoSleep
wait_function.WaitFunction._wait_interval = lambda *_args, **_more: None


def run(client, index: int, case: dict) -> dict:
    answers.clear()
    answers.update(json.loads(json.dumps(case.get("tasks", {}))))
    try:
        machine = client.create_state_machine(
            name=f"case{index}",
            definition=json.dumps(case["definition"]),
            roleArn="arn:aws:iam::123456789012:role/role",
        )["stateMachineArn"]
    except Exception as error:
        return {"refused": str(error)[:300]}
    execution = client.start_execution(stateMachineArn=machine, name="x", input=json.dumps(case.get("input", {})))[
        "executionArn"
    ]
    deadline = time.monotonic() + 5
    while (described := client.describe_execution(executionArn=execution))["status"] == "RUNNING":
        if time.monotonic() > deadline:
            return {"hangs": True}
        threading.Event().wait(0.005)
    events = client.get_execution_history(executionArn=execution, maxResults=1000)["events"]
    return {
        "status": described["status"],
        **{key: described[key] for key in ("output", "error", "cause") if key in described},
        "events": [{key: value for key, value in event.items() if key != "timestamp"} for event in events],
    }


def main():
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        client = boto3.client("stepfunctions", region_name=REGION)
        for index, line in enumerate(sys.stdin):
            print(json.dumps(run(client, index, json.loads(line)), default=str), flush=True)
    os._exit(0)


main()
