"""Pictures of an operator's station."""

from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from accounts.scoping import Role
from evbooking.core.api.serializers import read_body
from stations.api.serializers.stations import StationImageInput, StationImageSerializer
from stations.api.views.base import OPERATORS, OperatorView
from stations.pictures import LARGEST_BYTES
from stations.selectors import get_image, get_station
from stations.services.images import add_image, remove_image


class ImagesView(OperatorView):
    parser_classes = [MultiPartParser]
    max_body_bytes = LARGEST_BYTES + 65_536

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_image_add",
        request={"multipart/form-data": StationImageInput},
        responses={201: StationImageSerializer},
    )
    def post(self, request: SignedInRequest, station_id: UUID) -> Response:
        """A JPEG, PNG or WebP picture of at most 8 MB and 40 million pixels, as multipart/form-data."""
        station = get_station(request.user, station_id, minimum=Role.MANAGER)
        fields = read_body(request, StationImageInput)
        image = add_image(station, upload=fields["file"], alt=fields["alt"], actor=request.user)
        return Response(StationImageSerializer(image).data, status=201)


class ImageView(OperatorView):
    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_image_remove",
        request=None,
        responses={204: OpenApiResponse(description="The picture is gone")},
    )
    def delete(self, request: SignedInRequest, station_id: UUID, image_id: UUID) -> Response:
        """Remove the picture and its file."""
        remove_image(get_image(request.user, station_id, image_id, minimum=Role.MANAGER), actor=request.user)
        return Response(status=204)
