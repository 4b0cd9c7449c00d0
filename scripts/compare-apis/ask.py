"""Makes the same AWS calls of an endpoint, or of moto where none is given, and writes what each came to as one JSON line.

`ask.py [ENDPOINT]`. A result is {"call", "error", "message"} or {"call", "shape"}: the names and types of what came back.
"""

import json
import os
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="eu-west-1")
os.environ.pop("AWS_ENDPOINT_URL", None)
endpoint = sys.argv[1] if len(sys.argv) > 1 else None
ROLE = "arn:aws:iam::123456789012:role/none"
RULE = {"Name": "compared", "EventPattern": '{"source":["a"]}'}
ALARM = {
    "AlarmName": "compared",
    "Namespace": "Shop",
    "MetricName": "Errors",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanThreshold",
}
ROUTE_SPEC = {
    "httpRoute": {
        "match": {"prefix": "/"},
        "action": {"weightedTargets": [{"virtualNode": "a", "weight": 90}, {"virtualNode": "b", "weight": 10}]},
    }
}
MESH = {"meshName": "compared"}
ROUTER = {**MESH, "virtualRouterName": "shop"}
PORTS = {"listeners": [{"portMapping": {"port": 80, "protocol": "http"}}]}
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:none"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:none"

CALLS = [
    ("appmesh", "describe_mesh", MESH),
    ("appmesh", "create_mesh", MESH),
    ("appmesh", "create_mesh", MESH),
    ("appmesh", "describe_mesh", MESH),
    ("appmesh", "describe_virtual_router", ROUTER),
    ("appmesh", "create_virtual_router", {**ROUTER, "spec": PORTS}),
    ("appmesh", "create_virtual_router", {**ROUTER, "spec": PORTS}),
    ("appmesh", "describe_route", {**ROUTER, "routeName": "r"}),
    ("appmesh", "create_virtual_node", {**MESH, "virtualNodeName": "a", "spec": PORTS}),
    ("appmesh", "create_virtual_node", {**MESH, "virtualNodeName": "b", "spec": PORTS}),
    ("appmesh", "create_route", {**ROUTER, "routeName": "r", "spec": ROUTE_SPEC}),
    ("appmesh", "describe_route", {**ROUTER, "routeName": "r"}),
    ("appmesh", "update_route", {**ROUTER, "routeName": "r", "spec": ROUTE_SPEC}),
    ("appmesh", "list_routes", ROUTER),
    ("appmesh", "update_route", {**ROUTER, "routeName": "none", "spec": ROUTE_SPEC}),
    ("appmesh", "list_meshes", {}),
    ("appmesh", "delete_route", {**ROUTER, "routeName": "r"}),
    ("cloudwatch", "put_metric_data", {"Namespace": "Shop", "MetricData": [{"MetricName": "Errors", "Value": 1.0}]}),
    ("cloudwatch", "put_metric_alarm", ALARM),
    ("cloudwatch", "describe_alarms", {"AlarmNames": ["compared"]}),
    ("cloudwatch", "describe_alarms", {"AlarmNames": ["none"]}),
    ("cloudwatch", "set_alarm_state", {"AlarmName": "none", "StateValue": "OK", "StateReason": "r"}),
    ("cloudwatch", "delete_alarms", {"AlarmNames": ["none"]}),
    ("cloudwatch", "get_dashboard", {"DashboardName": "none"}),
    ("events", "describe_rule", {"Name": "compared"}),
    ("events", "put_rule", RULE),
    ("events", "describe_rule", {"Name": "compared"}),
    ("events", "put_rule", {"Name": "wrong", "EventPattern": "{"}),
    ("events", "put_rule", {"Name": "neither"}),
    ("events", "list_targets_by_rule", {"Rule": "none"}),
    ("events", "put_targets", {"Rule": "none", "Targets": [{"Id": "1", "Arn": TOPIC}]}),
    ("events", "put_events", {"Entries": [{"Source": "a", "DetailType": "b", "Detail": "{}"}]}),
    ("events", "put_events", {"Entries": [{"Source": "a", "DetailType": "b", "Detail": "no json"}]}),
    ("events", "put_events", {"Entries": [{"Source": "a", "Detail": "{}"}]}),
    ("events", "describe_event_bus", {"Name": "none"}),
    ("sns", "create_topic", {"Name": "compared"}),
    ("sns", "get_topic_attributes", {"TopicArn": TOPIC}),
    ("sns", "publish", {"TopicArn": TOPIC, "Message": "m"}),
    ("sns", "subscribe", {"TopicArn": TOPIC, "Protocol": "email", "Endpoint": "a@example.com"}),
    ("sns", "create_topic", {"Name": "not a name"}),
    ("ecr", "describe_repositories", {"repositoryNames": ["none"]}),
    ("ecr", "create_repository", {"repositoryName": "compared"}),
    ("ecr", "create_repository", {"repositoryName": "compared"}),
    ("ecr", "describe_repositories", {"repositoryNames": ["compared"]}),
    ("ecr", "describe_images", {"repositoryName": "compared", "imageIds": [{"imageTag": "none"}]}),
    ("ecr", "batch_get_image", {"repositoryName": "compared", "imageIds": [{"imageTag": "none"}]}),
    ("ecr", "describe_images", {"repositoryName": "none"}),
    ("dynamodb", "describe_table", {"TableName": "none"}),
    ("dynamodb", "get_item", {"TableName": "none", "Key": {"k": {"S": "a"}}}),
    ("dynamodb", "put_item", {"TableName": "none", "Item": {"k": {"S": "a"}}}),
    ("stepfunctions", "describe_state_machine", {"stateMachineArn": MACHINE}),
    ("stepfunctions", "start_execution", {"stateMachineArn": MACHINE}),
    ("stepfunctions", "describe_execution", {"executionArn": MACHINE.replace("stateMachine", "execution") + ":x"}),
    ("stepfunctions", "stop_execution", {"executionArn": MACHINE.replace("stateMachine", "execution") + ":x"}),
    ("stepfunctions", "describe_state_machine", {"stateMachineArn": "no arn"}),
    ("stepfunctions", "create_state_machine", {"name": "bad", "definition": "{", "roleArn": ROLE}),
    ("sts", "get_caller_identity", {}),
    ("sts", "assume_role", {"RoleArn": ROLE, "RoleSessionName": "compared"}),
    ("secretsmanager", "get_secret_value", {"SecretId": "none"}),
    ("ssm", "get_parameter", {"Name": "none"}),
    ("lambda", "get_function", {"FunctionName": "none"}),
    ("lambda", "invoke", {"FunctionName": "none"}),
    ("eks", "describe_cluster", {"name": "none"}),
    ("logs", "describe_log_streams", {"logGroupName": "none"}),
    ("logs", "filter_log_events", {"logGroupName": "none"}),
]


def shape(value):
    if isinstance(value, dict):
        return {key: shape(item) for key, item in sorted(value.items()) if key != "ResponseMetadata"}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def run():
    clients = {}
    quick = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
    for service, operation, arguments in CALLS:
        if service not in clients:
            clients[service] = boto3.client(service, endpoint_url=endpoint, config=quick)
        result = {"call": f"{service}.{operation} {json.dumps(arguments)[:90]}"}
        try:
            result["shape"] = shape(getattr(clients[service], operation)(**arguments))
        except ClientError as error:
            result["error"] = error.response["Error"]["Code"]
            result["message"] = error.response["Error"]["Message"]
            result["status"] = error.response["ResponseMetadata"]["HTTPStatusCode"]
        except Exception as error:
            result["error"] = f"client: {type(error).__name__}"
        print(json.dumps(result), flush=True)


if endpoint is None:
    from moto import mock_aws

    with mock_aws():
        run()
else:
    run()
