"""Translate a SAM template, given by its path, to CloudFormation on standard output, with the code of each function at s3://code/function.zip."""

import json
import os
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

with open(sys.argv[1], encoding="utf8") as file:
    template = yaml_parse(file.read())
for resource in template["Resources"].values():
    if resource["Type"] == "AWS::Serverless::Function":
        resource["Properties"]["CodeUri"] = "s3://code/function.zip"
    # What `sam package` makes of a definition beside the template.
    if "DefinitionUri" in resource.get("Properties", {}):
        resource["Properties"]["DefinitionUri"] = "s3://code/definition.json"
translated = Translator({}, Parser()).translate(template, {})
json.dump(translated, sys.stdout, default=str)
