"""People, operators (tenants), memberships, vehicles."""

from accounts.models.operator import Invitation, Membership, Operator
from accounts.models.user import User
from accounts.models.vehicle import Vehicle, VehicleModel

__all__ = ["Invitation", "Membership", "Operator", "User", "Vehicle", "VehicleModel"]
