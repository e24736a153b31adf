"""Drivers with their cars, and the three people everybody may sign in as where EVB_DEMO=1."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts.catalogue import load_catalogue
from accounts.demo import DEMO_PASSWORD, DEMO_PEOPLE
from accounts.models import Membership, Operator, User, Vehicle, VehicleModel
from evbooking.demo.network import seeded_uuid

FIRST = (
    "Amelie", "Anton", "Ayşe", "Ben", "Clara", "David", "Elif", "Emil", "Emma", "Felix", "Finn", "Frieda", "Greta",
    "Hannah", "Ida", "Jakob", "Jonas", "Karla", "Leon", "Lina", "Luis", "Marie", "Mats", "Mila", "Noah", "Nora",
    "Oskar", "Paul", "Romy", "Samira", "Theo", "Tilda", "Victor", "Yara",
)  # fmt: skip
LAST = (
    "Albrecht", "Bauer", "Becker", "Brandt", "Demir", "Engel", "Fischer", "Graf", "Hansen", "Jansen", "Kaya", "Keller",
    "Koch", "Krüger", "Lang", "Lehmann", "Maier", "Meyer", "Nowak", "Otto", "Petersen", "Richter", "Schäfer",
    "Schmidt", "Schulz", "Sommer", "Thomsen", "Vogel", "Weber", "Winter", "Wolf", "Ziegler",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver with the one car they come with."""

    user: User
    vehicle: Vehicle


def drivers(count: int, tag: str, random: Random, now: datetime) -> list[Driver]:
    """Drivers who cannot sign in (no password), each with a common car."""
    load_catalogue()
    cars = list(VehicleModel.objects.filter(connectors__contains=["IEC_62196_T2", "IEC_62196_T2_COMBO"]))
    return [_driver(number, tag, random, cars, now) for number in range(1, count + 1)]


def _driver(number: int, tag: str, random: Random, cars: list[VehicleModel], now: datetime) -> Driver:
    user = User(
        id=seeded_uuid(random),
        email=f"driver-{tag}{number}@demo.example",
        name=f"{random.choice(FIRST)} {random.choice(LAST)}",
        password="!" + "demo-driver-without-password",
        date_joined=now - timedelta(days=random.randint(1, 400)),
    )
    return Driver(user, _vehicle(user, random.choice(cars), random))


def _vehicle(user: User, car: VehicleModel, random: Random) -> Vehicle:
    return Vehicle(
        id=seeded_uuid(random),
        driver=user,
        make=car.make,
        model=car.model,
        battery_kwh=car.battery_kwh,
        max_ac_kw=car.max_ac_kw,
        max_dc_kw=car.max_dc_kw,
        connectors=car.connectors,
    )


def sign_ins(operator: Operator, random: Random) -> Driver:
    """Create driver@, operator@ (owner of `operator`) and admin@example.org; returns the driver with a car."""
    made: dict[str, User] = {}
    for email, name in DEMO_PEOPLE.items():
        user = User(id=seeded_uuid(random), email=email, name=name, is_staff=email.startswith("admin@"))
        user.password = make_password(DEMO_PASSWORD)
        user.save(force_insert=True)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        made[email.partition("@")[0]] = user
    Membership.objects.create(operator=operator, user=made["operator"], role=Membership.Role.OWNER)
    vehicle = _vehicle(made["driver"], VehicleModel.objects.get(make="Volkswagen", model="ID.3 Pro"), random)
    vehicle.save(force_insert=True)
    return Driver(made["driver"], vehicle)
