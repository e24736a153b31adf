"""The problem document as a serializer, for the OpenAPI document."""

from rest_framework import serializers


class FieldErrorSerializer(serializers.Serializer[object]):
    field = serializers.CharField(help_text="dotted path in the request; empty for the request as a whole")
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[object]):
    """RFC 9457, with `code` for programs and one entry in `errors` for each violated field, in field order."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = FieldErrorSerializer(many=True)  # type: ignore[assignment]  # the stubs' name for what is_valid found
